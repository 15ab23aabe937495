package org.satchel.pos.nfc

import android.app.Activity
import android.nfc.NfcAdapter
import android.nfc.Tag
import android.os.Bundle
import kotlinx.coroutines.CoroutineDispatcher
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.flow.filterNotNull
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.sync.Mutex
import kotlinx.coroutines.sync.withLock
import kotlinx.coroutines.withContext
import org.satchel.pos.core.Answer
import org.satchel.pos.core.CardLink
import org.satchel.pos.core.Trouble
import java.io.IOException
import java.util.concurrent.atomic.AtomicReference

/**
 * The device's NFC in reader mode, as long as the app is in front. Android then keeps quiet about cards, and looks for
 * nothing on them.
 *
 * @param adapter null if the device has none
 */
class NfcReader(
    private val adapter: NfcAdapter?,
    private val exchanges: CoroutineDispatcher = Dispatchers.IO,
) : CardReader {
    private val known = MutableStateFlow(stateNow())
    override val state: StateFlow<ReaderState> = known

    /** A card that came, and that nobody has used yet. */
    private val fresh = MutableStateFlow<Tag?>(null)
    private val inUse = AtomicReference<IsoDepLink?>(null)
    private val turn = Mutex()

    /** The app is in front. */
    fun resume(activity: Activity) {
        adapter?.enableReaderMode(activity, ::cardCame, FLAGS, PRESENCE)
        known.value = stateNow()
    }

    /** The app is in front no more: a card in use counts as taken away. */
    fun pause(activity: Activity) {
        fresh.value = null
        inUse.get()?.close()
        adapter?.disableReaderMode(activity)
    }

    override suspend fun <T> withCard(use: suspend (CardLink) -> Answer<T>): Answer<T> = turn.withLock {
        while (true) {
            val tag = nextTag()
            try {
                return@withLock withContext(exchanges) { using(tag, use) }
            } catch (_: IOException) {
                // It went before it was connected: the next one, or the same once more.
            } catch (_: SecurityException) {
                // Another one has come since Android told of this one.
            }
        }
        @Suppress("UNREACHABLE_CODE") error("it waits for ever")
    }

    private suspend fun nextTag(): Tag {
        while (true) {
            val tag = fresh.filterNotNull().first()
            if (fresh.compareAndSet(tag, null)) return tag
        }
    }

    private suspend fun <T> using(tag: Tag, use: suspend (CardLink) -> Answer<T>): Answer<T> {
        val link = IsoDepLink.open(tag) ?: return Answer.No(Trouble.NotOurCard)
        inUse.set(link)
        known.value = ReaderState.InUse()
        try {
            return use(link)
        } finally {
            inUse.set(null)
            link.close()
            known.value = stateNow()
        }
    }

    /** On a thread of Android's. */
    private fun cardCame(tag: Tag) {
        if (inUse.get() == null) fresh.value = tag else known.value = ReaderState.InUse(another = true)
    }

    private fun stateNow(): ReaderState = when {
        adapter == null -> ReaderState.Missing
        adapter.isEnabled -> ReaderState.Ready
        else -> ReaderState.Off
    }
}

/** All that is held up to the reader is heard of, so that what is not a card of ours can be refused in words. */
private const val FLAGS = NfcAdapter.FLAG_READER_NFC_A or NfcAdapter.FLAG_READER_NFC_B or
    NfcAdapter.FLAG_READER_SKIP_NDEF_CHECK or NfcAdapter.FLAG_READER_NO_PLATFORM_SOUNDS

/** Android asks a card this seldom whether it is still there; the question must not fall into a transaction. */
private val PRESENCE = Bundle().apply { putInt(NfcAdapter.EXTRA_READER_PRESENCE_CHECK_DELAY, 1_000) }
