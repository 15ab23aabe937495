package org.satchel.pos.journal

import androidx.test.ext.junit.runners.AndroidJUnit4
import org.junit.Test
import org.junit.runner.RunWith
import org.satchel.pos.core.BasketLine
import org.satchel.pos.core.JournalLine
import org.satchel.pos.core.LineKind
import org.satchel.pos.core.Money
import org.satchel.pos.core.MovementState
import org.satchel.pos.core.ReceiptKind
import org.satchel.pos.core.ReceiptText
import org.satchel.pos.core.Stage
import org.satchel.pos.core.aCard
import org.satchel.pos.core.aPerson
import org.satchel.pos.core.aReceipt
import org.satchel.pos.core.euro
import org.satchel.pos.core.noon
import org.satchel.pos.design.Written
import org.satchel.pos.golden.golden
import org.satchel.pos.receipts.PaperActions

@RunWith(AndroidJUnit4::class)
class JournalGoldenTest {
    private val lines = listOf(
        JournalLine(1_031, noon, LineKind.ShiftClosed(41), Money(187_50), null, aPerson(), null),
        movement(1_030, ReceiptKind.SALE, MovementState.Done),
        movement(1_029, ReceiptKind.TOP_UP, MovementState.Open(Stage.PARKED)),
        JournalLine(1_028, noon, LineKind.SignedOn, null, null, aPerson(), null),
    )
    private val receipt = aReceipt().copy(
        lines = listOf(BasketLine("1", "Espresso", 2_000, Money(5_00)), BasketLine("2", "Cheesecake", 1_000, Money(7_50))),
        duplicate = true,
    )

    @Test fun list() = photograph("list", JournalState(lines = lines, reading = false))
    @Test fun none() = photograph("none", JournalState(Search("99"), reading = false))
    @Test fun opened() = photograph(
        "opened",
        JournalState(
            lines = lines, reading = false, opened = Opened(1_030, Page.OfMovement(receipt)),
            texts = listOf(ReceiptText("header", "Satchel Market"), ReceiptText("footer", "+49 30 1234567")),
        ),
    )

    private fun movement(sequence: Long, kind: ReceiptKind, state: MovementState) =
        JournalLine(sequence, noon, LineKind.Movement(kind), Money(12_50), aCard(), aPerson(), state)

    private fun photograph(name: String, state: JournalState) = golden("journal", name) {
        Written(euro) { JournalScreen(state, {}, {}, PaperActions({ _, _ -> }, { _, _ -> })) }
    }
}
