package org.satchel.pos.receipts

import androidx.test.ext.junit.runners.AndroidJUnit4
import org.junit.Test
import org.junit.runner.RunWith
import org.satchel.pos.core.BasketLine
import org.satchel.pos.core.Money
import org.satchel.pos.core.MovementState
import org.satchel.pos.core.Receipt
import org.satchel.pos.core.ReceiptKind
import org.satchel.pos.core.ReceiptText
import org.satchel.pos.core.Stage
import org.satchel.pos.core.Trouble
import org.satchel.pos.core.aReceipt
import org.satchel.pos.core.euro
import org.satchel.pos.design.Written
import org.satchel.pos.golden.golden

@RunWith(AndroidJUnit4::class)
class ReceiptGoldenTest {
    private val sale = aReceipt().copy(
        lines = listOf(BasketLine("1", "Espresso", 2_000, Money(5_00)), BasketLine("2", "Cheesecake", 1_000, Money(7_50))),
    )

    @Test fun sale() = photograph("sale", shown(sale))
    @Test fun training() = photograph("training", shown(sale.copy(training = true, duplicate = true)))
    @Test fun top_up_not_settled() =
        photograph("not-settled", shown(aReceipt(ReceiptKind.TOP_UP, MovementState.Open(Stage.PARKED))))
    @Test fun refused() = photograph("refused", ReceiptState.Refused(Trouble.JournalDamaged(1_071)))

    private fun shown(receipt: Receipt) =
        ReceiptState.Shown(receipt, listOf(ReceiptText("header", "Satchel Market"), ReceiptText("footer", "+49 30 1234567")))

    private fun photograph(name: String, state: ReceiptState) = golden("receipts", name) {
        Written(euro) { ReceiptScreen(state, {}, PaperActions({ _, _ -> }, { _, _ -> })) }
    }
}
