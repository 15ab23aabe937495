package org.satchel.pos.app

import android.content.ActivityNotFoundException
import android.content.Context
import android.content.Intent
import org.satchel.pos.core.Document
import org.satchel.pos.receipts.asText

/** Hands a document to whatever app the person chooses. */
fun share(context: Context, title: String, document: Document) {
    val message = Intent(Intent.ACTION_SEND).setType("text/plain")
        .putExtra(Intent.EXTRA_SUBJECT, title)
        .putExtra(Intent.EXTRA_TEXT, document.asText())
    try {
        context.startActivity(Intent.createChooser(message, title))
    } catch (_: ActivityNotFoundException) {
        // a device without any app to share by: nothing is shared, which the person sees
    }
}
