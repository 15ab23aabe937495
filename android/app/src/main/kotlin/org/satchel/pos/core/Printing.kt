package org.satchel.pos.core

import java.time.Instant

/** What is printed or shown: blocks from top to bottom, in the person's language. */
data class Document(val rightToLeft: Boolean, val blocks: List<Block>)

typealias TextStyle = org.satchel.bindings.TextStyle
typealias TextAlign = org.satchel.bindings.TextAlign
typealias PaperWidth = org.satchel.bindings.PaperWidth

/** One thing on a [Document]. */
sealed interface Block {
    /** A text over the whole width, one paragraph. */
    data class Text(val text: String, val style: TextStyle = TextStyle.NORMAL, val align: TextAlign = TextAlign.START) : Block

    /** A name at the line's beginning and an amount at its end. */
    data class Pair(val name: String, val amount: String, val style: TextStyle = TextStyle.NORMAL) : Block
    data object Rule : Block
    data object Space : Block
    data class Code(val data: String) : Block
}

/** A printer, as far as a document depends on it. */
data class PrinterModel(
    val paper: PaperWidth,
    /** Whether it has characters of its own; every line is drawn, if not. */
    val hasCharacters: Boolean,
    val cuts: Boolean,
)

/** A line that is drawn, because the printer has no characters for it. */
data class DrawnLine(
    /** Where the line begins; all of it, if there is no amount. */
    val text: String,
    /** Where the line ends; empty for none. */
    val amount: String,
    val style: TextStyle,
    val align: TextAlign,
    val rightToLeft: Boolean,
    val widthDots: Int,
)

/** Black and white dots: rows from the top, each of whole bytes, the highest bit leftmost, 1 black. */
class Picture(val widthDots: Int, val rows: ByteArray)

/** Draws what a printer has no characters for; as high as it needs. */
fun interface LineDrawer {
    fun draw(line: DrawnLine): Picture
}

/** Makes a printer's bytes of a document. Throws [PrintFault]. */
fun interface PrinterBytes {
    fun of(document: Document, printer: PrinterModel, drawer: LineDrawer): ByteArray
}

/** Documents that wait for the printer, in a file that survives a loss of power. All of it blocks, and throws [PrintFault]. */
interface PrintQueue {
    fun push(title: String, document: Document, at: Instant): Long

    /** The oldest; null if none waits. */
    fun next(): PrintJob?

    /** Takes a job off: it is on paper, or given up. */
    fun remove(id: Long)

    /** Keeps a job for another try. */
    fun failed(id: Long, why: String)

    /** Oldest first. */
    fun waiting(): List<WaitingJob>
}

data class PrintJob(val id: Long, val document: Document)

/** A print job as a list shows it. */
data class WaitingJob(val id: Long, val at: Instant, val title: String, val attempts: Int, val failure: String?)

/** Why a document was not queued or not made. */
sealed class PrintFault(detail: String) : Exception(detail) {
    class TooLong : PrintFault("too long")
    class Unprintable(detail: String) : PrintFault(detail)
    class NoSuchJob : PrintFault("no such job")

    /** To be printed again from the journal, and removed. */
    class Damaged(val id: Long) : PrintFault("job $id cannot be read")
    class QueueFull : PrintFault("queue full")
    class StorageFaulty(detail: String) : PrintFault(detail)
}
