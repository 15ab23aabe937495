package org.satchel.pos.app

import android.Manifest
import android.content.Context
import android.content.Intent
import android.content.pm.PackageManager
import android.net.Uri
import android.provider.Settings
import androidx.activity.compose.BackHandler
import androidx.activity.compose.rememberLauncherForActivityResult
import androidx.activity.result.contract.ActivityResultContracts
import androidx.compose.runtime.Composable
import androidx.compose.runtime.LaunchedEffect
import androidx.compose.runtime.getValue
import androidx.compose.runtime.mutableStateOf
import androidx.compose.runtime.saveable.rememberSaveable
import androidx.compose.runtime.setValue
import androidx.compose.ui.platform.LocalContext
import androidx.lifecycle.compose.LifecycleResumeEffect
import org.satchel.pos.scan.Codes
import org.satchel.pos.scan.ScanFace
import org.satchel.pos.scan.ScanScreen
import org.satchel.pos.scan.Viewfinder

/** Whether there is anything to scan by. */
fun hasCamera(context: Context) = context.packageManager.hasSystemFeature(PackageManager.FEATURE_CAMERA_ANY)

/** Scans until it is closed. The camera is asked for when it is wanted, and not before. */
@Composable
fun Scanner(codes: Codes, hint: String, onRead: (String) -> Unit, onClose: () -> Unit, found: @Composable () -> Unit = {}) {
    val context = LocalContext.current
    var face by rememberSaveable { mutableStateOf(ScanFace.Asking) }
    val permission = rememberLauncherForActivityResult(ActivityResultContracts.RequestPermission()) { granted ->
        face = if (granted) ScanFace.Looking else ScanFace.Forbidden
    }
    LaunchedEffect(Unit) { if (face == ScanFace.Asking) permission.launch(Manifest.permission.CAMERA) }
    LifecycleResumeEffect(Unit) {
        if (face == ScanFace.Forbidden && mayUseCamera(context)) face = ScanFace.Looking
        onPauseOrDispose {}
    }
    KeepAwake(face == ScanFace.Looking)
    BackHandler(onBack = onClose)
    ScanScreen(face, hint, onClose, onAppSettings = { openAppSettings(context) }, found) { lit, modifier ->
        Viewfinder(codes, lit, onRead, onFault = { face = ScanFace.Faulty }, modifier)
    }
}

private fun mayUseCamera(context: Context) = context.checkSelfPermission(Manifest.permission.CAMERA) == PackageManager.PERMISSION_GRANTED

/** Where a permission that was refused is given after all. */
private fun openAppSettings(context: Context) =
    context.startActivity(Intent(Settings.ACTION_APPLICATION_DETAILS_SETTINGS, Uri.fromParts("package", context.packageName, null)))
