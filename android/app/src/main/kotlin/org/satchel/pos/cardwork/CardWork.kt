package org.satchel.pos.cardwork

import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Job
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.flow.update
import kotlinx.coroutines.launch
import org.satchel.pos.core.Answer
import org.satchel.pos.core.Approval
import org.satchel.pos.core.CardLink
import org.satchel.pos.core.JournalLine
import org.satchel.pos.core.JournalQuery
import org.satchel.pos.core.JournalScope
import org.satchel.pos.core.LineKind
import org.satchel.pos.core.MovementId
import org.satchel.pos.core.MovementState
import org.satchel.pos.core.Outcome
import org.satchel.pos.core.Receipt
import org.satchel.pos.core.Stage
import org.satchel.pos.core.Till
import org.satchel.pos.core.Trouble
import org.satchel.pos.core.UnsettledMovement
import org.satchel.pos.core.liesAtCard
import org.satchel.pos.design.Feedback
import org.satchel.pos.design.Signal
import org.satchel.pos.nfc.CardReader
import org.satchel.pos.presenter.Saved

/**
 * Does something to a card, from "Hold the card" to an end that is known, whatever happens in between: another card, a
 * card taken away, somebody who must agree, a screen out of view, the death of the process.
 *
 * @param onEnded told when it is over for this customer: done, put aside, or held for head office
 */
class CardWork(
    private val till: Till,
    private val cards: CardReader,
    private val feedback: Feedback,
    private val saved: Saved,
    private val scope: CoroutineScope,
    private val onEnded: () -> Unit = {},
) {
    private val shown = MutableStateFlow(Work())
    val state: StateFlow<Work> = shown

    private var wish: Wish? = null
    private var tap: Job? = null
    private var settling: Settling? = null
    private var watching: Job? = null
    private val approving = Approving(till, cards, feedback, scope) { asked -> shown.update { it.copy(approval = asked) } }

    init {
        scope.launch { cards.state.collect { reader -> shown.update { it.copy(reader = reader) } } }
        saved[BEFORE]?.toLongOrNull()?.let(::lookUp)
    }

    fun on(event: WorkEvent) = when (event) {
        WorkEvent.GiveUp -> giveUp()
        WorkEvent.Again -> again()
        WorkEvent.Understood -> understood()
        WorkEvent.SettleFirst -> settleFirst()
        WorkEvent.GoOnWithout -> settling?.goOnWithout() ?: Unit
        WorkEvent.ShowReceipt -> shown.update { it.copy(paper = it.receipt) }
        WorkEvent.HideReceipt -> shown.update { it.copy(paper = null) }
        is WorkEvent.Approving -> approving.on(event.event)
        WorkEvent.GiveUpApproval -> approving.giveUp()
        WorkEvent.Appear -> settling?.resume() ?: Unit
        WorkEvent.Disappear -> disappear()
        WorkEvent.Leave -> leave()
    }

    /** Waits for a card, and does [wish] to it. */
    fun begin(wish: Wish) {
        if (shown.value.step != WorkStep.NotBegun && shown.value.step != WorkStep.NotApplied) return
        this.wish = wish
        tryOn(wish)
    }

    /** Does what needs no card. */
    fun write(approval: Approval? = null, act: suspend (Approval?) -> Answer<Receipt>) {
        if (shown.value.step != WorkStep.NotBegun) return
        enter(WorkStep.Writing)
        scope.launch {
            when (val answer = act(approval)) {
                is Answer.Yes -> done(answer.value)
                is Answer.No -> refused(answer.trouble, approval) { agreed -> write(agreed, act) }
            }
        }
    }

    private fun again() {
        if (shown.value.step == WorkStep.NotApplied) wish?.let { tryOn(it) }
    }

    private fun tryOn(wish: Wish, approval: Approval? = null, again: Trouble? = null) {
        enter(WorkStep.Waiting(again))
        tap = scope.launch {
            when (val answer = cards.withCard { card -> act(wish, card, approval) }) {
                is Answer.Yes -> ended(wish, answer.value)
                is Answer.No -> refusedAtCard(wish, answer.trouble, approval)
            }
        }
    }

    private suspend fun act(wish: Wish, card: CardLink, approval: Approval?): Answer<Outcome> {
        shown.update { it.copy(step = WorkStep.Working) }
        return wish.act(card, approval)
    }

    /** From here on a death of the process must be looked into. */
    private fun enter(step: WorkStep) {
        saved[BEFORE] = till.status.value.head.entries.toString()
        shown.update { it.copy(step = step, trouble = null) }
    }

    private fun ended(wish: Wish, outcome: Outcome) = when (outcome) {
        is Outcome.Done -> done(outcome.receipt)
        is Outcome.NotApplied -> notApplied()
        is Outcome.Indeterminate -> {
            feedback.give(Signal.Undecided)
            guard(TornMovement(outcome.id, outcome.card, wish.amount))
        }
    }

    private fun done(receipt: Receipt) {
        feedback.give(Signal.Done)
        end(WorkStep.Done(receipt))
        scope.launch { till.tidy() }
    }

    private fun notApplied() {
        feedback.give(Signal.Refused)
        shown.update { it.copy(step = WorkStep.NotApplied) }
    }

    private fun end(step: WorkStep) {
        shown.update { it.copy(step = step) }
        onEnded()
    }

    private fun refusedAtCard(wish: Wish, trouble: Trouble, approval: Approval?) {
        if (trouble.liesAtCard) {
            feedback.give(Signal.Refused)
            tryOn(wish, approval, again = trouble)
        } else {
            refused(trouble, approval) { agreed -> tryOn(wish, agreed) }
        }
    }

    private fun refused(trouble: Trouble, approval: Approval?, retry: (Approval) -> Unit) {
        startOver()
        if (trouble is Trouble.AskSomebodyWhoMay && approval == null) {
            approving.ask(trouble.authority, retry)
        } else {
            feedback.give(Signal.Refused)
            shown.update { it.copy(trouble = trouble) }
        }
    }

    private fun giveUp() = when (shown.value.step) {
        is WorkStep.Waiting -> {
            tap?.cancel()
            startOver()
        }
        WorkStep.NotApplied -> startOver()
        else -> Unit
    }

    /** What is over makes room for the next. */
    private fun leave() = when (shown.value.step) {
        is WorkStep.Done, is WorkStep.Parked, is WorkStep.Held -> startOver()
        else -> Unit
    }

    private fun startOver() {
        saved[BEFORE] = null
        shown.update { it.copy(step = WorkStep.NotBegun) }
    }

    private fun disappear() {
        if (shown.value.step is WorkStep.Waiting) giveUp()
        settling?.pause()
        approving.giveUp()
    }

    /** What could not be looked up is looked up again. */
    private fun understood() {
        shown.update { it.copy(trouble = null) }
        if (shown.value.step == WorkStep.LookingUp) saved[BEFORE]?.toLongOrNull()?.let(::lookUp)
    }

    /** The same card must come again, unless the person goes on without it. */
    private fun guard(movement: TornMovement, onSettled: (Ending) -> Unit = { settled(movement.id, it) }) {
        val settling = Settling(
            movement, till, cards, scope,
            onRefused = { trouble -> shown.update { it.copy(trouble = trouble) } },
            onEnded = { ending ->
                endGuard()
                onSettled(ending)
            },
        )
        this.settling = settling
        watching = scope.launch {
            settling.state.collect { torn -> shown.update { it.copy(step = WorkStep.Undecided(torn), trouble = it.trouble.unless(torn.working)) } }
        }
    }

    private fun endGuard() {
        watching?.cancel()
        settling = null
        shown.update { it.copy(trouble = null) }
    }

    private fun settled(id: MovementId, ending: Ending) = when (ending) {
        is Ending.Confirmed -> done(ending.receipt)
        is Ending.Parked -> end(WorkStep.Parked(ending.slip))
        Ending.Held -> held(id)
        Ending.NotApplied -> notApplied()
    }

    private fun held(id: MovementId) {
        feedback.give(Signal.Refused)
        end(WorkStep.Held(id))
    }

    private fun settleFirst() {
        val id = (shown.value.trouble as? Trouble.SettleFirst)?.id ?: return
        val open = till.status.value.unsettled.firstOrNull { it.id == id } ?: return
        guard(open.torn) { startOver() }
    }

    /** The process died: the journal tells what became of it. */
    private fun lookUp(before: Long) {
        val open = till.status.value.unsettled.firstOrNull { it.id.sequence > before }
        shown.update { it.copy(step = WorkStep.LookingUp) }
        scope.launch { if (open == null) lookUpClosed(before) else goOnWith(open) }
    }

    private suspend fun goOnWith(open: UnsettledMovement) = when (open.stage) {
        Stage.BEGUN, Stage.COMMIT_SENT, Stage.INDETERMINATE -> guard(open.torn)
        Stage.HELD -> held(open.id)
        Stage.PARKED -> found(open.id.sequence) { end(WorkStep.Parked(it)) }
    }

    private suspend fun lookUpClosed(before: Long) {
        val lines = when (val answer = till.journalLines(JournalQuery(JournalScope.MOVEMENTS), most = LOOKED_AT)) {
            is Answer.Yes -> answer.value
            is Answer.No -> return unknown(answer.trouble)
        }
        val movement = lines.firstOrNull { it.sequence > before && it.isDone } ?: return startOver()
        found(movement.sequence, ::done)
    }

    private suspend fun found(sequence: Long, use: (Receipt) -> Unit) = when (val answer = till.receipt(sequence)) {
        is Answer.Yes -> use(answer.value)
        is Answer.No -> unknown(answer.trouble)
    }

    private fun unknown(trouble: Trouble) = shown.update { it.copy(trouble = trouble) }
}

private val JournalLine.isDone: Boolean get() = state == MovementState.Done && kind is LineKind.Movement

/** How many entries the journal had before. */
private const val BEFORE = "before"
private const val LOOKED_AT = 5
