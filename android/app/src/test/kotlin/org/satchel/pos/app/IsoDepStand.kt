package org.satchel.pos.app

import android.app.Activity
import android.content.Context
import android.content.pm.PackageManager
import android.nfc.NfcAdapter
import androidx.test.core.app.ApplicationProvider
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.runBlocking
import org.robolectric.Shadows.shadowOf
import org.satchel.bindings.PracticeTear
import org.satchel.pos.core.Answer
import org.satchel.pos.core.CardState
import org.satchel.pos.core.Core
import org.satchel.pos.core.Counters
import org.satchel.pos.core.Depth
import org.satchel.pos.core.Exported
import org.satchel.pos.core.FakeCounter
import org.satchel.pos.core.FakePreferences
import org.satchel.pos.core.FakeTerminals
import org.satchel.pos.core.JournalLine
import org.satchel.pos.core.JournalQuery
import org.satchel.pos.core.JournalScope
import org.satchel.pos.core.Money
import org.satchel.pos.core.Practice
import org.satchel.pos.core.PracticeKind
import org.satchel.pos.core.PracticeTexts
import org.satchel.pos.core.RustTill
import org.satchel.pos.core.SystemClock
import org.satchel.pos.core.Terminals
import org.satchel.pos.core.Till
import org.satchel.pos.core.euro
import org.satchel.pos.design.FakeFeedback
import org.satchel.pos.nfc.FakeTagService
import org.satchel.pos.nfc.IsoDepLink
import org.satchel.pos.nfc.NfcReader
import org.satchel.pos.nfc.isoDepTag
import java.io.File
import org.satchel.bindings.CardTransport as CoreTransport
import org.satchel.bindings.Clock as CoreClock
import org.satchel.bindings.Currency as CoreCurrency
import org.satchel.bindings.Practice as CorePractice
import org.satchel.bindings.PracticeTexts as CoreTexts
import org.satchel.bindings.TransportFault as CoreFault

/**
 * The app over a core whose cards come the way real ones do: Android's own NFC stack runs, and only the service under it
 * is a stand-in. The core keeps everything in [folder]. Name `FrameworkIsoDep` and `FrameworkTagTechnology` as shadows.
 */
class IsoDepStand(private val folder: File) : AutoCloseable {
    private val context: Context = ApplicationProvider.getApplicationContext()
    private val adapter = adapterOf(context)
    private val practice = CorePractice.open(folder.path, CoresClock, CoreTexts("Manager", "Cashier", CoreCurrency("EUR", 2u)))
    val till: Till = taken(RustTill.of(practice.till(), Dispatchers.IO.limitedParallelism(1)))

    private var inField: CoreTransport? = null

    /** In earnest, as far as the screens can tell: no card is chosen from a sheet. */
    val graph = AppGraph(
        appVersion = "1",
        core = Core,
        terminals = OneTill(till),
        preferences = FakePreferences(),
        nfc = NfcReader(adapter),
        feedback = FakeFeedback(),
        clock = SystemClock,
        practiceTexts = { PracticeTexts("Manager", "Cashier", euro) },
        printing = noPrinting(),
        counters = Counters(FakeCounter(), FakeCounter()),
    )

    /** The window is in front: cards are looked for. */
    fun inFrontOf(activity: Activity) = graph.nfc.resume(activity)

    /** Somebody who may do everything is signed on, and a shift open. */
    fun openTill() = runBlocking {
        val manager = practice.cards().first { it.kind == PracticeKind.MANAGER }
        taken(till.signOn(linkTo(PracticeKind.MANAGER), manager.pin!!.toByteArray()))
        if (till.status.value.shift == null) taken(till.openShift(Money.Zero))
    }

    /** Holds a card to the device. [onExchange] is told the number of each exchange, before and after the card has acted on it. */
    fun hold(kind: PracticeKind = PracticeKind.MEMBER, tear: PracticeTear? = null, onExchange: (Int, Moment) -> Unit = { _, _ -> }): FakeTagService {
        val service = service(kind, tear, onExchange)
        shadowOf(adapter).dispatchTagDiscovered(isoDepTag(service, uidOf(kind)))
        return service
    }

    /** What is on a card, asked for beside the screens. */
    fun read(kind: PracticeKind = PracticeKind.MEMBER): CardState = runBlocking { taken(till.inquire(linkTo(kind), Depth.HISTORY)) }

    /** The newest movements of the journal. */
    fun movements(): List<JournalLine> = runBlocking { taken(till.journalLines(JournalQuery(JournalScope.MOVEMENTS))) }

    override fun close() {
        lifted()
        till.close()
        practice.close()
    }

    /** A card beside the screens. */
    fun linkTo(kind: PracticeKind): IsoDepLink = checkNotNull(IsoDepLink.open(isoDepTag(service(kind, null), uidOf(kind))))

    private fun service(kind: PracticeKind, tear: PracticeTear?, onExchange: (Int, Moment) -> Unit = { _, _ -> }): FakeTagService {
        lifted()
        val held = practice.card(practice.cards().first { it.kind == kind }.index, tear)
        inField = held
        var exchange = 0
        return FakeTagService { apdu ->
            onExchange(exchange, Moment.BeforeCard)
            held.answer(apdu).also { onExchange(exchange++, Moment.AfterCard) }
        }
    }

    /** The card that was there is not there any more. */
    private fun lifted() = (inField as AutoCloseable?)?.close()

    private fun uidOf(kind: PracticeKind) = practice.cards().first { it.kind == kind }.uid
}

enum class Moment { BeforeCard, AfterCard }

private fun CoreTransport.answer(apdu: ByteArray): ByteArray? = try {
    transceive(apdu)
} catch (_: CoreFault) {
    null
}

private fun <T> taken(answer: Answer<T>): T = when (answer) {
    is Answer.Yes -> answer.value
    is Answer.No -> error("refused: ${answer.trouble}")
}

private object CoresClock : CoreClock {
    override fun nowMs(): Long = System.currentTimeMillis()
}

/** A device that is set up as this till. */
private class OneTill(till: Till) : Terminals by FakeTerminals(isSetUp = true, opens = Answer.Yes(till)) {
    override suspend fun setUp(file: ByteArray, code: String): Answer<Till> = error("it is set up")
    override suspend fun exportJournal(to: String): Answer<Exported> = error("nobody asks for it")
    override suspend fun practise(texts: PracticeTexts): Answer<Practice> = error("it is in earnest")
    override suspend fun forgetPractice(): Answer<Unit> = error("it is in earnest")
}

private fun adapterOf(context: Context): NfcAdapter {
    shadowOf(context.packageManager).setSystemFeature(PackageManager.FEATURE_NFC, true)
    return NfcAdapter.getDefaultAdapter(context).also { shadowOf(it).setEnabled(true) }
}
