package org.satchel.pos.app

import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Dispatchers
import org.satchel.pos.core.SystemClock
import org.satchel.pos.printer.FakeLink
import org.satchel.pos.printer.FakePrintQueue
import org.satchel.pos.printer.FakePrinterStore
import org.satchel.pos.printer.PrintWorker
import org.satchel.pos.printer.TextBytes

/** No printer. */
fun noPrinting(): Printing {
    val store = FakePrinterStore()
    val scope = CoroutineScope(Dispatchers.Default)
    val worker = PrintWorker(
        FakePrintQueue(), TextBytes, { error("nothing to draw") }, FakeLink(), store, SystemClock, scope, Dispatchers.IO,
    )
    return Printing(store, worker, scope)
}
