package org.satchel.pos.receipts

import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.launch
import org.satchel.pos.core.Answer
import org.satchel.pos.core.Receipt
import org.satchel.pos.core.ReceiptText
import org.satchel.pos.core.Till
import org.satchel.pos.core.Trouble
import org.satchel.pos.presenter.Presenter

sealed interface ReceiptState {
    data object Reading : ReceiptState
    data class Shown(val receipt: Receipt, val texts: List<ReceiptText>) : ReceiptState
    data class Refused(val trouble: Trouble) : ReceiptState
}

/** A reprint of one movement, which needs no more than to be looked at. */
class ReceiptPresenter(till: Till, sequence: Long, scope: CoroutineScope) : Presenter<ReceiptState, Nothing> {
    private val shown = MutableStateFlow<ReceiptState>(ReceiptState.Reading)
    override val state: StateFlow<ReceiptState> = shown

    init {
        scope.launch {
            shown.value = when (val answer = till.receipt(sequence)) {
                is Answer.Yes -> ReceiptState.Shown(answer.value, till.status.value.receiptTexts)
                is Answer.No -> ReceiptState.Refused(answer.trouble)
            }
        }
    }

    override fun on(event: Nothing) = Unit
}
