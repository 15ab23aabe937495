package org.satchel.pos.core

import kotlinx.coroutines.runBlocking
import org.junit.Assert.assertEquals
import org.junit.Assert.assertThrows
import org.junit.Assert.assertTrue
import org.junit.Rule
import org.junit.Test
import org.junit.rules.TemporaryFolder

/** Whatever the app's own code throws while the core calls it comes back as a named error, and the core goes on. */
class StrayExceptionTest {
    @get:Rule val folders = TemporaryFolder()

    private var broken = false
    private val clock = Clock { if (broken) error("the clock is out of order") else SystemClock.now() }
    private val terminals by lazy { RustTerminals(folders.root, NoVault, clock) }

    @Test fun a_card_that_throws_is_a_faulty_reader_and_the_next_one_signs_on() = practising { practice ->
        val stray = object : CardLink {
            override val uid = byteArrayOf(4, 1, 2, 3, 4, 5, 6)

            override fun transceive(apdu: ByteArray): ByteArray = throw ArithmeticException("out of its mind")
        }
        assertTrue(practice.till.signOn(stray, PIN.toByteArray()).trouble is Trouble.ReaderFaulty)
        assertEquals(Answer.Yes("Manager"), practice.signOn())
    }

    @Test fun an_identifier_that_throws_is_one_too() = practising { practice ->
        val stray = object : CardLink {
            override val uid get() = throw UnsupportedOperationException()

            override fun transceive(apdu: ByteArray) = ByteArray(2)
        }
        val trouble = practice.till.signOn(stray, PIN.toByteArray()).trouble
        assertTrue("$trouble", trouble is Trouble.ReaderFaulty || trouble is Trouble.CardFaulty)
        assertEquals(Answer.Yes("Manager"), practice.signOn())
    }

    @Test fun a_clock_that_throws_is_named_and_when_it_goes_again_so_does_the_till() = practising { practice ->
        broken = true
        assertTrue(practice.signOn().trouble is Trouble.ClockFaulty)
        broken = false
        assertEquals(Answer.Yes("Manager"), practice.signOn())
    }

    @Test fun a_pen_that_throws_makes_its_line_unprintable() {
        val document = Document(rightToLeft = false, listOf(Block.Text("会员卡余额")))
        val fault = assertThrows(PrintFault.Unprintable::class.java) {
            RustPrinterBytes.of(document, PrinterModel(PaperWidth.MM58, hasCharacters = false, cuts = false)) { error("no ink") }
        }
        assertTrue(fault.message, fault.message!!.contains("no ink"))
    }

    @Test fun a_listener_that_throws_hears_no_more_and_the_checking_goes_on() = practising { practice ->
        practice.signOn()
        assertTrue(practice.till.verifyJournal { _, _ -> error("nobody listens") } is Answer.Yes)
    }

    @Test fun a_till_that_was_closed_says_so() = practising { practice ->
        practice.till.close()
        assertTrue(practice.signOn().trouble is Trouble.Internal)
    }

    private fun practising(body: suspend (Practice) -> Unit) = runBlocking {
        val practice = (terminals.practise(PracticeTexts("Manager", "Cashier", Currency("EUR", 2))) as Answer.Yes).value
        try {
            body(practice)
        } finally {
            practice.till.close()
        }
    }

    private suspend fun Practice.signOn(): Answer<String?> {
        val manager = cards.first { it.kind == PracticeKind.MANAGER }
        return hold(manager).then { link -> link.use { till.signOn(it, PIN.toByteArray()).map { duty -> duty.person.name } } }
    }
}

private val Answer<*>.trouble get() = (this as? Answer.No)?.trouble

/** Training seals nothing. */
private object NoVault : KeyVault {
    override fun seal(secret: ByteArray): ByteArray = throw VaultFault.Unavailable("none here")

    override fun unseal(sealed: ByteArray): ByteArray = throw VaultFault.Unavailable("none here")
}

private const val PIN = "111111"
