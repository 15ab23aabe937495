package org.satchel.pos.printer

import kotlinx.coroutines.CoroutineDispatcher
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.channels.Channel
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.flow.update
import kotlinx.coroutines.launch
import kotlinx.coroutines.withContext
import kotlinx.coroutines.withTimeoutOrNull
import org.satchel.pos.core.Clock
import org.satchel.pos.core.Document
import org.satchel.pos.core.LineDrawer
import org.satchel.pos.core.PrintFault
import org.satchel.pos.core.PrintQueue
import org.satchel.pos.core.PrinterBytes
import org.satchel.pos.core.WaitingJob
import java.io.IOException

/** What waits for the printer; and why nothing can wait, if that is so. */
data class PrintState(val waiting: List<WaitingJob> = emptyList(), val fault: PrintFault? = null)

/**
 * Puts documents on paper in the background, one after the other, and tries again until each is there or is given up.
 * What waits survives the process; [start] goes on with it.
 *
 * @param io may block
 */
class PrintWorker(
    private val queue: PrintQueue,
    private val bytes: PrinterBytes,
    private val drawer: LineDrawer,
    private val link: PrinterLink,
    private val store: PrinterStore,
    private val clock: Clock,
    private val scope: CoroutineScope,
    private val io: CoroutineDispatcher,
) {
    private val known = MutableStateFlow(PrintState())
    val state: StateFlow<PrintState> = known

    private val bell = Channel<Unit>(Channel.CONFLATED)

    /** Works until the scope ends. To be called once. */
    fun start() {
        scope.launch(io) {
            while (true) {
                val left = guarded { emptied() } ?: true
                renew()
                if (left) withTimeoutOrNull(AGAIN_AFTER_MS) { bell.receive() } else bell.receive()
            }
        }
    }

    suspend fun print(title: String, document: Document) = withContext(io) {
        guarded { queue.push(title, document, clock.now()) }
        renew()
        wake()
    }

    /** Gives a job up. */
    suspend fun remove(id: Long) = withContext(io) {
        guarded { queue.remove(id) }
        renew()
    }

    /** Tries at once what would be tried later. */
    fun wake() {
        bell.trySend(Unit)
    }

    /** Prints until nothing waits or something fails. Returns whether something is left. */
    private fun emptied(): Boolean {
        if (store.settings.value.connection == Connection.None) return false
        while (true) {
            val job = queue.next() ?: return false
            val failure = failure { link.send(store.settings.value.connection, printed(job.document)) }
            if (failure != null) {
                queue.failed(job.id, failure)
                return true
            }
            queue.remove(job.id)
            renew()
        }
    }

    private fun printed(document: Document) = bytes.of(document, store.settings.value.model, drawer)

    private inline fun failure(work: () -> Unit): String? = try {
        work()
        null
    } catch (fault: IOException) {
        fault.message ?: fault.toString()
    } catch (fault: PrintFault) {
        fault.message ?: fault.toString()
    }

    private fun renew() {
        try {
            val jobs = queue.waiting()
            known.update { it.copy(waiting = jobs) }
        } catch (fault: PrintFault) {
            known.update { it.copy(fault = fault) }
        }
    }

    /** Null if the queue failed, which [state] then tells. */
    private inline fun <T> guarded(work: () -> T): T? = try {
        work().also { known.update { it.copy(fault = null) } }
    } catch (_: PrintFault.NoSuchJob) {
        null
    } catch (fault: PrintFault) {
        known.update { it.copy(fault = fault) }
        null
    }
}

private const val AGAIN_AFTER_MS = 10_000L
