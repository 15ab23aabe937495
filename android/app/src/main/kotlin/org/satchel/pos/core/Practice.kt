package org.satchel.pos.core

/** The training mode: a till of its own, and simulated cards to hold to it. */
interface Practice {
    val till: Till
    val cards: List<PracticeCard>

    /** Brings a card into the field. It leaves when the link is closed. */
    suspend fun hold(card: PracticeCard): Answer<PracticeLink>
}

/** A practice card in the field. */
interface PracticeLink : CardLink, AutoCloseable

/** A practice card, as the trainee sees it. */
data class PracticeCard(
    val index: Int,
    val kind: PracticeKind,
    /** Of the operator, on an operator's card. */
    val name: String?,
    /** The operator's; shown to the trainee, and worth nothing. */
    val pin: String?,
    /** Printed on a member's card. */
    val number: String?,
)

/** What training is called in the trainee's language, and what money looks like there. */
data class PracticeTexts(val manager: String, val cashier: String, val currency: Currency)
