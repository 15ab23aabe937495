package org.satchel.pos.nfc

import kotlinx.coroutines.channels.Channel
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.flow.asStateFlow
import kotlinx.coroutines.sync.Mutex
import kotlinx.coroutines.sync.withLock
import org.satchel.pos.core.Answer
import org.satchel.pos.core.CardLink
import org.satchel.pos.core.LinkFault
import org.satchel.pos.core.Practice
import org.satchel.pos.core.PracticeCard
import org.satchel.pos.core.then

/** The reader of the training mode: the trainee chooses which card is held. */
class PracticeReader(private val practice: Practice) : CardReader {
    private val known = MutableStateFlow<ReaderState>(ReaderState.Ready)
    override val state: StateFlow<ReaderState> = known.asStateFlow()

    private val waits = MutableStateFlow<Long?>(null)

    /** The number of the wait for a card, each with another one: the time to ask the trainee. Null while nobody waits. */
    val waiting: StateFlow<Long?> = waits.asStateFlow()

    val cards: List<PracticeCard> get() = practice.cards

    private val held = Channel<Hold>(Channel.CONFLATED)
    private val turn = Mutex()
    private var asked = 0L

    /** The trainee holds a card. Nothing happens if nobody waits for one. */
    fun hold(card: PracticeCard, until: Until = Until.Done) {
        if (waits.value != null) held.trySend(Hold(card, until))
    }

    override suspend fun <T> withCard(use: suspend (CardLink) -> Answer<T>): Answer<T> = turn.withLock {
        val hold = chosen()
        practice.hold(hold.card).then { link ->
            known.value = ReaderState.InUse()
            try {
                link.use { use(hold.until.tear(it)) }
            } finally {
                known.value = ReaderState.Ready
            }
        }
    }

    private suspend fun chosen(): Hold {
        waits.value = ++asked
        try {
            return held.receive()
        } finally {
            waits.value = null
        }
    }

    private class Hold(val card: PracticeCard, val until: Until)
}

/** How long the trainee holds a card. */
enum class Until {
    /** As long as it is needed. */
    Done,

    /** It is taken away when the card is about to change. */
    BeforeChange,

    /** It is taken away when the card has changed, and before the terminal hears of it. */
    AfterChange,
}

private fun Until.tear(link: CardLink): CardLink = if (this == Until.Done) link else TornLink(link, this)

/** A card that leaves at its commit. */
private class TornLink(private val whole: CardLink, private val until: Until) : CardLink {
    private var gone = false
    override val uid: ByteArray get() = whole.uid

    override fun transceive(apdu: ByteArray): ByteArray {
        if (gone || (isCommit(apdu) && until == Until.BeforeChange)) leave()
        val response = whole.transceive(apdu)
        if (isCommit(apdu)) leave()
        return response
    }

    private fun leave(): Nothing {
        gone = true
        throw LinkFault.CardGone()
    }
}

/** CommitTransaction, wrapped as ISO 7816 wants it. */
private fun isCommit(apdu: ByteArray) = apdu.size >= 2 && apdu[0] == 0x90.toByte() && apdu[1] == 0xC7.toByte()
