package org.satchel.pos.presenter

/** What a presenter keeps over the death of the process: short texts by name. Never a PIN, never a key. */
interface Saved {
    operator fun get(name: String): String?

    /** Keeps [value]; nothing is kept under that name if it is null. */
    operator fun set(name: String, value: String?)
}
