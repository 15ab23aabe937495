package org.satchel.pos.design

/** What a person hears and feels without looking. The same in training as in earnest. */
fun interface Feedback {
    fun give(signal: Signal)
}

enum class Signal {
    Done,

    /** Nobody knows yet: hold the card again. */
    Undecided,
    Refused,
}
