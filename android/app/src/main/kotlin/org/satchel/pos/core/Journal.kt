package org.satchel.pos.core

import java.time.Instant

/** What is looked for; whatever is given must fit. */
data class JournalQuery(
    val scope: JournalScope = JournalScope.EVERYTHING,
    val number: Long? = null,
    val amount: Money? = null,
    /** The last digits of the printed number, or a [CardMark.tail]. */
    val card: String? = null,
    val from: Instant? = null,
    val until: Instant? = null,
)

/** An entry in a list. */
data class JournalLine(
    val sequence: Long,
    val at: Instant,
    val kind: LineKind,
    /** How much it is about, never negative; the kind tells the direction. */
    val amount: Money?,
    val card: CardMark?,
    val person: Person?,
    val state: MovementState?,
)

sealed interface LineKind {
    /** [Till.receipt] has the whole of it. */
    data class Movement(val kind: ReceiptKind) : LineKind
    data class ShiftOpened(val shift: Long) : LineKind
    /** [Till.zReport] has the whole of it. */
    data class ShiftClosed(val number: Long) : LineKind
    data object SignedOn : LineKind
    data object SignedOff : LineKind
    /** A card or a person. */
    data class Refused(val why: RefusedWhy) : LineKind
    data class Registered(val number: String) : LineKind
    data class ReportedLost(val number: String) : LineKind
    /** [kind] is null if this version does not know it. */
    data class Installed(val kind: PackageKind?, val version: Long) : LineKind
    /** Bookkeeping of the journal's own. */
    data object Other : LineKind
}

/** A journal that holds. */
data class Verified(val entries: Long, val checkpoints: Long, val head: HeadMark)

/** A journal that was written out. */
data class Exported(val entries: Long, val firstUnreadable: Long?)
