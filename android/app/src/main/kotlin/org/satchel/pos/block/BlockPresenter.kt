package org.satchel.pos.block

import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.flow.update
import kotlinx.coroutines.launch
import org.satchel.pos.cardwork.CardWork
import org.satchel.pos.cardwork.Wish
import org.satchel.pos.cardwork.Work
import org.satchel.pos.cardwork.WorkEvent
import org.satchel.pos.core.ReceiptText
import org.satchel.pos.core.Till
import org.satchel.pos.design.Feedback
import org.satchel.pos.nfc.CardReader
import org.satchel.pos.presenter.Presenter
import org.satchel.pos.presenter.Saved

data class BlockState(
    val work: Work = Work(),
    /** What head office wants on receipts. */
    val texts: List<ReceiptText> = emptyList(),
)

sealed interface BlockEvent {
    /** It is meant: now the card. */
    data object Begin : BlockEvent

    /** Of what is done to the card. */
    data class Of(val event: WorkEvent) : BlockEvent
}

/** A card that is there is to be of no use any more, by what is written on it. */
class BlockPresenter(
    private val till: Till,
    cards: CardReader,
    feedback: Feedback,
    saved: Saved,
    scope: CoroutineScope,
) : Presenter<BlockState, BlockEvent> {
    private val shown = MutableStateFlow(BlockState(texts = till.status.value.receiptTexts))
    override val state: StateFlow<BlockState> = shown

    private val work = CardWork(till, cards, feedback, saved, scope)

    init {
        scope.launch { work.state.collect { work -> shown.update { it.copy(work = work) } } }
    }

    override fun on(event: BlockEvent) = when (event) {
        BlockEvent.Begin -> work.begin(Wish(amount = null) { card, approval -> till.block(card, approval) })
        is BlockEvent.Of -> work.on(event.event)
    }
}
