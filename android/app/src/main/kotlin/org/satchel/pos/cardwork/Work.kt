package org.satchel.pos.cardwork

import org.satchel.pos.core.Approval
import org.satchel.pos.core.Answer
import org.satchel.pos.core.CardLink
import org.satchel.pos.core.Money
import org.satchel.pos.core.MovementId
import org.satchel.pos.core.Outcome
import org.satchel.pos.core.Receipt
import org.satchel.pos.core.Trouble
import org.satchel.pos.design.Torn
import org.satchel.pos.nfc.ReaderState
import org.satchel.pos.signon.SignOnEvent
import org.satchel.pos.signon.SignOnState

/** What is to be done to a card. */
class Wish(
    /** What the torn card guard calls its amount; null if no money moves. */
    val amount: Money?,
    val act: suspend (CardLink, Approval?) -> Answer<Outcome>,
)

/** How that stands. */
data class Work(
    val step: WorkStep = WorkStep.NotBegun,
    /** Why it was not done. */
    val trouble: Trouble? = null,
    /** Somebody else is asked to agree. */
    val approval: SignOnState? = null,
    val reader: ReaderState = ReaderState.Ready,
    /** What is being read on paper. */
    val paper: Receipt? = null,
) {
    /** What is written down of it, if something is. */
    val receipt: Receipt?
        get() = when (step) {
            is WorkStep.Done -> step.receipt
            is WorkStep.Parked -> step.slip
            else -> null
        }

    /** Somebody stands there with a card in their hand. */
    val awaitsCard: Boolean
        get() = step is WorkStep.Waiting || step is WorkStep.Undecided || approval != null
}

sealed interface WorkStep {
    /** Nothing is wished yet: what is to be done is being chosen. */
    data object NotBegun : WorkStep

    /** What happened just before the process died is being looked up. */
    data object LookingUp : WorkStep

    /** "Hold the card." [again] if one came that was not good for it. */
    data class Waiting(val again: Trouble? = null) : WorkStep

    /** The card is there. */
    data object Working : WorkStep

    /** It is being written down, without a card. */
    data object Writing : WorkStep

    /** Nobody knows, of this movement or of one that must be settled before. */
    data class Undecided(val torn: Torn) : WorkStep
    data class Done(val receipt: Receipt) : WorkStep

    /** Certainly nothing happened. */
    data object NotApplied : WorkStep

    /** The person went on without the card. */
    data class Parked(val slip: Receipt) : WorkStep

    /** Head office decides. */
    data class Held(val id: MovementId) : WorkStep
}

sealed interface WorkEvent {
    /** No card is waited for any more; or another try is not wanted. */
    data object GiveUp : WorkEvent

    /** The same once more. */
    data object Again : WorkEvent

    /** The trouble is understood. */
    data object Understood : WorkEvent

    /** The card brought an earlier movement into view that must be settled first. */
    data object SettleFirst : WorkEvent
    data object GoOnWithout : WorkEvent
    data object ShowReceipt : WorkEvent
    data object HideReceipt : WorkEvent

    /** Of the approval that is asked for. */
    data class Approving(val event: SignOnEvent) : WorkEvent
    data object GiveUpApproval : WorkEvent

    /** The screen comes into view, or goes out of it: nobody holds a card to what cannot be seen. */
    data object Appear : WorkEvent
    data object Disappear : WorkEvent

    /** It is over, and seen. A screen that leads on from here catches it on its way. */
    data object Leave : WorkEvent
}
