package org.satchel.pos.undo

import androidx.test.ext.junit.runners.AndroidJUnit4
import org.junit.Test
import org.junit.runner.RunWith
import org.satchel.pos.cardwork.Work
import org.satchel.pos.cardwork.WorkStep
import org.satchel.pos.core.CardMark
import org.satchel.pos.core.JournalLine
import org.satchel.pos.core.LineKind
import org.satchel.pos.core.Money
import org.satchel.pos.core.MovementState
import org.satchel.pos.core.ReceiptKind
import org.satchel.pos.core.Trouble
import org.satchel.pos.core.aPerson
import org.satchel.pos.core.aReceipt
import org.satchel.pos.core.euro
import org.satchel.pos.core.noon
import org.satchel.pos.design.Written
import org.satchel.pos.golden.golden
import org.satchel.pos.receipts.PaperActions

@RunWith(AndroidJUnit4::class)
class UndoGoldenTest {
    private val lines = listOf(
        line(17, ReceiptKind.SALE, "…0012", 12_50), line(14, ReceiptKind.TOP_UP, "…0348", 50_00), line(11, ReceiptKind.SALE, "…1177", 3_20),
    )

    @Test fun choosing() = photograph("choosing", UndoState(lines, reading = false))
    @Test fun nothing() = photograph("nothing", UndoState(reading = false))
    @Test fun unreadable() = photograph("unreadable", UndoState(reading = false, trouble = Trouble.StorageFaulty("I/O error")))
    @Test fun waiting() = photograph("waiting", UndoState(lines, chosen = lines[0], work = Work(WorkStep.Waiting())))
    @Test fun not_the_last() = photograph("not_the_last", UndoState(lines, reading = false, work = Work(trouble = Trouble.NotTheLast)))
    @Test fun done() = photograph(
        "done", UndoState(lines, chosen = lines[0], work = Work(WorkStep.Done(aReceipt(ReceiptKind.UNDO_SALE).copy(purse = Money(12_50))))),
    )

    private fun line(sequence: Long, kind: ReceiptKind, card: String, minor: Long) =
        JournalLine(sequence, noon, LineKind.Movement(kind), Money(minor), CardMark("9C4F", card), aPerson(), MovementState.Done)

    private fun photograph(name: String, state: UndoState) = golden("undo", name) {
        Written(euro) { UndoScreen(state, {}, {}, {}, PaperActions({ _, _ -> }, { _, _ -> })) }
    }
}
