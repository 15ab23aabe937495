package org.satchel.pos.design

import androidx.annotation.DrawableRes
import androidx.compose.foundation.background
import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.Row
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.heightIn
import androidx.compose.foundation.layout.padding
import androidx.compose.foundation.layout.size
import androidx.compose.material3.Icon
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.Text
import androidx.compose.material3.TextButton
import androidx.compose.material3.ButtonDefaults
import androidx.compose.runtime.Composable
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import androidx.compose.ui.res.painterResource
import androidx.compose.ui.res.stringResource
import androidx.compose.ui.semantics.LiveRegionMode
import androidx.compose.ui.semantics.liveRegion
import androidx.compose.ui.semantics.semantics
import androidx.compose.ui.unit.dp
import org.satchel.pos.R
import org.satchel.pos.core.Trouble
import org.satchel.pos.nfc.ReaderState

/** Something to do about a notice. */
class Action(val text: String, val onClick: () -> Unit)

/** A coloured box that tells something: what, and what to do. */
@Composable
fun Notice(
    tone: Tone,
    @DrawableRes icon: Int,
    title: String,
    modifier: Modifier = Modifier,
    text: String? = null,
    action: Action? = null,
) {
    Row(
        modifier
            .fillMaxWidth()
            .background(tone.container, MaterialTheme.shapes.medium)
            .padding(Space.medium)
            .semantics { liveRegion = LiveRegionMode.Polite },
        horizontalArrangement = Arrangement.spacedBy(12.dp),
    ) {
        Icon(painterResource(icon), contentDescription = null, Modifier.size(24.dp), tint = tone.onContainer)
        Column(Modifier.weight(1f), verticalArrangement = Arrangement.spacedBy(2.dp)) {
            Text(title, style = MaterialTheme.typography.titleMedium, color = tone.onContainer)
            if (text != null) Text(text, style = MaterialTheme.typography.bodyMedium, color = tone.onContainer)
            if (action != null) {
                TextButton(
                    action.onClick,
                    Modifier.align(Alignment.End).heightIn(min = TouchLeast),
                    colors = ButtonDefaults.textButtonColors(contentColor = tone.onContainer),
                ) { Text(action.text) }
            }
        }
    }
}

/** Why it was not done, and what to do. */
@Composable
fun TroubleBanner(trouble: Trouble, modifier: Modifier = Modifier, action: Action? = null) {
    Notice(Satchel.tones.refused, R.drawable.warning, trouble.title(), modifier, trouble.advice(), action)
}

/** What stands between the reader and a card; nothing if nothing does. */
@Composable
fun ReaderNotice(reader: ReaderState, onOpenSettings: () -> Unit, modifier: Modifier = Modifier) {
    when (reader) {
        ReaderState.Missing -> Notice(
            Satchel.tones.refused, R.drawable.phone_nfc, stringResource(R.string.nfc_missing), modifier,
            stringResource(R.string.nfc_missing_advice),
        )
        ReaderState.Off -> Notice(
            Satchel.tones.undecided, R.drawable.phone_nfc, stringResource(R.string.nfc_off), modifier,
            stringResource(R.string.nfc_off_advice), Action(stringResource(R.string.nfc_settings), onOpenSettings),
        )
        is ReaderState.InUse -> if (reader.another) {
            Notice(
                Satchel.tones.undecided, R.drawable.card, stringResource(R.string.nfc_another), modifier,
                stringResource(R.string.nfc_another_advice),
            )
        }
        ReaderState.Ready -> Unit
    }
}

/** On every screen of the training mode. @param onHoldCard not null if a practice card is waited for */
@Composable
fun TrainingRibbon(modifier: Modifier = Modifier, onHoldCard: (() -> Unit)? = null) {
    val tone = Satchel.tones.training
    Row(
        modifier.fillMaxWidth().background(tone.color).heightIn(min = 40.dp).padding(horizontal = Space.medium),
        horizontalArrangement = Arrangement.spacedBy(Space.small),
        verticalAlignment = Alignment.CenterVertically,
    ) {
        Icon(painterResource(R.drawable.training), contentDescription = null, Modifier.size(20.dp), tint = tone.on)
        Text(
            stringResource(R.string.training_ribbon),
            Modifier.weight(1f),
            style = MaterialTheme.typography.labelLarge,
            color = tone.on,
        )
        if (onHoldCard != null) {
            TextButton(onHoldCard, colors = ButtonDefaults.textButtonColors(contentColor = tone.on)) {
                Text(stringResource(R.string.practice_hold))
            }
        }
    }
}

/** A word about how something stands. */
@Composable
fun StatusChip(text: String, tone: Tone, modifier: Modifier = Modifier, @DrawableRes icon: Int? = null) {
    Row(
        modifier.background(tone.container, MaterialTheme.shapes.small).padding(horizontal = 10.dp, vertical = 5.dp),
        horizontalArrangement = Arrangement.spacedBy(6.dp),
        verticalAlignment = Alignment.CenterVertically,
    ) {
        if (icon != null) Icon(painterResource(icon), contentDescription = null, Modifier.size(16.dp), tint = tone.onContainer)
        Text(text, style = MaterialTheme.typography.labelMedium, color = tone.onContainer)
    }
}
