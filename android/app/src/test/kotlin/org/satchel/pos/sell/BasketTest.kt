package org.satchel.pos.sell

import org.junit.Assert.assertEquals
import org.junit.Assert.assertNull
import org.junit.Assert.assertTrue
import org.junit.Test
import org.satchel.pos.core.AmountEntry
import org.satchel.pos.core.BasketLine
import org.satchel.pos.core.Item
import org.satchel.pos.core.Money
import org.satchel.pos.core.sum

internal val tea = Item("TEA", "Green tea", "Drinks", Money(3_20), byMeasure = false)
internal val rice = Item("RICE", "Rice", "Food", Money(2_99), byMeasure = true)

class BasketTest {
    @Test fun a_typed_amount_alone_needs_no_line() {
        val order = typed(12_50).order("Amount")
        assertEquals(Money(12_50), order.gross)
        assertTrue(order.lines.isEmpty())
    }

    @Test fun a_single_plain_line_needs_no_line_either() =
        assertTrue(typed(12_50).withEntryAsLine().order("Amount").lines.isEmpty())

    @Test fun among_others_a_plain_amount_has_its_name() {
        val order = typed(1_00).with(tea, PIECE).order("Amount")
        assertEquals(listOf("Green tea", "Amount"), order.lines.map { it.text })
        assertEquals(order.gross, order.lines.map { it.amount }.sum())
    }

    @Test fun the_same_pieces_share_a_line() {
        val basket = Basket().with(tea, PIECE).with(tea, PIECE)
        assertEquals(listOf(BasketLine("TEA", "Green tea", 2_000, Money(6_40))), basket.lines)
    }

    @Test fun the_same_piece_at_another_price_does_not() =
        assertEquals(2, Basket().with(tea, PIECE).with(tea.copy(price = Money(3_00)), PIECE).lines.size)

    @Test fun what_is_measured_has_a_line_each_time_and_costs_to_the_nearest_cent() {
        val basket = Basket().with(rice, 335).with(rice, 500)
        assertEquals(listOf(Money(1_00), Money(1_50)), basket.lines.map { it.amount })
        assertNull(basket.lines.first().unitPrice)
    }

    @Test fun pieces_change_and_none_of_them_is_no_line() {
        val basket = Basket().with(tea, PIECE)
        assertEquals(Money(9_60), basket.withPieces(0, 3).gross)
        assertTrue(basket.withPieces(0, 0).isEmpty)
        assertEquals(basket, basket.withPieces(7, 1))
    }

    @Test fun a_percentage_is_never_more_than_was_agreed() {
        assertEquals(Money(99), Discount.Percent(10).of(Money(9_99)))
        assertEquals(Money.Zero, Discount.Percent(10).of(Money(9)))
    }

    @Test fun an_amount_taken_off_is_never_more_than_there_is() {
        val basket = typed(3_00).copy(discount = Discount.Amount(Money(5_00)))
        assertEquals(Money.Zero, basket.due)
        assertEquals(Money(3_00), basket.order("Amount").discount)
    }

    @Test fun every_basket_reads_as_it_was_written() = listOf(
        Basket(),
        typed(99),
        Basket().with(tea, 2_000).with(rice, 335).copy(discount = Discount.Percent(10)),
        typed(1).with(tea.copy(name = "绿茶\nشاي"), PIECE).copy(discount = Discount.Amount(Money(50))),
    ).forEach { assertEquals(it, basketOf(it.written())) }

    @Test fun what_is_cut_off_or_something_else_is_no_basket() {
        val whole = Basket().with(tea, PIECE).written()
        (0 until whole.length).forEach { assertNull(basketOf(whole.take(it))) }
        assertNull(basketOf("not a basket"))
    }

    private fun typed(minor: Long) = Basket(AmountEntry(Money(minor)))
}
