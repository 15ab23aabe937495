package org.satchel.pos.refund

import kotlinx.coroutines.ExperimentalCoroutinesApi
import kotlinx.coroutines.test.TestScope
import kotlinx.coroutines.test.UnconfinedTestDispatcher
import kotlinx.coroutines.test.runTest
import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Assert.assertNull
import org.junit.Assert.assertTrue
import org.junit.Test
import org.satchel.pos.cardwork.WorkStep
import org.satchel.pos.core.FakeTill
import org.satchel.pos.core.JournalLine
import org.satchel.pos.core.JournalQuery
import org.satchel.pos.core.JournalScope
import org.satchel.pos.core.LineKind
import org.satchel.pos.core.Money
import org.satchel.pos.core.MovementState
import org.satchel.pos.core.Outcome
import org.satchel.pos.core.ReceiptKind
import org.satchel.pos.core.Stage
import org.satchel.pos.core.Trouble
import org.satchel.pos.core.aReceipt
import org.satchel.pos.core.aShift
import org.satchel.pos.core.aStatus
import org.satchel.pos.core.anOperator
import org.satchel.pos.core.noon
import org.satchel.pos.design.FakeFeedback
import org.satchel.pos.nfc.FakeCards
import org.satchel.pos.presenter.Kept

@OptIn(ExperimentalCoroutinesApi::class)
class RefundPresenterTest {
    private val till = FakeTill(aStatus(anOperator(), aShift()))
    private val cards = FakeCards()
    private val sale = line(17, ReceiptKind.SALE)

    @Test fun a_part_goes_back_onto_the_card() = chosen(ReceiptKind.SALE) { presenter ->
        till.answers("refund", Outcome.Done(aReceipt(ReceiptKind.REFUND)))
        presenter.type("500")
        presenter.on(RefundEvent.OntoCard)
        cards.hold()
        assertEquals("refund(17, 500, null)", till.calls.last())
        assertEquals(WorkStep.Done(aReceipt(ReceiptKind.REFUND)), presenter.state.value.work.step)
    }

    @Test fun all_of_it_goes_back_in_cash() = chosen(ReceiptKind.CASH_SALE) { presenter ->
        till.answers("refundInCash", aReceipt(ReceiptKind.CASH_REFUND))
        presenter.on(RefundEvent.All)
        presenter.on(RefundEvent.InCash)
        assertEquals("refundInCash(T12-17, 1250, null)", till.calls.last())
        assertEquals(WorkStep.Done(aReceipt(ReceiptKind.CASH_REFUND)), presenter.state.value.work.step)
    }

    @Test fun cash_does_not_become_money_on_a_card() = chosen(ReceiptKind.CASH_SALE) { presenter ->
        presenter.on(RefundEvent.All)
        presenter.on(RefundEvent.OntoCard)
        assertEquals(WorkStep.NotBegun, presenter.state.value.work.step)
    }

    @Test fun never_more_than_was_paid_and_never_nothing() = chosen(ReceiptKind.SALE) { presenter ->
        assertFalse(presenter.state.value.canGive)
        presenter.type("1251")
        assertFalse(presenter.state.value.canGive)
        presenter.on(RefundEvent.OntoCard)
        presenter.on(RefundEvent.InCash)
        assertEquals(WorkStep.NotBegun, presenter.state.value.work.step)
        presenter.on(RefundEvent.Erase)
        assertTrue(presenter.state.value.canGive)
    }

    @Test fun sales_are_looked_for_by_number() = test(listOf(sale, line(16, ReceiptKind.TOP_UP), line(15, ReceiptKind.SALE, MovementState.Open(Stage.PARKED)))) { presenter ->
        assertEquals(listOf(sale), presenter.state.value.sales)
        presenter.on(RefundEvent.Number("17"))
        assertEquals("journalLines(${JournalQuery(JournalScope.MOVEMENTS, number = 17)}, null)", till.calls.last())
    }

    @Test fun another_sale_can_be_chosen() = chosen(ReceiptKind.SALE) { presenter ->
        presenter.type("5")
        presenter.on(RefundEvent.Back)
        assertNull(presenter.state.value.sale)
        assertEquals(Money.Zero, presenter.state.value.entry.amount)
    }

    @Test fun what_was_given_back_before_is_told_by_the_till() = chosen(ReceiptKind.SALE) { presenter ->
        till.refuses("refundInCash", Trouble.RefundTooHigh(Money(12_50), Money(10_00)))
        presenter.on(RefundEvent.All)
        presenter.on(RefundEvent.InCash)
        assertEquals(Trouble.RefundTooHigh(Money(12_50), Money(10_00)), presenter.state.value.work.trouble)
    }

    private fun RefundPresenter.type(digits: String) = digits.forEach { on(RefundEvent.Digit(it.digitToInt())) }

    private fun line(sequence: Long, kind: ReceiptKind, state: MovementState = MovementState.Done) =
        JournalLine(sequence, noon, LineKind.Movement(kind), Money(12_50), null, null, state)

    private fun chosen(kind: ReceiptKind, body: suspend TestScope.(RefundPresenter) -> Unit) = test(listOf(sale)) { presenter ->
        till.answers("receipt", aReceipt(kind))
        presenter.on(RefundEvent.Choose(sale))
        body(presenter)
    }

    private fun test(lines: List<JournalLine>, body: suspend TestScope.(RefundPresenter) -> Unit) = runTest(UnconfinedTestDispatcher()) {
        till.answers("journalLines", lines)
        body(RefundPresenter(till, cards, FakeFeedback(), Kept(), backgroundScope))
    }
}
