package org.satchel.pos.nfc

import android.nfc.Tag
import org.satchel.bindings.CardTransport
import org.satchel.bindings.Practice
import org.satchel.bindings.PracticeCard
import org.satchel.bindings.PracticeTear
import org.satchel.bindings.TransportFault

/**
 * A simulated card of the core as Android sees a card: every APDU goes through the framework's own `IsoDep` on its way.
 *
 * @param tear the exchange in which the card is torn away, if it is
 */
class PracticeTag(practice: Practice, card: PracticeCard, tear: PracticeTear? = null) {
    val service = FakeTagService(::answer)

    /** What Android hands to the app when the card comes into the field. */
    val tag: Tag = isoDepTag(service, card.uid)

    private val held: CardTransport = practice.card(card.index, tear)

    /** The card leaves the field, and forgets its session. */
    fun leave() {
        service.present = false
        (held as AutoCloseable).close()
    }

    private fun answer(apdu: ByteArray): ByteArray? = try {
        held.transceive(apdu)
    } catch (_: TransportFault) {
        null
    }
}
