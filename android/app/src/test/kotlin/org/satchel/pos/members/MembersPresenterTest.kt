package org.satchel.pos.members

import kotlinx.coroutines.ExperimentalCoroutinesApi
import kotlinx.coroutines.test.TestScope
import kotlinx.coroutines.test.UnconfinedTestDispatcher
import kotlinx.coroutines.test.runTest
import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Assert.assertTrue
import org.junit.Test
import org.satchel.pos.cardwork.WorkEvent
import org.satchel.pos.cardwork.WorkStep
import org.satchel.pos.core.CardNumberFault
import org.satchel.pos.core.Consent
import org.satchel.pos.core.FakeTill
import org.satchel.pos.core.Member
import org.satchel.pos.core.MemberDetails
import org.satchel.pos.core.Outcome
import org.satchel.pos.core.ReceiptKind
import org.satchel.pos.core.Registration
import org.satchel.pos.core.Trouble
import org.satchel.pos.core.aCard
import org.satchel.pos.core.aReceipt
import org.satchel.pos.core.aShift
import org.satchel.pos.core.aStatus
import org.satchel.pos.core.anOperator
import org.satchel.pos.core.no
import org.satchel.pos.core.noon
import org.satchel.pos.core.yes
import org.satchel.pos.design.FakeFeedback
import org.satchel.pos.design.Signal
import org.satchel.pos.nfc.FakeCards
import org.satchel.pos.presenter.Kept

@OptIn(ExperimentalCoroutinesApi::class)
class MembersPresenterTest {
    private val till = FakeTill(aStatus(anOperator(), aShift()))
    private val cards = FakeCards()
    private val feedback = FakeFeedback()
    private val saved = Kept()

    @Test fun people_are_found_while_typing() = test { presenter ->
        assertEquals(listOf("findMembers()"), till.calls)
        till.answers("findMembers", listOf(aMember()))
        presenter.on(MembersEvent.Search("ad"))
        presenter.on(MembersEvent.Search("ada"))
        assertEquals("findMembers(ada)", till.calls.last())
        assertEquals(listOf(aMember()), presenter.state.value.found)
    }

    @Test fun somebody_is_registered_with_a_new_card_and_the_list_shows_them() = test { presenter ->
        till.answers("register", Registration("1000 0000 0032", Outcome.Done(aReceipt(ReceiptKind.ACTIVATE))))
        presenter.on(MembersEvent.Open(MembersPage.Registering()))
        presenter.on(MembersEvent.Fill(MembersPage.Registering(" Ada Brown ", "ada@example.org", agrees = true)))
        presenter.on(MembersEvent.Register)
        cards.hold()
        assertTrue(till.calls.contains("register(${MemberDetails("Ada Brown", "ada@example.org", Consent.GIVEN)})"))
        assertEquals(WorkStep.Done(aReceipt(ReceiptKind.ACTIVATE)), presenter.state.value.work.step)
        assertEquals("findMembers()", till.calls.last())
        presenter.on(MembersEvent.Of(WorkEvent.Leave))
        assertEquals(MembersPage.List, presenter.state.value.page)
        assertEquals(WorkStep.NotBegun, presenter.state.value.work.step)
    }

    @Test fun nobody_is_registered_without_a_name() = test { presenter ->
        presenter.on(MembersEvent.Open(MembersPage.Registering(name = "  ")))
        presenter.on(MembersEvent.Register)
        assertFalse((presenter.state.value.page as MembersPage.Registering).isComplete)
        assertEquals(0, cards.waits)
    }

    @Test fun nobody_agrees_by_saying_nothing() =
        assertEquals(Consent.REFUSED, MembersPage.Registering("Ada").details.consent)

    @Test fun a_form_outlives_the_process_until_it_is_left() = test { presenter ->
        val form = MembersPage.Registering("Ada", "ada@example.org", agrees = true)
        presenter.on(MembersEvent.Fill(form))
        assertEquals(form, again().state.value.page)
        presenter.on(MembersEvent.Back)
        assertEquals(MembersPage.List, again().state.value.page)
    }

    @Test fun a_lost_card_is_reported() = test { presenter ->
        till.answers("reportLost", no(Trouble.CardNumberWrong(CardNumberFault.entries.first())), yes(Unit))
        presenter.on(MembersEvent.Number("100000000017"))
        presenter.on(MembersEvent.Report)
        assertEquals(Trouble.CardNumberWrong(CardNumberFault.entries.first()), presenter.state.value.trouble)
        presenter.on(MembersEvent.Number("100000000016"))
        assertEquals(null, presenter.state.value.trouble)
        presenter.on(MembersEvent.Report)
        assertEquals("reportLost(100000000016)", till.calls.last())
        assertEquals(MembersPage.Reported("100000000016"), presenter.state.value.page)
        assertEquals(listOf(Signal.Refused, Signal.Done), feedback.given)
    }

    private fun test(body: suspend TestScope.(MembersPresenter) -> Unit) = runTest(UnconfinedTestDispatcher()) {
        till.answers("findMembers", yes(emptyList<Member>()), yes(emptyList<Member>()))
        body(again())
    }

    private fun TestScope.again() = MembersPresenter(till, cards, feedback, saved, backgroundScope)
}

internal fun aMember() = Member("1000 0000 0016", aCard(), "Ada Brown", "ada@example.org", Consent.GIVEN, noon)
