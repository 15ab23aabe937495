package org.satchel.pos.core

import kotlinx.coroutines.CoroutineDispatcher
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.withContext
import org.satchel.bindings.InternalException
import org.satchel.bindings.Progress
import org.satchel.bindings.Approval as CoreApproval
import org.satchel.bindings.Till as CoreTill
import org.satchel.bindings.Trouble as CoreTrouble

/**
 * The [Till] that the core is.
 *
 * @param calls runs one call at a time, off the main thread: the core takes no second one meanwhile
 */
class RustTill private constructor(
    private val core: CoreTill,
    private val calls: CoroutineDispatcher,
    first: Status,
) : Till {
    private val known = MutableStateFlow(first)
    override val status: StateFlow<Status> = known

    override suspend fun signOn(card: CardLink, pin: ByteArray) = changing { core.signOn(card.cores(), pin).ours() }
    override suspend fun approve(card: CardLink, pin: ByteArray) =
        changing<Approval> { RustApproval(core.approve(card.cores(), pin)) }
    override suspend fun signOff() = changing { core.signOff() }
    override suspend fun touch() = asking { core.touch() }
    override suspend fun signOffIfIdle() = changing { core.signOffIfIdle() }

    override suspend fun openShift(float: Money) = changing { core.openShift(float.minor).toLong() }
    override suspend fun payIn(amount: Money, approval: Approval?) =
        changing { core.payIn(amount.minor, approval.cores()).ours() }
    override suspend fun payOut(amount: Money, approval: Approval?) =
        changing { core.payOut(amount.minor, approval.cores()).ours() }
    override suspend fun xReport() = asking { core.xReport().ours() }
    override suspend fun closeShift(counted: Money) = changing { core.closeShift(counted.minor).ours() }

    override suspend fun preview(order: Order, card: CardMeans?) =
        asking { core.preview(order.cores(), card?.cores()).ours() }
    override suspend fun previewTopUp(amount: Money) = asking { core.previewTopUp(amount.minor).ours() }
    override suspend fun sell(card: CardLink, order: Order, approval: Approval?) =
        changing { core.sell(card.cores(), order.cores(), approval.cores()).ours() }
    override suspend fun sellForCash(order: Order, approval: Approval?) =
        changing { core.sellForCash(order.cores(), approval.cores()).ours() }
    override suspend fun topUp(card: CardLink, amount: Money, approval: Approval?) =
        changing { core.topUp(card.cores(), amount.minor, approval.cores()).ours() }
    override suspend fun undoSale(card: CardLink, approval: Approval?) =
        changing { core.undoSale(card.cores(), approval.cores()).ours() }
    override suspend fun undoTopUp(card: CardLink, approval: Approval?) =
        changing { core.undoTopUp(card.cores(), approval.cores()).ours() }
    override suspend fun refund(card: CardLink, sale: Long, amount: Money, approval: Approval?) =
        changing { core.refund(card.cores(), number(sale), amount.minor, approval.cores()).ours() }
    override suspend fun refundInCash(sale: MovementId, amount: Money, approval: Approval?) =
        changing { core.refundInCash(sale.cores(), amount.minor, approval.cores()).ours() }
    override suspend fun block(card: CardLink, approval: Approval?) =
        changing { core.block(card.cores(), approval.cores()).ours() }
    override suspend fun settle(card: CardLink) = changing { core.settle(card.cores()).ours() }
    override suspend fun park(movement: MovementId) = changing { core.park(number(movement.sequence)).ours() }
    override suspend fun inquire(card: CardLink, depth: Depth) = changing { core.inquire(card.cores(), depth).ours() }

    override suspend fun register(card: CardLink, details: MemberDetails) =
        changing { core.register(card.cores(), details.cores()).ours() }
    override suspend fun reportLost(number: String) = changing { core.reportLost(number) }
    override suspend fun findMembers(text: String) = asking { core.findMembers(text).map { it.ours() } }

    override suspend fun journalLines(query: JournalQuery, before: Long?, most: Int) =
        asking { core.journalLines(query.cores(), before?.let(::number), most.toUInt()).map { it.ours() } }
    override suspend fun receipt(sequence: Long) = asking { core.receipt(number(sequence)).ours() }
    override suspend fun zReport(sequence: Long) = asking { core.zReport(number(sequence)).ours() }
    override suspend fun checkpoint() = changing { core.checkpoint() }
    override suspend fun verifyJournal(progress: (done: Long, total: Long) -> Unit) =
        asking { core.verifyJournal(ProgressFor(progress)).ours() }
    override suspend fun tidy() = asking { core.tidy() }

    override fun close() = core.close()

    private suspend fun <T> asking(call: () -> T): Answer<T> = withContext(calls) { answering(call) }

    /** A call that is refused may have changed something too: the core starts again after a fault, with nobody on duty. */
    private suspend fun <T> changing(call: () -> T): Answer<T> = withContext(calls) {
        val answer = answering(call)
        answering { core.status().ours() }.orElse { return@withContext answer }?.let { known.value = it }
        answer
    }

    companion object {
        /** Takes a till over; to be called on [calls]. */
        internal fun of(core: CoreTill, calls: CoroutineDispatcher): Answer<Till> =
            answering { RustTill(core, calls, core.status().ours()) }
    }
}

private class RustApproval(val core: CoreApproval) : Approval {
    override val by: Person = core.by().ours()
}

private fun Approval?.cores(): CoreApproval? = (this as RustApproval?)?.core

private class ProgressFor(private val told: (Long, Long) -> Unit) : Progress {
    override fun step(done: ULong, total: ULong) = told(done.toLong(), total.toLong())
}

/** What a call of the core brings; its exceptions end here, those of what was closed too. */
internal inline fun <T> answering(call: () -> T): Answer<T> = try {
    Answer.Yes(call())
} catch (trouble: CoreTrouble) {
    Answer.No(trouble.ours())
} catch (fault: InternalException) {
    Answer.No(Trouble.Internal(fault.message.orEmpty()))
} catch (fault: IllegalStateException) {
    Answer.No(Trouble.Internal(fault.message.orEmpty()))
}
