package org.satchel.pos.core

import kotlinx.coroutines.flow.StateFlow

/**
 * A terminal: everything that people do with one. Calls wait for one another and leave the caller's thread free.
 *
 * Giving up a call that moves a card's money does not stop it: it goes on to its end, and the journal has it.
 */
interface Till : AutoCloseable {
    /** How it stands; renewed after every call that may change it. */
    val status: StateFlow<Status>

    /** @param pin ASCII digits; the caller wipes them after the call. */
    suspend fun signOn(card: CardLink, pin: ByteArray): Answer<OperatorOnDuty>

    /** Somebody else agrees to something, with their own card. @param pin as of [signOn] */
    suspend fun approve(card: CardLink, pin: ByteArray): Answer<Approval>
    suspend fun signOff(): Answer<Unit>

    /** Somebody is there. */
    suspend fun touch(): Answer<Unit>

    /** Whether it signed off; to be asked every few seconds. */
    suspend fun signOffIfIdle(): Answer<Boolean>

    /** Returns the shift's number. */
    suspend fun openShift(float: Money): Answer<Long>
    suspend fun payIn(amount: Money, approval: Approval? = null): Answer<Receipt>
    suspend fun payOut(amount: Money, approval: Approval? = null): Answer<Receipt>
    suspend fun xReport(): Answer<XReport>
    suspend fun closeShift(counted: Money): Answer<ZReport>

    /** @param card null before the tap: reckoned for a card of the lowest tier that has enough */
    suspend fun preview(order: Order, card: CardMeans? = null): Answer<Preview>
    suspend fun previewTopUp(amount: Money): Answer<TopUpPreview>
    suspend fun sell(card: CardLink, order: Order, approval: Approval? = null): Answer<Outcome>

    /** The order redeems [Redeem.Nothing], and its tender is [Tender.Card]: cash pays all of it. */
    suspend fun sellForCash(order: Order, approval: Approval? = null): Answer<Receipt>
    suspend fun topUp(card: CardLink, amount: Money, approval: Approval? = null): Answer<Outcome>
    suspend fun undoSale(card: CardLink, approval: Approval? = null): Answer<Outcome>
    suspend fun undoTopUp(card: CardLink, approval: Approval? = null): Answer<Outcome>

    /** @param sale the sequence on the receipt */
    suspend fun refund(card: CardLink, sale: Long, amount: Money, approval: Approval? = null): Answer<Outcome>
    suspend fun refundInCash(sale: MovementId, amount: Money, approval: Approval? = null): Answer<Receipt>
    suspend fun block(card: CardLink, approval: Approval? = null): Answer<Outcome>

    /** "Hold the same card again." */
    suspend fun settle(card: CardLink): Answer<Settled>

    /** Goes on without the card. Returns the slip. */
    suspend fun park(movement: MovementId): Answer<Receipt>
    suspend fun inquire(card: CardLink, depth: Depth): Answer<CardState>

    suspend fun register(card: CardLink, details: MemberDetails): Answer<Registration>

    /** @param number as typed */
    suspend fun reportLost(number: String): Answer<Unit>
    suspend fun findMembers(text: String): Answer<List<Member>>

    /** Newest first, at most [most]; the next page begins [before] the last line's sequence. */
    suspend fun journalLines(query: JournalQuery, before: Long? = null, most: Int = 50): Answer<List<JournalLine>>

    /** A reprint. */
    suspend fun receipt(sequence: Long): Answer<Receipt>

    /** A reprint, by the sequence of a [LineKind.ShiftClosed]. */
    suspend fun zReport(sequence: Long): Answer<ZReport>
    suspend fun checkpoint(): Answer<Unit>

    /** @param progress told how many of how many entries are checked; not on the caller's thread */
    suspend fun verifyJournal(progress: (done: Long, total: Long) -> Unit): Answer<Verified>

    /** Housekeeping between two customers; cheap. */
    suspend fun tidy(): Answer<Unit>

    /** Lets go of the journal, once the last call has ended. */
    override fun close()
}
