package org.satchel.pos.core

import java.time.Instant

/** The open shift so far. */
data class XReport(
    val shift: Long,
    val store: Long?,
    val terminal: Long,
    val operator: Person,
    val openedAt: Instant,
    val at: Instant,
    val totals: Totals,
    /** The cash that should be in the drawer. */
    val expected: Money,
    val unsettled: List<MovementId>,
    val unsettledCash: Money,
    val currency: Currency?,
    val training: Boolean,
)

/** A closed shift. */
data class ZReport(
    val number: Long,
    /** Its entry in the journal. */
    val sequence: Long,
    val store: Long?,
    val terminal: Long,
    /** Who closed. */
    val operator: Person,
    val at: Instant,
    /** Null if the journal has it no more. */
    val opening: ShiftOpening?,
    val shift: Totals,
    /** Since the terminal was set up. */
    val perpetual: Totals,
    val expected: Money,
    val counted: Money,
    /** Counted less expected. */
    val difference: Money,
    val unsettled: List<MovementId>,
    val unsettledCash: Money,
    val head: HeadMark,
    /** 64 hex digits. */
    val headHash: String,
    val currency: Currency?,
    val training: Boolean,
    val duplicate: Boolean,
)

/** How a shift began. */
data class ShiftOpening(val operator: Person, val at: Instant, val float: Money)

/** Sums and counts of movements. */
data class Totals(
    val sales: Long,
    val gross: Money,
    val discounts: Money,
    val pointsValue: Money,
    val spent: Money,
    val topUps: Long,
    val loaded: Money,
    val bonuses: Money,
    val undoneSales: Long,
    val undoneSpent: Money,
    val undoneTopUps: Long,
    val undoneLoaded: Money,
    val undoneBonuses: Money,
    val refunds: Long,
    val refunded: Money,
    val pointsEarned: Points,
    val pointsRedeemed: Points,
    val cash: Money,
    val blocked: Long,
    val activated: Long,
    val purseChange: Money,
)
