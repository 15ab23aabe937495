package org.satchel.pos.refund

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
import org.satchel.pos.core.JournalLine
import org.satchel.pos.core.JournalQuery
import org.satchel.pos.core.JournalScope
import org.satchel.pos.core.LineKind
import org.satchel.pos.core.MovementState
import org.satchel.pos.core.Receipt
import org.satchel.pos.core.ReceiptKind
import org.satchel.pos.core.ReceiptText
import org.satchel.pos.core.Till
import org.satchel.pos.core.Trouble
import org.satchel.pos.design.Feedback
import org.satchel.pos.nfc.CardReader
import org.satchel.pos.presenter.Presenter
import org.satchel.pos.presenter.Saved

data class RefundState(
    /** The number that is looked for, as typed. */
    val number: String = "",
    /** The sales that were found, the newest first. */
    val sales: List<JournalLine> = emptyList(),
    val reading: Boolean = true,
    /** Why the journal cannot be read. */
    val trouble: Trouble? = null,
    /** The sale of which something is given back. */
    val sale: Receipt? = null,
    /** How much. */
    val entry: AmountEntry = AmountEntry(),
    val work: Work = Work(),
    /** What head office wants on receipts. */
    val texts: List<ReceiptText> = emptyList(),
) {
    /** A card that paid can be given back to; one that did not cannot. */
    val toCard: Boolean get() = sale?.kind == ReceiptKind.SALE
    val canGive: Boolean get() = sale != null && entry.amount.isPositive && entry.amount <= sale.amount
}

sealed interface RefundEvent {
    /** Looks for a receipt's number. */
    data class Number(val digits: String) : RefundEvent
    data class Choose(val line: JournalLine) : RefundEvent
    data class Digit(val digit: Int) : RefundEvent
    data object Hundred : RefundEvent
    data object Erase : RefundEvent

    /** All that was paid. */
    data object All : RefundEvent
    data object OntoCard : RefundEvent

    /** The cash is given. */
    data object InCash : RefundEvent

    /** Another sale. */
    data object Back : RefundEvent

    /** Of what is done to the card. */
    data class Of(val event: WorkEvent) : RefundEvent
}

/** Gives back what a sale of this till took, or a part of it: to the card that paid, or in cash. */
class RefundPresenter(
    private val till: Till,
    cards: CardReader,
    feedback: Feedback,
    saved: Saved,
    private val scope: CoroutineScope,
) : Presenter<RefundState, RefundEvent> {
    private val shown = MutableStateFlow(RefundState(texts = till.status.value.receiptTexts))
    override val state: StateFlow<RefundState> = shown

    private val work = CardWork(till, cards, feedback, saved, scope)
    private var looking: Job? = null

    init {
        scope.launch { work.state.collect { work -> shown.update { it.copy(work = work) } } }
        look()
    }

    override fun on(event: RefundEvent) = when (event) {
        is RefundEvent.Number -> lookFor(event.digits.take(LONGEST))
        is RefundEvent.Choose -> choose(event.line)
        is RefundEvent.Digit -> type { it.typed(event.digit) }
        RefundEvent.Hundred -> type(AmountEntry::typedHundred)
        RefundEvent.Erase -> type(AmountEntry::erased)
        RefundEvent.All -> shown.update { it.copy(entry = AmountEntry(it.sale?.amount ?: it.entry.amount)) }
        RefundEvent.OntoCard -> ontoCard()
        RefundEvent.InCash -> inCash()
        RefundEvent.Back -> shown.update { it.copy(sale = null, entry = AmountEntry()) }
        is RefundEvent.Of -> work.on(event.event)
    }

    private fun lookFor(digits: String) {
        shown.update { it.copy(number = digits) }
        look()
    }

    private fun look() {
        looking?.cancel()
        shown.update { it.copy(reading = true, trouble = null) }
        looking = scope.launch { read() }
    }

    private suspend fun read() {
        val answer = till.journalLines(JournalQuery(JournalScope.MOVEMENTS, number = shown.value.number.toLongOrNull()), most = LISTED)
        shown.update {
            when (answer) {
                is Answer.Yes -> it.copy(sales = answer.value.filter(JournalLine::isSale), reading = false)
                is Answer.No -> it.copy(trouble = answer.trouble, reading = false)
            }
        }
    }

    private fun choose(line: JournalLine) {
        scope.launch {
            when (val answer = till.receipt(line.sequence)) {
                is Answer.Yes -> shown.update { it.copy(sale = answer.value, entry = AmountEntry(), trouble = null) }
                is Answer.No -> shown.update { it.copy(trouble = answer.trouble) }
            }
        }
    }

    private fun type(change: (AmountEntry) -> AmountEntry) = shown.update { it.copy(entry = change(it.entry)) }

    private fun ontoCard() {
        val sale = shown.value.sale?.id ?: return
        val amount = shown.value.entry.amount
        if (shown.value.canGive && shown.value.toCard) {
            work.begin(Wish(amount) { card, approval -> till.refund(card, sale.sequence, amount, approval) })
        }
    }

    private fun inCash() {
        val sale = shown.value.sale?.id ?: return
        val amount = shown.value.entry.amount
        if (shown.value.canGive) work.write { approval -> till.refundInCash(sale, amount, approval) }
    }
}

private val JournalLine.isSale: Boolean
    get() = state == MovementState.Done && (kind as? LineKind.Movement)?.kind.let { it == ReceiptKind.SALE || it == ReceiptKind.CASH_SALE }

private const val LISTED = 50
private const val LONGEST = 10
