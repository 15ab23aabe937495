package org.satchel.pos.core

import java.time.Instant

/** How a movement ended. */
sealed interface Outcome {
    data class Done(val receipt: Receipt) : Outcome
    /** Certainly nothing happened; it may be tried again. */
    data class NotApplied(val id: MovementId, val why: NotAppliedWhy) : Outcome
    /** Nobody knows until the same card is held again: neither success nor failure. */
    data class Indeterminate(val id: MovementId, val card: CardMark) : Outcome
}

/** What holding the card again brought. */
sealed interface Settled {
    /** It is another card; those that are waited for. */
    data class OtherCard(val waiting: List<CardMark>) : Settled
    data class Done(val settlements: List<Settlement>) : Settled
}

/** What became of one open movement. */
sealed interface Settlement {
    data class Confirmed(val receipt: Receipt) : Settlement
    data class NotApplied(val id: MovementId) : Settlement
    /** The card contradicts the journal: head office decides. */
    data class Held(val id: MovementId, val why: Contradiction) : Settlement
}

/** What the customer gets on paper or on screen. */
data class Receipt(
    val kind: ReceiptKind,
    val state: MovementState,
    val id: MovementId,
    val at: Instant,
    val store: Long?,
    val operator: Person,
    val approver: Person?,
    val card: CardMark?,
    val lines: List<BasketLine>,
    val gross: Money,
    val discount: Money,
    val pointsValue: Money,
    /** What it is about: what was due, topped up, given back. */
    val amount: Money,
    /** Signed: what it did to the purse. */
    val purse: Money,
    /** Signed: positive into the drawer. */
    val cash: Money,
    val bonus: Money,
    val balance: Money?,
    /** Signed. */
    val pointsEarned: Points,
    val pointsRedeemed: Points,
    val pointsBalance: Points?,
    val undoes: MovementId?,
    val head: HeadMark,
    val currency: Currency?,
    val training: Boolean,
    /** A reprint. */
    val duplicate: Boolean,
)

/** How a movement stands. One that is open is printed as a slip. */
sealed interface MovementState {
    data object Done : MovementState
    data class Open(val stage: Stage) : MovementState
    data class NotApplied(val why: NotAppliedWhy) : MovementState
}
