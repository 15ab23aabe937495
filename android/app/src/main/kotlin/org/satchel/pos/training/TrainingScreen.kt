package org.satchel.pos.training

import androidx.annotation.DrawableRes
import androidx.annotation.StringRes
import androidx.compose.foundation.background
import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.Row
import androidx.compose.foundation.layout.fillMaxSize
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.heightIn
import androidx.compose.foundation.layout.padding
import androidx.compose.foundation.layout.size
import androidx.compose.foundation.layout.widthIn
import androidx.compose.foundation.rememberScrollState
import androidx.compose.foundation.verticalScroll
import androidx.compose.material3.ButtonDefaults
import androidx.compose.material3.Icon
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.Text
import androidx.compose.material3.TextButton
import androidx.compose.runtime.Composable
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import androidx.compose.ui.res.painterResource
import androidx.compose.ui.res.stringResource
import androidx.compose.ui.unit.dp
import org.satchel.pos.R
import org.satchel.pos.core.PracticeCard
import org.satchel.pos.design.BigButton
import org.satchel.pos.design.ConfirmSheet
import org.satchel.pos.design.ListRow
import org.satchel.pos.design.Notice
import org.satchel.pos.design.ProgressScrim
import org.satchel.pos.design.Satchel
import org.satchel.pos.design.ScreenFrame
import org.satchel.pos.design.SectionHeader
import org.satchel.pos.design.Sheet
import org.satchel.pos.design.Space
import org.satchel.pos.design.TouchLeast
import org.satchel.pos.design.TroubleBanner
import org.satchel.pos.design.Weight
import org.satchel.pos.design.WithWidth
import org.satchel.pos.nfc.icon
import org.satchel.pos.nfc.text
import org.satchel.pos.nfc.title

/** What training is, and its cards: one above the other on a phone, side by side on a POS. */
@Composable
fun TrainingScreen(state: TrainingState, on: (TrainingEvent) -> Unit, onBack: () -> Unit) {
    ScreenFrame(stringResource(R.string.place_training), onBack = onBack) { inside ->
        WithWidth(Modifier.padding(inside)) { wide ->
            if (wide) Beside(state, on) else Stacked(state, on)
        }
    }
    if (state.busy) ProgressScrim(stringResource(R.string.opening))
    if (state.asking) BeginAnewSheet(on)
}

@Composable
private fun Stacked(state: TrainingState, on: (TrainingEvent) -> Unit) = Column(Modifier.fillMaxSize()) {
    Column(Modifier.weight(1f).verticalScroll(rememberScrollState()).padding(horizontal = Space.medium)) {
        Explained(state)
        state.cards?.let { PracticeCards(it) }
    }
    Buttons(state, on, Modifier.padding(Space.medium))
}

@Composable
private fun Beside(state: TrainingState, on: (TrainingEvent) -> Unit) = Row(
    Modifier.fillMaxSize().padding(horizontal = Space.large),
    horizontalArrangement = Arrangement.spacedBy(Space.huge),
) {
    Column(Modifier.weight(1f).verticalScroll(rememberScrollState())) {
        Explained(state)
        Buttons(state, on, Modifier.padding(vertical = Space.large).widthIn(max = 480.dp))
    }
    Column(Modifier.weight(1f).verticalScroll(rememberScrollState())) { state.cards?.let { PracticeCards(it) } }
}

@Composable
private fun Explained(state: TrainingState) = Column(
    Modifier.padding(vertical = Space.small),
    verticalArrangement = Arrangement.spacedBy(Space.medium),
) {
    state.trouble?.let { TroubleBanner(it) }
    Notice(
        Satchel.tones.training, R.drawable.training, stringResource(R.string.training_what),
        text = stringResource(R.string.training_what_text),
    )
    Column {
        Step(R.drawable.keypad, R.string.training_how_pin)
        Step(R.drawable.contactless, R.string.training_how_card)
        Step(R.drawable.history, R.string.training_how_early)
    }
    if (state.cards == null) {
        Text(
            stringResource(R.string.training_begin_text),
            Modifier.padding(horizontal = Space.small),
            style = MaterialTheme.typography.bodyLarge,
            color = MaterialTheme.colorScheme.onSurfaceVariant,
        )
    }
}

@Composable
private fun Step(@DrawableRes icon: Int, @StringRes text: Int) = Row(
    Modifier.fillMaxWidth().heightIn(min = TouchLeast).padding(Space.small),
    horizontalArrangement = Arrangement.spacedBy(Space.medium),
    verticalAlignment = Alignment.CenterVertically,
) {
    Icon(painterResource(icon), contentDescription = null, Modifier.size(24.dp), tint = MaterialTheme.colorScheme.primary)
    Text(stringResource(text), Modifier.weight(1f), style = MaterialTheme.typography.bodyLarge)
}

@Composable
private fun PracticeCards(cards: List<PracticeCard>) {
    SectionHeader(stringResource(R.string.training_cards))
    cards.forEach { card -> ListRow(card.title(), text = card.text(), icon = card.kind.icon) }
}

@Composable
private fun Buttons(state: TrainingState, on: (TrainingEvent) -> Unit, modifier: Modifier = Modifier) = Column(
    modifier,
    verticalArrangement = Arrangement.spacedBy(Space.small),
) {
    if (state.cards == null) {
        BigButton(stringResource(R.string.training_begin), { on(TrainingEvent.Begin) }, icon = R.drawable.training, enabled = !state.busy)
    } else {
        BigButton(stringResource(R.string.training_end), { on(TrainingEvent.End) }, enabled = !state.busy)
        BigButton(
            stringResource(R.string.training_anew), { on(TrainingEvent.AskToBeginAnew) },
            enabled = !state.busy, weight = Weight.Quiet,
        )
    }
}

@Composable
private fun BeginAnewSheet(on: (TrainingEvent) -> Unit) = ConfirmSheet(
    stringResource(R.string.training_anew_title),
    stringResource(R.string.training_anew_text),
    stringResource(R.string.training_anew),
    onConfirm = { on(TrainingEvent.BeginAnew) },
    onDismiss = { on(TrainingEvent.Keep) },
    weight = Weight.Grave,
)

/** Above the sign-on of the training mode, where nobody can know a PIN yet: one that serves, and where there is more. */
@Composable
fun TrainingHint(cards: List<PracticeCard>, onHelp: () -> Unit, modifier: Modifier = Modifier) {
    val tone = Satchel.tones.training
    val first = cards.firstOrNull { it.pin != null }
    Row(
        modifier.fillMaxWidth().background(tone.container).heightIn(min = TouchLeast).padding(start = Space.medium),
        horizontalArrangement = Arrangement.spacedBy(Space.small),
        verticalAlignment = Alignment.CenterVertically,
    ) {
        Text(
            if (first == null) "" else stringResource(R.string.training_hint, first.title(), first.pin.orEmpty()),
            Modifier.weight(1f),
            style = MaterialTheme.typography.bodyMedium,
            color = tone.onContainer,
        )
        TextButton(
            onHelp,
            Modifier.heightIn(min = TouchLeast),
            colors = ButtonDefaults.textButtonColors(contentColor = tone.onContainer),
        ) { Text(stringResource(R.string.training_help)) }
    }
}

/** What training is, for whoever is not signed on; it can be ended here. */
@Composable
fun TrainingHelpSheet(state: TrainingState, on: (TrainingEvent) -> Unit, onDismiss: () -> Unit) {
    Sheet(stringResource(R.string.training_help_title), onDismiss) {
        Explained(state)
        Column { state.cards?.let { PracticeCards(it) } }
        BigButton(stringResource(R.string.training_end), { on(TrainingEvent.End) }, enabled = !state.busy, weight = Weight.Quiet)
    }
}
