package org.satchel.pos.core

/** A PIN as it is typed. Its digits exist here alone, and are wiped as soon as they have served. */
class PinEntry {
    private val digits = ByteArray(MOST)

    /** How many are typed. */
    var length = 0
        private set

    val isLongEnough: Boolean get() = length >= LEAST

    /** Types a digit; one too many is not taken. */
    fun type(digit: Int) {
        require(digit in 0..9) { "not a digit" }
        if (length < MOST) digits[length++] = ('0'.code + digit).toByte()
    }

    fun erase() {
        if (length > 0) digits[--length] = 0
    }

    fun wipe() {
        digits.fill(0)
        length = 0
    }

    /** Lends the digits in ASCII; the copy is wiped afterwards. */
    inline fun <T> lend(use: (ByteArray) -> T): T {
        val copy = copy()
        try {
            return use(copy)
        } finally {
            copy.fill(0)
        }
    }

    @PublishedApi internal fun copy(): ByteArray = digits.copyOf(length)

    companion object {
        const val LEAST = 6
        const val MOST = 12
    }
}
