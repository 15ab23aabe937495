package org.satchel.pos.nfc

import kotlinx.coroutines.channels.Channel
import kotlinx.coroutines.flow.MutableStateFlow
import org.satchel.pos.core.Answer
import org.satchel.pos.core.CardLink
import org.satchel.pos.core.LinkFault

/** A reader to which a test holds cards. */
class FakeCards : CardReader {
    override val state = MutableStateFlow<ReaderState>(ReaderState.Ready)

    /** How often somebody has waited for a card. */
    var waits = 0
        private set

    private val held = Channel<CardLink>(Channel.UNLIMITED)

    fun hold(card: CardLink = FakeLink) {
        held.trySend(card)
    }

    override suspend fun <T> withCard(use: suspend (CardLink) -> Answer<T>): Answer<T> {
        waits++
        val card = held.receive()
        state.value = ReaderState.InUse()
        try {
            return use(card)
        } finally {
            state.value = ReaderState.Ready
        }
    }
}

/** A card that nobody talks to. */
object FakeLink : CardLink {
    override val uid = byteArrayOf(4, 1, 2, 3, 4, 5, 6)

    override fun transceive(apdu: ByteArray): ByteArray = throw LinkFault.CardGone()
}
