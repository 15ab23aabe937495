package org.satchel.pos.core

/** An amount in minor units (cents); what a unit is worth, [Currency] says. Arithmetic that overflows throws. */
@JvmInline
value class Money(val minor: Long) : Comparable<Money> {
    operator fun plus(other: Money) = Money(Math.addExact(minor, other.minor))

    operator fun minus(other: Money) = Money(Math.subtractExact(minor, other.minor))

    operator fun unaryMinus() = Money(Math.negateExact(minor))

    operator fun times(count: Long) = Money(Math.multiplyExact(minor, count))

    override fun compareTo(other: Money) = minor.compareTo(other.minor)

    val isPositive: Boolean get() = minor > 0

    companion object {
        val Zero = Money(0)
    }
}

/** The sum of all; zero of none. */
fun Iterable<Money>.sum(): Money = fold(Money.Zero, Money::plus)

/** Loyalty points: whole ones, and never money. */
@JvmInline
value class Points(val count: Long) : Comparable<Points> {
    operator fun plus(other: Points) = Points(Math.addExact(count, other.count))

    operator fun minus(other: Points) = Points(Math.subtractExact(count, other.count))

    override fun compareTo(other: Points) = count.compareTo(other.count)

    companion object {
        val Zero = Points(0)
    }
}

/** What amounts are in: an ISO 4217 code, and how many decimal places a unit has (2: cents; 0: yen; 3: fils). */
data class Currency(val code: String, val exponent: Int)
