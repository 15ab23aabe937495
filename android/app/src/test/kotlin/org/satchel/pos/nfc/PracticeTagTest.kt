package org.satchel.pos.nfc

import android.nfc.TagLostException
import android.nfc.tech.IsoDep
import androidx.test.ext.junit.runners.AndroidJUnit4
import org.junit.Assert.assertEquals
import org.junit.Assert.assertThrows
import org.junit.Assert.assertTrue
import org.junit.Rule
import org.junit.Test
import org.junit.rules.TemporaryFolder
import org.junit.runner.RunWith
import org.robolectric.annotation.Config
import org.satchel.bindings.CardTransport
import org.satchel.bindings.Clock
import org.satchel.bindings.Currency
import org.satchel.bindings.Practice
import org.satchel.bindings.PracticeKind
import org.satchel.bindings.PracticeTear
import org.satchel.bindings.PracticeTexts
import org.satchel.bindings.TransportFault

/** The whole way down: bindings, core, bindings again, Android's IsoDep, simulated card. */
@RunWith(AndroidJUnit4::class)
@Config(shadows = [FrameworkIsoDep::class, FrameworkTagTechnology::class])
class PracticeTagTest {
    @get:Rule val folder = TemporaryFolder()

    private val practice by lazy {
        Practice.open(folder.newFolder("practice").path, SystemClock, PracticeTexts("Manager", "Cashier", Currency("EUR", 2u)))
    }
    private val manager by lazy { practice.cards().first { it.kind == PracticeKind.MANAGER } }

    @Test fun an_operator_signs_on_by_a_card_behind_isodep() {
        val tag = PracticeTag(practice, manager)
        val duty = practice.till().signOn(Link(tag.tag), manager.pin!!.toByteArray())
        assertEquals(manager.name, duty.person.name)
        assertTrue(tag.service.apdus.isNotEmpty())
    }

    @Test fun a_card_torn_away_answers_no_more() {
        val card = IsoDep.get(PracticeTag(practice, manager, PracticeTear.AfterCard(1u)).tag)
        card.connect()
        card.transceive(version)
        repeat(2) { assertThrows(TagLostException::class.java) { card.transceive(version) } }
    }
}

private val version = byteArrayOf(0x90.toByte(), 0x60, 0, 0, 0)

private object SystemClock : Clock {
    override fun nowMs(): Long = System.currentTimeMillis()
}

private class Link(tag: android.nfc.Tag) : CardTransport {
    private val card = IsoDep.get(tag).apply { connect() }

    override fun uid(): ByteArray = card.tag.id

    override fun transceive(apdu: ByteArray): ByteArray = try {
        card.transceive(apdu)
    } catch (_: TagLostException) {
        throw TransportFault.CardGone()
    }
}
