package org.satchel.pos.core

import org.junit.Assert.assertArrayEquals
import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Assert.assertThrows
import org.junit.Assert.assertTrue
import org.junit.Test

class PinEntryTest {
    private val pin = PinEntry()

    @Test fun the_digits_are_lent_and_the_loan_is_wiped() {
        listOf(1, 2, 3, 4, 5, 6).forEach(pin::type)
        lateinit var lent: ByteArray
        pin.lend { digits ->
            lent = digits
            assertEquals("123456", String(digits))
        }
        assertArrayEquals(ByteArray(6), lent)
    }

    @Test fun a_loan_is_wiped_even_if_its_use_fails() {
        repeat(6) { pin.type(7) }
        lateinit var lent: ByteArray
        assertThrows(IllegalStateException::class.java) {
            pin.lend { digits ->
                lent = digits
                error("it failed")
            }
        }
        assertArrayEquals(ByteArray(6), lent)
    }

    @Test fun six_digits_are_enough_and_a_thirteenth_is_not_taken() {
        repeat(5) { pin.type(1) }
        assertFalse(pin.isLongEnough)
        pin.type(1)
        assertTrue(pin.isLongEnough)
        repeat(9) { pin.type(2) }
        assertEquals(12, pin.length)
    }

    @Test fun wiped_is_empty() {
        repeat(6) { pin.type(1) }
        pin.wipe()
        assertEquals(0, pin.length)
        pin.erase()
        assertEquals("", pin.lend { String(it) })
    }
}
