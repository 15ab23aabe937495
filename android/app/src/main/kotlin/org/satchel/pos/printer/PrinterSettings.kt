package org.satchel.pos.printer

import kotlinx.coroutines.flow.StateFlow
import org.satchel.pos.core.PaperWidth
import org.satchel.pos.core.PrinterModel

/** Which printer there is, and what it can do. */
data class PrinterSettings(
    val connection: Connection = Connection.None,
    val paper: PaperWidth = PaperWidth.MM58,
    val cuts: Boolean = false,
    /** Whether it has characters of its own. */
    val hasCharacters: Boolean = true,
) {
    val model: PrinterModel get() = PrinterModel(paper, hasCharacters, cuts)
}

/** How the printer is reached. */
sealed interface Connection {
    data object None : Connection
    data class Network(val host: String, val port: Int) : Connection

    /** A paired device, through its serial port. */
    data class Bluetooth(val address: String, val name: String) : Connection
}

/** The port that printers listen at. */
const val USUAL_PORT = 9100

/** [PrinterSettings], kept. */
interface PrinterStore {
    val settings: StateFlow<PrinterSettings>

    fun change(how: (PrinterSettings) -> PrinterSettings)
}

/** Brings bytes to a printer. Blocks; throws an [java.io.IOException] if not all of them arrived. */
fun interface PrinterLink {
    fun send(to: Connection, bytes: ByteArray)
}
