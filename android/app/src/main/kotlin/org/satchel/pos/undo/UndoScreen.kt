package org.satchel.pos.undo

import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.PaddingValues
import androidx.compose.foundation.layout.padding
import androidx.compose.foundation.rememberScrollState
import androidx.compose.foundation.verticalScroll
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.ui.Modifier
import androidx.compose.ui.res.stringResource
import org.satchel.pos.R
import org.satchel.pos.cardwork.Papers
import org.satchel.pos.cardwork.WorkScreen
import org.satchel.pos.cardwork.WorkWords
import org.satchel.pos.core.JournalLine
import org.satchel.pos.core.LineKind
import org.satchel.pos.core.ReceiptKind
import org.satchel.pos.design.EmptyState
import org.satchel.pos.design.ListRow
import org.satchel.pos.design.LocalFormat
import org.satchel.pos.design.Readable
import org.satchel.pos.design.Space
import org.satchel.pos.design.TroubleBanner
import org.satchel.pos.design.shown
import org.satchel.pos.receipts.PaperActions
import org.satchel.pos.receipts.word

@Composable
fun UndoScreen(
    state: UndoState,
    on: (UndoEvent) -> Unit,
    onBack: () -> Unit,
    onOpenNfcSettings: () -> Unit,
    actions: PaperActions,
) {
    val words = WorkWords(
        title = stringResource(R.string.place_undo),
        hold = stringResource(R.string.undo_hold),
        amount = state.chosen?.amount,
        done = { stringResource(R.string.undo_done, it.amount.shown) },
    )
    WorkScreen(state.work, words, { on(UndoEvent.Of(it)) }, onBack, onOpenNfcSettings, Papers(state.texts, actions)) { inside ->
        Choosing(state, on, inside)
    }
}

@Composable
private fun Choosing(state: UndoState, on: (UndoEvent) -> Unit, inside: PaddingValues) = Readable(Modifier.padding(inside)) {
    Column(Modifier.verticalScroll(rememberScrollState()).padding(Space.medium), Arrangement.spacedBy(Space.small)) {
        state.trouble?.let { TroubleBanner(it) }
        if (state.lines.isEmpty()) {
            if (!state.reading && state.trouble == null) {
                EmptyState(R.drawable.undo, stringResource(R.string.undo_none), text = stringResource(R.string.undo_none_text))
            }
        } else {
            Text(stringResource(R.string.undo_text), style = MaterialTheme.typography.bodyLarge)
            state.lines.forEach { line -> Line(line) { on(UndoEvent.Choose(line)) } }
        }
    }
}

@Composable
private fun Line(line: JournalLine, choose: () -> Unit) = ListRow(
    stringResource(((line.kind as? LineKind.Movement)?.kind ?: ReceiptKind.SALE).word.text),
    text = listOfNotNull(LocalFormat.current.dateAndTime(line.at), line.card?.shown, line.person?.name).joinToString(" · "),
    icon = R.drawable.undo,
    onClick = choose,
    trailing = { line.amount?.let { Text(it.shown, style = MaterialTheme.typography.titleLarge) } },
)
