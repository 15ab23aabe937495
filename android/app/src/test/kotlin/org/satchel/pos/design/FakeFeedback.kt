package org.satchel.pos.design

/** What was given, in order. */
class FakeFeedback : Feedback {
    val given = mutableListOf<Signal>()

    override fun give(signal: Signal) {
        given += signal
    }
}
