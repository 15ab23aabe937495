package org.satchel.pos.core

import org.satchel.bindings.DocumentBlock
import org.satchel.bindings.DrawFault
import org.satchel.bindings.PrintTrouble
import org.satchel.bindings.printerBytes
import java.io.File
import java.time.Instant
import org.satchel.bindings.Document as CoreDocument
import org.satchel.bindings.DrawnLine as CoreDrawnLine
import org.satchel.bindings.LineDrawer as CoreLineDrawer
import org.satchel.bindings.Picture as CorePicture
import org.satchel.bindings.PrintQueue as CoreQueue
import org.satchel.bindings.PrinterModel as CoreModel

/** The [PrinterBytes] that the core makes. */
object RustPrinterBytes : PrinterBytes {
    override fun of(document: Document, printer: PrinterModel, drawer: LineDrawer): ByteArray = told {
        printerBytes(document.cores(), CoreModel(printer.paper, printer.hasCharacters, printer.cuts), DrawerForCore(drawer))
    }
}

/** The [PrintQueue] that the core keeps in a folder; opened when it is first needed. */
class RustPrintQueue(folder: File) : PrintQueue, AutoCloseable {
    private val opening = lazy {
        folder.mkdirs()
        CoreQueue.open(folder.path)
    }
    private val core by opening

    override fun push(title: String, document: Document, at: Instant): Long =
        told { core.push(title, document.cores(), at.toEpochMilli()) }

    override fun next(): PrintJob? = told { core.next()?.let { PrintJob(it.id, it.document.ours()) } }

    override fun remove(id: Long) = told { core.remove(id) }

    override fun failed(id: Long, why: String) = told { core.failed(id, why) }

    override fun waiting(): List<WaitingJob> = told {
        core.waiting().map { WaitingJob(it.id, Instant.ofEpochMilli(it.atMs), it.title, it.attempts.toInt(), it.failure) }
    }

    override fun close() {
        if (opening.isInitialized()) core.close()
    }
}

private class DrawerForCore(private val drawer: LineDrawer) : CoreLineDrawer {
    override fun draw(line: CoreDrawnLine): CorePicture = try {
        val picture = drawer.draw(
            DrawnLine(line.text, line.amount, line.style, line.align, line.rightToLeft, line.widthDots.toInt()),
        )
        CorePicture(picture.widthDots.toUInt(), picture.rows)
    } catch (fault: IllegalArgumentException) {
        throw DrawFault.Failed(fault.toString())
    }
}

private inline fun <T> told(work: () -> T): T = try {
    work()
} catch (trouble: PrintTrouble) {
    throw when (trouble) {
        is PrintTrouble.TooLong -> PrintFault.TooLong()
        is PrintTrouble.Unprintable -> PrintFault.Unprintable(trouble.detail)
        is PrintTrouble.NoSuchJob -> PrintFault.NoSuchJob()
        is PrintTrouble.Damaged -> PrintFault.Damaged(trouble.id)
        is PrintTrouble.QueueFull -> PrintFault.QueueFull()
        is PrintTrouble.StorageFaulty -> PrintFault.StorageFaulty(trouble.detail)
    }
}

private fun Document.cores() = CoreDocument(rightToLeft, blocks.map { it.cores() })

private fun Block.cores(): DocumentBlock = when (this) {
    is Block.Text -> DocumentBlock.Text(text, style, align)
    is Block.Pair -> DocumentBlock.Pair(name, amount, style)
    Block.Rule -> DocumentBlock.Rule
    Block.Space -> DocumentBlock.Space
    is Block.Code -> DocumentBlock.Code(data)
}

private fun CoreDocument.ours() = Document(rightToLeft, blocks.map { it.ours() })

private fun DocumentBlock.ours(): Block = when (this) {
    is DocumentBlock.Text -> Block.Text(text, style, align)
    is DocumentBlock.Pair -> Block.Pair(name, amount, style)
    DocumentBlock.Rule -> Block.Rule
    DocumentBlock.Space -> Block.Space
    is DocumentBlock.Code -> Block.Code(data)
}
