package org.satchel.pos.printer

import androidx.test.ext.junit.runners.AndroidJUnit4
import org.junit.Test
import org.junit.runner.RunWith
import org.satchel.pos.core.PrintFault
import org.satchel.pos.core.WaitingJob
import org.satchel.pos.core.euro
import org.satchel.pos.core.noon
import org.satchel.pos.design.Written
import org.satchel.pos.golden.golden

@RunWith(AndroidJUnit4::class)
class PrinterGoldenTest {
    private val none = PrinterState(PrinterSettings(), Kind.None)
    private val device = Connection.Bluetooth("00:11:22:33:44:55", "MP-58")
    private val waiting = PrintState(listOf(WaitingJob(1, noon, "T12-17", 3, "off"), WaitingJob(2, noon, "T12-18", 0, null)))

    @Test fun without() = photograph("none", none)
    @Test fun network() = photograph(
        "network", PrinterState(aNetworkPrinter, Kind.Network, host = "192.168.1.90", printing = waiting),
    )
    @Test fun bluetooth() = photograph(
        "bluetooth", PrinterState(PrinterSettings(device, cuts = true), Kind.Bluetooth, paired = listOf(device)),
    )
    @Test fun not_allowed() = photograph("not_allowed", none.copy(kind = Kind.Bluetooth))
    @Test fun full() = photograph("full", none.copy(printing = PrintState(fault = PrintFault.QueueFull())))

    private fun photograph(name: String, state: PrinterState) = golden("printer", name) {
        Written(euro) { PrinterScreen(state, {}, {}, {}) }
    }
}
