package org.satchel.pos.app

import android.app.Activity
import android.app.Application
import android.content.Intent
import android.net.Uri
import androidx.test.core.app.ApplicationProvider
import org.robolectric.Shadows.shadowOf

/** A person answers the system's dialog, which a screen has opened, with a file. */
fun Activity.choose(name: String, bytes: ByteArray) {
    val uri = Uri.parse("content://files/$name")
    val files = ApplicationProvider.getApplicationContext<Application>().contentResolver
    shadowOf(files).registerInputStreamSupplier(uri) { bytes.inputStream() }
    val asked = checkNotNull(shadowOf(this).nextStartedActivityForResult) { "no dialog is open" }
    shadowOf(this).receiveResult(asked.intent, Activity.RESULT_OK, Intent().setData(uri))
}
