package org.satchel.pos.design

import androidx.activity.compose.BackHandler
import androidx.compose.animation.core.Animatable
import androidx.compose.animation.core.LinearEasing
import androidx.compose.animation.core.tween
import androidx.compose.foundation.background
import androidx.compose.foundation.gestures.detectTapGestures
import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Box
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.Spacer
import androidx.compose.foundation.layout.fillMaxSize
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.heightIn
import androidx.compose.foundation.layout.padding
import androidx.compose.foundation.layout.safeDrawingPadding
import androidx.compose.foundation.layout.widthIn
import androidx.compose.foundation.rememberScrollState
import androidx.compose.foundation.verticalScroll
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.Surface
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.runtime.getValue
import androidx.compose.runtime.remember
import androidx.compose.runtime.rememberCoroutineScope
import androidx.compose.runtime.rememberUpdatedState
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import androidx.compose.ui.draw.clip
import androidx.compose.ui.draw.drawBehind
import androidx.compose.ui.geometry.Size
import androidx.compose.ui.input.pointer.pointerInput
import androidx.compose.ui.res.stringResource
import androidx.compose.ui.semantics.Role
import androidx.compose.ui.semantics.heading
import androidx.compose.ui.semantics.onLongClick
import androidx.compose.ui.semantics.role
import androidx.compose.ui.semantics.semantics
import androidx.compose.ui.text.style.TextAlign
import androidx.compose.ui.unit.dp
import kotlinx.coroutines.launch
import org.satchel.pos.R
import org.satchel.pos.core.CardMark
import org.satchel.pos.core.Money
import org.satchel.pos.nfc.ReaderState

/** What is torn, as the guard shows it. */
data class Torn(
    val card: CardMark,
    /** What it was about; null if no money was to move. */
    val amount: Money?,
    /** While the card is held. */
    val working: Boolean = false,
    /** A card came that is not the one. */
    val otherCard: Boolean = false,
    val reader: ReaderState = ReaderState.Ready,
)

/**
 * A card was taken away while it was being changed. The whole screen asks for the same card again, and nothing but that
 * card or a long press ends it: going back does not, nor does a tap beside it.
 */
@Composable
fun TornCardGuard(torn: Torn, onGoOnWithout: () -> Unit, onOpenNfcSettings: () -> Unit, modifier: Modifier = Modifier) {
    BackHandler {}
    Surface(modifier.fillMaxSize().pointerInput(Unit) { detectTapGestures {} }, color = MaterialTheme.colorScheme.surface) {
        Column(
            Modifier.safeDrawingPadding().padding(Space.large),
            horizontalAlignment = Alignment.CenterHorizontally,
        ) {
            Column(
                Modifier.weight(1f).verticalScroll(rememberScrollState()),
                verticalArrangement = Arrangement.spacedBy(Space.medium, Alignment.CenterVertically),
                horizontalAlignment = Alignment.CenterHorizontally,
            ) {
                Text(
                    stringResource(R.string.torn_title),
                    Modifier.widthIn(max = 560.dp).semantics { heading() },
                    style = MaterialTheme.typography.headlineMedium,
                    textAlign = TextAlign.Center,
                )
                CardSpot(torn.spot(), detail = stringResource(R.string.torn_card, torn.card.shown))
                ReaderNotice(torn.reader, onOpenNfcSettings)
                Explanation(torn.amount)
            }
            Spacer(Modifier.heightIn(min = Space.medium))
            HoldButton(stringResource(R.string.torn_go_on), stringResource(R.string.torn_go_on_hint), onGoOnWithout)
        }
    }
}

@Composable
private fun Explanation(amount: Money?) {
    val text = amount?.let { stringResource(R.string.torn_text_amount, it.shown) } ?: stringResource(R.string.torn_text)
    Text(text, Modifier.widthIn(max = 560.dp), style = MaterialTheme.typography.bodyLarge, textAlign = TextAlign.Center)
}

@Composable
private fun Torn.spot(): Spot = when {
    working -> Spot.Working
    otherCard -> Spot.Refused(stringResource(R.string.torn_other_card))
    else -> Spot.Undecided(stringResource(R.string.torn_hold_again))
}

/** A button that must be held down for a while, so that it is never pressed by accident. */
@Composable
fun HoldButton(text: String, hint: String, onHeld: () -> Unit, modifier: Modifier = Modifier) {
    val filled = remember { Animatable(0f) }
    val scope = rememberCoroutineScope()
    val held by rememberUpdatedState(onHeld)
    val fill = MaterialTheme.colorScheme.outlineVariant
    Box(
        modifier
            .widthIn(max = 560.dp)
            .fillMaxWidth()
            .clip(MaterialTheme.shapes.medium)
            .background(MaterialTheme.colorScheme.surfaceContainerHighest)
            .drawBehind { drawRect(fill, size = Size(size.width * filled.value, size.height)) }
            .pointerInput(Unit) {
                detectTapGestures(onPress = {
                    val filling = scope.launch {
                        filled.animateTo(1f, tween(HOLD_MS, easing = LinearEasing))
                        held()
                    }
                    tryAwaitRelease()
                    filling.cancel()
                    scope.launch { filled.animateTo(0f) }
                })
            }
            .semantics(mergeDescendants = true) {
                role = Role.Button
                onLongClick(hint) {
                    held()
                    true
                }
            }
            .heightIn(min = 60.dp)
            .padding(horizontal = Space.medium, vertical = Space.small),
        contentAlignment = Alignment.Center,
    ) {
        Column(horizontalAlignment = Alignment.CenterHorizontally) {
            Text(text, style = MaterialTheme.typography.titleMedium, textAlign = TextAlign.Center)
            Text(
                hint,
                style = MaterialTheme.typography.bodySmall,
                color = MaterialTheme.colorScheme.onSurfaceVariant,
                textAlign = TextAlign.Center,
            )
        }
    }
}

private const val HOLD_MS = 1_200
