package org.satchel.pos.signon

import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Job
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.flow.update
import kotlinx.coroutines.launch
import org.satchel.pos.core.Answer
import org.satchel.pos.core.Authority
import org.satchel.pos.core.CardLink
import org.satchel.pos.core.PinEntry
import org.satchel.pos.core.Trouble
import org.satchel.pos.core.liesAtCard
import org.satchel.pos.design.Feedback
import org.satchel.pos.design.Signal
import org.satchel.pos.nfc.CardReader
import org.satchel.pos.nfc.ReaderState
import org.satchel.pos.presenter.Presenter

/** Why somebody shows card and PIN. */
sealed interface Purpose {
    /** To work here. [locked] if the till signed somebody off because nobody was there. */
    data class SignOn(val locked: Boolean = false) : Purpose

    /** To take over from somebody. */
    data object HandOver : Purpose

    /** To agree to what another may not do alone. */
    data class Approve(val authority: Authority) : Purpose
}

data class SignOnState(
    val purpose: Purpose,
    val step: Step = Step.Pin,
    /** How many digits are typed; never which. */
    val digits: Int = 0,
    /** Why it did not work the last time. */
    val trouble: Trouble? = null,
    val reader: ReaderState = ReaderState.Ready,
) {
    val canGoOn: Boolean get() = digits >= PinEntry.LEAST
}

enum class Step {
    Pin,

    /** "Hold your operator card." */
    Card,

    /** The card is there. */
    Working,
    Done,
}

sealed interface SignOnEvent {
    data class Digit(val digit: Int) : SignOnEvent
    data object Erase : SignOnEvent

    /** The PIN is typed. */
    data object GoOn : SignOnEvent

    /** Back to the PIN; also when the app goes to the background, so that no PIN waits there. */
    data object StartOver : SignOnEvent
}

/**
 * Somebody types a PIN and holds a card. The PIN is in memory from its first digit until the card has been used or given
 * up, and nowhere else.
 *
 * @param identify what the core does with card and PIN: [org.satchel.pos.core.Till.signOn] or `approve`
 * @param onIdentified what follows; it gets what [identify] brought
 */
class SignOnPresenter<T>(
    purpose: Purpose,
    private val cards: CardReader,
    private val feedback: Feedback,
    private val scope: CoroutineScope,
    private val identify: suspend (CardLink, ByteArray) -> Answer<T>,
    private val onIdentified: (T) -> Unit = {},
) : Presenter<SignOnState, SignOnEvent> {
    private val shown = MutableStateFlow(SignOnState(purpose))
    override val state: StateFlow<SignOnState> = shown

    private val pin = PinEntry()
    private var tap: Job? = null

    init {
        scope.launch { cards.state.collect { reader -> shown.update { it.copy(reader = reader) } } }
    }

    override fun on(event: SignOnEvent) = when (event) {
        is SignOnEvent.Digit -> type { pin.type(event.digit) }
        SignOnEvent.Erase -> type(pin::erase)
        SignOnEvent.GoOn -> awaitCard()
        SignOnEvent.StartOver -> startOver(trouble = null)
    }

    private fun type(change: () -> Unit) {
        if (shown.value.step != Step.Pin) return
        change()
        shown.update { it.copy(digits = pin.length, trouble = null) }
    }

    private fun awaitCard() {
        if (shown.value.step != Step.Pin || !pin.isLongEnough) return
        shown.update { it.copy(step = Step.Card, trouble = null) }
        tap = scope.launch { identifyBy(cards.withCard(::use)) }
    }

    private suspend fun use(card: CardLink): Answer<T> {
        shown.update { it.copy(step = Step.Working, trouble = null) }
        return pin.lend { digits -> identify(card, digits) }
    }

    private fun identifyBy(answer: Answer<T>) = when (answer) {
        is Answer.Yes -> {
            pin.wipe()
            feedback.give(Signal.Done)
            shown.update { it.copy(step = Step.Done, digits = 0) }
            onIdentified(answer.value)
        }
        is Answer.No -> {
            feedback.give(Signal.Refused)
            if (answer.trouble.liesAtCard) holdAgain(answer.trouble) else startOver(answer.trouble)
        }
    }

    private fun holdAgain(trouble: Trouble) {
        shown.update { it.copy(step = Step.Card, trouble = trouble) }
        tap = scope.launch { identifyBy(cards.withCard(::use)) }
    }

    private fun startOver(trouble: Trouble?) {
        tap?.cancel()
        pin.wipe()
        shown.update { it.copy(step = Step.Pin, digits = 0, trouble = trouble) }
    }
}
