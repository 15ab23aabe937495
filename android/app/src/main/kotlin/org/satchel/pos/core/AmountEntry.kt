package org.satchel.pos.core

/** An amount as it is typed on a till: digits come in from the right, and are minor units from the start. */
@JvmInline
value class AmountEntry(val amount: Money = Money.Zero) {
    /** With a digit more; the same if it would be longer than [MOST_DIGITS]. */
    fun typed(digit: Int): AmountEntry {
        require(digit in 0..9) { "$digit is not a digit" }
        val longer = amount.minor * 10 + digit
        return if (longer < LIMIT) AmountEntry(Money(longer)) else this
    }

    /** With two noughts more, as the key `00` types them; the same if there is no room for both. */
    fun typedHundred(): AmountEntry = typed(0).typed(0).takeIf { it.amount.minor == amount.minor * 100 } ?: this

    /** Without the last digit. */
    fun erased() = AmountEntry(Money(amount.minor / 10))

    companion object {
        const val MOST_DIGITS = 9
        private const val LIMIT = 1_000_000_000L
    }
}
