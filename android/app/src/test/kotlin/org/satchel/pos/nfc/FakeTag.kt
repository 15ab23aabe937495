package org.satchel.pos.nfc

import android.nfc.INfcTag
import android.nfc.NdefMessage
import android.nfc.Tag
import android.nfc.TransceiveResult
import android.nfc.tech.IsoDep
import android.os.Bundle
import org.robolectric.annotation.Implements

/** No shadow at all: the framework's own code runs. Name both in `@Config(shadows = …)`. */
@Implements(IsoDep::class)
class FrameworkIsoDep

/** As [FrameworkIsoDep], for what it inherits. */
@Implements(className = "android.nfc.tech.BasicTagTechnology")
class FrameworkTagTechnology

/**
 * The NFC service's side of a tag; Android's own [Tag] and [IsoDep] run unchanged above it.
 *
 * [card] answers an APDU with data and status bytes, or with null if the card has left the field.
 */
class FakeTagService(private val card: (ByteArray) -> ByteArray?) : INfcTag.Stub() {
    /** Every APDU that arrived, in order. */
    val apdus = mutableListOf<ByteArray>()

    /** The time-out last set for a technology, in milliseconds. */
    val timeouts = HashMap<Int, Int>()

    /** Whether the card is in the field; once it is gone, it answers no more. */
    var present = true

    override fun transceive(handle: Int, data: ByteArray, raw: Boolean): TransceiveResult {
        apdus += data
        val answer = if (present) card(data) else null
        present = answer != null
        return answer?.let { TransceiveResult(TransceiveResult.RESULT_SUCCESS, it) }
            ?: TransceiveResult(TransceiveResult.RESULT_TAGLOST, null)
    }

    override fun connect(handle: Int, technology: Int) = if (present) SUCCESS else FAILURE
    override fun reconnect(handle: Int) = SUCCESS
    override fun getTechList(handle: Int) = intArrayOf(NFC_A, ISO_DEP)
    override fun isNdef(handle: Int) = false
    override fun isPresent(handle: Int) = present
    override fun ndefRead(handle: Int): NdefMessage? = null
    override fun ndefWrite(handle: Int, message: NdefMessage?) = FAILURE
    override fun ndefMakeReadOnly(handle: Int) = FAILURE
    override fun ndefIsWritable(handle: Int) = false
    override fun formatNdef(handle: Int, key: ByteArray?) = FAILURE
    override fun rediscover(handle: Int): Tag? = null
    override fun setTimeout(technology: Int, timeout: Int): Int {
        timeouts[technology] = timeout
        return SUCCESS
    }
    override fun getTimeout(technology: Int) = timeouts[technology] ?: 618
    override fun resetTimeouts() = timeouts.clear()
    override fun canMakeReadOnly(technology: Int) = false
    override fun getMaxTransceiveLength(technology: Int) = 261
    override fun getExtendedLengthApdusSupported() = false
    override fun isTagUpToDate(cookie: Long) = true
}

/** The tag that Android hands to the app when a card with this 7-byte [uid] comes into the field of [service]. */
fun isoDepTag(service: INfcTag, uid: ByteArray): Tag {
    val nfcA = Bundle().apply {
        putShort("sak", 0x20)
        putByteArray("atqa", byteArrayOf(0x44, 0x03))
    }
    val isoDep = Bundle().apply { putByteArray("histbytes", byteArrayOf(0x80.toByte())) }
    return Tag(uid, intArrayOf(NFC_A, ISO_DEP), arrayOf(nfcA, isoDep), 7, 0L, service)
}

private const val NFC_A = 1
private const val ISO_DEP = 3
private const val SUCCESS = 0
private const val FAILURE = -1
