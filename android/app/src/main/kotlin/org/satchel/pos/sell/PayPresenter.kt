package org.satchel.pos.sell

import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Job
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.flow.update
import kotlinx.coroutines.launch
import org.satchel.pos.cardwork.Ending
import org.satchel.pos.cardwork.Settling
import org.satchel.pos.cardwork.TornMovement
import org.satchel.pos.cardwork.torn
import org.satchel.pos.cardwork.unless
import org.satchel.pos.core.AmountEntry
import org.satchel.pos.core.Answer
import org.satchel.pos.core.Approval
import org.satchel.pos.core.CardLink
import org.satchel.pos.core.JournalLine
import org.satchel.pos.core.JournalQuery
import org.satchel.pos.core.JournalScope
import org.satchel.pos.core.LineKind
import org.satchel.pos.core.Money
import org.satchel.pos.core.MovementId
import org.satchel.pos.core.MovementState
import org.satchel.pos.core.Operation
import org.satchel.pos.core.Order
import org.satchel.pos.core.Outcome
import org.satchel.pos.core.Preview
import org.satchel.pos.core.Receipt
import org.satchel.pos.core.ReceiptKind
import org.satchel.pos.core.ReceiptText
import org.satchel.pos.core.Redeem
import org.satchel.pos.core.Stage
import org.satchel.pos.core.Tender
import org.satchel.pos.core.Till
import org.satchel.pos.core.Trouble
import org.satchel.pos.core.UnsettledMovement
import org.satchel.pos.design.Feedback
import org.satchel.pos.design.Signal
import org.satchel.pos.design.Torn
import org.satchel.pos.nfc.CardReader
import org.satchel.pos.nfc.ReaderState
import org.satchel.pos.presenter.Presenter
import org.satchel.pos.presenter.Saved
import org.satchel.pos.signon.Purpose
import org.satchel.pos.signon.SignOnEvent
import org.satchel.pos.signon.SignOnPresenter
import org.satchel.pos.signon.SignOnState

data class PayState(
    val order: Order,
    val step: PayStep = PayStep.Choosing,
    /** The customer pays with as many points as may be. */
    val redeem: Boolean = false,
    /** What is paid in cash, of a payment by both. */
    val cash: AmountEntry = AmountEntry(),
    /** What it would come to on a card that has enough; null as long as that is not known. */
    val preview: Preview? = null,
    /** Why there is no [preview]. */
    val noPreview: Trouble? = null,
    /** Why it was not done. */
    val trouble: Trouble? = null,
    /** Somebody else is asked to agree. */
    val approval: SignOnState? = null,
    val reader: ReaderState = ReaderState.Ready,
    /** What is being read on paper. */
    val paper: Receipt? = null,
    /** What head office wants on receipts. */
    val texts: List<ReceiptText> = emptyList(),
) {
    val due: Money get() = order.gross - order.discount

    /** A part in cash, and a part that is left for the card. */
    val isSplit: Boolean get() = cash.amount.isPositive && cash.amount < due
}

sealed interface PayStep {
    /** What became of it before the process died is being looked up. */
    data object LookingUp : PayStep

    /** Card, cash, or both. */
    data object Choosing : PayStep

    /** All of it is being taken in cash. */
    data object TakingCash : PayStep

    /** How much is paid in cash is being typed. */
    data object Splitting : PayStep

    /** "Hold the card." [again] if one came that was not good for it. */
    data class Waiting(val again: Trouble? = null) : PayStep

    /** The card is there. */
    data object Working : PayStep

    /** Cash is being written down. */
    data object Writing : PayStep

    /** Nobody knows, of this sale or of one that must be settled before. */
    data class Undecided(val torn: Torn) : PayStep
    data class Done(val receipt: Receipt) : PayStep

    /** Certainly nothing happened. */
    data object NotApplied : PayStep

    /** The person went on without the card. */
    data class Parked(val slip: Receipt) : PayStep

    /** Head office decides. */
    data class Held(val id: MovementId) : PayStep
}

sealed interface PayEvent {
    data class RedeemPoints(val redeem: Boolean) : PayEvent
    data object ByCard : PayEvent
    data object InCash : PayEvent

    /** The cash is in the drawer. */
    data object CashTaken : PayEvent
    data object Split : PayEvent
    data class Digit(val digit: Int) : PayEvent
    data object Hundred : PayEvent
    data object Erase : PayEvent

    /** The card had not enough: what it lacks is paid in cash. */
    data object LackInCash : PayEvent

    /** The card brought an earlier movement into view that must be settled first. */
    data object SettleFirst : PayEvent

    /** Back to the choice. */
    data object Back : PayEvent

    /** The trouble is understood. */
    data object Understood : PayEvent
    data object GoOnWithout : PayEvent

    data object ShowReceipt : PayEvent

    /** Of the approval that is asked for. */
    data class Approving(val event: SignOnEvent) : PayEvent
    data object GiveUpApproval : PayEvent

    /** The screen comes into view, or goes out of it: nobody holds a card to what cannot be seen. */
    data object Appear : PayEvent
    data object Disappear : PayEvent

    /** The customer is served. Caught on its way. */
    data object NextCustomer : PayEvent
}

/**
 * Takes the money for what is on the ticket, as it was when the screen opened.
 *
 * @param plain what receipts call a plain amount among others
 */
class PayPresenter(
    private val till: Till,
    private val cards: CardReader,
    private val feedback: Feedback,
    private val ticket: Ticket,
    plain: String,
    private val saved: Saved,
    private val scope: CoroutineScope,
) : Presenter<PayState, PayEvent> {
    private val shown = MutableStateFlow(PayState(orderToPay(plain), texts = till.status.value.receiptTexts))
    override val state: StateFlow<PayState> = shown

    private var tap: Job? = null
    private var previewing: Job? = null
    private var settling: Settling? = null
    private var watching: Job? = null
    private var approving: Asked? = null

    init {
        scope.launch { cards.state.collect { reader -> shown.update { it.copy(reader = reader) } } }
        val before = saved[BEFORE]?.toLongOrNull()
        if (before == null) preview() else lookUp(before)
    }

    override fun on(event: PayEvent) = when (event) {
        is PayEvent.RedeemPoints -> choose { it.copy(redeem = event.redeem) }
        PayEvent.ByCard -> byCard()
        PayEvent.InCash -> inCash()
        PayEvent.CashTaken -> takeCash()
        PayEvent.Split -> split()
        is PayEvent.Digit -> type { it.typed(event.digit) }
        PayEvent.Hundred -> type(AmountEntry::typedHundred)
        PayEvent.Erase -> type(AmountEntry::erased)
        PayEvent.LackInCash -> lackInCash()
        PayEvent.SettleFirst -> settleFirst()
        PayEvent.Back -> back()
        PayEvent.Understood -> understood()
        PayEvent.GoOnWithout -> settling?.goOnWithout() ?: Unit
        PayEvent.ShowReceipt -> shown.update { it.copy(paper = it.receipt) }
        is PayEvent.Approving -> approving?.presenter?.on(event.event) ?: Unit
        PayEvent.GiveUpApproval -> giveUpApproval()
        PayEvent.Appear -> settling?.resume() ?: Unit
        PayEvent.Disappear -> disappear()
        PayEvent.NextCustomer -> Unit
    }

    /** What is paid stays what it was, whatever becomes of the ticket. */
    private fun orderToPay(plain: String): Order {
        val basket = saved[PAID]?.let(::basketOf) ?: ticket.basket.value
        saved[PAID] = basket.written()
        return basket.order(plain)
    }

    private fun choose(change: (PayState) -> PayState) {
        if (shown.value.step !is PayStep.Choosing && shown.value.step !is PayStep.Splitting) return
        shown.update(change)
        preview()
    }

    private fun type(change: (AmountEntry) -> AmountEntry) {
        if (shown.value.step is PayStep.Splitting) choose { it.copy(cash = change(it.cash)) }
    }

    private fun split() {
        if (shown.value.step is PayStep.Choosing) choose { it.copy(step = PayStep.Splitting) }
    }

    private fun inCash() {
        if (shown.value.step is PayStep.Choosing) shown.update { it.copy(step = PayStep.TakingCash) }
    }

    private fun byCard() {
        val step = shown.value.step
        if (step is PayStep.Choosing || step is PayStep.NotApplied || (step is PayStep.Splitting && shown.value.isSplit)) charge()
    }

    private fun takeCash(approval: Approval? = null) {
        if (shown.value.step !is PayStep.TakingCash) return
        begin(PayStep.Writing)
        scope.launch {
            when (val answer = till.sellForCash(shown.value.order, approval)) {
                is Answer.Yes -> done(answer.value)
                is Answer.No -> refusedBefore(answer.trouble, PayStep.TakingCash, approval, ::takeCash)
            }
        }
    }

    private fun charge(approval: Approval? = null, again: Trouble? = null) {
        val order = shown.value.orderForCard()
        begin(PayStep.Waiting(again))
        tap = scope.launch {
            when (val answer = cards.withCard { card -> sell(card, order, approval) }) {
                is Answer.Yes -> sold(answer.value)
                is Answer.No -> refusedAtCard(answer.trouble, approval)
            }
        }
    }

    private suspend fun sell(card: CardLink, order: Order, approval: Approval?): Answer<Outcome> {
        shown.update { it.copy(step = PayStep.Working) }
        return till.sell(card, order, approval)
    }

    /** From here on a death of the process must be looked into. */
    private fun begin(step: PayStep) {
        saved[BEFORE] = till.status.value.head.entries.toString()
        shown.update { it.copy(step = step, trouble = null) }
    }

    private fun sold(outcome: Outcome) = when (outcome) {
        is Outcome.Done -> done(outcome.receipt)
        is Outcome.NotApplied -> notApplied()
        is Outcome.Indeterminate -> {
            feedback.give(Signal.Undecided)
            guard(TornMovement(outcome.id, outcome.card, shown.value.preview?.purse ?: shown.value.due))
        }
    }

    private fun done(receipt: Receipt) {
        feedback.give(Signal.Done)
        ticket.clear()
        shown.update { it.copy(step = PayStep.Done(receipt)) }
        scope.launch { till.tidy() }
    }

    private fun notApplied() {
        feedback.give(Signal.Refused)
        shown.update { it.copy(step = PayStep.NotApplied) }
    }

    private fun refusedAtCard(trouble: Trouble, approval: Approval?) {
        if (trouble.keepsWish) {
            feedback.give(Signal.Refused)
            charge(approval, again = trouble)
        } else {
            refusedBefore(trouble, shown.value.stepBeforeCard(), approval, ::charge)
        }
    }

    /** @param before where the person was */
    private fun refusedBefore(trouble: Trouble, before: PayStep, approval: Approval?, retry: (Approval) -> Unit) {
        saved[BEFORE] = null
        shown.update { it.copy(step = before) }
        if (trouble is Trouble.AskSomebodyWhoMay && approval == null) {
            ask(trouble, retry)
        } else {
            feedback.give(Signal.Refused)
            shown.update { it.copy(trouble = trouble) }
        }
    }

    private fun understood() {
        shown.update { it.copy(trouble = null) }
        if (shown.value.step is PayStep.LookingUp) saved[BEFORE]?.toLongOrNull()?.let(::lookUp)
    }

    private fun lackInCash() {
        val lack = (shown.value.trouble as? Trouble.NotEnough)?.let { it.needed - it.balance } ?: return
        shown.update { it.copy(step = PayStep.Splitting, cash = AmountEntry(it.cashPart + lack), trouble = null) }
        preview()
    }

    private fun back() = if (shown.value.paper != null) shown.update { it.copy(paper = null) } else stepBack()

    private fun stepBack() = when (shown.value.step) {
        is PayStep.Waiting -> stopWaiting()
        PayStep.TakingCash, PayStep.Splitting -> {
            shown.update { it.copy(step = PayStep.Choosing, cash = AmountEntry()) }
            preview()
        }
        PayStep.NotApplied -> chooseAgain()
        else -> Unit
    }

    private fun stopWaiting() {
        tap?.cancel()
        saved[BEFORE] = null
        shown.update { it.copy(step = it.stepBeforeCard()) }
    }

    private fun chooseAgain() {
        saved[BEFORE] = null
        shown.update { it.copy(step = PayStep.Choosing, cash = AmountEntry()) }
        preview()
    }

    private fun disappear() {
        if (shown.value.step is PayStep.Waiting) stopWaiting()
        settling?.pause()
        giveUpApproval()
    }

    private fun preview() {
        previewing?.cancel()
        previewing = scope.launch {
            val answer = till.preview(shown.value.orderForCard())
            shown.update {
                when (answer) {
                    is Answer.Yes -> it.copy(preview = answer.value, noPreview = null)
                    is Answer.No -> it.copy(preview = null, noPreview = answer.trouble)
                }
            }
        }
    }

    /** The same card must come again, unless the person goes on without it. */
    private fun guard(movement: TornMovement, earlier: Boolean = false) {
        val settling = Settling(
            movement, till, cards, scope,
            onRefused = { trouble -> shown.update { it.copy(trouble = trouble) } },
            onEnded = { ending -> settled(movement.id, ending, earlier) },
        )
        this.settling = settling
        watching = scope.launch {
            settling.state.collect { torn -> shown.update { it.copy(step = PayStep.Undecided(torn), trouble = it.trouble.unless(torn.working)) } }
        }
    }

    private fun settled(id: MovementId, ending: Ending, earlier: Boolean) {
        watching?.cancel()
        settling = null
        shown.update { it.copy(trouble = null) }
        when {
            earlier -> chooseAgain()
            ending is Ending.Confirmed -> done(ending.receipt)
            ending is Ending.Parked -> parked(ending.slip)
            ending is Ending.Held -> held(id)
            else -> notApplied()
        }
    }

    private fun parked(slip: Receipt) {
        ticket.clear()
        shown.update { it.copy(step = PayStep.Parked(slip)) }
    }

    private fun held(id: MovementId) {
        feedback.give(Signal.Refused)
        ticket.clear()
        shown.update { it.copy(step = PayStep.Held(id)) }
    }

    private fun settleFirst() {
        val id = (shown.value.trouble as? Trouble.SettleFirst)?.id ?: return
        val open = till.status.value.unsettled.firstOrNull { it.id == id } ?: return
        guard(open.torn, earlier = true)
    }

    /** The process died during a payment: the journal tells what became of it. */
    private fun lookUp(before: Long) {
        val open = till.status.value.unsettled.firstOrNull { it.id.sequence > before && it.operation == Operation.SALE }
        shown.update { it.copy(step = PayStep.LookingUp) }
        scope.launch { if (open == null) lookUpClosed(before) else goOnWith(open) }
    }

    private suspend fun goOnWith(open: UnsettledMovement) = when (open.stage) {
        Stage.BEGUN, Stage.COMMIT_SENT, Stage.INDETERMINATE -> guard(open.torn)
        Stage.HELD -> held(open.id)
        Stage.PARKED -> when (val answer = till.receipt(open.id.sequence)) {
            is Answer.Yes -> parked(answer.value)
            is Answer.No -> unknown(answer.trouble)
        }
    }

    private suspend fun lookUpClosed(before: Long) {
        val lines = when (val answer = till.journalLines(JournalQuery(JournalScope.MOVEMENTS), most = LOOKED_AT)) {
            is Answer.Yes -> answer.value
            is Answer.No -> return unknown(answer.trouble)
        }
        val sale = lines.firstOrNull { it.sequence > before && it.isDoneSale } ?: return chooseAgain()
        when (val answer = till.receipt(sale.sequence)) {
            is Answer.Yes -> done(answer.value)
            is Answer.No -> unknown(answer.trouble)
        }
    }

    private fun unknown(trouble: Trouble) = shown.update { it.copy(trouble = trouble) }

    private fun ask(trouble: Trouble.AskSomebodyWhoMay, retry: (Approval) -> Unit) {
        val purpose = Purpose.Approve(trouble.authority)
        val presenter = SignOnPresenter(purpose, cards, feedback, scope, till::approve) { approval ->
            endApproval()
            retry(approval)
        }
        val watching = scope.launch { presenter.state.collect { asked -> shown.update { it.copy(approval = asked) } } }
        approving = Asked(presenter, watching)
    }

    private fun giveUpApproval() {
        approving?.presenter?.on(SignOnEvent.StartOver)
        endApproval()
    }

    private fun endApproval() {
        approving?.watching?.cancel()
        approving = null
        shown.update { it.copy(approval = null) }
    }
}

private class Asked(val presenter: SignOnPresenter<Approval>, val watching: Job)

/** What is written down of it, if something is. */
val PayState.receipt: Receipt?
    get() = when (val step = step) {
        is PayStep.Done -> step.receipt
        is PayStep.Parked -> step.slip
        else -> null
    }

private fun PayState.orderForCard(): Order = order.copy(
    redeem = if (redeem) Redeem.Most else Redeem.Nothing,
    tender = if (isSplit) Tender.CashPart(cash.amount) else Tender.Card,
)

private val PayState.cashPart: Money get() = if (isSplit) cash.amount else Money.Zero

private fun PayState.stepBeforeCard(): PayStep = if (isSplit) PayStep.Splitting else PayStep.Choosing

private val JournalLine.isDoneSale: Boolean
    get() = state == MovementState.Done && (kind as? LineKind.Movement)?.kind.let { it == ReceiptKind.SALE || it == ReceiptKind.CASH_SALE }

/** It lay at how the card was held, or at which: it need not be charged anew. */
private val Trouble.keepsWish: Boolean
    get() = when (this) {
        Trouble.HoldSameCardAgain, Trouble.NotOurCard, Trouble.HidesItsNumber, Trouble.Busy, is Trouble.ReaderFaulty -> true
        else -> false
    }

private const val PAID = "paid"

/** How many entries the journal had before the payment. */
private const val BEFORE = "before"
private const val LOOKED_AT = 5
