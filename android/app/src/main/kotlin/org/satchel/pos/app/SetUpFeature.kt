package org.satchel.pos.app

import androidx.activity.compose.BackHandler
import androidx.activity.compose.rememberLauncherForActivityResult
import androidx.activity.result.contract.ActivityResultContracts
import androidx.compose.runtime.Composable
import androidx.compose.runtime.getValue
import androidx.compose.runtime.mutableStateOf
import androidx.compose.runtime.saveable.rememberSaveable
import androidx.compose.runtime.setValue
import androidx.compose.ui.platform.LocalContext
import androidx.compose.ui.res.stringResource
import androidx.lifecycle.compose.collectAsStateWithLifecycle
import kotlinx.coroutines.NonCancellable
import kotlinx.coroutines.withContext
import org.satchel.pos.R
import org.satchel.pos.design.TroubleSheet
import org.satchel.pos.scan.Codes
import org.satchel.pos.setup.SetUpEvent
import org.satchel.pos.setup.SetUpPresenter
import org.satchel.pos.setup.SetUpScreen
import org.satchel.pos.setup.SetUpStep
import org.satchel.pos.setup.SetUpWays
import org.satchel.pos.setup.SetUpWork

val setUpFeature = Feature(Destination.SetUp) { visit -> SetUp(visit.graph, visit::goBack) }

/** Sets the till up from a file or a QR code of head office's. */
@Composable
fun SetUp(graph: AppGraph, onBack: () -> Unit) {
    val files = ChosenFiles(LocalContext.current.applicationContext)
    val presenter = held("set-up") { scope, _ ->
        SetUpPresenter(files, scope, SettingUp(graph))
    }
    val state by presenter.state.collectAsStateWithLifecycle()
    val chooser = rememberLauncherForActivityResult(ActivityResultContracts.OpenDocument()) { chosen ->
        if (chosen != null) presenter.on(SetUpEvent.Opened(chosen.toString()))
    }
    val back = {
        presenter.on(SetUpEvent.StartOver)
        if (state.step == SetUpStep.File) onBack()
    }
    Secret()
    BackHandler { if (state.step != SetUpStep.Working) back() }
    var scanning by rememberSaveable { mutableStateOf(false) }
    if (scanning) {
        val scanned = { text: String ->
            scanning = false
            presenter.on(SetUpEvent.Scanned(text))
        }
        Scanner(Codes.SetUp, stringResource(R.string.scan_set_up), scanned, onClose = { scanning = false })
    } else {
        val ways = SetUpWays(
            back = { if (state.step != SetUpStep.Working) back() },
            open = { chooser.launch(arrayOf("*/*")) },
            scan = if (hasCamera(LocalContext.current)) ({ scanning = true }) else null,
        )
        SetUpScreen(state, presenter::on, ways)
    }
}

/** What has begun goes on when the screen is left. */
private class SettingUp(private val graph: AppGraph) : SetUpWork {
    override suspend fun kindOf(bytes: ByteArray) = graph.terminals.kindOf(bytes)
    override suspend fun joining() = graph.terminals.joining()
    override suspend fun answer(invitation: String) = withContext(NonCancellable) { graph.terminals.answer(invitation) }
    override suspend fun setUp(file: ByteArray, code: String) = withContext(NonCancellable) { graph.desk.setUp(file, code) }
    override suspend fun admit(file: ByteArray) = withContext(NonCancellable) { graph.desk.admit(file) }
}

/** Tells why the terminal was not set up again, wherever one is by then. */
@Composable
fun SetUpRefused(desk: Desk) {
    val trouble by desk.setUpRefused.collectAsStateWithLifecycle()
    trouble?.let { TroubleSheet(it, onDismiss = desk::understood) }
}
