package org.satchel.pos.scan

import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.fillMaxSize
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.padding
import androidx.compose.foundation.layout.widthIn
import androidx.compose.material3.IconToggleButton
import androidx.compose.material3.Icon
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.runtime.getValue
import androidx.compose.runtime.mutableStateOf
import androidx.compose.runtime.saveable.rememberSaveable
import androidx.compose.runtime.setValue
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import androidx.compose.ui.draw.clip
import androidx.compose.ui.res.painterResource
import androidx.compose.ui.res.stringResource
import androidx.compose.ui.text.style.TextAlign
import androidx.compose.ui.unit.dp
import org.satchel.pos.R
import org.satchel.pos.design.Action
import org.satchel.pos.design.BigButton
import org.satchel.pos.design.EmptyState
import org.satchel.pos.design.ScreenFrame
import org.satchel.pos.design.Space
import org.satchel.pos.design.Weight

/** How it stands with the camera. */
enum class ScanFace {
    /** The system asks whether the app may use it. */
    Asking,
    Looking,

    /** The person, or the device's owner, does not allow it. */
    Forbidden,

    /** Another app has it, or it is broken. */
    Faulty,
}

/**
 * Looks for codes by the camera.
 *
 * @param hint what to hold before it
 * @param found what was read last, or is wrong with it
 * @param viewfinder what it sees, with or without light
 */
@Composable
fun ScanScreen(
    face: ScanFace,
    hint: String,
    onClose: () -> Unit,
    onAppSettings: () -> Unit,
    found: @Composable () -> Unit = {},
    viewfinder: @Composable (lit: Boolean, Modifier) -> Unit,
) {
    var lit by rememberSaveable { mutableStateOf(false) }
    ScreenFrame(stringResource(R.string.scan_title), onBack = onClose, actions = { if (face == ScanFace.Looking) Lamp(lit) { lit = it } }) { inside ->
        Column(
            Modifier.fillMaxSize().padding(inside).padding(Space.medium),
            Arrangement.spacedBy(Space.medium),
            Alignment.CenterHorizontally,
        ) {
            when (face) {
                ScanFace.Asking -> EmptyState(R.drawable.camera, stringResource(R.string.scan_asking), Modifier.weight(1f))
                ScanFace.Forbidden -> EmptyState(
                    R.drawable.camera, stringResource(R.string.scan_forbidden), Modifier.weight(1f),
                    stringResource(R.string.scan_forbidden_do), Action(stringResource(R.string.scan_app_settings), onAppSettings),
                )
                ScanFace.Faulty -> EmptyState(
                    R.drawable.camera, stringResource(R.string.scan_faulty), Modifier.weight(1f), stringResource(R.string.scan_faulty_do),
                )
                ScanFace.Looking -> {
                    viewfinder(lit, Modifier.weight(1f).fillMaxWidth().clip(MaterialTheme.shapes.large))
                    Text(hint, style = MaterialTheme.typography.bodyLarge, textAlign = TextAlign.Center)
                    found()
                }
            }
            BigButton(stringResource(R.string.close), onClose, Modifier.widthIn(max = 420.dp), weight = Weight.Quiet)
        }
    }
}

@Composable
private fun Lamp(lit: Boolean, onChange: (Boolean) -> Unit) = IconToggleButton(lit, onChange) {
    Icon(painterResource(R.drawable.light), stringResource(R.string.scan_light))
}
