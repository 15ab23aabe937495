package org.satchel.pos.block

import androidx.compose.runtime.Composable
import androidx.compose.ui.res.stringResource
import org.satchel.pos.R
import org.satchel.pos.cardwork.Papers
import org.satchel.pos.cardwork.WorkScreen
import org.satchel.pos.cardwork.WorkWords
import org.satchel.pos.design.EmptyState
import org.satchel.pos.design.Halves
import org.satchel.pos.design.HoldButton
import org.satchel.pos.receipts.PaperActions

@Composable
fun BlockScreen(
    state: BlockState,
    on: (BlockEvent) -> Unit,
    onBack: () -> Unit,
    onOpenNfcSettings: () -> Unit,
    actions: PaperActions,
) {
    val words = WorkWords(
        title = stringResource(R.string.place_block),
        hold = stringResource(R.string.block_hold_card),
        amount = null,
        done = { stringResource(R.string.receipts_block) },
    )
    WorkScreen(state.work, words, { on(BlockEvent.Of(it)) }, onBack, onOpenNfcSettings, Papers(state.texts, actions)) { inside ->
        Halves(
            inside,
            about = { EmptyState(R.drawable.block, stringResource(R.string.block_title), text = stringResource(R.string.block_text)) },
            doing = { HoldButton(stringResource(R.string.block_begin), stringResource(R.string.block_begin_hint), { on(BlockEvent.Begin) }) },
        )
    }
}
