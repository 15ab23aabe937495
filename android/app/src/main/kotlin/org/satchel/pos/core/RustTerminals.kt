package org.satchel.pos.core

import kotlinx.coroutines.CoroutineDispatcher
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.withContext
import org.satchel.bindings.CardTransport
import org.satchel.bindings.TransportFault
import java.io.File
import org.satchel.bindings.Practice as CorePractice
import org.satchel.bindings.Till as CoreTill
import org.satchel.bindings.answerInvitation
import org.satchel.bindings.answeredInvitation
import org.satchel.bindings.HandedOut as CoreHandedOut
import org.satchel.bindings.Joining as CoreJoining
import org.satchel.bindings.exportJournal as exportJournalOf
import org.satchel.bindings.forgetPractice as forgetPracticeIn
import org.satchel.bindings.handedOut as handedOutOf
import org.satchel.bindings.isSetUp as isSetUpIn

/**
 * The device's terminals, as the core keeps them: the real one in `terminal` under [folder], the training one in
 * `training`.
 */
class RustTerminals(
    private val folder: File,
    private val vault: KeyVault,
    private val clock: Clock = SystemClock,
    private val calls: CoroutineDispatcher = Dispatchers.IO.limitedParallelism(1),
) : Terminals {
    private val real = File(folder, "terminal")
    private val training = File(folder, "training")

    override suspend fun isSetUp(): Boolean = withContext(calls) { isSetUpIn(real.path) }

    override suspend fun open(): Answer<Till> = starting { CoreTill.open(real.path, vault.cores(), clock.cores()) }

    override suspend fun setUp(file: ByteArray, code: String): Answer<Till> =
        starting { CoreTill.setUp(real.path, file, code, vault.cores(), clock.cores()) }

    override suspend fun kindOf(bytes: ByteArray): HandedOut = withContext(calls) { handedOutOf(bytes).ours() }

    override suspend fun answer(invitation: String): Answer<Joining> = withContext(calls) {
        folder.mkdirs()
        answering { answerInvitation(real.path, invitation, vault.cores()).ours() }
    }

    override suspend fun joining(): Answer<Joining?> =
        withContext(calls) { answering { answeredInvitation(real.path, vault.cores())?.ours() } }

    override suspend fun admit(file: ByteArray): Answer<Till> =
        starting { CoreTill.admit(real.path, file, vault.cores(), clock.cores()) }

    override suspend fun exportJournal(to: String): Answer<Exported> =
        withContext(calls) { answering { exportJournalOf(real.path, to).ours() } }

    override suspend fun practise(texts: PracticeTexts): Answer<Practice> = withContext(calls) {
        answering { CorePractice.open(training.path, clock.cores(), texts.cores()) }.then { core ->
            RustTill.of(core.till(), calls).map { RustPractice(core, it, calls) }
        }
    }

    override suspend fun forgetPractice(): Answer<Unit> =
        withContext(calls) { answering { forgetPracticeIn(training.path) } }

    private suspend fun starting(start: () -> CoreTill): Answer<Till> = withContext(calls) {
        folder.mkdirs()
        answering(start).then { RustTill.of(it, calls) }
    }
}

private class RustPractice(
    private val core: CorePractice,
    override val till: Till,
    private val calls: CoroutineDispatcher,
) : Practice {
    override val cards: List<PracticeCard> = core.cards().map { it.ours() }

    override suspend fun hold(card: PracticeCard): Answer<PracticeLink> =
        withContext(calls) { answering { CoreLink(core.card(card.index.toUInt(), null)) } }
}

/** A card that the core simulates. */
internal class CoreLink(val transport: CardTransport) : PracticeLink {
    override val uid: ByteArray get() = transport.uid()

    override fun transceive(apdu: ByteArray): ByteArray = try {
        transport.transceive(apdu)
    } catch (_: TransportFault.CardGone) {
        throw LinkFault.CardGone()
    } catch (fault: TransportFault.Failed) {
        throw LinkFault.Failed(fault.detail)
    }

    /** Nobody holds it any more. */
    override fun close() = (transport as AutoCloseable).close()
}

private fun CoreHandedOut.ours() = when (this) {
    CoreHandedOut.INVITATION -> HandedOut.Invitation
    CoreHandedOut.ADMISSION -> HandedOut.Admission
    CoreHandedOut.SET_UP -> HandedOut.SetUp
}

private fun CoreJoining.ours() = Joining(terminal.toLong(), chain, place, profile, answer, check)
