package org.satchel.pos.printer

import androidx.compose.ui.test.hasSetTextAction
import androidx.compose.ui.test.hasText
import androidx.compose.ui.test.junit4.createAndroidComposeRule
import androidx.compose.ui.test.performScrollTo
import androidx.compose.ui.test.performTextReplacement
import androidx.test.ext.junit.runners.AndroidJUnit4
import org.junit.After
import org.junit.Assert.assertTrue
import org.junit.Rule
import org.junit.Test
import org.junit.runner.RunWith
import org.satchel.pos.AppRule
import org.satchel.pos.R
import org.satchel.pos.app.MainActivity
import org.satchel.pos.await
import org.satchel.pos.goBack
import org.satchel.pos.openTill
import org.satchel.pos.press
import org.satchel.pos.sellByCard
import org.satchel.pos.text
import java.net.InetAddress
import java.net.ServerSocket
import java.util.concurrent.LinkedBlockingQueue
import java.util.concurrent.TimeUnit
import kotlin.concurrent.thread

/** A printer in the network, which is a socket of this test's. */
@RunWith(AndroidJUnit4::class)
class PrinterFlowTest {
    @get:Rule val rule = createAndroidComposeRule<MainActivity>()

    private val socket = ServerSocket(0, 8, InetAddress.getLoopbackAddress())
    private val printed = LinkedBlockingQueue<String>()

    @After fun switchOff() = socket.close()

    @Test fun a_printer_is_set_up_and_prints_a_page() {
        switchOn()
        rule.openTill()
        rule.setUpPrinter()
        rule.press(R.string.printer_test)
        assertPrinted(rule.text(R.string.printer_test_text).substringBefore(','))
    }

    @Test fun a_receipt_is_printed_again_as_a_duplicate() {
        switchOn()
        rule.openTill()
        rule.sellByCard("1250", "€12.50")
        rule.setUpPrinter()
        rule.goBack()
        rule.press(R.string.place_journal)
        rule.press("€12.50", within = R.string.receipts_sale)
        rule.press(R.string.receipts_print)
        assertPrinted(rule.text(R.string.receipts_duplicate))
    }

    @Test fun what_cannot_be_printed_waits_until_the_printer_is_there() {
        rule.openTill()
        rule.setUpPrinter()
        socket.close()
        rule.press(R.string.printer_test)
        rule.await(R.string.printer_waiting)
        rule.await(R.string.printer_try_now)
    }

    private fun AppRule.setUpPrinter() {
        press(R.string.home_more)
        press(R.string.place_printer)
        press(R.string.printer_network)
        fill(R.string.printer_host, "127.0.0.1")
        fill(R.string.printer_port, socket.localPort.toString())
    }

    private fun AppRule.fill(label: Int, text: String) {
        val field = hasText(text(label)) and hasSetTextAction()
        await(field)
        onNode(field).performScrollTo()
        onNode(field).performTextReplacement(text)
    }

    private fun switchOn() = thread(isDaemon = true) {
        while (!socket.isClosed) {
            val job = runCatching { socket.accept().use { it.getInputStream().readBytes() } }.getOrNull() ?: return@thread
            printed.add(job.toString(Charsets.ISO_8859_1))
        }
    }

    private fun assertPrinted(text: String) {
        val job = printed.poll(PATIENCE_S, TimeUnit.SECONDS)
        assertTrue("\"$text\" in ${job?.length} bytes", job != null && text in job)
    }
}

private const val PATIENCE_S = 20L
