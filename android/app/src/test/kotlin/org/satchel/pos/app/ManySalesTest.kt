package org.satchel.pos.app

import androidx.test.ext.junit.runners.AndroidJUnit4
import kotlinx.coroutines.runBlocking
import org.junit.Assert.assertEquals
import org.junit.Rule
import org.junit.Test
import org.junit.rules.TemporaryFolder
import org.junit.runner.RunWith
import org.robolectric.annotation.Config
import org.satchel.bindings.FfiConverterTypeCardTransport
import org.satchel.pos.core.Answer
import org.satchel.pos.core.Money
import org.satchel.pos.core.Order
import org.satchel.pos.core.Outcome
import org.satchel.pos.core.PracticeKind
import org.satchel.pos.nfc.FrameworkIsoDep
import org.satchel.pos.nfc.FrameworkTagTechnology
import java.io.File
import java.lang.ref.WeakReference

/** A day has a thousand sales, and nobody starts the app anew in between. */
@RunWith(AndroidJUnit4::class)
@Config(shadows = [FrameworkIsoDep::class, FrameworkTagTechnology::class])
class ManySalesTest {
    @get:Rule val folders = TemporaryFolder()

    /** What a sale leaves behind would be there a thousand times: links, receipts, handles, open files. Of the core's own memory its own test tells. */
    @Test fun a_thousand_sales_leave_nothing_behind() = IsoDepStand(folders.newFolder()).use { stand ->
        stand.openTill()
        repeat(WARM_UP) { stand.sell() }
        val handles = FfiConverterTypeCardTransport.handleMap.size
        val files = openFiles()
        val traces = (0 until SALES).flatMap { stand.sell() }
        assertEquals("handles of cards", handles, FfiConverterTypeCardTransport.handleMap.size)
        assertEquals("open files", files, openFiles())
        assertEquals("links and receipts", 0, stillThere(traces))
        assertEquals(Money(50_00L - WARM_UP - SALES), stand.read().means.balance)
    }

    /** For one cent. Returns what would be held if something held on to it. */
    private fun IsoDepStand.sell(): List<WeakReference<Any>> = runBlocking {
        val link = linkTo(PracticeKind.MEMBER)
        val outcome = (till.sell(link, Order(Money(1))) as Answer.Yes).value as Outcome.Done
        link.close()
        listOf(WeakReference(link), WeakReference(outcome.receipt))
    }

    private fun stillThere(traces: List<WeakReference<Any>>): Int {
        repeat(COLLECTIONS) {
            System.gc()
            val there = traces.count { it.get() != null }
            if (there == 0) return 0
            Thread.sleep(100)
        }
        return traces.count { it.get() != null }
    }

    private fun openFiles() = File("/proc/self/fd").list()?.size ?: 0
}

private const val WARM_UP = 100
private const val SALES = 1_000
private const val COLLECTIONS = 50
