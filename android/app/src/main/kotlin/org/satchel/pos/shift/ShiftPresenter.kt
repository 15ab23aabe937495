package org.satchel.pos.shift

import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Job
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.flow.update
import kotlinx.coroutines.launch
import org.satchel.pos.core.AmountEntry
import org.satchel.pos.core.Answer
import org.satchel.pos.core.Approval
import org.satchel.pos.core.JournalQuery
import org.satchel.pos.core.LineKind
import org.satchel.pos.core.Receipt
import org.satchel.pos.core.Status
import org.satchel.pos.core.Till
import org.satchel.pos.core.Trouble
import org.satchel.pos.core.XReport
import org.satchel.pos.core.ZReport
import org.satchel.pos.core.map
import org.satchel.pos.core.then
import org.satchel.pos.design.Feedback
import org.satchel.pos.design.Signal
import org.satchel.pos.nfc.CardReader
import org.satchel.pos.presenter.Presenter
import org.satchel.pos.signon.Purpose
import org.satchel.pos.signon.SignOnEvent
import org.satchel.pos.signon.SignOnPresenter
import org.satchel.pos.signon.SignOnState

data class ShiftState(
    val till: Status,
    val face: Face = Face.Overview,
    val entry: AmountEntry = AmountEntry(),
    /** The core is at work. */
    val working: Boolean = false,
    val trouble: Trouble? = null,
    /** Somebody else is asked to agree. */
    val approval: SignOnState? = null,
)

/** What the screen shows. */
sealed interface Face {
    data object Overview : Face

    /** An amount is typed. */
    data class Typing(val what: Task) : Face

    /** What came of it. */
    data class Shown(val slip: Slip) : Face
}

/** What an amount is typed for. */
enum class Task { Open, PayIn, PayOut, Close }

/** What was written. */
sealed interface Slip {
    data class Paid(val receipt: Receipt) : Slip
    data class SoFar(val report: XReport) : Slip
    data class Closed(val report: ZReport) : Slip
}

sealed interface ShiftEvent {
    data class Begin(val what: Task) : ShiftEvent
    data class Digit(val digit: Int) : ShiftEvent
    data object Hundred : ShiftEvent
    data object Erase : ShiftEvent

    /** The amount is typed. */
    data object Confirm : ShiftEvent
    data object ShowX : ShiftEvent
    data object ShowLastZ : ShiftEvent

    /** Back to the overview. */
    data object Leave : ShiftEvent

    /** Of the approval that is asked for. */
    data class Approving(val event: SignOnEvent) : ShiftEvent
    data object GiveUpApproval : ShiftEvent
}

/** Opens and closes shifts, and moves cash that no customer gave or got. */
class ShiftPresenter(
    private val till: Till,
    private val cards: CardReader,
    private val feedback: Feedback,
    private val scope: CoroutineScope,
) : Presenter<ShiftState, ShiftEvent> {
    private val shown = MutableStateFlow(ShiftState(till.status.value))
    override val state: StateFlow<ShiftState> = shown

    private var approving: Asked? = null

    init {
        scope.launch { till.status.collect { status -> shown.update { it.copy(till = status) } } }
    }

    override fun on(event: ShiftEvent) = when (event) {
        is ShiftEvent.Begin -> begin(event.what)
        is ShiftEvent.Digit -> type { it.typed(event.digit) }
        ShiftEvent.Hundred -> type(AmountEntry::typedHundred)
        ShiftEvent.Erase -> type(AmountEntry::erased)
        ShiftEvent.Confirm -> confirm()
        ShiftEvent.ShowX -> show { till.xReport().map(Slip::SoFar) }
        ShiftEvent.ShowLastZ -> show { lastZ() }
        ShiftEvent.Leave -> leave()
        is ShiftEvent.Approving -> approving?.presenter?.on(event.event) ?: Unit
        ShiftEvent.GiveUpApproval -> giveUpApproval()
    }

    private fun begin(what: Task) {
        if (!shown.value.working) shown.update { it.copy(face = Face.Typing(what), entry = AmountEntry(), trouble = null) }
    }

    private fun type(change: (AmountEntry) -> AmountEntry) {
        if (!shown.value.working) shown.update { it.copy(entry = change(it.entry), trouble = null) }
    }

    private fun leave() {
        if (!shown.value.working) shown.update { it.copy(face = Face.Overview, entry = AmountEntry(), trouble = null) }
    }

    private fun confirm() {
        val typing = shown.value.face as? Face.Typing ?: return
        val amount = shown.value.entry.amount
        when (typing.what) {
            Task.Open -> work({ till.openShift(amount) }) { shown.update { it.copy(face = Face.Overview, entry = AmountEntry()) } }
            Task.Close -> show { till.closeShift(amount).map(Slip::Closed) }
            Task.PayIn -> pay { till.payIn(amount, it) }
            Task.PayOut -> pay { till.payOut(amount, it) }
        }
    }

    private fun pay(approval: Approval? = null, move: suspend (Approval?) -> Answer<Receipt>) {
        if (!shown.value.entry.amount.isPositive) return
        work({ move(approval) }, { if (approval == null) ask(it) { agreed -> pay(agreed, move) } else refuse(it) }) { receipt ->
            feedback.give(Signal.Done)
            present(Slip.Paid(receipt))
        }
    }

    private fun show(make: suspend () -> Answer<Slip>) = work(make, done = ::present)

    private fun present(slip: Slip) = shown.update { it.copy(face = Face.Shown(slip), entry = AmountEntry()) }

    private fun <T> work(make: suspend () -> Answer<T>, refused: (Trouble) -> Unit = ::refuse, done: (T) -> Unit) {
        if (shown.value.working) return
        shown.update { it.copy(working = true, trouble = null) }
        scope.launch {
            val answer = make()
            shown.update { it.copy(working = false) }
            when (answer) {
                is Answer.Yes -> done(answer.value)
                is Answer.No -> refused(answer.trouble)
            }
        }
    }

    private fun refuse(trouble: Trouble) {
        feedback.give(Signal.Refused)
        shown.update { it.copy(trouble = trouble) }
    }

    private suspend fun lastZ(): Answer<Slip> = till.lastClosing().then { sequence ->
        if (sequence == null) Answer.No(Trouble.NoSuchSale(shown.value.till.lastZ)) else till.zReport(sequence).map(Slip::Closed)
    }

    /** Asks somebody who may, if that is what is in the way. */
    private fun ask(trouble: Trouble, retry: (Approval) -> Unit) {
        if (trouble !is Trouble.AskSomebodyWhoMay) return refuse(trouble)
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

/** Where the journal has the newest closing of a shift; null if nowhere. */
private suspend fun Till.lastClosing(): Answer<Long?> {
    var before: Long? = null
    while (true) {
        val lines = when (val answer = journalLines(JournalQuery(), before)) {
            is Answer.Yes -> answer.value
            is Answer.No -> return answer
        }
        lines.firstOrNull { it.kind is LineKind.ShiftClosed }?.let { return Answer.Yes(it.sequence) }
        before = lines.lastOrNull()?.sequence ?: return Answer.Yes(null)
    }
}
