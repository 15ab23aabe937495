package org.satchel.pos.app

import androidx.compose.runtime.getValue
import androidx.lifecycle.compose.collectAsStateWithLifecycle
import org.satchel.pos.receipts.ReceiptPresenter
import org.satchel.pos.receipts.ReceiptScreen

/** Of the movement whose sequence was passed along. */
val receiptFeature = Feature(Destination.Receipt) { visit ->
    val presenter = held { scope, _ ->
        ReceiptPresenter(visit.workplace.till, visit.argument?.toLongOrNull() ?: NONE, scope)
    }
    val state by presenter.state.collectAsStateWithLifecycle()
    ReceiptScreen(state, visit::goBack, paperActions(visit.graph))
}

/** No entry has it. */
private const val NONE = 0L
