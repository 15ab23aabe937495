package org.satchel.pos.sell

import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Box
import androidx.compose.foundation.layout.FlowRow
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.heightIn
import androidx.compose.foundation.text.KeyboardActions
import androidx.compose.foundation.text.KeyboardOptions
import androidx.compose.material3.FilterChip
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import androidx.compose.ui.res.stringResource
import androidx.compose.ui.text.input.ImeAction
import androidx.compose.ui.text.style.TextAlign
import org.satchel.pos.R
import org.satchel.pos.core.HeldBasket
import org.satchel.pos.core.sum
import org.satchel.pos.design.AmountDisplay
import org.satchel.pos.design.AmountPad
import org.satchel.pos.design.BigButton
import org.satchel.pos.design.FittingText
import org.satchel.pos.design.ListRow
import org.satchel.pos.design.LocalFormat
import org.satchel.pos.design.Notice
import org.satchel.pos.design.Satchel
import org.satchel.pos.design.Sheet
import org.satchel.pos.design.Space
import org.satchel.pos.design.TextLine
import org.satchel.pos.design.TouchLeast
import org.satchel.pos.design.Weight
import org.satchel.pos.design.shown

@Composable
internal fun Sheets(state: SellState, on: (SellEvent) -> Unit) {
    val close = { on(SellEvent.CloseSheet) }
    when (val sheet = state.sheet) {
        SellSheet.TheBasket -> Sheet(stringResource(R.string.sell_basket), close) { BasketBody(state.basket, on) }
        is SellSheet.Discounting -> Sheet(stringResource(R.string.sell_discount), close) { Discounting(sheet, state, on) }
        is SellSheet.Measuring -> Sheet(sheet.item.name, close) { Measuring(sheet, on) }
        is SellSheet.Holding -> Sheet(stringResource(R.string.sell_hold), close) { Holding(sheet, on) }
        is SellSheet.Recalling -> Sheet(stringResource(R.string.sell_recall), close) { Recalling(sheet, state.basket.isEmpty, on) }
        null -> Unit
    }
}

@Composable
private fun Discounting(sheet: SellSheet.Discounting, state: SellState, on: (SellEvent) -> Unit) {
    val format = LocalFormat.current
    Text(
        stringResource(R.string.sell_discount_text, format.percent(state.till.operator?.discountPercent ?: 0)),
        style = MaterialTheme.typography.bodyLarge,
        color = MaterialTheme.colorScheme.onSurfaceVariant,
    )
    FlowRow(horizontalArrangement = Arrangement.spacedBy(Space.small), verticalArrangement = Arrangement.spacedBy(Space.hair)) {
        PERCENTS.forEach { percent ->
            FilterChip(
                selected = state.basket.discount == Discount.Percent(percent),
                onClick = { on(SellEvent.TakeOff(Discount.Percent(percent))) },
                label = { Text(format.percent(percent), style = MaterialTheme.typography.titleMedium) },
                modifier = Modifier.heightIn(min = TouchLeast),
            )
        }
    }
    AmountDisplay(sheet.entry.amount, label = stringResource(R.string.sell_discount_amount), style = MaterialTheme.typography.displaySmall)
    Keys(on)
    BigButton(stringResource(R.string.sell_discount_give), { on(SellEvent.Confirm) }, enabled = sheet.entry.amount.isPositive)
    if (state.basket.discount != Discount.None) {
        BigButton(stringResource(R.string.sell_discount_none), { on(SellEvent.TakeOff(Discount.None)) }, weight = Weight.Quiet)
    }
}

private val PERCENTS = listOf(5, 10, 15, 20, 25, 50)

@Composable
private fun Measuring(sheet: SellSheet.Measuring, on: (SellEvent) -> Unit) {
    val milli = sheet.entry.amount.minor
    Text(
        stringResource(R.string.sell_measure, sheet.item.price.shown),
        style = MaterialTheme.typography.bodyLarge,
        color = MaterialTheme.colorScheme.onSurfaceVariant,
    )
    FittingText(
        LocalFormat.current.quantity(milli),
        MaterialTheme.typography.displaySmall.copy(color = MaterialTheme.colorScheme.onSurface, textAlign = TextAlign.Center),
    )
    Keys(on)
    BigButton(stringResource(R.string.sell_measure_add, sheet.item.amountOf(milli).shown), { on(SellEvent.Confirm) }, enabled = milli > 0)
}

@Composable
private fun Keys(on: (SellEvent) -> Unit) = Box(Modifier.fillMaxWidth(), Alignment.Center) {
    AmountPad({ on(SellEvent.Digit(it)) }, { on(SellEvent.Hundred) }, { on(SellEvent.Erase) })
}

@Composable
private fun Holding(sheet: SellSheet.Holding, on: (SellEvent) -> Unit) {
    Text(stringResource(R.string.sell_hold_text), style = MaterialTheme.typography.bodyLarge)
    TextLine(
        sheet.title,
        { on(SellEvent.Title(it.take(TITLE_MOST))) },
        stringResource(R.string.sell_hold_name),
        keyboard = KeyboardOptions(imeAction = ImeAction.Done),
        actions = KeyboardActions(onDone = { on(SellEvent.Confirm) }),
    )
    BigButton(stringResource(R.string.sell_hold_confirm), { on(SellEvent.Confirm) })
}

private const val TITLE_MOST = 60

@Composable
private fun Recalling(sheet: SellSheet.Recalling, free: Boolean, on: (SellEvent) -> Unit) {
    if (!free) Notice(Satchel.tones.neutral, R.drawable.basket, stringResource(R.string.sell_recall_first))
    sheet.baskets.forEach { held ->
        ListRow(
            held.title.ifEmpty { stringResource(R.string.sell_recall_unnamed) },
            text = held.text(),
            icon = R.drawable.basket,
            onClick = if (free) ({ on(SellEvent.Recall(held.id)) }) else null,
        )
    }
}

@Composable
private fun HeldBasket.text(): String {
    val due = lines.map { it.amount }.sum() - discount
    return stringResource(R.string.sell_recall_row, LocalFormat.current.time(at), linesText(lines.size), due.shown)
}
