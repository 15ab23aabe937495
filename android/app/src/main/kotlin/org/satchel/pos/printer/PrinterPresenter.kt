package org.satchel.pos.printer

import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.flow.update
import kotlinx.coroutines.launch
import org.satchel.pos.core.Document
import org.satchel.pos.core.PaperWidth
import org.satchel.pos.presenter.Presenter

data class PrinterState(
    val settings: PrinterSettings,
    val kind: Kind,
    val host: String = "",
    val port: String = USUAL_PORT.toString(),
    /** Paired devices; null as long as the app may not know them. */
    val paired: List<Connection.Bluetooth>? = null,
    val printing: PrintState = PrintState(),
) {
    val portIsRight: Boolean get() = (port.toIntOrNull() ?: 0) in 1..LAST_PORT
    val ready: Boolean get() = settings.connection != Connection.None
}

/** What sort of connection is set up. */
enum class Kind { None, Network, Bluetooth }

sealed interface PrinterEvent {
    data class Choose(val kind: Kind) : PrinterEvent
    data class Host(val text: String) : PrinterEvent
    data class Port(val digits: String) : PrinterEvent

    /** The paired devices, as far as the app may know them. */
    data class Found(val paired: List<Connection.Bluetooth>?) : PrinterEvent
    data class Take(val device: Connection.Bluetooth) : PrinterEvent
    data class Load(val paper: PaperWidth) : PrinterEvent
    data class Cut(val cuts: Boolean) : PrinterEvent
    data class DrawAll(val drawn: Boolean) : PrinterEvent
    data class Test(val title: String, val page: Document) : PrinterEvent
    data class Remove(val id: Long) : PrinterEvent
    data object TryNow : PrinterEvent
}

/** Which printer there is, and what waits for it. */
class PrinterPresenter(
    private val store: PrinterStore,
    private val worker: PrintWorker,
    private val scope: CoroutineScope,
) : Presenter<PrinterState, PrinterEvent> {
    private val shown = MutableStateFlow(initial(store.settings.value))
    override val state: StateFlow<PrinterState> = shown

    init {
        scope.launch { store.settings.collect { settings -> shown.update { it.copy(settings = settings) } } }
        scope.launch { worker.state.collect { printing -> shown.update { it.copy(printing = printing) } } }
    }

    override fun on(event: PrinterEvent) {
        when (event) {
            is PrinterEvent.Choose -> choose(event.kind)
            is PrinterEvent.Host -> network { it.copy(host = event.text.trim()) }
            is PrinterEvent.Port -> network { it.copy(port = event.digits.take(5)) }
            is PrinterEvent.Found -> shown.update { it.copy(paired = event.paired) }
            is PrinterEvent.Take -> connect(event.device)
            is PrinterEvent.Load -> store.change { it.copy(paper = event.paper) }
            is PrinterEvent.Cut -> store.change { it.copy(cuts = event.cuts) }
            is PrinterEvent.DrawAll -> store.change { it.copy(hasCharacters = !event.drawn) }
            is PrinterEvent.Test -> scope.launch { worker.print(event.title, event.page) }
            is PrinterEvent.Remove -> scope.launch { worker.remove(event.id) }
            PrinterEvent.TryNow -> worker.wake()
        }
    }

    private fun choose(kind: Kind) {
        shown.update { it.copy(kind = kind) }
        connect(if (kind == Kind.Network) shown.value.typed() else Connection.None)
    }

    private fun network(change: (PrinterState) -> PrinterState) {
        shown.update(change)
        connect(shown.value.typed())
    }

    private fun connect(connection: Connection) {
        store.change { it.copy(connection = connection) }
        worker.wake()
    }
}

/** The network printer that is typed; none before it is whole. */
private fun PrinterState.typed(): Connection =
    if (host.isEmpty() || !portIsRight) Connection.None else Connection.Network(host, port.toInt())

private fun initial(settings: PrinterSettings) = when (val to = settings.connection) {
    Connection.None -> PrinterState(settings, Kind.None)
    is Connection.Network -> PrinterState(settings, Kind.Network, to.host, to.port.toString())
    is Connection.Bluetooth -> PrinterState(settings, Kind.Bluetooth)
}

private const val LAST_PORT = 65_535
