package org.satchel.pos.cardwork

import kotlinx.coroutines.ExperimentalCoroutinesApi
import kotlinx.coroutines.test.TestScope
import kotlinx.coroutines.test.UnconfinedTestDispatcher
import kotlinx.coroutines.test.runTest
import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Assert.assertNotNull
import org.junit.Assert.assertNull
import org.junit.Assert.assertTrue
import org.junit.Test
import org.satchel.pos.core.Authority
import org.satchel.pos.core.Contradiction
import org.satchel.pos.core.FakeTill
import org.satchel.pos.core.JournalLine
import org.satchel.pos.core.LineKind
import org.satchel.pos.core.Money
import org.satchel.pos.core.MovementId
import org.satchel.pos.core.MovementState
import org.satchel.pos.core.NotAppliedWhy
import org.satchel.pos.core.Operation
import org.satchel.pos.core.Outcome
import org.satchel.pos.core.Receipt
import org.satchel.pos.core.ReceiptKind
import org.satchel.pos.core.Settled
import org.satchel.pos.core.Settlement
import org.satchel.pos.core.Stage
import org.satchel.pos.core.Trouble
import org.satchel.pos.core.UnsettledMovement
import org.satchel.pos.core.aCard
import org.satchel.pos.core.aReceipt
import org.satchel.pos.core.aShift
import org.satchel.pos.core.aStatus
import org.satchel.pos.core.anApproval
import org.satchel.pos.core.anOperator
import org.satchel.pos.core.no
import org.satchel.pos.core.noon
import org.satchel.pos.core.yes
import org.satchel.pos.design.FakeFeedback
import org.satchel.pos.design.Signal
import org.satchel.pos.nfc.FakeCards
import org.satchel.pos.presenter.Kept
import org.satchel.pos.signon.SignOnEvent
import java.time.Duration

@OptIn(ExperimentalCoroutinesApi::class)
class CardWorkTest {
    private val till = FakeTill(aStatus(anOperator(), aShift()))
    private val cards = FakeCards()
    private val feedback = FakeFeedback()
    private val saved = Kept()
    private val id = MovementId(12, 1_025)
    private val wish = Wish(Money(20_00)) { card, approval -> till.topUp(card, Money(20_00), approval) }
    private var ended = 0

    @Test fun a_card_is_waited_for_and_it_is_done() = test { work ->
        till.answers("topUp", Outcome.Done(aReceipt()))
        work.begin(wish)
        assertEquals(WorkStep.Waiting(), work.step)
        assertEquals(0, ended)
        cards.hold()
        assertEquals(WorkStep.Done(aReceipt()), work.step)
        assertEquals("topUp(2000, null)", till.calls.last())
        assertEquals(listOf(Signal.Done), feedback.given)
        assertEquals(1, ended)
    }

    @Test fun what_is_over_and_seen_makes_room_for_the_next() = test { work ->
        till.answers("topUp", Outcome.Done(aReceipt()))
        repeat(2) {
            work.begin(wish)
            work.on(WorkEvent.Leave)
            assertEquals(WorkStep.Waiting(), work.step)
            cards.hold()
            work.on(WorkEvent.Leave)
            assertEquals(WorkStep.NotBegun, work.step)
        }
    }

    @Test fun one_thing_at_a_time() = test { work ->
        work.begin(wish)
        work.begin(Wish(null) { card, approval -> till.block(card, approval) })
        till.answers("topUp", Outcome.Done(aReceipt()))
        cards.hold()
        assertEquals(WorkStep.Done(aReceipt()), work.step)
        assertEquals(1, cards.waits)
    }

    @Test fun waiting_can_be_given_up() = test { work ->
        work.begin(wish)
        work.on(WorkEvent.GiveUp)
        cards.hold()
        assertEquals(WorkStep.NotBegun, work.step)
        assertTrue(till.calls.isEmpty())
    }

    @Test fun out_of_view_no_card_is_waited_for() = test { work ->
        work.begin(wish)
        work.on(WorkEvent.Disappear)
        cards.hold()
        assertEquals(WorkStep.NotBegun, work.step)
        assertTrue(till.calls.isEmpty())
    }

    @Test fun a_card_that_is_there_is_not_given_up() = test { work ->
        till.answers("topUp", Outcome.Done(aReceipt()))
        work.begin(wish)
        till.halt()
        cards.hold()
        work.on(WorkEvent.GiveUp)
        work.on(WorkEvent.Disappear)
        assertEquals(WorkStep.Working, work.step)
        till.goOn()
        assertEquals(WorkStep.Done(aReceipt()), work.step)
    }

    @Test fun what_needs_no_card_is_written_down() = test { work ->
        till.answers("refundInCash", no(Trouble.NoSuchSale(1_025)), yes(aReceipt(ReceiptKind.REFUND)))
        work.write { till.refundInCash(id, Money(5_00), it) }
        assertEquals(WorkStep.NotBegun, work.step)
        assertEquals(Trouble.NoSuchSale(1_025), work.state.value.trouble)
        work.write { till.refundInCash(id, Money(5_00), it) }
        assertEquals(WorkStep.Done(aReceipt(ReceiptKind.REFUND)), work.step)
        assertEquals(0, cards.waits)
    }

    @Test fun what_needs_no_card_may_need_somebody_who_agrees() = test { work ->
        till.answers("payOut", no(Trouble.AskSomebodyWhoMay(Authority.REFUND)), yes(aReceipt()))
        work.write { till.payOut(Money(5_00), it) }
        work.agree()
        assertEquals("payOut(500, 1)", till.calls.last())
        assertEquals(WorkStep.Done(aReceipt()), work.step)
    }

    @Test fun nothing_done_may_be_tried_again() = test { work ->
        till.answers("topUp", yes(Outcome.NotApplied(id, NotAppliedWhy.BEFORE_COMMIT)), yes(Outcome.Done(aReceipt())))
        work.begin(wish)
        cards.hold()
        assertEquals(WorkStep.NotApplied, work.step)
        work.on(WorkEvent.Again)
        cards.hold()
        assertEquals(WorkStep.Done(aReceipt()), work.step)
        assertEquals(listOf(Signal.Refused, Signal.Done), feedback.given)
    }

    @Test fun nothing_done_may_be_left_at_that() = test { work ->
        till.answers("topUp", Outcome.NotApplied(id, NotAppliedWhy.BEFORE_COMMIT))
        work.begin(wish)
        cards.hold()
        work.on(WorkEvent.GiveUp)
        assertEquals(WorkStep.NotBegun, work.step)
        work.on(WorkEvent.Again)
        assertEquals(WorkStep.NotBegun, work.step)
    }

    @Test fun a_foreign_card_leaves_the_wish() = test { work ->
        till.answers("topUp", no(Trouble.NotOurCard), yes(Outcome.Done(aReceipt())))
        work.begin(wish)
        cards.hold()
        assertEquals(WorkStep.Waiting(Trouble.NotOurCard), work.step)
        cards.hold()
        assertEquals(WorkStep.Done(aReceipt()), work.step)
    }

    @Test fun a_blocked_card_ends_it() = test { work ->
        till.refuses("topUp", Trouble.CardBlocked)
        work.begin(wish)
        cards.hold()
        assertEquals(WorkStep.NotBegun, work.step)
        assertEquals(Trouble.CardBlocked, work.state.value.trouble)
        work.on(WorkEvent.Understood)
        assertNull(work.state.value.trouble)
    }

    @Test fun who_may_not_asks_somebody_who_may() = test { work ->
        till.answers("topUp", no(Trouble.AskSomebodyWhoMay(Authority.TOP_UP)), yes(Outcome.Done(aReceipt())))
        work.begin(wish)
        cards.hold()
        assertNotNull(work.state.value.approval)
        assertTrue(work.state.value.awaitsCard)
        work.agree()
        assertNull(work.state.value.approval)
        assertEquals(WorkStep.Waiting(), work.step)
        cards.hold()
        assertEquals("topUp(2000, 1)", till.calls.last())
    }

    @Test fun asking_ends_when_it_is_given_up_or_out_of_view() = test { work ->
        till.refuses("topUp", Trouble.AskSomebodyWhoMay(Authority.TOP_UP))
        listOf(WorkEvent.GiveUpApproval, WorkEvent.Disappear).forEach { end ->
            work.begin(wish)
            cards.hold()
            assertNotNull(work.state.value.approval)
            work.on(end)
            assertNull(work.state.value.approval)
            assertEquals(WorkStep.NotBegun, work.step)
        }
    }

    @Test fun a_torn_card_is_waited_for_until_it_tells() = torn { work ->
        till.answers("settle", yes(Settled.OtherCard(listOf(aCard()))), no(Trouble.HoldSameCardAgain), yes(confirmed()))
        assertEquals(listOf(Signal.Undecided), feedback.given)
        assertEquals(Money(20_00), work.torn.amount)
        cards.hold()
        assertTrue(work.torn.otherCard)
        cards.hold()
        assertEquals(Trouble.HoldSameCardAgain, work.state.value.trouble)
        cards.hold()
        assertEquals(WorkStep.Done(mine()), work.step)
        assertNull(work.state.value.trouble)
    }

    @Test fun giving_up_does_not_end_the_waiting_for_a_torn_card() = torn { work ->
        work.on(WorkEvent.GiveUp)
        work.torn
    }

    @Test fun a_torn_card_may_tell_that_nothing_was_done() = torn { work ->
        till.answers("settle", Settled.Done(listOf(Settlement.NotApplied(id))))
        cards.hold()
        assertEquals(WorkStep.NotApplied, work.step)
        assertEquals(0, ended)
    }

    @Test fun a_torn_card_may_contradict_the_journal() = torn { work ->
        till.answers("settle", Settled.Done(listOf(Settlement.Held(id, Contradiction.OTHER_RECORD))))
        cards.hold()
        assertEquals(WorkStep.Held(id), work.step)
        assertEquals(1, ended)
    }

    @Test fun one_can_go_on_without_the_card_and_read_the_slip() = torn { work ->
        till.answers("park", slip())
        work.on(WorkEvent.GoOnWithout)
        assertEquals("park($id)", till.calls.last())
        assertEquals(WorkStep.Parked(slip()), work.step)
        work.on(WorkEvent.ShowReceipt)
        assertEquals(slip(), work.state.value.paper)
        work.on(WorkEvent.HideReceipt)
        assertNull(work.state.value.paper)
    }

    @Test fun who_cannot_go_on_without_the_card_goes_on_waiting() = torn { work ->
        till.refuses("park", Trouble.TooManyUnsettled)
        till.answers("settle", confirmed())
        work.on(WorkEvent.GoOnWithout)
        assertEquals(Trouble.TooManyUnsettled, work.state.value.trouble)
        cards.hold()
        assertEquals(WorkStep.Done(mine()), work.step)
    }

    @Test fun out_of_view_the_reader_is_free_and_in_view_the_torn_card_is_waited_for_again() = torn { work ->
        till.answers("settle", confirmed())
        work.on(WorkEvent.Disappear)
        cards.hold()
        work.torn
        work.on(WorkEvent.Appear)
        assertEquals(WorkStep.Done(mine()), work.step)
    }

    @Test fun an_earlier_movement_of_the_card_is_settled_first() = test { work ->
        till.status.value = till.status.value.copy(unsettled = listOf(open()))
        till.answers("topUp", no(Trouble.SettleFirst(id)), yes(Outcome.Done(aReceipt())))
        till.answers("settle", confirmed())
        work.begin(wish)
        cards.hold()
        work.on(WorkEvent.SettleFirst)
        assertEquals(Money(8_00), work.torn.amount)
        cards.hold()
        assertEquals(WorkStep.NotBegun, work.step)
        assertEquals(0, ended)
    }

    @Test fun a_process_that_died_in_the_tap_asks_for_the_card() = dying {
        till.status.value = till.status.value.copy(unsettled = listOf(open()))
        assertEquals(Money(8_00), again().torn.amount)
    }

    @Test fun a_process_that_died_after_the_tap_shows_what_was_done() = dying {
        till.answers("journalLines", listOf(line(1_025, MovementState.Done)))
        till.answers("receipt", mine())
        assertEquals(WorkStep.Done(mine()), again().step)
    }

    @Test fun a_movement_before_this_one_is_not_taken_for_it() = dying {
        till.answers("journalLines", listOf(line(1_024, MovementState.Done)))
        assertEquals(WorkStep.NotBegun, again().step)
    }

    @Test fun what_was_not_applied_may_be_begun_anew() = dying {
        till.answers("journalLines", listOf(line(1_025, MovementState.NotApplied(NotAppliedWhy.BEFORE_COMMIT))))
        assertEquals(WorkStep.NotBegun, again().step)
    }

    @Test fun what_was_put_aside_or_held_stays_so() = dying {
        till.status.value = till.status.value.copy(unsettled = listOf(open(Stage.PARKED)))
        till.answers("receipt", slip())
        assertEquals(WorkStep.Parked(slip()), again().step)
        till.status.value = till.status.value.copy(unsettled = listOf(open(Stage.HELD)))
        assertEquals(WorkStep.Held(id), again().step)
    }

    @Test fun what_cannot_be_looked_up_is_looked_up_again() = dying {
        till.answers("journalLines", no(Trouble.Busy), yes(listOf(line(1_025, MovementState.Done))))
        till.answers("receipt", mine())
        val work = again()
        assertEquals(WorkStep.LookingUp, work.step)
        assertEquals(Trouble.Busy, work.state.value.trouble)
        work.on(WorkEvent.Understood)
        assertEquals(WorkStep.Done(mine()), work.step)
    }

    @Test fun what_is_over_is_not_looked_up() = test { work ->
        work.begin(wish)
        work.on(WorkEvent.GiveUp)
        assertEquals(WorkStep.NotBegun, again().step)
        assertFalse(till.calls.any { it.startsWith("journalLines") })
    }

    private fun torn(body: suspend TestScope.(CardWork) -> Unit) = test { work ->
        till.answers("topUp", Outcome.Indeterminate(id, aCard()))
        work.begin(wish)
        cards.hold()
        body(work)
    }

    /** The process dies while a card is waited for or there. */
    private fun dying(body: suspend TestScope.() -> Unit) = test { work ->
        work.begin(wish)
        body()
    }

    private fun test(body: suspend TestScope.(CardWork) -> Unit) = runTest(UnconfinedTestDispatcher()) { body(again()) }

    private fun TestScope.again() = CardWork(till, cards, feedback, saved, backgroundScope) { ended++ }

    private fun CardWork.agree() {
        till.answers("approve", anApproval())
        repeat(6) { on(WorkEvent.Approving(SignOnEvent.Digit(1))) }
        on(WorkEvent.Approving(SignOnEvent.GoOn))
        cards.hold()
    }

    private val CardWork.step get() = state.value.step

    private val CardWork.torn get() = (step as WorkStep.Undecided).torn

    private fun mine(): Receipt = aReceipt().copy(id = id)

    private fun slip() = mine().copy(state = MovementState.Open(Stage.PARKED))

    private fun confirmed() = Settled.Done(listOf(Settlement.Confirmed(mine())))

    private fun open(stage: Stage = Stage.INDETERMINATE) =
        UnsettledMovement(id, Operation.SALE, noon, Duration.ZERO, Money(-8_00), Money.Zero, aCard(), stage)

    private fun line(sequence: Long, state: MovementState) =
        JournalLine(sequence, noon, LineKind.Movement(ReceiptKind.SALE), Money(12_50), aCard(), null, state)
}
