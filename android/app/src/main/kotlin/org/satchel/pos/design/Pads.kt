package org.satchel.pos.design

import androidx.compose.foundation.background
import androidx.compose.foundation.clickable
import androidx.compose.foundation.interaction.MutableInteractionSource
import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Box
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.Row
import androidx.compose.foundation.layout.RowScope
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.height
import androidx.compose.foundation.layout.size
import androidx.compose.foundation.layout.widthIn
import androidx.compose.foundation.shape.CircleShape
import androidx.compose.material3.Icon
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.Text
import androidx.compose.material3.ripple
import androidx.compose.runtime.Composable
import androidx.compose.runtime.CompositionLocalProvider
import androidx.compose.runtime.remember
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import androidx.compose.ui.draw.clip
import androidx.compose.ui.graphics.Color
import androidx.compose.ui.platform.LocalLayoutDirection
import androidx.compose.ui.platform.LocalDensity
import androidx.compose.ui.platform.testTag
import androidx.compose.ui.res.painterResource
import androidx.compose.ui.res.pluralStringResource
import androidx.compose.ui.res.stringResource
import androidx.compose.ui.semantics.Role
import androidx.compose.ui.semantics.clearAndSetSemantics
import androidx.compose.ui.semantics.contentDescription
import androidx.compose.ui.semantics.isSensitiveData
import androidx.compose.ui.semantics.onClick
import androidx.compose.ui.semantics.role
import androidx.compose.ui.semantics.semantics
import androidx.compose.ui.unit.Density
import androidx.compose.ui.unit.LayoutDirection
import androidx.compose.ui.unit.dp
import org.satchel.pos.R

/** The keys of an amount; digits come in from the right. */
@Composable
fun AmountPad(onDigit: (Int) -> Unit, onHundred: () -> Unit, onErase: () -> Unit, modifier: Modifier = Modifier) {
    Pad(modifier) { digit ->
        when (digit) {
            Slot.Start -> PadKey(Key.Text(twoNoughts()), Modifier.testTag("key-00"), onHundred)
            Slot.End -> EraseKey(onErase)
            is Slot.Digit -> PadKey(Key.Text(shown(digit.value)), Modifier.testTag("key-${digit.value}")) { onDigit(digit.value) }
        }
    }
}

/**
 * The keys of a PIN. What an accessibility service learns of a key is that it is one: neither its digit nor which was
 * pressed is in any event, and services that are no assistance get nothing at all.
 */
@Composable
fun PinPad(onDigit: (Int) -> Unit, onErase: () -> Unit, modifier: Modifier = Modifier) {
    Pad(modifier.semantics { isSensitiveData = true }) { slot ->
        when (slot) {
            Slot.Start -> Box(Modifier.weight(1f))
            Slot.End -> EraseKey(onErase)
            is Slot.Digit -> {
                val press = { onDigit(slot.value) }
                PadKey(Key.Text(shown(slot.value)), Modifier.testTag("key-${slot.value}").secret(press), press)
            }
        }
    }
}

/** How much of a PIN is typed: a dot a digit, and never a digit. */
@Composable
fun PinDots(length: Int, least: Int, modifier: Modifier = Modifier) {
    val typed = pluralStringResource(R.plurals.pin_typed, length, length)
    Row(
        modifier.height(28.dp).clearAndSetSemantics { contentDescription = typed },
        horizontalArrangement = Arrangement.spacedBy(12.dp),
        verticalAlignment = Alignment.CenterVertically,
    ) {
        repeat(maxOf(length, least)) { place ->
            val color = if (place < length) MaterialTheme.colorScheme.primary else MaterialTheme.colorScheme.outlineVariant
            Box(Modifier.size(if (place < length) 16.dp else 12.dp).background(color, CircleShape))
        }
    }
}

/** A place on the pad. */
private sealed interface Slot {
    data class Digit(val value: Int) : Slot
    data object Start : Slot
    data object End : Slot
}

private val ROWS: List<List<Slot>> =
    listOf(1, 4, 7).map { first -> List(3) { Slot.Digit(first + it) } } + listOf(listOf(Slot.Start, Slot.Digit(0), Slot.End))

/** Number pads run from the left in every language; and their digits need not grow with the text, so as to stay in place. */
@Composable
private fun Pad(modifier: Modifier, key: @Composable RowScope.(Slot) -> Unit) {
    val density = LocalDensity.current
    CompositionLocalProvider(
        LocalLayoutDirection provides LayoutDirection.Ltr,
        LocalDensity provides Density(density.density, density.fontScale.coerceAtMost(LARGEST_SCALE)),
    ) {
        Column(modifier.widthIn(max = 420.dp), verticalArrangement = Arrangement.spacedBy(Space.small)) {
            ROWS.forEach { row ->
                Row(Modifier.fillMaxWidth(), horizontalArrangement = Arrangement.spacedBy(Space.small)) {
                    row.forEach { key(it) }
                }
            }
        }
    }
}

private const val LARGEST_SCALE = 1.5f

private sealed interface Key {
    data class Text(val text: String) : Key
    data object Erase : Key
}

@Composable
private fun RowScope.EraseKey(onErase: () -> Unit) = PadKey(Key.Erase, Modifier.testTag("key-erase"), onErase)

@Composable
private fun RowScope.PadKey(key: Key, modifier: Modifier, onPress: () -> Unit) {
    val plain = key is Key.Erase
    val color = if (plain) Color.Transparent else MaterialTheme.colorScheme.surfaceContainerHigh
    Box(
        Modifier
            .weight(1f)
            .height(TouchKey)
            .clip(MaterialTheme.shapes.medium)
            .background(color)
            .clickable(remember { MutableInteractionSource() }, ripple(), role = Role.Button, onClick = onPress)
            .then(modifier),
        contentAlignment = Alignment.Center,
    ) {
        when (key) {
            is Key.Text -> Text(key.text, style = MaterialTheme.typography.headlineSmall)
            Key.Erase -> Icon(painterResource(R.drawable.erase), stringResource(R.string.erase))
        }
    }
}

/** Says of a key that it is one, and no more. */
@Composable
private fun Modifier.secret(press: () -> Unit): Modifier {
    val name = stringResource(R.string.pin_key)
    return clearAndSetSemantics {
        contentDescription = name
        role = Role.Button
        onClick {
            press()
            true
        }
    }
}

@Composable
private fun shown(digit: Int) = LocalFormat.current.count(digit.toLong())

@Composable
private fun twoNoughts() = shown(0).repeat(2)
