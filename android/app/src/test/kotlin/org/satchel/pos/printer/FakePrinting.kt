package org.satchel.pos.printer

import kotlinx.coroutines.flow.MutableStateFlow
import org.satchel.pos.core.Block
import org.satchel.pos.core.Document
import org.satchel.pos.core.PrintFault
import org.satchel.pos.core.PrintJob
import org.satchel.pos.core.PrintQueue
import org.satchel.pos.core.PrinterBytes
import org.satchel.pos.core.WaitingJob
import java.io.IOException
import java.time.Instant

/** A queue in memory. */
class FakePrintQueue : PrintQueue {
    private val jobs = linkedMapOf<Long, Pair<WaitingJob, Document>>()
    private var last = 0L

    /** What the next call meets. */
    var fault: PrintFault? = null

    override fun push(title: String, document: Document, at: Instant): Long = sound {
        last += 1
        jobs[last] = WaitingJob(last, at, title, 0, null) to document
        last
    }

    override fun next(): PrintJob? = sound { jobs.entries.firstOrNull()?.let { PrintJob(it.key, it.value.second) } }

    override fun remove(id: Long) = sound { if (jobs.remove(id) == null) throw PrintFault.NoSuchJob() }

    override fun failed(id: Long, why: String) = sound {
        val (job, document) = jobs.getValue(id)
        jobs[id] = job.copy(attempts = job.attempts + 1, failure = why) to document
    }

    override fun waiting(): List<WaitingJob> = sound { jobs.values.map { it.first } }

    private fun <T> sound(work: () -> T): T = fault?.let { throw it } ?: work()
}

class FakePrinterStore(first: PrinterSettings = PrinterSettings()) : PrinterStore {
    override val settings = MutableStateFlow(first)
    override fun change(how: (PrinterSettings) -> PrinterSettings) {
        settings.value = how(settings.value)
    }
}

/** A printer that prints, or is off. */
class FakeLink : PrinterLink {
    val printed = mutableListOf<String>()
    var off = false

    override fun send(to: Connection, bytes: ByteArray) {
        if (off) throw IOException("off")
        printed += String(bytes)
    }
}

/** A document's first text. */
val TextBytes = PrinterBytes { document, _, _ -> (document.blocks.first() as Block.Text).text.toByteArray() }

val aNetworkPrinter = PrinterSettings(Connection.Network("printer", USUAL_PORT))

fun aPage(text: String) = Document(rightToLeft = false, listOf(Block.Text(text)))
