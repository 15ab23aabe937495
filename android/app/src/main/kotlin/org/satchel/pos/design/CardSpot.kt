package org.satchel.pos.design

import androidx.annotation.DrawableRes
import androidx.compose.animation.core.InfiniteRepeatableSpec
import androidx.compose.animation.core.LinearEasing
import androidx.compose.animation.core.animateFloat
import androidx.compose.animation.core.rememberInfiniteTransition
import androidx.compose.animation.core.tween
import androidx.compose.foundation.Canvas
import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Box
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.fillMaxSize
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.padding
import androidx.compose.foundation.layout.size
import androidx.compose.foundation.layout.widthIn
import androidx.compose.material3.CircularProgressIndicator
import androidx.compose.material3.Icon
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.runtime.getValue
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import androidx.compose.ui.geometry.CornerRadius
import androidx.compose.ui.geometry.Offset
import androidx.compose.ui.geometry.Size
import androidx.compose.ui.graphics.Color
import androidx.compose.ui.graphics.StrokeCap
import androidx.compose.ui.graphics.drawscope.DrawScope
import androidx.compose.ui.graphics.drawscope.Stroke
import androidx.compose.ui.graphics.drawscope.rotate
import androidx.compose.ui.platform.LocalDensity
import androidx.compose.ui.res.painterResource
import androidx.compose.ui.res.stringResource
import androidx.compose.ui.semantics.LiveRegionMode
import androidx.compose.ui.semantics.liveRegion
import androidx.compose.ui.semantics.semantics
import androidx.compose.ui.text.style.TextAlign
import androidx.compose.ui.unit.dp
import org.satchel.pos.R

/** How a tap stands. */
sealed interface Spot {
    /** Nothing is held; [prompt] says what to hold. */
    data class Waiting(val prompt: String) : Spot

    /** The card is there: "keep it still". */
    data object Working : Spot
    data class Done(val text: String) : Spot

    /** Nobody knows yet. */
    data class Undecided(val text: String) : Spot
    data class Refused(val text: String) : Spot
}

/** The place where a card is held, and what becomes of it: shape, icon, words and colour say the same. */
@Composable
fun CardSpot(spot: Spot, modifier: Modifier = Modifier, detail: String? = null) {
    Column(
        modifier.fillMaxWidth().semantics(mergeDescendants = true) { liveRegion = LiveRegionMode.Assertive },
        horizontalAlignment = Alignment.CenterHorizontally,
        verticalArrangement = Arrangement.spacedBy(Space.medium),
    ) {
        Box(Modifier.size(pictureSize()), contentAlignment = Alignment.Center) {
            when (spot) {
                is Spot.Waiting -> WaitingPicture()
                is Spot.Working -> WorkingPicture()
                is Spot.Done -> Verdict(Satchel.tones.done, R.drawable.check)
                is Spot.Undecided -> Verdict(Satchel.tones.undecided, R.drawable.warning)
                is Spot.Refused -> Verdict(Satchel.tones.refused, R.drawable.block)
            }
        }
        Text(
            spot.words(),
            Modifier.widthIn(max = 420.dp).padding(horizontal = Space.medium),
            style = MaterialTheme.typography.headlineSmall,
            color = spot.color(),
            textAlign = TextAlign.Center,
        )
        if (detail != null) {
            Text(
                detail,
                Modifier.widthIn(max = 420.dp).padding(horizontal = Space.medium),
                style = MaterialTheme.typography.bodyLarge,
                color = MaterialTheme.colorScheme.onSurfaceVariant,
                textAlign = TextAlign.Center,
            )
        }
    }
}

/** Large text is worth more than a large picture. */
@Composable
private fun pictureSize() = if (LocalDensity.current.fontScale < 1.5f) 200.dp else 136.dp

@Composable
private fun Spot.words(): String = when (this) {
    is Spot.Waiting -> prompt
    Spot.Working -> stringResource(R.string.spot_working)
    is Spot.Done -> text
    is Spot.Undecided -> text
    is Spot.Refused -> text
}

@Composable
private fun Spot.color(): Color = when (this) {
    is Spot.Waiting, Spot.Working -> MaterialTheme.colorScheme.onSurface
    is Spot.Done -> Satchel.tones.done.color
    is Spot.Undecided -> Satchel.tones.undecided.color
    is Spot.Refused -> Satchel.tones.refused.color
}

@Composable
private fun WaitingPicture() {
    val pulse = rememberInfiniteTransition(label = "waiting")
    val phase by pulse.animateFloat(0f, 1f, InfiniteRepeatableSpec(tween(WAVE_MS, easing = LinearEasing)), label = "wave")
    val field = MaterialTheme.colorScheme.primaryContainer
    val card = MaterialTheme.colorScheme.primary
    val chip = MaterialTheme.colorScheme.onPrimary
    Canvas(Modifier.fillMaxSize()) {
        drawCircle(field.copy(alpha = 0.45f))
        drawCircle(field, radius = size.minDimension * 0.37f)
        waves(card, phase)
        card(card, chip)
    }
}

private const val WAVE_MS = 1_800

/** Three arcs above the card; one after the other lights up. */
private fun DrawScope.waves(color: Color, phase: Float) = repeat(3) { ring ->
    val lit = ((phase * 3).toInt() % 3) == ring
    val radius = size.minDimension * (0.12f + 0.07f * ring)
    val middle = Offset(size.width / 2, size.height * 0.44f)
    drawArc(
        color = color.copy(alpha = if (lit) 1f else 0.4f),
        startAngle = -135f,
        sweepAngle = 90f,
        useCenter = false,
        topLeft = middle - Offset(radius, radius),
        size = Size(radius * 2, radius * 2),
        style = Stroke(width = size.minDimension * 0.026f, cap = StrokeCap.Round),
    )
}

/** A card, a little tilted, below the waves. */
private fun DrawScope.card(color: Color, chip: Color) = rotate(-8f, Offset(size.width / 2, size.height * 0.6f)) {
    val body = Size(size.width * 0.46f, size.height * 0.29f)
    val corner = Offset((size.width - body.width) / 2, size.height * 0.47f)
    drawRoundRect(color, corner, body, CornerRadius(size.width * 0.04f))
    drawRoundRect(
        chip.copy(alpha = 0.9f),
        corner + Offset(body.width * 0.13f, body.height * 0.26f),
        Size(body.width * 0.2f, body.height * 0.26f),
        CornerRadius(size.width * 0.012f),
    )
    drawLine(
        chip.copy(alpha = 0.65f),
        corner + Offset(body.width * 0.14f, body.height * 0.76f),
        corner + Offset(body.width * 0.6f, body.height * 0.76f),
        strokeWidth = size.minDimension * 0.018f,
        cap = StrokeCap.Round,
    )
}

@Composable
private fun WorkingPicture() {
    val field = MaterialTheme.colorScheme.primaryContainer
    val card = MaterialTheme.colorScheme.primary
    val chip = MaterialTheme.colorScheme.onPrimary
    Canvas(Modifier.fillMaxSize()) {
        drawCircle(field, radius = size.minDimension * 0.42f)
        card(card, chip)
    }
    CircularProgressIndicator(Modifier.fillMaxSize(0.94f), strokeWidth = 8.dp, trackColor = field)
}

@Composable
private fun Verdict(tone: Tone, @DrawableRes icon: Int) {
    Canvas(Modifier.fillMaxSize()) {
        drawCircle(tone.container, radius = size.minDimension * 0.46f)
        drawCircle(tone.color, radius = size.minDimension * 0.32f)
    }
    Icon(painterResource(icon), contentDescription = null, Modifier.fillMaxSize(0.4f), tint = tone.on)
}
