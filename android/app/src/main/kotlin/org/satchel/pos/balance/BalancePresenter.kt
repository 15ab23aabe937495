package org.satchel.pos.balance

import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Job
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.flow.update
import kotlinx.coroutines.launch
import org.satchel.pos.core.Answer
import org.satchel.pos.core.CardLink
import org.satchel.pos.core.CardState
import org.satchel.pos.core.Depth
import org.satchel.pos.core.Till
import org.satchel.pos.core.Trouble
import org.satchel.pos.design.Feedback
import org.satchel.pos.design.Signal
import org.satchel.pos.nfc.CardReader
import org.satchel.pos.nfc.ReaderState
import org.satchel.pos.presenter.Presenter

data class BalanceState(
    val face: BalanceFace = BalanceFace.Ready,
    /** Why the last card could not be read. */
    val trouble: Trouble? = null,
    val reader: ReaderState = ReaderState.Ready,
)

/** What the screen shows. */
sealed interface BalanceFace {
    /** No card is asked for. */
    data object Ready : BalanceFace

    /** "Hold the card here." */
    data object Waiting : BalanceFace

    /** The card is there. */
    data object Reading : BalanceFace
    data class Read(val card: CardState) : BalanceFace

    /** What the customer may see: no name, no history. */
    data class ForCustomer(val card: CardState) : BalanceFace
}

sealed interface BalanceEvent {
    data object AskForCard : BalanceEvent

    /** Back to the start; a card that is asked for is not asked for any more. */
    data object Leave : BalanceEvent
    data object ShowCustomer : BalanceEvent
    data object TakeBack : BalanceEvent

    /** The screen comes into view, or goes out of it. Whoever comes here has a card in their hand. */
    data object Appear : BalanceEvent
    data object Disappear : BalanceEvent
}

/** Somebody wants to know what is on a card, and what happened to it. Nothing on the card changes. */
class BalancePresenter(
    private val till: Till,
    private val cards: CardReader,
    private val feedback: Feedback,
    private val scope: CoroutineScope,
) : Presenter<BalanceState, BalanceEvent> {
    private val shown = MutableStateFlow(BalanceState())
    override val state: StateFlow<BalanceState> = shown

    private var tap: Job? = null

    init {
        scope.launch { cards.state.collect { reader -> shown.update { it.copy(reader = reader) } } }
    }

    override fun on(event: BalanceEvent) = when (event) {
        BalanceEvent.AskForCard -> askForCard()
        BalanceEvent.Leave -> leave()
        BalanceEvent.ShowCustomer -> turn { if (it is BalanceFace.Read) BalanceFace.ForCustomer(it.card) else it }
        BalanceEvent.TakeBack -> turn { if (it is BalanceFace.ForCustomer) BalanceFace.Read(it.card) else it }
        BalanceEvent.Appear -> if (shown.value.face == BalanceFace.Ready && shown.value.trouble == null) askForCard() else Unit
        BalanceEvent.Disappear -> if (shown.value.face == BalanceFace.Waiting) leave() else Unit
    }

    private fun askForCard() {
        if (tap?.isActive == true) return
        shown.update { it.copy(face = BalanceFace.Waiting, trouble = null) }
        tap = scope.launch { show(cards.withCard(::read)) }
    }

    private suspend fun read(card: CardLink): Answer<CardState> {
        turn { BalanceFace.Reading }
        return till.inquire(card, Depth.HISTORY)
    }

    private fun show(answer: Answer<CardState>) = when (answer) {
        is Answer.Yes -> {
            feedback.give(Signal.Done)
            turn { BalanceFace.Read(answer.value) }
        }
        is Answer.No -> {
            feedback.give(Signal.Refused)
            shown.update { it.copy(face = BalanceFace.Ready, trouble = answer.trouble) }
        }
    }

    private fun leave() {
        if (shown.value.face == BalanceFace.Reading) return
        tap?.cancel()
        shown.update { it.copy(face = BalanceFace.Ready, trouble = null) }
    }

    private fun turn(change: (BalanceFace) -> BalanceFace) = shown.update { it.copy(face = change(it.face)) }
}
