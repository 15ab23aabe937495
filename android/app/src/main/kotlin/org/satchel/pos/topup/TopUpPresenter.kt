package org.satchel.pos.topup

import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Job
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.flow.update
import kotlinx.coroutines.launch
import org.satchel.pos.cardwork.CardWork
import org.satchel.pos.cardwork.Wish
import org.satchel.pos.cardwork.Work
import org.satchel.pos.cardwork.WorkEvent
import org.satchel.pos.core.AmountEntry
import org.satchel.pos.core.Answer
import org.satchel.pos.core.Limits
import org.satchel.pos.core.Money
import org.satchel.pos.core.ReceiptText
import org.satchel.pos.core.Till
import org.satchel.pos.core.TopUpPreview
import org.satchel.pos.core.Trouble
import org.satchel.pos.design.Feedback
import org.satchel.pos.nfc.CardReader
import org.satchel.pos.presenter.Presenter
import org.satchel.pos.presenter.Saved

data class TopUpState(
    val entry: AmountEntry = AmountEntry(),
    /** What it would bring; null as long as that is not known. */
    val preview: TopUpPreview? = null,
    /** Why there is no [preview]. */
    val noPreview: Trouble? = null,
    /** Null as long as nobody has set any. */
    val limits: Limits? = null,
    val work: Work = Work(),
    /** What head office wants on receipts. */
    val texts: List<ReceiptText> = emptyList(),
)

sealed interface TopUpEvent {
    data class Digit(val digit: Int) : TopUpEvent
    data object Hundred : TopUpEvent
    data object Erase : TopUpEvent

    /** The amount is typed: now the card. */
    data object Begin : TopUpEvent

    /** Of what is done to the card. */
    data class Of(val event: WorkEvent) : TopUpEvent
}

/** Cash goes onto a card. */
class TopUpPresenter(
    private val till: Till,
    cards: CardReader,
    feedback: Feedback,
    saved: Saved,
    private val scope: CoroutineScope,
) : Presenter<TopUpState, TopUpEvent> {
    private val shown = MutableStateFlow(TopUpState(limits = till.status.value.limits, texts = till.status.value.receiptTexts))
    override val state: StateFlow<TopUpState> = shown

    private val work = CardWork(till, cards, feedback, saved, scope)
    private var previewing: Job? = null

    init {
        scope.launch { work.state.collect { work -> shown.update { it.copy(work = work) } } }
        scope.launch { till.status.collect { status -> shown.update { it.copy(limits = status.limits) } } }
    }

    override fun on(event: TopUpEvent) = when (event) {
        is TopUpEvent.Digit -> type { it.typed(event.digit) }
        TopUpEvent.Hundred -> type(AmountEntry::typedHundred)
        TopUpEvent.Erase -> type(AmountEntry::erased)
        TopUpEvent.Begin -> begin()
        is TopUpEvent.Of -> work.on(event.event)
    }

    private fun type(change: (AmountEntry) -> AmountEntry) {
        shown.update { it.copy(entry = change(it.entry), preview = null, noPreview = null) }
        previewing?.cancel()
        if (shown.value.entry.amount.isPositive) previewing = scope.launch { preview(shown.value.entry.amount) }
    }

    private suspend fun preview(amount: Money) {
        val answer = till.previewTopUp(amount)
        shown.update {
            when (answer) {
                is Answer.Yes -> it.copy(preview = answer.value)
                is Answer.No -> it.copy(noPreview = answer.trouble)
            }
        }
    }

    private fun begin() {
        val amount = shown.value.entry.amount
        if (amount.isPositive) work.begin(Wish(amount) { card, approval -> till.topUp(card, amount, approval) })
    }
}
