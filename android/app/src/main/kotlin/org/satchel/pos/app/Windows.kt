package org.satchel.pos.app

import android.content.ActivityNotFoundException
import android.content.Context
import android.content.Intent
import android.provider.Settings
import android.view.WindowManager
import androidx.activity.compose.LocalActivity
import androidx.compose.runtime.Composable
import androidx.compose.runtime.DisposableEffect

/** As long as this is on screen, nobody takes a picture of it: neither screenshots nor the list of recent apps. */
@Composable
fun Secret() = WindowFlag(WindowManager.LayoutParams.FLAG_SECURE, set = true)

/** The screen stays on as long as [awaiting] a card. */
@Composable
fun KeepAwake(awaiting: Boolean) = WindowFlag(WindowManager.LayoutParams.FLAG_KEEP_SCREEN_ON, awaiting)

@Composable
private fun WindowFlag(flag: Int, set: Boolean) {
    val window = LocalActivity.current?.window
    DisposableEffect(window, set) {
        if (set) window?.addFlags(flag)
        onDispose { if (set) window?.clearFlags(flag) }
    }
}

/** Where NFC is switched on; some makers have it under wireless settings alone. */
fun openNfcSettings(context: Context) {
    try {
        context.startActivity(Intent(Settings.ACTION_NFC_SETTINGS))
    } catch (_: ActivityNotFoundException) {
        context.startActivity(Intent(Settings.ACTION_WIRELESS_SETTINGS))
    }
}
