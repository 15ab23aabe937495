package org.satchel.pos.printer

import android.annotation.SuppressLint
import android.bluetooth.BluetoothManager
import android.content.Context
import java.io.IOException
import java.net.InetSocketAddress
import java.net.Socket
import java.util.UUID

/** By network or by Bluetooth; a connection a document, so that nobody else is kept from the printer. */
class DevicePrinterLink(private val context: Context) : PrinterLink {
    override fun send(to: Connection, bytes: ByteArray) = when (to) {
        Connection.None -> throw IOException("no printer")
        is Connection.Network -> overNetwork(to, bytes)
        is Connection.Bluetooth -> overBluetooth(to, bytes)
    }

    private fun overNetwork(to: Connection.Network, bytes: ByteArray) = Socket().use { socket ->
        socket.connect(InetSocketAddress(to.host, to.port), PATIENCE_MS)
        socket.getOutputStream().run {
            write(bytes)
            flush()
        }
        socket.shutdownOutput()
    }

    @SuppressLint("MissingPermission") // asked for by the screen that pairs; without it Android throws, as below
    private fun overBluetooth(to: Connection.Bluetooth, bytes: ByteArray) = try {
        val adapter = context.getSystemService(BluetoothManager::class.java)?.adapter ?: throw IOException("no Bluetooth")
        adapter.getRemoteDevice(to.address).createRfcommSocketToServiceRecord(SERIAL_PORT).use { socket ->
            socket.connect()
            socket.outputStream.write(bytes)
            socket.outputStream.flush()
        }
    } catch (fault: SecurityException) {
        throw IOException(fault)
    } catch (fault: IllegalArgumentException) {
        throw IOException(fault)
    }
}

private const val PATIENCE_MS = 5_000

/** The serial port service, Bluetooth Assigned Numbers, section 3.3. */
private val SERIAL_PORT = UUID.fromString("00001101-0000-1000-8000-00805F9B34FB")
