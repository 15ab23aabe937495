package org.satchel.pos.undo

import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.flow.update
import kotlinx.coroutines.launch
import org.satchel.pos.cardwork.CardWork
import org.satchel.pos.cardwork.Wish
import org.satchel.pos.cardwork.Work
import org.satchel.pos.cardwork.WorkEvent
import org.satchel.pos.core.Answer
import org.satchel.pos.core.Approval
import org.satchel.pos.core.CardLink
import org.satchel.pos.core.Depth
import org.satchel.pos.core.JournalLine
import org.satchel.pos.core.JournalQuery
import org.satchel.pos.core.JournalScope
import org.satchel.pos.core.LineKind
import org.satchel.pos.core.MovementId
import org.satchel.pos.core.MovementState
import org.satchel.pos.core.Outcome
import org.satchel.pos.core.ReceiptKind
import org.satchel.pos.core.ReceiptText
import org.satchel.pos.core.Till
import org.satchel.pos.core.Trouble
import org.satchel.pos.design.Feedback
import org.satchel.pos.nfc.CardReader
import org.satchel.pos.presenter.Presenter
import org.satchel.pos.presenter.Saved

data class UndoState(
    /** What this till did last to cards and can take back, the newest first: of each card its last movement at most. */
    val lines: List<JournalLine> = emptyList(),
    val reading: Boolean = true,
    /** Why the journal cannot be read. */
    val trouble: Trouble? = null,
    /** What is being taken back. */
    val chosen: JournalLine? = null,
    val work: Work = Work(),
    /** What head office wants on receipts. */
    val texts: List<ReceiptText> = emptyList(),
)

sealed interface UndoEvent {
    /** This is to be taken back: now its card. */
    data class Choose(val line: JournalLine) : UndoEvent

    /** Of what is done to the card. */
    data class Of(val event: WorkEvent) : UndoEvent
}

/** Takes back a card's last sale or top-up. Which it was the journal tells; that it was the card's last, the card. */
class UndoPresenter(
    private val till: Till,
    cards: CardReader,
    feedback: Feedback,
    saved: Saved,
    private val scope: CoroutineScope,
) : Presenter<UndoState, UndoEvent> {
    private val shown = MutableStateFlow(UndoState(texts = till.status.value.receiptTexts))
    override val state: StateFlow<UndoState> = shown

    private val work = CardWork(till, cards, feedback, saved, scope)

    init {
        scope.launch { work.state.collect { work -> shown.update { it.copy(work = work) } } }
        scope.launch { read() }
    }

    override fun on(event: UndoEvent) = when (event) {
        is UndoEvent.Choose -> choose(event.line)
        is UndoEvent.Of -> work.on(event.event)
    }

    private suspend fun read() {
        val answer = till.journalLines(JournalQuery(JournalScope.MOVEMENTS), most = LOOKED_AT)
        shown.update {
            when (answer) {
                is Answer.Yes -> it.copy(lines = answer.value.lastOfEachCard().filter(JournalLine::canBeTakenBack), reading = false)
                is Answer.No -> it.copy(trouble = answer.trouble, reading = false)
            }
        }
    }

    private fun choose(line: JournalLine) {
        shown.update { it.copy(chosen = line) }
        work.begin(
            Wish(line.amount) { card, approval -> onlyIfLast(line, card) { undo(line, card, approval) } },
        )
    }

    /** Another card may have something to take back too, which nobody asked for. */
    private suspend fun onlyIfLast(line: JournalLine, card: CardLink, act: suspend () -> Answer<Outcome>): Answer<Outcome> =
        when (val answer = till.inquire(card, Depth.STATE)) {
            is Answer.Yes -> if (answer.value.history.firstOrNull()?.id == line.id) act() else Answer.No(Trouble.NotTheLast)
            is Answer.No -> answer
        }

    private val JournalLine.id get() = MovementId(till.status.value.terminal, sequence)

    private suspend fun undo(line: JournalLine, card: CardLink, approval: Approval?): Answer<Outcome> =
        if (line.movement == ReceiptKind.TOP_UP) till.undoTopUp(card, approval) else till.undoSale(card, approval)
}

private val JournalLine.movement: ReceiptKind? get() = (kind as? LineKind.Movement)?.kind

/** What a card did last decides, or may have done. */
private fun List<JournalLine>.lastOfEachCard() =
    filter { it.card != null && it.state !is MovementState.NotApplied }.distinctBy { it.card?.tail }

private val JournalLine.canBeTakenBack: Boolean
    get() = state == MovementState.Done && (movement == ReceiptKind.SALE || movement == ReceiptKind.TOP_UP)

private const val LOOKED_AT = 20
