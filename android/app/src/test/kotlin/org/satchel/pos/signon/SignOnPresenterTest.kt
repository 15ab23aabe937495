package org.satchel.pos.signon

import kotlinx.coroutines.ExperimentalCoroutinesApi
import kotlinx.coroutines.test.TestScope
import kotlinx.coroutines.test.UnconfinedTestDispatcher
import kotlinx.coroutines.test.runTest
import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Assert.assertTrue
import org.junit.Test
import org.satchel.pos.core.Authority
import org.satchel.pos.core.FakeTill
import org.satchel.pos.core.OperatorFault
import org.satchel.pos.core.OperatorOnDuty
import org.satchel.pos.core.Approval
import org.satchel.pos.core.Trouble
import org.satchel.pos.core.anApproval
import org.satchel.pos.core.anOperator
import org.satchel.pos.core.no
import org.satchel.pos.core.noon
import org.satchel.pos.core.yes
import org.satchel.pos.design.FakeFeedback
import org.satchel.pos.design.Signal
import org.satchel.pos.nfc.FakeCards
import org.satchel.pos.nfc.ReaderState

@OptIn(ExperimentalCoroutinesApi::class)
class SignOnPresenterTest {
    private val till = FakeTill()
    private val cards = FakeCards()
    private val feedback = FakeFeedback()

    @Test fun pin_then_card_signs_on() = test { presenter ->
        till.answers("signOn", anOperator())
        presenter.type("123456")
        presenter.on(SignOnEvent.GoOn)
        assertEquals(Step.Card, presenter.state.value.step)
        cards.hold()
        assertEquals(listOf("signOn(123456)"), till.calls)
        assertEquals(Step.Done, presenter.state.value.step)
        assertEquals(listOf(Signal.Done), feedback.given)
    }

    @Test fun no_card_is_awaited_before_the_pin_is_long_enough() = test { presenter ->
        presenter.type("12345")
        assertFalse(presenter.state.value.canGoOn)
        presenter.on(SignOnEvent.GoOn)
        assertEquals(Step.Pin, presenter.state.value.step)
        assertEquals(0, cards.waits)
        presenter.type("6")
        assertTrue(presenter.state.value.canGoOn)
    }

    @Test fun a_digit_is_erased_before_the_next_one_counts() = test { presenter ->
        till.answers("signOn", anOperator())
        presenter.type("1234569")
        presenter.on(SignOnEvent.Erase)
        presenter.type("7")
        presenter.on(SignOnEvent.GoOn)
        cards.hold()
        assertEquals(listOf("signOn(1234567)"), till.calls)
    }

    @Test fun a_wrong_pin_is_typed_again_from_the_start() = test { presenter ->
        till.answers("signOn", no(Trouble.WrongPin(2)), yes(anOperator()))
        presenter.type("123456")
        presenter.on(SignOnEvent.GoOn)
        cards.hold()
        assertEquals(SignOnState(Purpose.SignOn(), Step.Pin, 0, Trouble.WrongPin(2)), presenter.state.value)
        assertEquals(listOf(Signal.Refused), feedback.given)
        presenter.type("654321")
        assertEquals(null, presenter.state.value.trouble)
        presenter.on(SignOnEvent.GoOn)
        cards.hold()
        assertEquals(listOf("signOn(123456)", "signOn(654321)"), till.calls)
    }

    @Test fun another_card_is_held_without_typing_again() = test { presenter ->
        till.answers("signOn", no(Trouble.NotOurCard), yes(anOperator()))
        presenter.type("123456")
        presenter.on(SignOnEvent.GoOn)
        cards.hold()
        assertEquals(Step.Card, presenter.state.value.step)
        assertEquals(Trouble.NotOurCard, presenter.state.value.trouble)
        cards.hold()
        assertEquals(Step.Done, presenter.state.value.step)
    }

    @Test fun refused_operators_and_blocked_pins_are_named() = test { presenter ->
        val troubles = listOf(Trouble.PinBlocked, Trouble.OperatorRefused(OperatorFault.NotListed), Trouble.SetClock(noon, noon))
        till.answers("signOn", *troubles.map(::no).toTypedArray())
        troubles.forEach { trouble ->
            presenter.type("123456")
            presenter.on(SignOnEvent.GoOn)
            cards.hold()
            assertEquals(trouble, presenter.state.value.trouble)
            assertEquals(0, presenter.state.value.digits)
        }
    }

    @Test fun starting_over_waits_for_no_card_any_more() = test { presenter ->
        presenter.type("123456")
        presenter.on(SignOnEvent.GoOn)
        presenter.on(SignOnEvent.StartOver)
        cards.hold()
        assertEquals(SignOnState(Purpose.SignOn()), presenter.state.value)
        assertEquals(emptyList<String>(), till.calls)
    }

    @Test fun keys_do_nothing_while_a_card_is_awaited() = test { presenter ->
        presenter.type("123456")
        presenter.on(SignOnEvent.GoOn)
        presenter.type("7")
        presenter.on(SignOnEvent.Erase)
        assertEquals(6, presenter.state.value.digits)
    }

    @Test fun the_reader_is_told_of() = test { presenter ->
        cards.state.value = ReaderState.Off
        assertEquals(ReaderState.Off, presenter.state.value.reader)
    }

    @Test fun an_approval_is_handed_on() = runTest(UnconfinedTestDispatcher()) {
        val given = mutableListOf<Approval>()
        val approval = anApproval()
        till.answers("approve", approval)
        val purpose = Purpose.Approve(Authority.UNDO)
        val presenter = SignOnPresenter(purpose, cards, feedback, backgroundScope, till::approve, given::add)
        presenter.type("123456")
        presenter.on(SignOnEvent.GoOn)
        cards.hold()
        assertEquals(listOf(approval), given)
    }

    private fun test(body: suspend TestScope.(SignOnPresenter<OperatorOnDuty>) -> Unit) = runTest(UnconfinedTestDispatcher()) {
        body(SignOnPresenter(Purpose.SignOn(), cards, feedback, backgroundScope, till::signOn))
    }
}

private fun SignOnPresenter<*>.type(digits: String) = digits.forEach { on(SignOnEvent.Digit(it.digitToInt())) }
