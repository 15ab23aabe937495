package org.satchel.pos.receipts

import androidx.compose.foundation.layout.padding
import androidx.compose.runtime.Composable
import androidx.compose.ui.Modifier
import androidx.compose.ui.res.stringResource
import org.satchel.pos.R
import org.satchel.pos.design.ScreenFrame
import org.satchel.pos.design.Space
import org.satchel.pos.design.TroubleBanner

@Composable
fun ReceiptScreen(state: ReceiptState, onBack: () -> Unit, actions: PaperActions) = when (state) {
    is ReceiptState.Shown -> PaperScreen(
        stringResource(state.receipt.kind.word.text), rememberDocumentWriter(state.texts).receipt(state.receipt), onBack, actions,
    )
    is ReceiptState.Refused -> ScreenFrame(stringResource(R.string.receipts_title), onBack = onBack) { inside ->
        TroubleBanner(state.trouble, Modifier.padding(inside).padding(Space.medium))
    }
    ReceiptState.Reading -> ScreenFrame(stringResource(R.string.receipts_title), onBack = onBack) {}
}
