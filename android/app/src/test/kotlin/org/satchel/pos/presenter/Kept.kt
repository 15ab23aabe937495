package org.satchel.pos.presenter

/** What outlives a test's process. */
class Kept : Saved {
    private val texts = mutableMapOf<String, String>()

    override fun get(name: String) = texts[name]

    override fun set(name: String, value: String?) {
        if (value == null) texts.remove(name) else texts[name] = value
    }
}
