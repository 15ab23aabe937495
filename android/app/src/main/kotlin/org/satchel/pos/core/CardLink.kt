package org.satchel.pos.core

/** The way to a card in the field. Its methods block. */
interface CardLink {
    /** The identifier the card showed when it came; empty if unknown. */
    val uid: ByteArray

    /**
     * Sends a command APDU and returns the response: data and two status bytes.
     *
     * @throws LinkFault if none came; whether the card acted is then unknown.
     */
    fun transceive(apdu: ByteArray): ByteArray
}

/** Why an exchange brought no response. */
sealed class LinkFault(message: String) : Exception(message) {
    /** The card left the field. */
    class CardGone : LinkFault("the card left the field")

    /** Anything else; [detail] is for the log. */
    class Failed(val detail: String) : LinkFault(detail)
}
