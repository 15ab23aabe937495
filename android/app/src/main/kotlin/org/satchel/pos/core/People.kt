package org.satchel.pos.core

/** Somebody who works with terminals: the number on their card, and their name where the terminal knows it. */
data class Person(val number: Long, val name: String?)

/** Who is signed on, and what they may do. */
data class OperatorOnDuty(val person: Person, val level: Level, val authorities: Set<Authority>, val discountPercent: Int) {
    fun may(authority: Authority): Boolean = authority in authorities
}

/** Somebody with more authority agreed, with their own card and PIN; good for one movement. */
interface Approval {
    val by: Person
}
