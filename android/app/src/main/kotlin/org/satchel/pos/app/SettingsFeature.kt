package org.satchel.pos.app

import android.app.Activity
import android.app.ActivityManager
import androidx.activity.compose.LocalActivity
import androidx.activity.compose.rememberLauncherForActivityResult
import androidx.activity.result.contract.ActivityResultContracts
import androidx.compose.runtime.Composable
import androidx.compose.runtime.State
import androidx.compose.runtime.getValue
import androidx.compose.runtime.produceState
import androidx.compose.ui.platform.LocalContext
import androidx.lifecycle.compose.collectAsStateWithLifecycle
import kotlinx.coroutines.delay
import org.satchel.pos.settings.SettingsEvent
import org.satchel.pos.settings.SettingsPresenter
import org.satchel.pos.settings.SettingsScreen
import org.satchel.pos.settings.SettingsWays

val settingsFeature = Feature(Destination.Settings) { visit ->
    val graph = visit.graph
    val files = ChosenFiles(LocalContext.current.applicationContext)
    val presenter = held { scope, _ ->
        SettingsPresenter(visit.workplace.till, graph.preferences, graph.appVersion, graph.core, scope) { to ->
            files.export(graph.terminals, to)
        }
    }
    val state by presenter.state.collectAsStateWithLifecycle()
    val place = rememberLauncherForActivityResult(ActivityResultContracts.CreateDocument(JOURNAL_TYPE)) { chosen ->
        if (chosen != null) presenter.on(SettingsEvent.Export(chosen.toString()))
    }
    val activity = LocalActivity.current
    val kiosk by keepsToApp(activity)
    val ways = SettingsWays(
        back = visit::goBack,
        setUp = { visit.goTo(Destination.SetUp) },
        training = { visit.goTo(Destination.Training) },
        about = { visit.goTo(Destination.About) },
        export = { place.launch("terminal-${state.till.terminal}.journal") },
        keepToApp = { keep -> activity?.keepToApp(keep) },
    )
    SettingsScreen(state, kiosk, presenter::on, ways)
}

/** Lock task mode; where the device's owner has not allowed it to the app, Android asks the person first. */
private fun Activity.keepToApp(keep: Boolean) = if (keep) startLockTask() else stopLockTask()

/** Nobody tells of it: it is asked for. */
@Composable
private fun keepsToApp(activity: Activity?): State<Boolean> = produceState(false, activity) {
    val manager = activity?.getSystemService(ActivityManager::class.java) ?: return@produceState
    while (true) {
        value = manager.lockTaskModeState != ActivityManager.LOCK_TASK_MODE_NONE
        delay(ASKED_EVERY_MS)
    }
}

private const val ASKED_EVERY_MS = 500L
private const val JOURNAL_TYPE = "application/octet-stream"
