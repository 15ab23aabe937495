package org.satchel.pos.app

import android.content.Context
import android.net.Uri
import android.provider.OpenableColumns
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.withContext
import org.satchel.pos.catalogue.Tables
import org.satchel.pos.core.Answer
import org.satchel.pos.core.Exported
import org.satchel.pos.core.Terminals
import org.satchel.pos.core.Trouble
import org.satchel.pos.core.then
import org.satchel.pos.setup.SetUpFile
import org.satchel.pos.setup.SetUpFiles
import java.io.File
import java.io.IOException
import java.io.InputStream
import java.io.OutputStream

/** Files that a person chose in the system's dialog. */
class ChosenFiles(private val context: Context) : SetUpFiles, Tables {
    override suspend fun read(at: String): SetUpFile? = withContext(Dispatchers.IO) {
        val uri = Uri.parse(at)
        val bytes = reading { context.contentResolver.openInputStream(uri)?.use { it.readUpTo(SET_UP_MOST + 1) } }
        if (bytes == null || bytes.size > SET_UP_MOST) null else SetUpFile(nameOf(uri) ?: uri.lastPathSegment.orEmpty(), bytes)
    }

    override suspend fun fetch(at: String): String? = withContext(Dispatchers.IO) {
        val own = File.createTempFile("table", null, context.cacheDir)
        val copied = reading {
            context.contentResolver.openInputStream(Uri.parse(at))?.use { from -> own.outputStream().use { from.copyUpTo(TABLE_MOST, it) } }
        }
        if (copied == true) own.path else null.also { own.delete() }
    }

    override suspend fun forget(copy: String) {
        withContext(Dispatchers.IO) { File(copy).delete() }
    }

    private fun nameOf(uri: Uri): String? = reading {
        context.contentResolver.query(uri, arrayOf(OpenableColumns.DISPLAY_NAME), null, null, null)
            ?.use { if (it.moveToFirst()) it.getString(0) else null }
    }

    /** Writes the journal out to [at]: into a file of the app's own first, as far as it can be read. */
    suspend fun export(terminals: Terminals, at: String): Answer<Exported> {
        val own = File.createTempFile("journal", null, context.cacheDir)
        try {
            return terminals.exportJournal(own.path).then { exported -> copy(own, Uri.parse(at), exported) }
        } finally {
            own.delete()
        }
    }

    private suspend fun copy(own: File, to: Uri, exported: Exported): Answer<Exported> = withContext(Dispatchers.IO) {
        val written = reading {
            context.contentResolver.openOutputStream(to, "wt")?.use { out -> own.inputStream().use { it.copyTo(out) } }
        }
        if (written == null) Answer.No(Trouble.StorageFaulty(to.authority.orEmpty())) else Answer.Yes(exported)
    }
}

/** What is read from another app's storage; null whatever that app throws for it. */
private inline fun <T> reading(read: () -> T?): T? = try {
    read()
} catch (_: IOException) {
    null
} catch (_: SecurityException) {
    null
} catch (_: IllegalArgumentException) {
    null
}

private fun InputStream.readUpTo(most: Int): ByteArray {
    val bytes = ByteArray(most)
    var read = 0
    while (read < most) {
        val more = read(bytes, read, most - read)
        if (more < 0) break
        read += more
    }
    return bytes.copyOf(read)
}

/** Returns whether that was all of it. */
private fun InputStream.copyUpTo(most: Long, to: OutputStream): Boolean {
    val buffer = ByteArray(64 * 1024)
    var left = most
    while (true) {
        val read = read(buffer)
        if (read < 0) return true
        left -= read
        if (left < 0) return false
        to.write(buffer, 0, read)
    }
}

/** A million items with long names. */
private const val TABLE_MOST = 256L * 1024 * 1024

/** No set-up file comes near it. */
private const val SET_UP_MOST = 64 * 1024
