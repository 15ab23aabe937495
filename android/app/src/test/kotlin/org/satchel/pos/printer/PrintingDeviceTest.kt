package org.satchel.pos.printer

import android.content.Context
import androidx.test.core.app.ApplicationProvider
import androidx.test.ext.junit.runners.AndroidJUnit4
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.job
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.withTimeout
import org.junit.Assert.assertEquals
import org.junit.Assert.assertThrows
import org.junit.Assert.assertTrue
import org.junit.Rule
import org.junit.Test
import org.junit.rules.TemporaryFolder
import org.junit.runner.RunWith
import org.robolectric.annotation.GraphicsMode
import org.satchel.pos.core.Block
import org.satchel.pos.core.Document
import org.satchel.pos.core.DrawnLine
import org.satchel.pos.core.MoneyFormat
import org.satchel.pos.core.PaperWidth
import org.satchel.pos.core.Picture
import org.satchel.pos.core.RustPrintQueue
import org.satchel.pos.core.RustPrinterBytes
import org.satchel.pos.core.TextAlign
import org.satchel.pos.core.TextStyle
import org.satchel.pos.core.aReceipt
import org.satchel.pos.core.noon
import org.satchel.pos.receipts.DocumentWriter
import java.net.InetAddress
import java.net.ServerSocket
import java.util.Locale

@RunWith(AndroidJUnit4::class)
@GraphicsMode(GraphicsMode.Mode.NATIVE)
class PrintingDeviceTest {
    @get:Rule val folder = TemporaryFolder()
    private val context: Context = ApplicationProvider.getApplicationContext()
    private val receipt = DocumentWriter(MoneyFormat(Locale.ENGLISH), rightToLeft = false, emptyList()) { it.name }.receipt(aReceipt())

    @Test fun every_script_leaves_ink() = listOf("Total", "会员卡余额", "رصيد البطاقة", "ñandú").forEach { text ->
        assertTrue(text, drawn(text).ink() > 100)
    }

    @Test fun a_line_from_the_right_begins_at_the_right() {
        val arabic = drawn("رصيد", rightToLeft = true)
        assertTrue(arabic.ink(0 until WIDTH / 2) == 0 && arabic.ink(WIDTH / 2 until WIDTH) > 0)
        val english = drawn("Sum")
        assertTrue(english.ink(0 until WIDTH / 2) > 0 && english.ink(WIDTH / 2 until WIDTH) == 0)
    }

    @Test fun a_pair_has_ink_at_both_ends_in_both_directions() = listOf(false, true).forEach { rightToLeft ->
        val pair = drawn("رصيد", "12.50", rightToLeft)
        assertTrue(pair.ink(0 until WIDTH / 3) > 0 && pair.ink(WIDTH * 2 / 3 until WIDTH) > 0)
    }

    @Test fun what_is_too_long_goes_on_below() = assertTrue(drawn("会员卡 ".repeat(20)).height > 2 * drawn("会员卡").height)

    @Test fun without_paper_nothing_is_drawn() {
        assertThrows(IllegalArgumentException::class.java) { AndroidLineDrawer.draw(line("x", "", false).copy(widthDots = 0)) }
    }

    @Test fun settings_are_kept() {
        val file = context.getSharedPreferences("printer", Context.MODE_PRIVATE)
        val devices = listOf(Connection.Network("till", 9_101), Connection.Bluetooth("00:11:22:33:44:55", "MP-58"), Connection.None)
        devices.map { PrinterSettings(it, PaperWidth.MM80, cuts = true, hasCharacters = false) }.forEach { settings ->
            StoredPrinterSettings(file).change { settings }
            assertEquals(settings, StoredPrinterSettings(file).settings.value)
        }
    }

    @Test fun a_receipt_waits_over_a_restart_and_comes_out_of_the_socket() = runBlocking {
        val printer = ServerSocket(0, 1, InetAddress.getLoopbackAddress())
        val store = FakePrinterStore(PrinterSettings(Connection.Network("127.0.0.1", printer.localPort)))
        printer.close()
        running(store) { worker ->
            worker.print("Sale", receipt)
            withTimeout(PATIENCE_MS) { worker.state.first { it.waiting.singleOrNull()?.failure != null } }
        }
        ServerSocket(printer.localPort, 1, InetAddress.getLoopbackAddress()).use { switchedOn ->
            running(store) { worker ->
                val bytes = switchedOn.accept().use { it.getInputStream().readBytes() }
                assertTrue(String(bytes, Charsets.ISO_8859_1).contains("T12-17"))
                withTimeout(PATIENCE_MS) { worker.state.first { it.waiting.isEmpty() } }
            }
        }
        RustPrintQueue(folder.root).use { assertEquals(0, it.waiting().size) }
    }

    @Test fun a_receipt_in_chinese_is_drawn_by_the_device() {
        val page = Document(rightToLeft = false, listOf(Block.Text("会员卡余额")))
        val lines = mutableListOf<String>()
        val bytes = RustPrinterBytes.of(page, PrinterSettings().model) { line ->
            lines += line.text
            AndroidLineDrawer.draw(line)
        }
        assertEquals(listOf("会员卡余额"), lines)
        assertTrue(bytes.size > 500)
    }

    /** A process with its worker, until it ends. */
    private suspend fun running(store: PrinterStore, body: suspend (PrintWorker) -> Unit) {
        val scope = CoroutineScope(Dispatchers.Default)
        RustPrintQueue(folder.root).use { queue ->
            val worker = PrintWorker(
                queue, RustPrinterBytes, AndroidLineDrawer, DevicePrinterLink(context), store, { noon }, scope, Dispatchers.IO,
            )
            worker.start()
            body(worker)
            scope.coroutineContext.job.cancelAndJoin()
        }
    }

    private fun drawn(text: String, amount: String = "", rightToLeft: Boolean = false) =
        AndroidLineDrawer.draw(line(text, amount, rightToLeft))

    private fun line(text: String, amount: String, rightToLeft: Boolean) =
        DrawnLine(text, amount, TextStyle.NORMAL, TextAlign.START, rightToLeft, WIDTH)
}

private const val WIDTH = 384
private const val PATIENCE_MS = 20_000L

private val Picture.height get() = rows.size / (widthDots / 8)

/** How many dots are black in these columns. */
private fun Picture.ink(columns: IntRange = 0 until widthDots): Int = (0 until height).sumOf { y ->
    columns.count { x -> rows[y * (widthDots / 8) + x / 8].toInt() and (0x80 shr x % 8) != 0 }
}
