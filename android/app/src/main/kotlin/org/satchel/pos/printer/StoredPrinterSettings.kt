package org.satchel.pos.printer

import android.content.SharedPreferences
import androidx.core.content.edit
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.StateFlow
import org.satchel.pos.core.PaperWidth

/** [PrinterSettings] in a file of the app's own. */
class StoredPrinterSettings(private val file: SharedPreferences) : PrinterStore {
    private val kept = MutableStateFlow(read())
    override val settings: StateFlow<PrinterSettings> = kept

    override fun change(how: (PrinterSettings) -> PrinterSettings) {
        kept.value = how(kept.value)
        write(kept.value)
    }

    private fun read(): PrinterSettings {
        val usual = PrinterSettings()
        return PrinterSettings(
            connection(),
            PaperWidth.entries.firstOrNull { it.name == file.getString(PAPER, null) } ?: usual.paper,
            file.getBoolean(CUTS, usual.cuts),
            file.getBoolean(CHARACTERS, usual.hasCharacters),
        )
    }

    private fun connection(): Connection {
        val host = file.getString(HOST, null)
        val address = file.getString(ADDRESS, null)
        return when {
            host != null -> Connection.Network(host, file.getInt(PORT, USUAL_PORT))
            address != null -> Connection.Bluetooth(address, file.getString(NAME, null) ?: address)
            else -> Connection.None
        }
    }

    private fun write(settings: PrinterSettings) = file.edit(commit = true) {
        clear()
        when (val to = settings.connection) {
            Connection.None -> Unit
            is Connection.Network -> putString(HOST, to.host).putInt(PORT, to.port)
            is Connection.Bluetooth -> putString(ADDRESS, to.address).putString(NAME, to.name)
        }
        putString(PAPER, settings.paper.name)
        putBoolean(CUTS, settings.cuts)
        putBoolean(CHARACTERS, settings.hasCharacters)
    }
}

private const val HOST = "host"
private const val PORT = "port"
private const val ADDRESS = "address"
private const val NAME = "name"
private const val PAPER = "paper"
private const val CUTS = "cuts"
private const val CHARACTERS = "characters"
