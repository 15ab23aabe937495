package org.satchel.pos.sell

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
import org.satchel.pos.core.AmountEntry
import org.satchel.pos.core.Answer
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
import org.satchel.pos.core.OrderFault
import org.satchel.pos.core.Outcome
import org.satchel.pos.core.Points
import org.satchel.pos.core.Preview
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
class PayPresenterTest {
    private val till = FakeTill(aStatus(anOperator(), aShift()))
    private val cards = FakeCards()
    private val feedback = FakeFeedback()
    private val saved = Kept()
    private val ticket = Ticket(Kept()).apply { change { it.copy(entry = AmountEntry(Money(12_50))) } }
    private val id = MovementId(12, 1_025)

    @Test fun a_card_pays_and_the_ticket_is_the_next_customers() = test { presenter ->
        till.answers("sell", Outcome.Done(aReceipt()))
        presenter.on(PayEvent.ByCard)
        assertEquals(PayStep.Waiting(), presenter.state.value.step)
        cards.hold()
        assertEquals(PayStep.Done(aReceipt()), presenter.state.value.step)
        assertEquals("sell(1250, null)", till.calls.last())
        assertEquals(listOf(Signal.Done), feedback.given)
        assertTrue(ticket.basket.value.isEmpty)
    }

    @Test fun points_are_told_before_the_tap() = test { presenter ->
        assertEquals(listOf("preview(1250)"), till.calls)
        assertEquals(aPreview(), presenter.state.value.preview)
        presenter.on(PayEvent.RedeemPoints(true))
        assertTrue(presenter.state.value.redeem)
        assertEquals(2, till.calls.size)
    }

    @Test fun what_cannot_be_reckoned_says_why() = test(preview = no(Trouble.OrderWrong(OrderFault.DISCOUNT))) { presenter ->
        assertNull(presenter.state.value.preview)
        assertEquals(Trouble.OrderWrong(OrderFault.DISCOUNT), presenter.state.value.noPreview)
    }

    @Test fun waiting_for_a_card_can_be_given_up() = test { presenter ->
        presenter.on(PayEvent.ByCard)
        presenter.on(PayEvent.Back)
        cards.hold()
        assertEquals(PayStep.Choosing, presenter.state.value.step)
        assertFalse(till.calls.any { it.startsWith("sell") })
    }

    @Test fun a_screen_out_of_view_waits_for_no_card() = test { presenter ->
        presenter.on(PayEvent.ByCard)
        presenter.on(PayEvent.Disappear)
        cards.hold()
        assertFalse(till.calls.any { it.startsWith("sell") })
    }

    @Test fun a_card_that_is_there_is_not_given_up() = test { presenter ->
        till.answers("sell", Outcome.Done(aReceipt()))
        presenter.on(PayEvent.ByCard)
        till.halt()
        cards.hold()
        presenter.on(PayEvent.Back)
        presenter.on(PayEvent.Disappear)
        assertEquals(PayStep.Working, presenter.state.value.step)
        till.goOn()
        assertEquals(PayStep.Done(aReceipt()), presenter.state.value.step)
    }

    @Test fun cash_pays_without_a_card() = test { presenter ->
        till.answers("sellForCash", aReceipt(ReceiptKind.CASH_SALE))
        presenter.on(PayEvent.InCash)
        presenter.on(PayEvent.CashTaken)
        assertEquals(PayStep.Done(aReceipt(ReceiptKind.CASH_SALE)), presenter.state.value.step)
        assertEquals(0, cards.waits)
    }

    @Test fun a_part_in_cash_is_less_than_all() = test { presenter ->
        till.answers("sell", Outcome.Done(aReceipt()))
        presenter.on(PayEvent.Split)
        presenter.on(PayEvent.ByCard)
        assertEquals(PayStep.Splitting, presenter.state.value.step)
        listOf(1, 2, 5, 0).forEach { presenter.on(PayEvent.Digit(it)) }
        assertFalse(presenter.state.value.isSplit)
        presenter.on(PayEvent.Erase)
        assertTrue(presenter.state.value.isSplit)
        presenter.on(PayEvent.ByCard)
        cards.hold()
        assertEquals(PayStep.Done(aReceipt()), presenter.state.value.step)
    }

    @Test fun what_the_card_lacks_can_be_paid_in_cash() = test { presenter ->
        till.answers("sell", no(Trouble.NotEnough(Money(10_00), Money(12_50))), yes(Outcome.Done(aReceipt())))
        presenter.on(PayEvent.ByCard)
        cards.hold()
        assertEquals(Trouble.NotEnough(Money(10_00), Money(12_50)), presenter.state.value.trouble)
        presenter.on(PayEvent.LackInCash)
        assertEquals(Money(2_50), presenter.state.value.cash.amount)
        presenter.on(PayEvent.ByCard)
        cards.hold()
        assertEquals(PayStep.Done(aReceipt()), presenter.state.value.step)
    }

    @Test fun nothing_charged_may_be_charged_again() = test { presenter ->
        till.answers("sell", yes(Outcome.NotApplied(id, NotAppliedWhy.BEFORE_COMMIT)), yes(Outcome.Done(aReceipt())))
        presenter.on(PayEvent.ByCard)
        cards.hold()
        assertEquals(PayStep.NotApplied, presenter.state.value.step)
        assertFalse(ticket.basket.value.isEmpty)
        presenter.on(PayEvent.ByCard)
        cards.hold()
        assertEquals(PayStep.Done(aReceipt()), presenter.state.value.step)
        assertEquals(listOf(Signal.Refused, Signal.Done), feedback.given)
    }

    @Test fun a_foreign_card_leaves_the_wish_to_pay() = test { presenter ->
        till.answers("sell", no(Trouble.NotOurCard), yes(Outcome.Done(aReceipt())))
        presenter.on(PayEvent.ByCard)
        cards.hold()
        assertEquals(PayStep.Waiting(Trouble.NotOurCard), presenter.state.value.step)
        cards.hold()
        assertEquals(PayStep.Done(aReceipt()), presenter.state.value.step)
    }

    @Test fun a_blocked_card_leads_back_to_the_choice() = test { presenter ->
        till.refuses("sell", Trouble.CardBlocked)
        presenter.on(PayEvent.ByCard)
        cards.hold()
        assertEquals(PayStep.Choosing, presenter.state.value.step)
        assertEquals(Trouble.CardBlocked, presenter.state.value.trouble)
        presenter.on(PayEvent.Understood)
        assertNull(presenter.state.value.trouble)
    }

    @Test fun who_may_not_asks_somebody_who_may() = test { presenter ->
        till.answers("sell", no(Trouble.AskSomebodyWhoMay(Authority.DISCOUNT)), yes(Outcome.Done(aReceipt())))
        till.answers("approve", anApproval())
        presenter.on(PayEvent.ByCard)
        cards.hold()
        assertNotNull(presenter.state.value.approval)
        presenter.agree()
        assertNull(presenter.state.value.approval)
        assertEquals(PayStep.Waiting(), presenter.state.value.step)
        cards.hold()
        assertEquals("sell(1250, 1)", till.calls.last())
        assertEquals(PayStep.Done(aReceipt()), presenter.state.value.step)
    }

    @Test fun cash_may_need_somebody_who_may_too() = test { presenter ->
        till.answers("sellForCash", no(Trouble.AskSomebodyWhoMay(Authority.DISCOUNT)), yes(aReceipt(ReceiptKind.CASH_SALE)))
        till.answers("approve", anApproval())
        presenter.on(PayEvent.InCash)
        presenter.on(PayEvent.CashTaken)
        presenter.agree()
        assertEquals("sellForCash(1250, 1)", till.calls.last())
    }

    @Test fun asking_can_be_given_up() = test { presenter ->
        till.refuses("sell", Trouble.AskSomebodyWhoMay(Authority.SELL))
        presenter.on(PayEvent.ByCard)
        cards.hold()
        presenter.on(PayEvent.GiveUpApproval)
        assertNull(presenter.state.value.approval)
        assertEquals(PayStep.Choosing, presenter.state.value.step)
    }

    @Test fun a_torn_card_is_waited_for_until_it_tells() = torn { presenter ->
        till.answers(
            "settle", yes(Settled.OtherCard(listOf(aCard()))), no(Trouble.HoldSameCardAgain), yes(confirmed()),
        )
        assertEquals(listOf(Signal.Undecided), feedback.given)
        cards.hold()
        assertTrue(presenter.undecided().torn.otherCard)
        cards.hold()
        assertEquals(Trouble.HoldSameCardAgain, presenter.state.value.trouble)
        cards.hold()
        assertEquals(PayStep.Done(mine()), presenter.state.value.step)
        assertTrue(ticket.basket.value.isEmpty)
    }

    @Test fun going_back_does_not_end_the_waiting() = torn { presenter ->
        presenter.on(PayEvent.Back)
        presenter.undecided()
    }

    @Test fun a_torn_card_may_tell_that_nothing_was_charged() = torn { presenter ->
        till.answers("settle", Settled.Done(listOf(Settlement.NotApplied(id))))
        cards.hold()
        assertEquals(PayStep.NotApplied, presenter.state.value.step)
        assertFalse(ticket.basket.value.isEmpty)
    }

    @Test fun a_torn_card_may_contradict_the_journal() = torn { presenter ->
        till.answers("settle", Settled.Done(listOf(Settlement.Held(id, Contradiction.OTHER_RECORD))))
        cards.hold()
        assertEquals(PayStep.Held(id), presenter.state.value.step)
    }

    @Test fun one_can_go_on_without_the_card() = torn { presenter ->
        val slip = mine().copy(state = MovementState.Open(Stage.PARKED))
        till.answers("park", slip)
        presenter.on(PayEvent.GoOnWithout)
        assertEquals("park($id)", till.calls.last())
        assertEquals(PayStep.Parked(slip), presenter.state.value.step)
        presenter.on(PayEvent.ShowReceipt)
        assertEquals(slip, presenter.state.value.paper)
    }

    @Test fun who_cannot_go_on_without_the_card_goes_on_waiting() = torn { presenter ->
        till.refuses("park", Trouble.TooManyUnsettled)
        till.answers("settle", confirmed())
        presenter.on(PayEvent.GoOnWithout)
        assertEquals(Trouble.TooManyUnsettled, presenter.state.value.trouble)
        cards.hold()
        assertEquals(PayStep.Done(mine()), presenter.state.value.step)
    }

    @Test fun out_of_view_the_reader_is_free_and_in_view_the_card_is_waited_for_again() = torn { presenter ->
        till.answers("settle", confirmed())
        presenter.on(PayEvent.Disappear)
        cards.hold()
        presenter.undecided()
        presenter.on(PayEvent.Appear)
        assertEquals(PayStep.Done(mine()), presenter.state.value.step)
    }

    @Test fun an_earlier_sale_of_the_card_is_settled_first() = test { presenter ->
        till.status.value = till.status.value.copy(unsettled = listOf(open()))
        till.answers("sell", no(Trouble.SettleFirst(id)), yes(Outcome.Done(aReceipt())))
        till.answers("settle", confirmed())
        presenter.on(PayEvent.ByCard)
        cards.hold()
        presenter.on(PayEvent.SettleFirst)
        assertEquals(Money(8_00), presenter.undecided().torn.amount)
        cards.hold()
        assertEquals(PayStep.Choosing, presenter.state.value.step)
        assertFalse(ticket.basket.value.isEmpty)
    }

    @Test fun a_process_that_died_before_the_tap_remembers_what_is_paid() = test { first ->
        ticket.clear()
        assertEquals(Money(12_50), first.state.value.due)
        assertEquals(Money(12_50), again().state.value.due)
    }

    @Test fun a_process_that_died_in_the_tap_asks_for_the_card() = dying {
        till.status.value = till.status.value.copy(unsettled = listOf(open()))
        assertEquals(Money(8_00), again().undecided().torn.amount)
    }

    @Test fun a_process_that_died_after_the_tap_shows_what_was_done() = dying {
        till.answers("journalLines", listOf(line(1_025, MovementState.Done)))
        till.answers("receipt", mine())
        assertEquals(PayStep.Done(mine()), again().state.value.step)
        assertTrue(ticket.basket.value.isEmpty)
    }

    @Test fun a_sale_before_this_one_is_not_taken_for_it() = dying {
        till.answers("journalLines", listOf(line(1_024, MovementState.Done)))
        assertEquals(PayStep.Choosing, again().state.value.step)
        assertFalse(ticket.basket.value.isEmpty)
    }

    @Test fun a_sale_that_was_not_applied_may_be_charged_again() = dying {
        till.answers("journalLines", listOf(line(1_025, MovementState.NotApplied(NotAppliedWhy.BEFORE_COMMIT))))
        assertEquals(PayStep.Choosing, again().state.value.step)
    }

    @Test fun a_sale_put_aside_stays_so() = dying {
        val slip = mine().copy(state = MovementState.Open(Stage.PARKED))
        till.status.value = till.status.value.copy(unsettled = listOf(open(Stage.PARKED)))
        till.answers("receipt", slip)
        assertEquals(PayStep.Parked(slip), again().state.value.step)
    }

    private fun torn(body: suspend TestScope.(PayPresenter) -> Unit) = test { presenter ->
        till.answers("sell", Outcome.Indeterminate(id, aCard()))
        presenter.on(PayEvent.ByCard)
        cards.hold()
        body(presenter)
    }

    /** The process dies while a card is waited for or there. */
    private fun dying(body: suspend TestScope.() -> Unit) = test { presenter ->
        presenter.on(PayEvent.ByCard)
        body()
    }

    private fun test(preview: Answer<Any> = yes(aPreview()), body: suspend TestScope.(PayPresenter) -> Unit) =
        runTest(UnconfinedTestDispatcher()) {
            till.answers("preview", preview)
            body(again())
        }

    private fun TestScope.again() = PayPresenter(till, cards, feedback, ticket, "Amount", saved, backgroundScope)

    private fun PayPresenter.agree() {
        repeat(6) { on(PayEvent.Approving(SignOnEvent.Digit(1))) }
        on(PayEvent.Approving(SignOnEvent.GoOn))
        cards.hold()
    }

    private fun PayPresenter.undecided() = state.value.step as PayStep.Undecided

    private fun mine() = aReceipt().copy(id = id)

    private fun confirmed() = Settled.Done(listOf(Settlement.Confirmed(mine())))

    private fun open(stage: Stage = Stage.INDETERMINATE) =
        UnsettledMovement(id, Operation.SALE, noon, Duration.ZERO, Money(-8_00), Money.Zero, aCard(), stage)

    private fun line(sequence: Long, state: MovementState) =
        JournalLine(sequence, noon, LineKind.Movement(ReceiptKind.SALE), Money(12_50), aCard(), null, state)
}

internal fun aPreview() = Preview(
    purse = Money(12_50), cash = Money.Zero, earned = Points(12), redeemed = Points.Zero, pointsValue = Money.Zero,
    redeemable = Points(200), redeemableValue = Money(2_00),
)
