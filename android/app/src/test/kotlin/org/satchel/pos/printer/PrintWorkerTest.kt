package org.satchel.pos.printer

import kotlinx.coroutines.ExperimentalCoroutinesApi
import kotlinx.coroutines.test.StandardTestDispatcher
import kotlinx.coroutines.test.TestScope
import kotlinx.coroutines.test.advanceTimeBy
import kotlinx.coroutines.test.runCurrent
import kotlinx.coroutines.test.runTest
import org.junit.Assert.assertEquals
import org.junit.Assert.assertNull
import org.junit.Assert.assertTrue
import org.junit.Test
import org.satchel.pos.core.PrintFault
import org.satchel.pos.core.noon

@OptIn(ExperimentalCoroutinesApi::class)
class PrintWorkerTest {
    private val queue = FakePrintQueue()
    private val link = FakeLink()
    private val store = FakePrinterStore(aNetworkPrinter)

    @Test fun documents_come_out_in_order() = test { worker ->
        worker.print("1", aPage("one"))
        worker.print("2", aPage("two"))
        runCurrent()
        assertEquals(listOf("one", "two"), link.printed)
        assertTrue(worker.state.value.waiting.isEmpty())
    }

    @Test fun what_failed_is_tried_again() = test { worker ->
        link.off = true
        worker.print("1", aPage("one"))
        runCurrent()
        assertEquals(1, worker.state.value.waiting.single().attempts)
        link.off = false
        advanceTimeBy(10_001)
        assertEquals(listOf("one"), link.printed)
    }

    @Test fun it_is_tried_at_once_if_somebody_asks() = test { worker ->
        link.off = true
        worker.print("1", aPage("one"))
        runCurrent()
        link.off = false
        worker.wake()
        runCurrent()
        assertEquals(listOf("one"), link.printed)
    }

    @Test fun what_is_given_up_is_not_printed() = test { worker ->
        link.off = true
        worker.print("1", aPage("one"))
        runCurrent()
        worker.remove(worker.state.value.waiting.single().id)
        link.off = false
        worker.wake()
        runCurrent()
        assertTrue(link.printed.isEmpty() && worker.state.value.waiting.isEmpty())
    }

    @Test fun without_a_printer_it_waits() = test { worker ->
        store.change { it.copy(connection = Connection.None) }
        worker.print("1", aPage("one"))
        runCurrent()
        assertEquals(0, worker.state.value.waiting.single().attempts)
        store.change { aNetworkPrinter }
        worker.wake()
        runCurrent()
        assertEquals(listOf("one"), link.printed)
    }

    @Test fun a_queue_that_fails_is_told_of_until_it_works() = test { worker ->
        queue.fault = PrintFault.QueueFull()
        worker.print("1", aPage("one"))
        runCurrent()
        assertTrue(worker.state.value.fault is PrintFault.QueueFull)
        queue.fault = null
        worker.print("2", aPage("two"))
        runCurrent()
        assertNull(worker.state.value.fault)
        assertEquals(listOf("two"), link.printed)
    }

    private fun test(body: suspend TestScope.(PrintWorker) -> Unit) = runTest {
        val io = StandardTestDispatcher(testScheduler)
        val worker = PrintWorker(queue, TextBytes, { error("nothing to draw") }, link, store, { noon }, backgroundScope, io)
        worker.start()
        body(worker)
    }
}
