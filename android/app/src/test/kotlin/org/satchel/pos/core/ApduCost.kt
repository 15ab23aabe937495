package org.satchel.pos.core

import kotlinx.coroutines.runBlocking
import org.junit.Assert.assertTrue
import org.junit.Rule
import org.junit.Test
import org.junit.rules.TemporaryFolder
import java.io.File

/**
 * What an exchange costs on its way from the core through Kotlin: `cargo xtask app --only ApduCost` writes it to
 * `target/android/app/apdu-cost.txt`. It is no test of the suite; a tap takes 100 ms and more.
 */
class ApduCost {
    @get:Rule val folders = TemporaryFolder()

    /** The card is the core's own, so that the way through Kotlin crosses twice: once to Kotlin, and once back to the card. */
    @Test fun an_exchange_through_kotlin_beside_one_within_the_core() = runBlocking {
        val terminals = RustTerminals(folders.root, NoSeal)
        val practice = (terminals.practise(PracticeTexts("Manager", "Cashier", Currency("EUR", 2))) as Answer.Yes).value
        val manager = practice.cards.first { it.kind == PracticeKind.MANAGER }
        practice.hold(manager).then { link -> link.use { practice.till.signOn(it, manager.pin!!.toByteArray()) } }
        val within = mutableListOf<Double>()
        val through = mutableListOf<Double>()
        repeat(ROUNDS) {
            within += practice.nanosAnExchange { it }
            through += practice.nanosAnExchange(::Through)
        }
        val crossing = (through.median() - within.median()) / 2 / 1_000
        val said = "an exchange within the core %.1f µs, through Kotlin %.1f µs: %.1f µs a crossing".format(
            within.median() / 1_000, through.median() / 1_000, crossing,
        )
        println(said)
        File(System.getProperty("satchel.captures")).resolveSibling("apdu-cost.txt").writeText("$said\n")
        practice.till.close()
    }

    private suspend fun Practice.nanosAnExchange(by: (CardLink) -> CardLink): Double {
        val member = cards.first { it.kind == PracticeKind.MEMBER }
        val started = System.nanoTime()
        repeat(TAPS) {
            val answer = hold(member).then { link -> link.use { till.inquire(by(it), Depth.STATE) } }
            assertTrue("$answer", answer is Answer.Yes)
        }
        return (System.nanoTime() - started).toDouble() / TAPS / EXCHANGES
    }
}

private class Through(private val card: CardLink) : CardLink {
    override val uid: ByteArray get() = card.uid

    override fun transceive(apdu: ByteArray): ByteArray = card.transceive(apdu)
}

private fun List<Double>.median() = sorted()[size / 2]

private object NoSeal : KeyVault {
    override fun seal(secret: ByteArray): ByteArray = throw VaultFault.Unavailable("none here")

    override fun unseal(sealed: ByteArray): ByteArray = throw VaultFault.Unavailable("none here")
}

private const val ROUNDS = 15
private const val TAPS = 100

/** Of an inquiry. */
private const val EXCHANGES = 5
