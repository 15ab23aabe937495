package org.satchel.pos.refund

import androidx.activity.compose.BackHandler
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.PaddingValues
import androidx.compose.foundation.layout.fillMaxSize
import androidx.compose.foundation.layout.padding
import androidx.compose.foundation.lazy.LazyColumn
import androidx.compose.foundation.lazy.items
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.ui.Modifier
import androidx.compose.ui.res.stringResource
import org.satchel.pos.R
import org.satchel.pos.cardwork.Papers
import org.satchel.pos.cardwork.WorkScreen
import org.satchel.pos.cardwork.WorkStep
import org.satchel.pos.cardwork.WorkWords
import org.satchel.pos.core.JournalLine
import org.satchel.pos.core.Receipt
import org.satchel.pos.core.leftToRight
import org.satchel.pos.design.AmountDisplay
import org.satchel.pos.design.AmountPad
import org.satchel.pos.design.BigButton
import org.satchel.pos.design.EmptyState
import org.satchel.pos.design.Facts
import org.satchel.pos.design.Halves
import org.satchel.pos.design.ListRow
import org.satchel.pos.design.LocalFormat
import org.satchel.pos.design.NumberField
import org.satchel.pos.design.Pair
import org.satchel.pos.design.Readable
import org.satchel.pos.design.Space
import org.satchel.pos.design.TroubleBanner
import org.satchel.pos.design.Weight
import org.satchel.pos.design.shown
import org.satchel.pos.receipts.PaperActions

@Composable
fun RefundScreen(
    state: RefundState,
    on: (RefundEvent) -> Unit,
    onBack: () -> Unit,
    onOpenNfcSettings: () -> Unit,
    actions: PaperActions,
) {
    val words = WorkWords(
        title = stringResource(R.string.place_refund),
        hold = stringResource(R.string.refund_hold),
        amount = state.entry.amount,
        done = { stringResource(R.string.refund_done, it.amount.shown) },
    )
    val sale = state.sale
    val back = if (sale == null) onBack else ({ on(RefundEvent.Back) })
    BackHandler(sale != null && state.work.step == WorkStep.NotBegun) { back() }
    WorkScreen(state.work, words, { on(RefundEvent.Of(it)) }, back, onOpenNfcSettings, Papers(state.texts, actions)) { inside ->
        if (sale == null) Choosing(state, on, inside) else Typing(sale, state, on, inside)
    }
}

@Composable
private fun Choosing(state: RefundState, on: (RefundEvent) -> Unit, inside: PaddingValues) = Readable(Modifier.padding(inside)) {
    Column(Modifier.fillMaxSize().padding(horizontal = Space.medium)) {
        NumberField(state.number, { on(RefundEvent.Number(it)) }, stringResource(R.string.refund_number), Modifier.padding(bottom = Space.small))
        state.trouble?.let { TroubleBanner(it) }
        if (state.sales.isEmpty() && !state.reading && state.trouble == null) {
            EmptyState(R.drawable.refund, stringResource(R.string.refund_none), text = stringResource(R.string.refund_none_text))
        }
        LazyColumn(Modifier.weight(1f)) {
            items(state.sales, key = { it.sequence }) { line -> Line(line) { on(RefundEvent.Choose(line)) } }
        }
    }
}

@Composable
private fun Line(line: JournalLine, choose: () -> Unit) = ListRow(
    stringResource(if (line.card == null) R.string.receipts_cash_sale else R.string.receipts_sale),
    text = listOfNotNull(
        leftToRight(line.sequence.toString()), LocalFormat.current.dateAndTime(line.at), line.card?.shown, line.person?.name,
    ).joinToString(" · "),
    icon = R.drawable.receipt,
    onClick = choose,
    trailing = { line.amount?.let { Text(it.shown, style = MaterialTheme.typography.titleMedium) } },
)

@Composable
private fun Typing(sale: Receipt, state: RefundState, on: (RefundEvent) -> Unit, inside: PaddingValues) = Halves(
    inside,
    about = {
        AmountDisplay(state.entry.amount, label = stringResource(R.string.refund_amount))
        Facts {
            Pair(stringResource(R.string.refund_of), leftToRight(sale.id.toString()))
            Pair(stringResource(R.string.refund_at), LocalFormat.current.dateAndTime(sale.at))
            Pair(stringResource(R.string.refund_paid), sale.amount.shown, strong = true)
            state.trouble?.let { TroubleBanner(it) }
        }
    },
    doing = {
        BigButton(stringResource(R.string.refund_all, sale.amount.shown), { on(RefundEvent.All) }, weight = Weight.Quiet)
        AmountPad({ on(RefundEvent.Digit(it)) }, { on(RefundEvent.Hundred) }, { on(RefundEvent.Erase) })
        if (state.toCard) {
            BigButton(stringResource(R.string.refund_to_card), { on(RefundEvent.OntoCard) }, icon = R.drawable.contactless, enabled = state.canGive)
        }
        BigButton(
            stringResource(R.string.refund_in_cash), { on(RefundEvent.InCash) }, icon = R.drawable.cash, enabled = state.canGive,
            weight = if (state.toCard) Weight.Quiet else Weight.Main,
        )
    },
)
