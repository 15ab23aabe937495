package org.satchel.pos.receipts

import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Assert.assertTrue
import org.junit.Test
import org.satchel.pos.core.BasketLine
import org.satchel.pos.core.Block
import org.satchel.pos.core.Document
import org.satchel.pos.core.Money
import org.satchel.pos.core.MoneyFormat
import org.satchel.pos.core.MovementId
import org.satchel.pos.core.MovementState
import org.satchel.pos.core.ReceiptText
import org.satchel.pos.core.Stage
import org.satchel.pos.core.aReceipt
import java.time.ZoneOffset
import java.util.Locale

class DocumentWriterTest {
    private val writer = DocumentWriter(
        MoneyFormat(Locale.ENGLISH, ZoneOffset.UTC), rightToLeft = false,
        listOf(ReceiptText("header", "Corner Shop"), ReceiptText("footer", "Come again")),
    ) { it.name }

    @Test fun a_sale_says_what_was_due_and_what_is_left() {
        val document = writer.receipt(aReceipt())
        assertEquals("€12.50", document["Total"])
        assertEquals("-€12.50", document["ByCard"])
        assertEquals("€37.50", document["Balance"])
        assertEquals("212", document["Points"])
        assertEquals("T12-17", document["Number"])
        assertEquals("…0012", document["Card"])
    }

    @Test fun the_stores_texts_stand_above_and_below() {
        val texts = writer.receipt(aReceipt()).texts
        assertEquals("Corner Shop", texts.first())
        assertEquals("Come again", texts.last())
    }

    @Test fun lines_have_their_quantity_and_amount() {
        val lines = listOf(BasketLine("1", "Apples", 250, Money(1_00)), BasketLine("2", "Bread", 1_000, Money(3_20)))
        val document = writer.receipt(aReceipt().copy(lines = lines))
        assertEquals("€1.00", document["0.25 × Apples"])
        assertEquals("€3.20", document["Bread"])
    }

    @Test fun a_discount_stands_between_subtotal_and_total() {
        val document = writer.receipt(aReceipt(amount = Money(9_00)).copy(gross = Money(10_00), discount = Money(1_00)))
        assertEquals(listOf("Subtotal", "Discount", "Total"), document.names.filter { it in setOf("Subtotal", "Discount", "Total") })
        assertEquals("-€1.00", document["Discount"])
    }

    @Test fun a_reprint_and_training_are_marked() {
        val marked = writer.receipt(aReceipt().copy(duplicate = true, training = true)).texts
        assertEquals(2, marked.count { it == "Training" })
        assertEquals(1, marked.count { it == "Duplicate" })
        val plain = writer.receipt(aReceipt()).texts
        assertFalse("Training" in plain || "Duplicate" in plain)
    }

    @Test fun what_is_open_is_a_slip() {
        val texts = writer.receipt(aReceipt(state = MovementState.Open(Stage.PARKED))).texts
        assertTrue("NotSettled" in texts && "NotSettledText" in texts)
    }

    @Test fun a_closed_shift_says_what_is_missing() {
        val document = writer.report(aZReport(unsettled = listOf(MovementId(12, 9)), duplicate = true))
        assertEquals("€187.50", document["Expected"])
        assertEquals("€185.00", document["Counted"])
        assertEquals("-€2.50", document["Difference"])
        assertEquals("€5.00", document["UnsettledCash"])
        assertTrue("T12-9" in document.texts && "Duplicate" in document.texts)
        assertTrue("Sales (4,711)" in document.names)
    }

    @Test fun a_shift_so_far_says_what_should_be_there() {
        val document = writer.report(anXReport())
        assertEquals("€187.50", document["Expected"])
        assertEquals("€156.00", document["Sales (12)"])
        assertFalse("Unsettled" in document.texts)
    }

    @Test fun a_message_has_a_line_for_each_block() {
        val lines = writer.receipt(aReceipt()).asText().lines()
        assertEquals("Corner Shop", lines.first())
        assertTrue("Total: €12.50" in lines)
    }
}

private operator fun Document.get(name: String) = blocks.filterIsInstance<Block.Pair>().single { it.name == name }.amount
private val Document.names get() = blocks.filterIsInstance<Block.Pair>().map { it.name }
private val Document.texts get() = blocks.filterIsInstance<Block.Text>().map { it.text }
