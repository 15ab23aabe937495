package org.satchel.pos.cardwork

import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Job
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.flow.update
import kotlinx.coroutines.launch
import org.satchel.pos.core.Answer
import org.satchel.pos.core.CardLink
import org.satchel.pos.core.CardMark
import org.satchel.pos.core.Money
import org.satchel.pos.core.MovementId
import org.satchel.pos.core.Receipt
import org.satchel.pos.core.Settled
import org.satchel.pos.core.Settlement
import org.satchel.pos.core.Till
import org.satchel.pos.core.Trouble
import org.satchel.pos.core.UnsettledMovement
import org.satchel.pos.design.Torn
import org.satchel.pos.nfc.CardReader

/** How a torn movement came to its end. */
sealed interface Ending {
    data class Confirmed(val receipt: Receipt) : Ending
    data object NotApplied : Ending

    /** The card contradicts the journal: head office decides. */
    data object Held : Ending

    /** The person went on without the card. [slip] is to be printed. */
    data class Parked(val slip: Receipt) : Ending
}

/** A movement of which nobody knows whether it was done. */
data class TornMovement(val id: MovementId, val card: CardMark, val amount: Money?)

/** What it would do to the purse counts, whichever way the money goes. */
val UnsettledMovement.torn: TornMovement
    get() = TornMovement(id, card, (if (purse < Money.Zero) -purse else purse).takeIf { it.isPositive })

/**
 * Waits for the card of a torn movement, again and again, until that card has come or the person goes on without it.
 *
 * @param onRefused told why a card that came could not be used; the waiting goes on
 */
class Settling(
    private val movement: TornMovement,
    private val till: Till,
    private val cards: CardReader,
    private val scope: CoroutineScope,
    private val onRefused: (Trouble) -> Unit,
    private val onEnded: (Ending) -> Unit,
) {
    private val shown = MutableStateFlow(Torn(movement.card, movement.amount))
    val state: StateFlow<Torn> = shown

    private var waiting: Job? = null
    private var ended = false

    private val reading = scope.launch { cards.state.collect { reader -> shown.update { it.copy(reader = reader) } } }

    init {
        resume()
    }

    /** The screen is there: a card is waited for. */
    fun resume() {
        if (waiting?.isActive != true && !ended) waiting = scope.launch { while (!ended) await() }
    }

    /** The screen is not there, and the reader is needed elsewhere. A card that is there already is let be. */
    fun pause() {
        if (!shown.value.working) waiting?.cancel()
    }

    fun goOnWithout() {
        if (shown.value.working || ended) return
        waiting?.cancel()
        shown.update { it.copy(working = true) }
        scope.launch {
            val answer = till.park(movement.id)
            shown.update { it.copy(working = false) }
            when (answer) {
                is Answer.Yes -> end(Ending.Parked(answer.value))
                is Answer.No -> {
                    onRefused(answer.trouble)
                    resume()
                }
            }
        }
    }

    private suspend fun await() {
        val answer = cards.withCard(::settle)
        shown.update { it.copy(working = false) }
        when (answer) {
            is Answer.Yes -> heard(answer.value)
            is Answer.No -> onRefused(answer.trouble)
        }
    }

    private suspend fun settle(card: CardLink): Answer<Settled> {
        shown.update { it.copy(working = true, otherCard = false) }
        return till.settle(card)
    }

    private fun heard(settled: Settled) {
        val ending = (settled as? Settled.Done)?.settlements?.firstNotNullOfOrNull(::endingOf)
        if (ending == null) shown.update { it.copy(otherCard = true) } else end(ending)
    }

    /** A card may settle several movements; null of one that is not this. */
    private fun endingOf(settlement: Settlement): Ending? = when (settlement) {
        is Settlement.Confirmed -> if (settlement.receipt.id == movement.id) Ending.Confirmed(settlement.receipt) else null
        is Settlement.NotApplied -> if (settlement.id == movement.id) Ending.NotApplied else null
        is Settlement.Held -> if (settlement.id == movement.id) Ending.Held else null
    }

    private fun end(ending: Ending) {
        ended = true
        reading.cancel()
        onEnded(ending)
    }
}

/** A card is held again: why the last one could not be used is over. */
internal fun Trouble?.unless(working: Boolean): Trouble? = if (working) null else this
