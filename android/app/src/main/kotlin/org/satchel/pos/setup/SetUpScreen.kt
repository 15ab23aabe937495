package org.satchel.pos.setup

import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.ColumnScope
import androidx.compose.foundation.layout.fillMaxSize
import androidx.compose.foundation.layout.imePadding
import androidx.compose.foundation.layout.padding
import androidx.compose.foundation.layout.widthIn
import androidx.compose.foundation.rememberScrollState
import androidx.compose.foundation.text.KeyboardActions
import androidx.compose.foundation.text.KeyboardOptions
import androidx.compose.foundation.verticalScroll
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import androidx.compose.ui.platform.testTag
import androidx.compose.ui.res.stringResource
import androidx.compose.ui.semantics.heading
import androidx.compose.ui.semantics.semantics
import androidx.compose.ui.text.input.ImeAction
import androidx.compose.ui.text.input.KeyboardCapitalization
import androidx.compose.ui.text.input.KeyboardType
import androidx.compose.ui.unit.dp
import org.satchel.pos.R
import org.satchel.pos.core.Joining
import org.satchel.pos.core.leftToRight
import org.satchel.pos.design.BigButton
import org.satchel.pos.design.EmptyState
import org.satchel.pos.design.Notice
import org.satchel.pos.design.ProgressScrim
import org.satchel.pos.design.Readable
import org.satchel.pos.design.Satchel
import org.satchel.pos.design.ScreenFrame
import org.satchel.pos.design.Space
import org.satchel.pos.design.TextLine
import org.satchel.pos.design.TroubleBanner
import org.satchel.pos.design.Weight

/** The ways from this screen. */
class SetUpWays(
    val back: () -> Unit,
    /** Lets a file be chosen. */
    val open: () -> Unit,
    /** To the camera; null where there is none. */
    val scan: (() -> Unit)?,
)

/** First the file or the QR code, then its code. */
@Composable
fun SetUpScreen(state: SetUpState, on: (SetUpEvent) -> Unit, ways: SetUpWays) {
    ScreenFrame(stringResource(R.string.setup_title), onBack = ways.back) { inside ->
        Readable(Modifier.padding(inside).imePadding()) {
            Column(
                Modifier.fillMaxSize().padding(horizontal = Space.large, vertical = Space.medium),
                verticalArrangement = Arrangement.spacedBy(Space.medium),
            ) {
                Column(
                    Modifier.weight(1f).verticalScroll(rememberScrollState()),
                    verticalArrangement = Arrangement.spacedBy(Space.medium),
                ) {
                    Faults(state)
                    when {
                        state.step != SetUpStep.File -> CodePart(state, on)
                        state.joining == null -> FilePart()
                        else -> AnswerPart(state.joining)
                    }
                }
                Buttons(state, on, ways)
            }
        }
    }
    if (state.step == SetUpStep.Working) ProgressScrim(stringResource(R.string.setup_working))
}

@Composable
private fun Faults(state: SetUpState) {
    state.trouble?.let { TroubleBanner(it) }
    if (state.unreadable) {
        Notice(
            Satchel.tones.refused, R.drawable.warning, stringResource(R.string.setup_unreadable),
            text = stringResource(R.string.setup_unreadable_do),
        )
    }
}

@Composable
private fun FilePart() =
    EmptyState(R.drawable.receipt, stringResource(R.string.setup_file_heading), text = stringResource(R.string.setup_file_text))

/** For head office to scan, photograph or be told. */
@Composable
private fun ColumnScope.AnswerPart(joining: Joining) {
    Text(stringResource(R.string.setup_answer_heading), Modifier.semantics { heading() }, style = MaterialTheme.typography.headlineSmall)
    Remark(stringResource(R.string.setup_answer_for, joining.chain, joining.place, joining.profile, joining.terminal.toString()))
    QrPicture(joining.answer, stringResource(R.string.setup_answer_picture), Modifier.widthIn(max = 256.dp).align(Alignment.CenterHorizontally))
    Remark(stringResource(R.string.setup_answer_check))
    Text(leftToRight(joining.check), Modifier.testTag("setup-check"), style = MaterialTheme.typography.displaySmall)
    Remark(stringResource(R.string.setup_answer_then))
}

@Composable
private fun CodePart(state: SetUpState, on: (SetUpEvent) -> Unit) {
    Text(stringResource(R.string.setup_code_heading), Modifier.semantics { heading() }, style = MaterialTheme.typography.headlineSmall)
    CodeLine(state, on)
    Remark(stringResource(R.string.setup_code_text))
    state.source?.let { Remark(it.words()) }
}

@Composable
private fun CodeLine(state: SetUpState, on: (SetUpEvent) -> Unit) = TextLine(
    state.code,
    { on(SetUpEvent.Typed(it)) },
    stringResource(R.string.setup_code),
    Modifier.testTag("setup-code"),
    keyboard = KeyboardOptions(
        KeyboardCapitalization.Characters, autoCorrectEnabled = false, KeyboardType.Password, ImeAction.Done,
    ),
    actions = KeyboardActions(onDone = { on(SetUpEvent.GoOn) }),
)

@Composable
private fun Source.words(): String = when (this) {
    is Source.File -> stringResource(R.string.setup_from, name)
    Source.QrCode -> stringResource(R.string.setup_from_qr)
}

@Composable
private fun Remark(text: String) =
    Text(text, style = MaterialTheme.typography.bodyLarge, color = MaterialTheme.colorScheme.onSurfaceVariant)

@Composable
private fun Buttons(state: SetUpState, on: (SetUpEvent) -> Unit, ways: SetUpWays) = Column(
    verticalArrangement = Arrangement.spacedBy(Space.small),
) {
    if (state.step == SetUpStep.File) {
        BigButton(stringResource(R.string.setup_open), ways.open, icon = R.drawable.receipt)
        ways.scan?.let { BigButton(stringResource(R.string.setup_scan), it, icon = R.drawable.qr, weight = Weight.Quiet) }
    } else {
        BigButton(stringResource(R.string.setup_go_on), { on(SetUpEvent.GoOn) }, enabled = state.canGoOn)
        BigButton(
            stringResource(R.string.setup_other), { on(SetUpEvent.StartOver) },
            enabled = state.step == SetUpStep.Code, weight = Weight.Quiet,
        )
    }
}
