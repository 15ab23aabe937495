package org.satchel.pos.sell

import androidx.annotation.DrawableRes
import androidx.compose.foundation.clickable
import androidx.compose.foundation.focusable
import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Box
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.Row
import androidx.compose.foundation.layout.RowScope
import androidx.compose.foundation.layout.fillMaxHeight
import androidx.compose.foundation.layout.fillMaxSize
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.heightIn
import androidx.compose.foundation.layout.padding
import androidx.compose.foundation.layout.size
import androidx.compose.foundation.layout.widthIn
import androidx.compose.foundation.rememberScrollState
import androidx.compose.foundation.verticalScroll
import androidx.compose.material3.Badge
import androidx.compose.material3.BadgedBox
import androidx.compose.material3.FilledTonalIconButton
import androidx.compose.material3.Icon
import androidx.compose.material3.IconButton
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.SegmentedButton
import androidx.compose.material3.SegmentedButtonDefaults
import androidx.compose.material3.SingleChoiceSegmentedButtonRow
import androidx.compose.material3.Surface
import androidx.compose.material3.Text
import androidx.compose.material3.VerticalDivider
import androidx.compose.runtime.Composable
import androidx.compose.runtime.LaunchedEffect
import androidx.compose.runtime.remember
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import androidx.compose.ui.focus.FocusRequester
import androidx.compose.ui.focus.focusRequester
import androidx.compose.ui.input.key.Key
import androidx.compose.ui.input.key.KeyEventType
import androidx.compose.ui.input.key.key
import androidx.compose.ui.input.key.onKeyEvent
import androidx.compose.ui.input.key.onPreviewKeyEvent
import androidx.compose.ui.input.key.type
import androidx.compose.ui.input.key.utf16CodePoint
import androidx.compose.ui.res.painterResource
import androidx.compose.ui.res.pluralStringResource
import androidx.compose.ui.res.stringResource
import androidx.compose.ui.semantics.Role
import androidx.compose.ui.unit.dp
import org.satchel.pos.R
import org.satchel.pos.design.Action
import org.satchel.pos.design.AmountDisplay
import org.satchel.pos.design.AmountPad
import org.satchel.pos.design.BigButton
import org.satchel.pos.design.LocalFormat
import org.satchel.pos.design.Notice
import org.satchel.pos.design.Satchel
import org.satchel.pos.design.ScreenFrame
import org.satchel.pos.design.Space
import org.satchel.pos.design.TornCardGuard
import org.satchel.pos.design.TroubleSheet
import org.satchel.pos.design.WithWidth
import org.satchel.pos.design.shown
import org.satchel.pos.design.words

/**
 * What the customer wants: an amount or items on a phone, with the basket beside them on a POS.
 *
 * @param onScan to the camera; null where there is none
 */
@Composable
fun SellScreen(state: SellState, on: (SellEvent) -> Unit, onOpenNfcSettings: () -> Unit, onScan: (() -> Unit)?) {
    val torn = state.torn
    if (torn != null) {
        TornCardGuard(torn, { on(SellEvent.GoOnWithout) }, onOpenNfcSettings)
    } else {
        ScreenFrame(stringResource(R.string.home_sell), Modifier.scanned(state, on), actions = { Tools(state, on, onScan) }) { inside ->
            WithWidth(Modifier.padding(inside)) { wide -> if (wide) Wide(state, on) else Narrow(state, on) }
        }
        Sheets(state, on)
    }
    state.trouble?.let { TroubleSheet(it, onDismiss = { on(SellEvent.Understood) }) }
}

/** Under the camera's picture: what is in the basket by now, or what is wrong with the last code. */
@Composable
fun ScannedSoFar(state: SellState, on: (SellEvent) -> Unit) {
    Notices(state, on)
    if (state.basket.lines.isNotEmpty()) BasketBar(state.basket, on)
}

@Composable
private fun Narrow(state: SellState, on: (SellEvent) -> Unit) {
    Column(
        Modifier.fillMaxSize().padding(horizontal = Space.medium).padding(bottom = Space.small),
        Arrangement.spacedBy(Space.hair),
    ) {
        Notices(state, on)
        Tabs(state.tab, on)
        Rung(state, on, Modifier.weight(1f))
        if (state.basket.lines.isNotEmpty() || state.basket.discount != Discount.None) BasketBar(state.basket, on)
        ChargeButton(state, on)
    }
}

@Composable
private fun Wide(state: SellState, on: (SellEvent) -> Unit) {
    Row(Modifier.fillMaxSize()) {
        Column(
            Modifier.weight(1f).fillMaxHeight().padding(horizontal = Space.large).padding(bottom = Space.medium),
            Arrangement.spacedBy(Space.medium),
        ) {
            Notices(state, on)
            Tabs(state.tab, on)
            Rung(state, on, Modifier.weight(1f))
        }
        VerticalDivider()
        Column(
            Modifier.weight(BASKET_SHARE).fillMaxHeight().padding(horizontal = Space.large).padding(bottom = Space.medium),
            Arrangement.spacedBy(Space.medium),
        ) {
            BasketBody(state.basket, on, Modifier.weight(1f).verticalScroll(rememberScrollState()))
            ChargeButton(state, on)
        }
    }
}

private const val BASKET_SHARE = 0.72f

@Composable
private fun RowScope.Tools(state: SellState, on: (SellEvent) -> Unit, onScan: (() -> Unit)?) {
    val some = !state.basket.isEmpty
    onScan?.let { Tool(R.drawable.camera, stringResource(R.string.scan_title), true, it) }
    Tool(R.drawable.discount, stringResource(R.string.sell_discount), some) { on(SellEvent.Open(SellSheet.Discounting())) }
    Tool(R.drawable.hold, stringResource(R.string.sell_hold), some) { on(SellEvent.Open(SellSheet.Holding())) }
    IconButton({ on(SellEvent.AskRecall) }, enabled = state.waiting > 0) {
        BadgedBox({ if (state.waiting > 0) Badge { Text(LocalFormat.current.count(state.waiting.toLong())) } }) {
            Icon(painterResource(R.drawable.history), stringResource(R.string.sell_recall))
        }
    }
}

@Composable
private fun Tool(@DrawableRes icon: Int, name: String, enabled: Boolean, onClick: () -> Unit) =
    IconButton(onClick, enabled = enabled) { Icon(painterResource(icon), name) }

@Composable
private fun Notices(state: SellState, on: (SellEvent) -> Unit) {
    if (state.unsettled != null) {
        Notice(
            Satchel.tones.undecided, R.drawable.warning, stringResource(R.string.sell_unsettled),
            text = stringResource(R.string.sell_unsettled_text),
            action = Action(stringResource(R.string.sell_settle)) { on(SellEvent.Settle) },
        )
    }
    if (state.till.shift == null) {
        Notice(
            Satchel.tones.neutral, R.drawable.shift, stringResource(R.string.sell_no_shift),
            action = Action(stringResource(R.string.sell_open_shift)) { on(SellEvent.OpenShift) },
        )
    }
    when (val notice = state.notice) {
        is SellNotice.Unknown -> Dismissible(stringResource(R.string.sell_unknown, notice.scanned), on)
        is SellNotice.Refused -> Dismissible(notice.why.words(), on)
        null -> Unit
    }
}

@Composable
private fun Dismissible(title: String, on: (SellEvent) -> Unit) = Notice(
    Satchel.tones.refused, R.drawable.warning, title,
    action = Action(stringResource(R.string.close)) { on(SellEvent.Understood) },
)

@Composable
private fun Tabs(chosen: Tab, on: (SellEvent) -> Unit) {
    SingleChoiceSegmentedButtonRow(Modifier.fillMaxWidth()) {
        Tab.entries.forEach { tab ->
            SegmentedButton(
                selected = tab == chosen,
                onClick = { on(SellEvent.Show(tab)) },
                shape = SegmentedButtonDefaults.itemShape(tab.ordinal, Tab.entries.size),
                modifier = Modifier.heightIn(min = 48.dp),
                icon = { Icon(painterResource(tab.icon), contentDescription = null, Modifier.size(18.dp)) },
                label = { Text(stringResource(tab.words), maxLines = 1) },
            )
        }
    }
}

private val Tab.icon: Int
    @DrawableRes get() = when (this) {
        Tab.Amount -> R.drawable.keypad
        Tab.Catalogue -> R.drawable.barcode
    }

private val Tab.words: Int
    get() = when (this) {
        Tab.Amount -> R.string.sell_amount
        Tab.Catalogue -> R.string.sell_catalogue
    }

@Composable
private fun Rung(state: SellState, on: (SellEvent) -> Unit, modifier: Modifier) = when (state.tab) {
    Tab.Amount -> AmountKeys(state, on, modifier)
    Tab.Catalogue -> CatalogueList(state, on, modifier)
}

@Composable
private fun AmountKeys(state: SellState, on: (SellEvent) -> Unit, modifier: Modifier) {
    Column(
        modifier.fillMaxWidth().verticalScroll(rememberScrollState()),
        Arrangement.spacedBy(Space.small, Alignment.Bottom),
        Alignment.CenterHorizontally,
    ) {
        Row(Modifier.widthIn(max = 420.dp), Arrangement.spacedBy(Space.small), Alignment.CenterVertically) {
            AmountDisplay(state.basket.entry.amount, Modifier.weight(1f), style = MaterialTheme.typography.displayMedium)
            FilledTonalIconButton({ on(SellEvent.Add) }, Modifier.size(56.dp), enabled = state.basket.entry.amount.isPositive) {
                Icon(painterResource(R.drawable.plus), stringResource(R.string.sell_add))
            }
        }
        AmountPad({ on(SellEvent.Digit(it)) }, { on(SellEvent.Hundred) }, { on(SellEvent.Erase) })
    }
}

/** On a phone: what is in the basket, and the way to it. */
@Composable
private fun BasketBar(basket: Basket, on: (SellEvent) -> Unit) {
    Surface(
        Modifier.fillMaxWidth().clickable(role = Role.Button) { on(SellEvent.Open(SellSheet.TheBasket)) },
        shape = MaterialTheme.shapes.medium,
        color = MaterialTheme.colorScheme.surfaceContainerHigh,
    ) {
        Row(
            Modifier.heightIn(min = 52.dp).padding(horizontal = Space.medium, vertical = Space.small),
            Arrangement.spacedBy(Space.medium),
            Alignment.CenterVertically,
        ) {
            Icon(painterResource(R.drawable.basket), contentDescription = null, Modifier.size(22.dp))
            Text(linesText(basket.lines.size), Modifier.weight(1f), style = MaterialTheme.typography.titleMedium)
            Text(basket.due.shown, style = MaterialTheme.typography.titleMedium)
            Icon(painterResource(R.drawable.forward), contentDescription = null, Modifier.size(20.dp))
        }
    }
}

@Composable
internal fun linesText(lines: Int): String =
    pluralStringResource(R.plurals.sell_lines, lines, LocalFormat.current.count(lines.toLong()))

@Composable
private fun ChargeButton(state: SellState, on: (SellEvent) -> Unit) = Box(Modifier.fillMaxWidth(), Alignment.Center) {
    BigButton(
        stringResource(R.string.sell_charge, state.basket.due.shown),
        { on(SellEvent.Charge) },
        enabled = !state.basket.isEmpty && state.till.shift != null,
    )
}

/** A scanner types like a keyboard, wherever one is: what no field takes is looked up at its Enter. */
@Composable
private fun Modifier.scanned(state: SellState, on: (SellEvent) -> Unit): Modifier {
    val focus = remember { FocusRequester() }
    LaunchedEffect(state.tab) { if (state.sheet == null) focus.requestFocus() }
    return this
        .onPreviewKeyEvent { event ->
            val enter = event.key == Key.Enter || event.key == Key.NumPadEnter
            val ends = enter && state.sheet == null && state.search.isNotBlank()
            if (ends && event.type == KeyEventType.KeyDown) on(SellEvent.Enter)
            ends
        }
        .onKeyEvent { event ->
            val char = event.utf16CodePoint
            val takes = event.type == KeyEventType.KeyDown && state.sheet == null && char >= FIRST_PRINTABLE && char <= Char.MAX_VALUE.code
            if (takes) on(SellEvent.Key(char.toChar()))
            takes
        }
        .focusRequester(focus)
        .focusable()
}

private const val FIRST_PRINTABLE = 0x20
