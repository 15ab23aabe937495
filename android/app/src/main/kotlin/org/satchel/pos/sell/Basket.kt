package org.satchel.pos.sell

import org.satchel.pos.core.AmountEntry
import org.satchel.pos.core.BasketLine
import org.satchel.pos.core.Item
import org.satchel.pos.core.Money
import org.satchel.pos.core.Order
import org.satchel.pos.core.sum

/** What a customer wants to buy: what is in the basket already, and the amount that is being typed. */
data class Basket(
    val entry: AmountEntry = AmountEntry(),
    /** A line without a text is a plain amount. */
    val lines: List<BasketLine> = emptyList(),
    val discount: Discount = Discount.None,
) {
    /** Before the discount, with what is being typed. */
    val gross: Money get() = lines.map { it.amount }.sum() + entry.amount
    val off: Money get() = discount.of(gross)
    val due: Money get() = gross - off
    val isEmpty: Boolean get() = lines.isEmpty() && !entry.amount.isPositive

    /** With the typed amount as a line of its own; the same if none is typed. */
    fun withEntryAsLine(): Basket =
        if (entry.amount.isPositive) copy(entry = AmountEntry(), lines = lines + plain(entry.amount)) else this

    /** With this much of an item more. What is sold by the piece joins a line of the same. */
    fun with(item: Item, quantityMilli: Long): Basket {
        val same = lines.indexOfLast { it.item == item.code && it.text == item.name && it.unitPrice == item.price }
        if (item.byMeasure || same < 0) return copy(lines = lines + item.line(quantityMilli))
        return withPieces(same, lines[same].pieces + quantityMilli / PIECE)
    }

    /** With the line at [place] of so many pieces; without it if they are none. */
    fun withPieces(place: Int, pieces: Long): Basket {
        val line = lines.getOrNull(place) ?: return this
        val price = line.unitPrice ?: return this
        if (pieces <= 0) return without(place)
        val changed = line.copy(quantityMilli = pieces * PIECE, amount = price * pieces)
        return copy(lines = lines.toMutableList().apply { set(place, changed) })
    }

    fun without(place: Int): Basket = copy(lines = lines.filterIndexed { at, _ -> at != place })

    /**
     * To be paid. A single plain amount needs no line.
     *
     * @param plain what receipts call a plain amount among others
     */
    fun order(plain: String): Order {
        val all = withEntryAsLine().lines
        val named = all.map { if (it.text.isEmpty()) it.copy(text = plain) else it }
        val alone = all.singleOrNull()?.text?.isEmpty() == true
        return Order(gross, off, if (alone) emptyList() else named)
    }
}

/** What the operator takes off. */
sealed interface Discount {
    fun of(gross: Money): Money

    data object None : Discount {
        override fun of(gross: Money) = Money.Zero
    }

    /** Down to whole minor units, so that it is never more than was agreed. */
    data class Percent(val percent: Int) : Discount {
        override fun of(gross: Money) = Money(Math.multiplyExact(gross.minor, percent.toLong()) / WHOLE)
    }

    /** Never more than there is. */
    data class Amount(val amount: Money) : Discount {
        override fun of(gross: Money) = minOf(amount, gross)
    }
}

/** What one piece costs; null of a line that is not counted in pieces. */
val BasketLine.unitPrice: Money?
    get() = if (quantityMilli > 0 && quantityMilli % PIECE == 0L && amount.minor % pieces == 0L) Money(amount.minor / pieces) else null

val BasketLine.pieces: Long get() = quantityMilli / PIECE

/** [quantityMilli] of it, to the nearest minor unit. */
private fun Item.line(quantityMilli: Long) = BasketLine(code, name, quantityMilli, amountOf(quantityMilli))

/** What so much of it costs, to the nearest minor unit. */
fun Item.amountOf(quantityMilli: Long) = Money((Math.multiplyExact(price.minor, quantityMilli) + PIECE / 2) / PIECE)

private fun plain(amount: Money) = BasketLine(item = "", text = "", quantityMilli = PIECE, amount = amount)

/** One piece, in thousandths. */
const val PIECE = 1_000L
private const val WHOLE = 100L
