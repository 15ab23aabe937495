package org.satchel.pos.nfc

import kotlinx.coroutines.ExperimentalCoroutinesApi
import kotlinx.coroutines.async
import kotlinx.coroutines.launch
import kotlinx.coroutines.test.UnconfinedTestDispatcher
import kotlinx.coroutines.test.runTest
import org.junit.Assert.assertArrayEquals
import org.junit.Assert.assertEquals
import org.junit.Assert.assertNotNull
import org.junit.Assert.assertNull
import org.junit.Assert.assertThrows
import org.junit.Assert.assertTrue
import org.junit.Test
import org.satchel.pos.core.Answer
import org.satchel.pos.core.CardLink
import org.satchel.pos.core.FakePractice
import org.satchel.pos.core.LinkFault

@OptIn(ExperimentalCoroutinesApi::class)
class PracticeReaderTest {
    private val practice = FakePractice()
    private val reader = PracticeReader(practice)
    private val card = practice.cards.single()

    @Test fun a_card_is_held_when_one_is_waited_for() = runTest(UnconfinedTestDispatcher()) {
        val answer = async { reader.withCard { Answer.Yes(it.transceive(READ).size) } }
        assertNotNull(reader.waiting.value)
        reader.hold(card)
        assertEquals(Answer.Yes(2), answer.await())
        assertNull(reader.waiting.value)
        assertTrue(practice.closed)
        assertEquals(ReaderState.Ready, reader.state.value)
    }

    @Test fun nobody_waits_any_more_after_giving_up() = runTest(UnconfinedTestDispatcher()) {
        val waiting = launch { reader.withCard { Answer.Yes(Unit) } }
        waiting.cancel()
        assertNull(reader.waiting.value)
        reader.hold(card)
        assertEquals(0, practice.held)
    }

    @Test fun taken_away_before_the_change_the_card_never_hears_of_it() = torn(Until.BeforeChange, arrived = listOf(READ))

    @Test fun taken_away_after_the_change_the_card_has_done_it() = torn(Until.AfterChange, arrived = listOf(READ, COMMIT))

    private fun torn(until: Until, arrived: List<ByteArray>) = runTest(UnconfinedTestDispatcher()) {
        val tap = async { reader.withCard { Answer.Yes(it.isTornAtCommit()) } }
        reader.hold(card, until)
        assertEquals(Answer.Yes(true), tap.await())
        assertEquals(arrived.map(ByteArray::toList), practice.apdus.map(ByteArray::toList))
    }

    private fun CardLink.isTornAtCommit(): Boolean {
        assertArrayEquals(OK, transceive(READ))
        assertThrows(LinkFault.CardGone::class.java) { transceive(COMMIT) }
        assertThrows(LinkFault.CardGone::class.java) { transceive(READ) }
        return true
    }
}

private val READ = byteArrayOf(0x90.toByte(), 0xAD.toByte(), 0, 0, 0)
private val COMMIT = byteArrayOf(0x90.toByte(), 0xC7.toByte(), 0, 0, 0)
private val OK = byteArrayOf(0x91.toByte(), 0)
