package org.satchel.pos.shift

import kotlinx.coroutines.ExperimentalCoroutinesApi
import kotlinx.coroutines.test.TestScope
import kotlinx.coroutines.test.UnconfinedTestDispatcher
import kotlinx.coroutines.test.runTest
import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Assert.assertNull
import org.junit.Assert.assertTrue
import org.junit.Test
import org.satchel.pos.core.Authority
import org.satchel.pos.core.FakeTill
import org.satchel.pos.core.JournalLine
import org.satchel.pos.core.LineKind
import org.satchel.pos.core.ReceiptKind
import org.satchel.pos.core.Trouble
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
import org.satchel.pos.receipts.aZReport
import org.satchel.pos.receipts.anXReport
import org.satchel.pos.signon.Purpose
import org.satchel.pos.signon.SignOnEvent

@OptIn(ExperimentalCoroutinesApi::class)
class ShiftPresenterTest {
    private val till = FakeTill(aStatus(anOperator(), aShift()))
    private val cards = FakeCards()
    private val feedback = FakeFeedback()

    @Test fun a_shift_opens_with_its_float() = test { presenter ->
        till.answers("openShift", 42L)
        presenter.on(ShiftEvent.Begin(Task.Open))
        presenter.type(1, 0, 0)
        presenter.on(ShiftEvent.Hundred)
        presenter.on(ShiftEvent.Confirm)
        assertEquals(listOf("openShift(10000)"), till.calls)
        assertEquals(Face.Overview, presenter.state.value.face)
    }

    @Test fun cash_paid_in_gives_a_receipt() = test { presenter ->
        val receipt = aReceipt(ReceiptKind.PAY_IN)
        till.answers("payIn", receipt)
        presenter.on(ShiftEvent.Begin(Task.PayIn))
        presenter.type(5, 0, 9)
        presenter.on(ShiftEvent.Erase)
        presenter.on(ShiftEvent.Confirm)
        assertEquals(listOf("payIn(50, null)"), till.calls)
        assertEquals(Face.Shown(Slip.Paid(receipt)), presenter.state.value.face)
        assertEquals(listOf(Signal.Done), feedback.given)
    }

    @Test fun nothing_is_not_paid_out() = test { presenter ->
        presenter.on(ShiftEvent.Begin(Task.PayOut))
        presenter.on(ShiftEvent.Confirm)
        assertEquals(emptyList<String>(), till.calls)
    }

    @Test fun whoever_may_not_pay_out_asks_somebody() = test { presenter ->
        till.answers("payOut", no(Trouble.AskSomebodyWhoMay(Authority.PAY_IN_OUT)), yes(aReceipt(ReceiptKind.PAY_OUT)))
        till.answers("approve", anApproval())
        presenter.payOut()
        assertEquals(Purpose.Approve(Authority.PAY_IN_OUT), presenter.state.value.approval?.purpose)
        presenter.approve()
        assertEquals(listOf("payOut(5, null)", "approve(123456)", "payOut(5, 1)"), till.calls)
        assertNull(presenter.state.value.approval)
        assertTrue(presenter.state.value.face is Face.Shown)
    }

    @Test fun an_approval_that_is_given_up_leaves_the_amount() = test { presenter ->
        till.answers("payOut", no(Trouble.AskSomebodyWhoMay(Authority.PAY_IN_OUT)))
        presenter.payOut()
        presenter.on(ShiftEvent.GiveUpApproval)
        assertNull(presenter.state.value.approval)
        assertEquals(5, presenter.state.value.entry.amount.minor)
    }

    @Test fun an_approval_that_is_not_enough_is_refused_and_not_asked_for_for_ever() = test { presenter ->
        till.answers("payOut", no(Trouble.AskSomebodyWhoMay(Authority.PAY_IN_OUT)))
        till.answers("approve", anApproval())
        presenter.payOut()
        presenter.approve()
        assertNull(presenter.state.value.approval)
        assertEquals(Trouble.AskSomebodyWhoMay(Authority.PAY_IN_OUT), presenter.state.value.trouble)
    }

    @Test fun an_x_report_leaves_the_shift_open() = test { presenter ->
        till.answers("xReport", anXReport())
        presenter.on(ShiftEvent.ShowX)
        assertEquals(Face.Shown(Slip.SoFar(anXReport())), presenter.state.value.face)
        presenter.on(ShiftEvent.Leave)
        assertEquals(Face.Overview, presenter.state.value.face)
        assertEquals(listOf("xReport()"), till.calls)
    }

    @Test fun a_shift_closes_with_what_was_counted() = test { presenter ->
        till.answers("closeShift", aZReport())
        presenter.on(ShiftEvent.Begin(Task.Close))
        presenter.type(1, 8, 5)
        presenter.on(ShiftEvent.Hundred)
        presenter.on(ShiftEvent.Confirm)
        assertEquals(listOf("closeShift(18500)"), till.calls)
        assertEquals(Face.Shown(Slip.Closed(aZReport())), presenter.state.value.face)
    }

    @Test fun a_refused_close_keeps_the_count() = test { presenter ->
        till.refuses("closeShift", Trouble.StorageFull)
        presenter.on(ShiftEvent.Begin(Task.Close))
        presenter.type(7)
        presenter.on(ShiftEvent.Confirm)
        assertEquals(Trouble.StorageFull, presenter.state.value.trouble)
        assertEquals(Face.Typing(Task.Close), presenter.state.value.face)
        assertEquals(7, presenter.state.value.entry.amount.minor)
        assertEquals(listOf(Signal.Refused), feedback.given)
    }

    @Test fun nothing_is_done_twice() = test { presenter ->
        till.answers("closeShift", aZReport())
        presenter.on(ShiftEvent.Begin(Task.Close))
        till.halt()
        presenter.on(ShiftEvent.Confirm)
        assertTrue(presenter.state.value.working)
        presenter.on(ShiftEvent.Confirm)
        presenter.on(ShiftEvent.Leave)
        till.goOn()
        assertFalse(presenter.state.value.working)
        assertEquals(listOf("closeShift(0)"), till.calls)
    }

    @Test fun the_last_z_is_looked_for_page_by_page() = test { presenter ->
        till.answers("journalLines", yes(listOf(line(900, LineKind.SignedOn))), yes(listOf(line(41, LineKind.ShiftClosed(41)))))
        till.answers("zReport", aZReport(duplicate = true))
        presenter.on(ShiftEvent.ShowLastZ)
        assertEquals("zReport(41)", till.calls.last())
        assertTrue(till.calls[1].endsWith(", 900)"))
        assertEquals(Face.Shown(Slip.Closed(aZReport(duplicate = true))), presenter.state.value.face)
    }

    private fun line(sequence: Long, kind: LineKind) = JournalLine(sequence, noon, kind, null, null, null, null)

    private fun ShiftPresenter.type(vararg digits: Int) = digits.forEach { on(ShiftEvent.Digit(it)) }

    private fun ShiftPresenter.payOut() {
        on(ShiftEvent.Begin(Task.PayOut))
        type(5)
        on(ShiftEvent.Confirm)
    }

    private suspend fun ShiftPresenter.approve() {
        "123456".forEach { on(ShiftEvent.Approving(SignOnEvent.Digit(it.digitToInt()))) }
        on(ShiftEvent.Approving(SignOnEvent.GoOn))
        cards.hold()
    }

    private fun test(body: suspend TestScope.(ShiftPresenter) -> Unit) = runTest(UnconfinedTestDispatcher()) {
        body(ShiftPresenter(till, cards, feedback, backgroundScope))
    }
}
