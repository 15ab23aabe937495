package org.satchel.pos.refund

import androidx.test.ext.junit.runners.AndroidJUnit4
import org.junit.Test
import org.junit.runner.RunWith
import org.satchel.pos.cardwork.Work
import org.satchel.pos.cardwork.WorkStep
import org.satchel.pos.core.AmountEntry
import org.satchel.pos.core.JournalLine
import org.satchel.pos.core.LineKind
import org.satchel.pos.core.Money
import org.satchel.pos.core.MovementState
import org.satchel.pos.core.ReceiptKind
import org.satchel.pos.core.Trouble
import org.satchel.pos.core.aCard
import org.satchel.pos.core.aPerson
import org.satchel.pos.core.aReceipt
import org.satchel.pos.core.euro
import org.satchel.pos.core.noon
import org.satchel.pos.design.Written
import org.satchel.pos.golden.golden
import org.satchel.pos.receipts.PaperActions

@RunWith(AndroidJUnit4::class)
class RefundGoldenTest {
    private val sales = listOf(
        JournalLine(17, noon, LineKind.Movement(ReceiptKind.SALE), Money(12_50), aCard(), aPerson(), MovementState.Done),
        JournalLine(16, noon, LineKind.Movement(ReceiptKind.CASH_SALE), Money(3_20), null, aPerson(), MovementState.Done),
    )
    private val chosen = RefundState(sales = sales, reading = false, sale = aReceipt())

    @Test fun choosing() = photograph("choosing", RefundState(sales = sales, reading = false))
    @Test fun nothing_found() = photograph("nothing_found", RefundState("99", reading = false))
    @Test fun typing() = photograph("typing", chosen)
    @Test fun typed() = photograph("typed", chosen.copy(entry = AmountEntry(Money(5_00))))
    @Test fun cash_sale() = photograph("cash_sale", chosen.copy(sale = aReceipt(ReceiptKind.CASH_SALE), entry = AmountEntry(Money(12_50))))
    @Test fun too_much() = photograph(
        "too_much", chosen.copy(entry = AmountEntry(Money(12_50)), work = Work(trouble = Trouble.RefundTooHigh(Money(12_50), Money(5_00)))),
    )
    @Test fun waiting() = photograph("waiting", chosen.copy(entry = AmountEntry(Money(5_00)), work = Work(WorkStep.Waiting())))
    @Test fun in_cash() = photograph(
        "in_cash",
        chosen.copy(
            work = Work(
                WorkStep.Done(aReceipt(ReceiptKind.CASH_REFUND, amount = Money(5_00)).copy(cash = Money(-5_00), balance = null, pointsBalance = null)),
            ),
        ),
    )

    private fun photograph(name: String, state: RefundState) = golden("refund", name) {
        Written(euro) { RefundScreen(state, {}, {}, {}, PaperActions({ _, _ -> }, { _, _ -> })) }
    }
}
