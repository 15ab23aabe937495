package org.satchel.pos.nfc

import android.nfc.Tag
import android.nfc.TagLostException
import android.nfc.tech.IsoDep
import org.satchel.pos.core.CardLink
import org.satchel.pos.core.LinkFault
import java.io.IOException

/** A contactless card that speaks ISO 14443-4. */
class IsoDepLink private constructor(private val card: IsoDep) : CardLink, AutoCloseable {
    override val uid: ByteArray = card.tag.id ?: ByteArray(0)

    @Volatile private var closed = false

    override fun transceive(apdu: ByteArray): ByteArray {
        if (closed) throw LinkFault.CardGone()
        refuseTooLong(apdu)
        return try {
            card.transceive(apdu)
        } catch (_: TagLostException) {
            throw LinkFault.CardGone()
        } catch (fault: IOException) {
            throw failed(fault)
        } catch (fault: SecurityException) {
            throw failed(fault)
        } catch (fault: IllegalStateException) {
            throw failed(fault)
        }
    }

    /** The card may go; whoever still talks to it hears that it has. */
    override fun close() {
        closed = true
        try {
            card.close()
        } catch (_: IOException) {
            // It is gone, which is all that was wanted.
        } catch (_: SecurityException) {
            // Another card has come since; this one is gone.
        }
    }

    /** What fails because the app went to the background is a card taken away. */
    private fun failed(fault: Exception): LinkFault =
        if (closed) LinkFault.CardGone() else LinkFault.Failed(fault.toString())

    private fun refuseTooLong(apdu: ByteArray) {
        if (apdu.size > card.maxTransceiveLength) {
            throw LinkFault.Failed("a command of ${apdu.size} bytes; this device sends ${card.maxTransceiveLength}")
        }
        if (isExtended(apdu) && !card.isExtendedLengthApduSupported) {
            throw LinkFault.Failed("a command of extended length, which this device does not send")
        }
    }

    companion object {
        /** Opens the way to a card. Null if it is not such a card. @throws IOException if it has gone already */
        fun open(tag: Tag): IsoDepLink? {
            val card = IsoDep.get(tag) ?: return null
            card.connect()
            card.timeout = TIMEOUT_MS
            return IsoDepLink(card)
        }

        /** A card may take most of a second over a commit. */
        private const val TIMEOUT_MS = 2_000
    }
}

/** ISO 7816-4: a body that begins with a nought byte has its length in the next two. */
private fun isExtended(apdu: ByteArray) = apdu.size >= 7 && apdu[4] == 0.toByte()
