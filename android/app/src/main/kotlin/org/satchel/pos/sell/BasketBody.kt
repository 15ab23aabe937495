package org.satchel.pos.sell

import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.Row
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.padding
import androidx.compose.foundation.layout.widthIn
import androidx.compose.material3.FilledTonalIconButton
import androidx.compose.material3.HorizontalDivider
import androidx.compose.material3.Icon
import androidx.compose.material3.IconButton
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import androidx.compose.ui.res.painterResource
import androidx.compose.ui.res.stringResource
import androidx.compose.ui.text.style.TextAlign
import androidx.compose.ui.unit.dp
import org.satchel.pos.R
import org.satchel.pos.core.BasketLine
import org.satchel.pos.design.BigButton
import org.satchel.pos.design.EmptyState
import org.satchel.pos.design.LocalFormat
import org.satchel.pos.design.Pair
import org.satchel.pos.design.Space
import org.satchel.pos.design.TABULAR
import org.satchel.pos.design.Weight
import org.satchel.pos.design.shown

/** What is in the basket, line by line, and what it comes to. */
@Composable
internal fun BasketBody(basket: Basket, on: (SellEvent) -> Unit, modifier: Modifier = Modifier) {
    Column(modifier.fillMaxWidth(), Arrangement.spacedBy(Space.small)) {
        if (basket.isEmpty) EmptyState(R.drawable.basket, stringResource(R.string.sell_basket_nothing))
        basket.lines.forEachIndexed { place, line -> LineRow(place, line, on) }
        if (!basket.isEmpty) {
            if (basket.lines.isNotEmpty()) HorizontalDivider()
            Sums(basket)
            BigButton(
                stringResource(R.string.sell_clear), { on(SellEvent.Clear) }, Modifier.padding(top = Space.small),
                icon = R.drawable.delete, weight = Weight.Quiet,
            )
        }
    }
}

@Composable
private fun Sums(basket: Basket) {
    if (basket.entry.amount.isPositive && basket.lines.isNotEmpty()) Pair(stringResource(R.string.sell_typed), basket.entry.amount.shown)
    if (basket.off.isPositive) {
        Pair(stringResource(R.string.sell_subtotal), basket.gross.shown)
        Pair(basket.discount.words(), (-basket.off).shown)
    }
    Pair(stringResource(R.string.sell_total), basket.due.shown, strong = true)
}

@Composable
private fun Discount.words(): String = when (this) {
    is Discount.Percent -> stringResource(R.string.sell_discount_percent, LocalFormat.current.percent(percent))
    is Discount.Amount, Discount.None -> stringResource(R.string.sell_discount)
}

@Composable
private fun LineRow(place: Int, line: BasketLine, on: (SellEvent) -> Unit) {
    Column(Modifier.fillMaxWidth().padding(vertical = Space.hair)) {
        Row(Modifier.fillMaxWidth(), Arrangement.spacedBy(Space.medium)) {
            Text(line.text.ifEmpty { stringResource(R.string.sell_plain) }, Modifier.weight(1f), style = MaterialTheme.typography.titleMedium)
            Text(line.amount.shown, style = MaterialTheme.typography.titleMedium.copy(fontFeatureSettings = TABULAR))
        }
        Row(Modifier.fillMaxWidth(), verticalAlignment = Alignment.CenterVertically) {
            Text(
                line.howMuch(), Modifier.weight(1f),
                style = MaterialTheme.typography.bodyMedium, color = MaterialTheme.colorScheme.onSurfaceVariant,
            )
            if (line.unitPrice != null) Stepper(place, line, on)
            IconButton({ on(SellEvent.Remove(place)) }) {
                Icon(painterResource(R.drawable.delete), stringResource(R.string.sell_remove))
            }
        }
    }
}

/** `0.25` of a measure; `3 × €1.20` of pieces. */
@Composable
private fun BasketLine.howMuch(): String {
    val quantity = LocalFormat.current.quantity(quantityMilli)
    val each = unitPrice ?: return quantity
    return if (pieces == 1L) "" else stringResource(R.string.sell_times, quantity, each.shown)
}

@Composable
private fun Stepper(place: Int, line: BasketLine, on: (SellEvent) -> Unit) {
    Row(horizontalArrangement = Arrangement.spacedBy(Space.hair), verticalAlignment = Alignment.CenterVertically) {
        FilledTonalIconButton({ on(SellEvent.Pieces(place, line.pieces - 1)) }) {
            Icon(painterResource(R.drawable.minus), stringResource(R.string.sell_one_less))
        }
        Text(
            LocalFormat.current.count(line.pieces), Modifier.widthIn(min = 36.dp),
            style = MaterialTheme.typography.titleMedium, textAlign = TextAlign.Center,
        )
        FilledTonalIconButton({ on(SellEvent.Pieces(place, line.pieces + 1)) }) {
            Icon(painterResource(R.drawable.plus), stringResource(R.string.sell_one_more))
        }
    }
}
