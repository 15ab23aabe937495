package org.satchel.pos.nfc

import kotlinx.coroutines.flow.StateFlow
import org.satchel.pos.core.Answer
import org.satchel.pos.core.CardLink

/** Where cards are held: the device's NFC, or the training mode's imagination. */
interface CardReader {
    val state: StateFlow<ReaderState>

    /**
     * Waits until a card is held, and has it used. A card that lies there already counts, unless it was used before: then
     * it must be lifted first. Giving up while waiting is done by cancelling.
     *
     * @param use works with the card; the link is closed when it returns
     */
    suspend fun <T> withCard(use: suspend (CardLink) -> Answer<T>): Answer<T>
}

sealed interface ReaderState {
    /** This device has no NFC. */
    data object Missing : ReaderState

    /** NFC is switched off in the settings. */
    data object Off : ReaderState
    data object Ready : ReaderState

    /** A card is being used; [another] was held as well, and refused. */
    data class InUse(val another: Boolean = false) : ReaderState
}
