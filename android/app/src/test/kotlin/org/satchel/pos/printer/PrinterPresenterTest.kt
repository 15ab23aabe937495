package org.satchel.pos.printer

import kotlinx.coroutines.ExperimentalCoroutinesApi
import kotlinx.coroutines.test.TestScope
import kotlinx.coroutines.test.UnconfinedTestDispatcher
import kotlinx.coroutines.test.runTest
import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Test
import org.satchel.pos.core.PaperWidth
import org.satchel.pos.core.noon

@OptIn(ExperimentalCoroutinesApi::class)
class PrinterPresenterTest {
    private val store = FakePrinterStore()
    private val link = FakeLink()

    @Test fun a_network_printer_is_one_once_its_address_is_whole() = test { presenter ->
        presenter.on(PrinterEvent.Choose(Kind.Network))
        assertEquals(Connection.None, store.settings.value.connection)
        presenter.on(PrinterEvent.Host("10.0.0.9 "))
        assertEquals(Connection.Network("10.0.0.9", USUAL_PORT), store.settings.value.connection)
        presenter.on(PrinterEvent.Port("70000"))
        assertFalse(presenter.state.value.portIsRight)
        assertEquals(Connection.None, store.settings.value.connection)
    }

    @Test fun a_paired_printer_is_taken() = test { presenter ->
        val device = Connection.Bluetooth("00:11:22:33:44:55", "MP-58")
        presenter.on(PrinterEvent.Choose(Kind.Bluetooth))
        presenter.on(PrinterEvent.Found(listOf(device)))
        presenter.on(PrinterEvent.Take(device))
        assertEquals(device, presenter.state.value.settings.connection)
    }

    @Test fun paper_and_cuts_are_kept() = test { presenter ->
        presenter.on(PrinterEvent.Load(PaperWidth.MM80))
        presenter.on(PrinterEvent.Cut(true))
        presenter.on(PrinterEvent.DrawAll(true))
        assertEquals(PrinterSettings(paper = PaperWidth.MM80, cuts = true, hasCharacters = false), store.settings.value)
    }

    @Test fun a_test_page_is_printed() = test { presenter ->
        store.change { aNetworkPrinter }
        presenter.on(PrinterEvent.Test("Test", aPage("hello")))
        assertEquals(listOf("hello"), link.printed)
    }

    @Test fun what_waits_is_shown_and_removed() = test { presenter ->
        presenter.on(PrinterEvent.Test("Test", aPage("hello")))
        val job = presenter.state.value.printing.waiting.single()
        presenter.on(PrinterEvent.Remove(job.id))
        assertEquals(0, presenter.state.value.printing.waiting.size)
    }

    private fun test(body: suspend TestScope.(PrinterPresenter) -> Unit) = UnconfinedTestDispatcher().let { dispatcher ->
        runTest(dispatcher) {
            val worker = PrintWorker(
                FakePrintQueue(), TextBytes, { error("nothing to draw") }, link, store, { noon }, backgroundScope, dispatcher,
            )
            worker.start()
            body(PrinterPresenter(store, worker, backgroundScope))
        }
    }
}
