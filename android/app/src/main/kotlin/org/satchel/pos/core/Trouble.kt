package org.satchel.pos.core

import java.time.Instant
import java.time.LocalDate

/**
 * Why something was not done, as a person must know it. It certainly did not happen; what is uncertain is an
 * [Outcome.Indeterminate]. What it says on screen stands in `design/TroubleTexts.kt`.
 */
sealed interface Trouble {
    data object SignOnFirst : Trouble
    data object OpenShiftFirst : Trouble
    data object ShiftAlreadyOpen : Trouble
    data class AskSomebodyWhoMay(val authority: Authority) : Trouble
    data object HoldSameCardAgain : Trouble
    data class SettleFirst(val id: MovementId) : Trouble
    data class HeldForOffice(val id: MovementId) : Trouble
    data object NotOurCard : Trouble
    data object HidesItsNumber : Trouble
    data object CardBlocked : Trouble
    data object CardListed : Trouble
    data object RegisterFirst : Trouble
    data object AlreadyRegistered : Trouble
    data class CardExpired(val on: LocalDate) : Trouble
    data class NotEnough(val balance: Money, val needed: Money) : Trouble
    /** [most] is an amount in minor units (with [Limit.TOP_UP_MIN] the least), or points with [Limit.POINTS]. */
    data class OverLimit(val limit: Limit, val most: Long) : Trouble
    /** The purse itself has no room, or the card refuses to give so much. */
    data object CardLimit : Trouble
    data class WrongPin(val triesLeft: Int) : Trouble
    data object PinBlocked : Trouble
    data object PinMalformed : Trouble
    data class OperatorRefused(val why: OperatorFault) : Trouble
    data class OrderWrong(val why: OrderFault) : Trouble
    data object AmountOutOfRange : Trouble
    data object NotTheLast : Trouble
    data class RefundTooHigh(val paid: Money, val refunded: Money) : Trouble
    data class NoSuchSale(val sequence: Long) : Trouble
    data class NotWaiting(val sequence: Long) : Trouble
    data object TooManyUnsettled : Trouble
    data class CardNumberWrong(val why: CardNumberFault) : Trouble
    data class MemberTextWrong(val why: MemberTextFault) : Trouble
    data object TerminalHasNoKey : Trouble
    data object KeysTooOld : Trouble
    data class PackageMissing(val kind: PackageKind) : Trouble
    data class PackageTooOld(val kind: PackageKind, val days: Long, val limit: Long) : Trouble
    data class PackageRefused(val detail: String) : Trouble
    data class SetClock(val shown: Instant, val seen: Instant) : Trouble
    data object StorageFull : Trouble
    data object StorageReadOnly : Trouble
    data class StorageFaulty(val detail: String) : Trouble
    data class JournalDamaged(val firstBad: Long) : Trouble
    data object JournalInUse : Trouble
    data object JournalFull : Trouble
    data class CardFaulty(val detail: String) : Trouble
    data class ReaderFaulty(val detail: String) : Trouble
    data class ClockFaulty(val detail: String) : Trouble
    data object NewVersionNeeded : Trouble
    data object NotSetUp : Trouble
    data class AlreadySetUp(val terminal: Long) : Trouble
    /** What was opened belongs to another invitation than the one that was answered last. */
    data object OtherInvitation : Trouble

    /** No invitation was answered on this device. */
    data object NotInvited : Trouble
    data object SetUpWrongCode : Trouble
    data class SetUpDamaged(val detail: String) : Trouble
    data class SealFaulty(val detail: String) : Trouble
    data object TrainingOnly : Trouble
    data object Busy : Trouble
    data class Internal(val detail: String) : Trouble
}

/** It lay at which card was held, or how: what was to be done to it need not be asked for anew. */
val Trouble.liesAtCard: Boolean
    get() = when (this) {
        Trouble.HoldSameCardAgain, Trouble.NotOurCard, Trouble.HidesItsNumber, Trouble.Busy, is Trouble.ReaderFaulty -> true
        else -> false
    }

sealed interface OperatorFault {
    data object NotListed : OperatorFault
    data object OldCard : OperatorFault
    data object TimeOver : OperatorFault
    data object OtherStore : OperatorFault
    data object NoKeysHere : OperatorFault
    data class KeysExpired(val on: LocalDate) : OperatorFault
    data object KeysDoNotOpen : OperatorFault
}
