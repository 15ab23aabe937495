package org.satchel.pos.core

import java.time.Duration
import java.time.Instant

/** How the terminal stands. */
data class Status(
    val terminal: Long,
    val store: Long?,
    val training: Boolean,
    val currency: Currency?,
    val operator: OperatorOnDuty?,
    val shift: ShiftStatus?,
    val unsettled: List<UnsettledMovement>,
    val packages: List<PackageStatus>,
    val limits: Limits?,
    val lastZ: Long,
    val head: HeadMark,
    val clock: ClockStatus,
    val receiptTexts: List<ReceiptText>,
    /** After how long without a touch it signs off. */
    val idle: Duration,
)

sealed interface ClockStatus {
    data object Right : ClockStatus
    /** The device shows a time that lies before one it has seen. */
    data class SetBack(val shown: Instant, val seen: Instant) : ClockStatus
}

data class ShiftStatus(
    val number: Long,
    val openedBy: Person,
    val openedAt: Instant,
    val float: Money,
    /** The cash that should be in the drawer. */
    val expected: Money,
)

/** A movement that waits for its card. */
data class UnsettledMovement(
    val id: MovementId,
    val operation: Operation,
    val at: Instant,
    val age: Duration,
    val purse: Money,
    val cash: Money,
    val card: CardMark,
    val stage: Stage,
)

data class PackageStatus(val kind: PackageKind, val version: Long?, val ageDays: Long?, val state: PackageState)

/** What head office allows this terminal. */
data class Limits(
    val purseMost: Money,
    val perSaleMost: Money,
    val perCardDayMost: Money,
    val offlineTotalMost: Money,
    val topUpLeast: Money,
    val topUpMost: Money,
    val topUpAllowance: Money,
    val pointsMost: Points,
)

/** A line that head office wants on receipts. */
data class ReceiptText(val place: String, val text: String)

/** Where the journal stands: how many entries, and the first eight hex digits of the last one's hash. */
data class HeadMark(val entries: Long, val hash: String)
