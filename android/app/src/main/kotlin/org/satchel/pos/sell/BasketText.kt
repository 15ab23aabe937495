package org.satchel.pos.sell

import org.satchel.pos.core.AmountEntry
import org.satchel.pos.core.BasketLine
import org.satchel.pos.core.Money
import java.io.ByteArrayInputStream
import java.io.ByteArrayOutputStream
import java.io.DataInputStream
import java.io.DataOutputStream
import java.io.IOException
import java.util.Base64

/** A basket as a short text, for [org.satchel.pos.presenter.Saved]. */
internal fun Basket.written(): String {
    val bytes = ByteArrayOutputStream()
    DataOutputStream(bytes).run {
        writeByte(VERSION)
        writeLong(entry.amount.minor)
        writeDiscount(discount)
        writeInt(lines.size)
        lines.forEach { line ->
            writeUTF(line.item)
            writeUTF(line.text)
            writeLong(line.quantityMilli)
            writeLong(line.amount.minor)
        }
    }
    return Base64.getEncoder().withoutPadding().encodeToString(bytes.toByteArray())
}

/** What [written] wrote; null if it is anything else. */
internal fun basketOf(text: String): Basket? = try {
    DataInputStream(ByteArrayInputStream(Base64.getDecoder().decode(text))).run {
        if (readByte().toInt() != VERSION) null else Basket(AmountEntry(Money(readLong())), discount = readDiscount(), lines = readLines())
    }
} catch (_: IOException) {
    null
} catch (_: IllegalArgumentException) {
    null
}

private fun DataOutputStream.writeDiscount(discount: Discount) = when (discount) {
    Discount.None -> writeByte(NONE)
    is Discount.Percent -> {
        writeByte(PERCENT)
        writeLong(discount.percent.toLong())
    }
    is Discount.Amount -> {
        writeByte(AMOUNT)
        writeLong(discount.amount.minor)
    }
}

private fun DataInputStream.readDiscount(): Discount = when (val kind = readByte().toInt()) {
    NONE -> Discount.None
    PERCENT -> Discount.Percent(readLong().toInt())
    AMOUNT -> Discount.Amount(Money(readLong()))
    else -> throw IOException("no discount is of kind $kind")
}

private fun DataInputStream.readLines(): List<BasketLine> =
    List(readInt()) { BasketLine(readUTF(), readUTF(), readLong(), Money(readLong())) }

private const val VERSION = 1
private const val NONE = 0
private const val PERCENT = 1
private const val AMOUNT = 2
