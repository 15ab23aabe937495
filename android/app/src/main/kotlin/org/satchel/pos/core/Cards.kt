package org.satchel.pos.core

import java.time.Instant
import java.time.LocalDate

/** The name of a movement, shown as `T1-17`: the terminal that made it, and its entry in that terminal's journal. */
data class MovementId(val terminal: Long, val sequence: Long) {
    override fun toString() = "T$terminal-$sequence"
}

/**
 * How a card is told from another without naming it: the last four hex digits of its chip's number, and the end of its
 * printed number (`…0012`) where that is known.
 */
data class CardMark(val tail: String, val number: String?) {
    /** The better known of the two, for a screen. */
    val shown: String get() = leftToRight(number ?: "…$tail")
}

/** A card as an inquiry found it. */
data class CardState(
    val card: CardMark,
    /** The printed number, whole, in groups. */
    val number: String,
    val member: ULong,
    val issuedOn: LocalDate,
    /** Its last day; null if it never ends. */
    val expiresOn: LocalDate?,
    val standing: Standing,
    val means: CardMeans,
    val currency: Currency,
    /** Newest first; the newest alone with [Depth.STATE]. */
    val history: List<CardMovement>,
    /** Who registered it here, if somebody did. */
    val registered: Member?,
)

/** A movement as the card remembers it. */
data class CardMovement(
    val id: MovementId,
    val operation: Operation,
    val at: Instant,
    val amount: Money,
    val balance: Money,
    val points: Points,
)
