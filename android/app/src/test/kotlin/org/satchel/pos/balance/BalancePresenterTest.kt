package org.satchel.pos.balance

import kotlinx.coroutines.ExperimentalCoroutinesApi
import kotlinx.coroutines.test.TestScope
import kotlinx.coroutines.test.UnconfinedTestDispatcher
import kotlinx.coroutines.test.runTest
import org.junit.Assert.assertEquals
import org.junit.Test
import org.satchel.pos.core.CardMeans
import org.satchel.pos.core.CardState
import org.satchel.pos.core.FakeTill
import org.satchel.pos.core.Money
import org.satchel.pos.core.Points
import org.satchel.pos.core.Standing
import org.satchel.pos.core.Trouble
import org.satchel.pos.core.aCard
import org.satchel.pos.core.euro
import org.satchel.pos.design.FakeFeedback
import org.satchel.pos.design.Signal
import org.satchel.pos.nfc.FakeCards
import java.time.LocalDate

@OptIn(ExperimentalCoroutinesApi::class)
class BalancePresenterTest {
    private val till = FakeTill()
    private val cards = FakeCards()
    private val feedback = FakeFeedback()

    @Test fun a_card_is_read_with_its_history() = test { presenter ->
        till.answers("inquire", read)
        presenter.on(BalanceEvent.AskForCard)
        assertEquals(BalanceFace.Waiting, presenter.state.value.face)
        cards.hold()
        assertEquals(BalanceFace.Read(read), presenter.state.value.face)
        assertEquals(listOf("inquire(HISTORY)"), till.calls)
        assertEquals(listOf(Signal.Done), feedback.given)
    }

    @Test fun the_customer_is_shown_and_the_screen_taken_back() = test { presenter ->
        till.answers("inquire", read)
        presenter.on(BalanceEvent.AskForCard)
        cards.hold()
        presenter.on(BalanceEvent.ShowCustomer)
        assertEquals(BalanceFace.ForCustomer(read), presenter.state.value.face)
        presenter.on(BalanceEvent.TakeBack)
        assertEquals(BalanceFace.Read(read), presenter.state.value.face)
    }

    @Test fun a_card_of_somebody_else_is_refused_and_another_may_be_asked_for() = test { presenter ->
        till.refuses("inquire", Trouble.NotOurCard)
        presenter.on(BalanceEvent.AskForCard)
        cards.hold()
        assertEquals(BalanceState(BalanceFace.Ready, Trouble.NotOurCard), presenter.state.value)
        assertEquals(listOf(Signal.Refused), feedback.given)
        presenter.on(BalanceEvent.AskForCard)
        assertEquals(BalanceState(BalanceFace.Waiting), presenter.state.value)
    }

    @Test fun a_wish_that_is_taken_back_reads_no_card() = test { presenter ->
        presenter.on(BalanceEvent.AskForCard)
        presenter.on(BalanceEvent.Leave)
        cards.hold()
        assertEquals(BalanceFace.Ready, presenter.state.value.face)
        assertEquals(emptyList<String>(), till.calls)
    }

    @Test fun a_card_that_is_there_is_read_to_the_end() = test { presenter ->
        till.answers("inquire", read)
        till.halt()
        presenter.on(BalanceEvent.AskForCard)
        cards.hold()
        presenter.on(BalanceEvent.Leave)
        assertEquals(BalanceFace.Reading, presenter.state.value.face)
        till.goOn()
        assertEquals(BalanceFace.Read(read), presenter.state.value.face)
    }

    @Test fun a_screen_in_view_asks_for_a_card_and_out_of_view_does_not() = test { presenter ->
        presenter.on(BalanceEvent.Appear)
        assertEquals(BalanceFace.Waiting, presenter.state.value.face)
        presenter.on(BalanceEvent.Disappear)
        cards.hold()
        assertEquals(emptyList<String>(), till.calls)
    }

    @Test fun a_refusal_stays_in_view() = test { presenter ->
        till.refuses("inquire", Trouble.NotOurCard)
        presenter.on(BalanceEvent.Appear)
        cards.hold()
        presenter.on(BalanceEvent.Appear)
        assertEquals(Trouble.NotOurCard, presenter.state.value.trouble)
    }

    private val read = CardState(
        aCard(), "6391 2000 0012", 12u, LocalDate.of(2026, 1, 2), null, Standing.ACTIVE,
        CardMeans(Money(37_50), Points(212), 1), euro, emptyList(), null,
    )

    private fun test(body: suspend TestScope.(BalancePresenter) -> Unit) = runTest(UnconfinedTestDispatcher()) {
        body(BalancePresenter(till, cards, feedback, backgroundScope))
    }
}
