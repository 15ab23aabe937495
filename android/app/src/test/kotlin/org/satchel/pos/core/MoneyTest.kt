package org.satchel.pos.core

import org.junit.Assert.assertEquals
import org.junit.Assert.assertThrows
import org.junit.Test

class MoneyTest {
    @Test fun sums_are_exact() {
        assertEquals(Money(60), listOf(Money(10), Money(20), Money(30)).sum())
        assertEquals(Money(-10), Money(10) - Money(20))
        assertEquals(Money(30), Money(10) * 3)
    }

    @Test fun nothing_wraps_around() {
        assertThrows(ArithmeticException::class.java) { Money(Long.MAX_VALUE) + Money(1) }
        assertThrows(ArithmeticException::class.java) { Money(Long.MIN_VALUE) - Money(1) }
        assertThrows(ArithmeticException::class.java) { -Money(Long.MIN_VALUE) }
        assertThrows(ArithmeticException::class.java) { Money(Long.MAX_VALUE) * 2 }
        assertThrows(ArithmeticException::class.java) { Points(Long.MAX_VALUE) + Points(1) }
    }

    @Test fun digits_come_in_from_the_right() {
        val typed = listOf(1, 2, 5, 0).fold(AmountEntry(), AmountEntry::typed)
        assertEquals(Money(12_50), typed.amount)
        assertEquals(Money(1_25), typed.erased().amount)
        assertEquals(Money(1_250_00), typed.typedHundred().amount)
    }

    @Test fun a_tenth_digit_is_not_taken() {
        val full = List(9) { 9 }.fold(AmountEntry(), AmountEntry::typed)
        assertEquals(Money(999_999_999), full.typed(9).amount)
        assertEquals(Money(999_999_999), full.typedHundred().amount)
        assertEquals(Money(99_999_999), full.erased().typedHundred().amount)
    }
}
