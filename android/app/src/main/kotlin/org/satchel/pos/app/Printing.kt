package org.satchel.pos.app

import android.content.Context
import androidx.compose.runtime.Composable
import androidx.compose.runtime.getValue
import androidx.compose.ui.platform.LocalContext
import androidx.lifecycle.compose.collectAsStateWithLifecycle
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.SupervisorJob
import kotlinx.coroutines.launch
import org.satchel.pos.core.RustPrintQueue
import org.satchel.pos.core.RustPrinterBytes
import org.satchel.pos.core.SystemClock
import org.satchel.pos.printer.AndroidLineDrawer
import org.satchel.pos.printer.Connection
import org.satchel.pos.printer.DevicePrinterLink
import org.satchel.pos.printer.PrintWorker
import org.satchel.pos.printer.PrinterStore
import org.satchel.pos.printer.StoredPrinterSettings
import org.satchel.pos.receipts.PaperActions
import java.io.File

/** The printer of the device, for as long as the process lives. */
class Printing(val store: PrinterStore, val worker: PrintWorker, val scope: CoroutineScope) {
    companion object {
        fun of(context: Context): Printing {
            val store = StoredPrinterSettings(context.getSharedPreferences("printer", Context.MODE_PRIVATE))
            val scope = CoroutineScope(SupervisorJob() + Dispatchers.Default)
            val worker = PrintWorker(
                RustPrintQueue(File(context.filesDir, "print")), RustPrinterBytes, AndroidLineDrawer,
                DevicePrinterLink(context), store, SystemClock, scope, Dispatchers.IO,
            )
            return Printing(store, worker.apply { start() }, scope)
        }
    }
}

/** What this device does with documents: it shares them, and prints them if it has a printer. */
@Composable
fun paperActions(graph: AppGraph): PaperActions {
    val context = LocalContext.current
    val printing = graph.printing
    val settings by printing.store.settings.collectAsStateWithLifecycle()
    return PaperActions(
        share = { title, document -> share(context, title, document) },
        print = if (settings.connection == Connection.None) {
            null
        } else {
            { title, document -> printing.scope.launch { printing.worker.print(title, document) } }
        },
    )
}
