package org.satchel.pos.signon

import androidx.activity.compose.BackHandler
import androidx.compose.foundation.Image
import androidx.compose.foundation.background
import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Box
import androidx.compose.foundation.layout.BoxWithConstraints
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.Row
import androidx.compose.foundation.layout.fillMaxHeight
import androidx.compose.foundation.layout.fillMaxSize
import androidx.compose.foundation.layout.padding
import androidx.compose.foundation.layout.safeDrawingPadding
import androidx.compose.foundation.layout.size
import androidx.compose.foundation.layout.widthIn
import androidx.compose.foundation.rememberScrollState
import androidx.compose.foundation.verticalScroll
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.Surface
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import androidx.compose.ui.platform.LocalDensity
import androidx.compose.ui.res.painterResource
import androidx.compose.ui.res.stringResource
import androidx.compose.ui.semantics.heading
import androidx.compose.ui.semantics.semantics
import androidx.compose.ui.text.font.FontWeight
import androidx.compose.ui.text.style.TextAlign
import androidx.compose.ui.unit.Dp
import androidx.compose.ui.unit.dp
import org.satchel.pos.R
import org.satchel.pos.core.PinEntry
import org.satchel.pos.design.BigButton
import org.satchel.pos.design.BrandGreen
import org.satchel.pos.design.CardSpot
import org.satchel.pos.design.Notice
import org.satchel.pos.design.PinDots
import org.satchel.pos.design.PinPad
import org.satchel.pos.design.ReaderNotice
import org.satchel.pos.design.Satchel
import org.satchel.pos.design.Space
import org.satchel.pos.design.Spot
import org.satchel.pos.design.TroubleBanner
import org.satchel.pos.design.Weight
import org.satchel.pos.design.WithWidth
import org.satchel.pos.design.words
import org.satchel.pos.nfc.ReaderState

/**
 * PIN, then card: one after the other on a phone, side by side on a POS.
 *
 * @param onCancel null where there is nothing to go back to
 */
@Composable
fun SignOnScreen(
    state: SignOnState,
    on: (SignOnEvent) -> Unit,
    onOpenNfcSettings: () -> Unit,
    onCancel: (() -> Unit)? = null,
) {
    BackHandler(state.step == Step.Card) { on(SignOnEvent.StartOver) }
    Surface(Modifier.fillMaxSize(), color = MaterialTheme.colorScheme.surface) {
        WithWidth { wide ->
            if (wide) {
                Row(Modifier.fillMaxSize()) {
                    Cover(state.purpose, Modifier.weight(0.42f).fillMaxHeight())
                    Box(Modifier.weight(0.58f).fillMaxHeight()) { Body(state, on, onOpenNfcSettings, onCancel, null) }
                }
            } else {
                Body(state, on, onOpenNfcSettings, onCancel, state.purpose)
            }
        }
    }
}

/**
 * What there is to read may scroll; pad and buttons stay at the thumb. @param heading null where a [Cover] says it
 */
@Composable
private fun Body(
    state: SignOnState,
    on: (SignOnEvent) -> Unit,
    onOpenNfcSettings: () -> Unit,
    onCancel: (() -> Unit)?,
    heading: Purpose?,
) = BoxWithConstraints(Modifier.fillMaxSize().safeDrawingPadding(), contentAlignment = Alignment.TopCenter) {
    val padStays = maxHeight >= PadStaysFrom
    Column(
        Modifier.fillMaxHeight().widthIn(max = 480.dp).padding(horizontal = Space.large, vertical = Space.medium),
        verticalArrangement = Arrangement.spacedBy(Space.medium),
        horizontalAlignment = Alignment.CenterHorizontally,
    ) {
        Column(
            Modifier.weight(1f).verticalScroll(rememberScrollState()),
            verticalArrangement = Arrangement.spacedBy(Space.medium, Alignment.CenterVertically),
            horizontalAlignment = Alignment.CenterHorizontally,
        ) {
            if (heading != null && state.step == Step.Pin && state.trouble == null) Heading(heading)
            Notices(state, onOpenNfcSettings)
            if (state.step != Step.Pin) CardSpot(state.spot(), detail = state.spotDetail()) else if (!padStays) PinPart(state, on)
        }
        if (state.step == Step.Pin && padStays) PinPart(state, on)
        Buttons(state, on, onCancel)
    }
}

/** On a screen lower than this, the pad scrolls with the rest. */
private val PadStaysFrom = 560.dp

@Composable
private fun Notices(state: SignOnState, onOpenNfcSettings: () -> Unit) {
    val purpose = state.purpose
    if (purpose is Purpose.SignOn && purpose.locked && state.trouble == null && state.step == Step.Pin) {
        Notice(
            Satchel.tones.neutral, R.drawable.lock, stringResource(R.string.signon_locked),
            text = stringResource(R.string.signon_locked_text),
        )
    }
    state.trouble?.let { TroubleBanner(it) }
    ReaderNotice(state.reader, onOpenNfcSettings)
}

@Composable
private fun PinPart(state: SignOnState, on: (SignOnEvent) -> Unit) {
    PinDots(state.digits, PinEntry.LEAST)
    PinPad(onDigit = { on(SignOnEvent.Digit(it)) }, onErase = { on(SignOnEvent.Erase) })
}

@Composable
private fun Buttons(state: SignOnState, on: (SignOnEvent) -> Unit, onCancel: (() -> Unit)?) {
    when (state.step) {
        Step.Pin -> Row(horizontalArrangement = Arrangement.spacedBy(Space.small)) {
            if (onCancel != null) BigButton(stringResource(R.string.cancel), onCancel, Modifier.weight(1f), weight = Weight.Quiet)
            BigButton(stringResource(R.string.signon_go_on), { on(SignOnEvent.GoOn) }, Modifier.weight(1f), enabled = state.canGoOn)
        }
        Step.Card -> BigButton(stringResource(R.string.cancel), { on(SignOnEvent.StartOver) }, weight = Weight.Quiet)
        Step.Working, Step.Done -> Unit
    }
}

@Composable
private fun SignOnState.spot(): Spot = when (step) {
    Step.Pin, Step.Card -> Spot.Waiting(stringResource(R.string.signon_hold))
    Step.Working -> Spot.Working
    Step.Done -> Spot.Done(stringResource(R.string.signon_welcome))
}

@Composable
private fun SignOnState.spotDetail(): String? =
    if (step == Step.Card && trouble == null && reader == ReaderState.Ready) stringResource(R.string.signon_hold_detail) else null

@Composable
private fun Heading(purpose: Purpose) = Column(
    horizontalAlignment = Alignment.CenterHorizontally,
    verticalArrangement = Arrangement.spacedBy(Space.small),
) {
    if (LocalDensity.current.fontScale < NO_MARK_FROM) Box(Modifier.background(BrandGreen, MaterialTheme.shapes.large)) { Mark(MARK_SMALL) }
    Text(
        purpose.title(),
        Modifier.padding(top = Space.small).semantics { heading() },
        style = MaterialTheme.typography.headlineMedium,
        textAlign = TextAlign.Center,
    )
    Text(
        purpose.text(),
        style = MaterialTheme.typography.bodyLarge,
        color = MaterialTheme.colorScheme.onSurfaceVariant,
        textAlign = TextAlign.Center,
    )
}

/** The half of a lying POS that says what it is about. */
@Composable
private fun Cover(purpose: Purpose, modifier: Modifier) {
    val colors = MaterialTheme.colorScheme
    Column(
        modifier.background(colors.primaryContainer).safeDrawingPadding().padding(Space.huge),
        verticalArrangement = Arrangement.spacedBy(Space.medium, Alignment.CenterVertically),
    ) {
        Box(Modifier.background(BrandGreen, MaterialTheme.shapes.extraLarge)) { Mark(MARK_LARGE) }
        Text(
            purpose.title(),
            Modifier.padding(top = Space.medium).semantics { heading() },
            style = MaterialTheme.typography.displaySmall,
            color = colors.onPrimaryContainer,
        )
        Text(purpose.text(), style = MaterialTheme.typography.titleLarge.copy(fontWeight = FontWeight.Normal), color = colors.onPrimaryContainer)
    }
}

@Composable
private fun Mark(size: Dp) = Image(painterResource(R.drawable.icon_foreground), contentDescription = null, Modifier.size(size))

/** Text this large needs the room. */
private const val NO_MARK_FROM = 1.5f
private val MARK_SMALL = 72.dp
private val MARK_LARGE = 112.dp

@Composable
private fun Purpose.title(): String = when (this) {
    is Purpose.SignOn -> stringResource(R.string.signon_title)
    Purpose.HandOver -> stringResource(R.string.signon_hand_over)
    is Purpose.Approve -> stringResource(R.string.signon_approve)
}

@Composable
private fun Purpose.text(): String = when (this) {
    is Purpose.SignOn -> stringResource(R.string.signon_text)
    Purpose.HandOver -> stringResource(R.string.signon_hand_over_text)
    is Purpose.Approve -> stringResource(R.string.signon_approve_text, authority.words())
}
