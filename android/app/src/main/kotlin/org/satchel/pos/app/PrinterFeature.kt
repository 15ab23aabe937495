package org.satchel.pos.app

import android.Manifest
import android.bluetooth.BluetoothManager
import android.content.Context
import android.content.pm.PackageManager
import android.os.Build
import androidx.activity.compose.rememberLauncherForActivityResult
import androidx.activity.result.contract.ActivityResultContracts
import androidx.compose.runtime.getValue
import androidx.compose.ui.platform.LocalContext
import androidx.lifecycle.Lifecycle
import androidx.lifecycle.compose.LifecycleEventEffect
import androidx.lifecycle.compose.collectAsStateWithLifecycle
import org.satchel.pos.printer.Connection
import org.satchel.pos.printer.PrinterEvent
import org.satchel.pos.printer.PrinterPresenter
import org.satchel.pos.printer.PrinterScreen

val printerFeature = Feature(Destination.Printer) { visit ->
    val printing = visit.graph.printing
    val presenter = held { scope, _ -> PrinterPresenter(printing.store, printing.worker, scope) }
    val state by presenter.state.collectAsStateWithLifecycle()
    val context = LocalContext.current
    val look = { presenter.on(PrinterEvent.Found(paired(context))) }
    val ask = rememberLauncherForActivityResult(ActivityResultContracts.RequestPermission()) { look() }
    LifecycleEventEffect(Lifecycle.Event.ON_RESUME) { look() }
    PrinterScreen(state, presenter::on, visit::goBack) {
        if (Build.VERSION.SDK_INT >= Build.VERSION_CODES.S) ask.launch(Manifest.permission.BLUETOOTH_CONNECT) else look()
    }
}

/** Null if the app may not know them. */
private fun paired(context: Context): List<Connection.Bluetooth>? {
    val asks = Build.VERSION.SDK_INT >= Build.VERSION_CODES.S
    if (asks && context.checkSelfPermission(Manifest.permission.BLUETOOTH_CONNECT) != PackageManager.PERMISSION_GRANTED) return null
    return try {
        val adapter = context.getSystemService(BluetoothManager::class.java)?.adapter
        adapter?.bondedDevices.orEmpty().map { Connection.Bluetooth(it.address, it.name ?: it.address) }.sortedBy { it.name }
    } catch (_: SecurityException) {
        null
    }
}
