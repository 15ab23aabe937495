package org.satchel.pos.core

import java.time.Instant

/** Tells the time. */
fun interface Clock {
    fun now(): Instant
}

/** The device's clock. */
object SystemClock : Clock {
    override fun now(): Instant = Instant.ofEpochMilli(System.currentTimeMillis())
}
