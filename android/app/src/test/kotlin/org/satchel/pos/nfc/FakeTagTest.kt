package org.satchel.pos.nfc

import android.nfc.TagLostException
import android.nfc.tech.IsoDep
import androidx.test.ext.junit.runners.AndroidJUnit4
import org.junit.Assert.assertArrayEquals
import org.junit.Assert.assertEquals
import org.junit.Assert.assertThrows
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.annotation.Config

/** That what stands below the app in every test of a card is Android's own code. */
@RunWith(AndroidJUnit4::class)
@Config(shadows = [FrameworkIsoDep::class, FrameworkTagTechnology::class])
class FakeTagTest {
    private val uid = byteArrayOf(4, 1, 2, 3, 4, 5, 6)
    private val command = byteArrayOf(0x90.toByte(), 0x60, 0, 0, 0)
    private val answer = byteArrayOf(0x91.toByte(), 0)

    @Test fun every_apdu_arrives_and_its_answer_returns() {
        val service = FakeTagService { answer }
        val card = IsoDep.get(isoDepTag(service, uid))
        card.connect()
        card.timeout = 1_000
        assertArrayEquals(answer, card.transceive(command))
        assertArrayEquals(command, service.apdus.single())
        assertEquals(1_000, service.timeouts[3])
    }

    @Test fun a_card_that_left_is_a_lost_tag() {
        val card = IsoDep.get(isoDepTag(FakeTagService { null }, uid))
        card.connect()
        assertThrows(TagLostException::class.java) { card.transceive(command) }
    }
}
