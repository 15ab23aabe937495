package org.satchel.pos.core

import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.flow.MutableStateFlow
import java.time.Duration
import java.time.Instant

/**
 * A till of a test's own. It answers each call by what the test put into [answers], in order, and remembers the calls:
 * `sell(1250)`. A call that nobody prepared fails the test.
 */
class FakeTill(first: Status = aStatus()) : Till {
    override val status = MutableStateFlow(first)

    /** What was called, in order. */
    val calls = mutableListOf<String>()

    /** Whether nobody has been there for a while. */
    var idle = false

    /** How often it was told that somebody is there. */
    var touches = 0
        private set

    private val prepared = mutableMapOf<String, ArrayDeque<Answer<Any>>>()
    private var gate: CompletableDeferred<Unit>? = null

    /** Prepares answers to calls of [name], one after the other; the last one stays. */
    fun answers(name: String, vararg answers: Answer<Any>) {
        prepared.getOrPut(name, ::ArrayDeque).addAll(answers)
    }

    fun answers(name: String, value: Any) = answers(name, yes(value))

    fun refuses(name: String, trouble: Trouble) = answers(name, no(trouble))

    /** Every call from now on waits until [goOn]. */
    fun halt() {
        gate = CompletableDeferred()
    }

    fun goOn() {
        gate?.complete(Unit)
        gate = null
    }

    private suspend fun <T : Any> answer(name: String, vararg arguments: Any?): Answer<T> {
        calls += "$name(${arguments.joinToString()})"
        gate?.await()
        val queue = prepared[name] ?: error("nobody prepared an answer to $name")
        @Suppress("UNCHECKED_CAST") // a test that prepares the wrong kind of answer fails by that
        return (if (queue.size > 1) queue.removeFirst() else queue.first()) as Answer<T>
    }

    override suspend fun signOn(card: CardLink, pin: ByteArray): Answer<OperatorOnDuty> {
        val answer = answer<OperatorOnDuty>("signOn", String(pin))
        if (answer is Answer.Yes) status.value = status.value.copy(operator = answer.value)
        return answer
    }
    override suspend fun approve(card: CardLink, pin: ByteArray): Answer<Approval> = answer("approve", String(pin))
    override suspend fun signOff(): Answer<Unit> {
        calls += "signOff()"
        status.value = status.value.copy(operator = null)
        return Answer.Yes(Unit)
    }
    override suspend fun touch(): Answer<Unit> {
        touches++
        return Answer.Yes(Unit)
    }
    override suspend fun signOffIfIdle(): Answer<Boolean> {
        val locks = idle && status.value.operator != null
        if (locks) status.value = status.value.copy(operator = null)
        return Answer.Yes(locks)
    }
    override suspend fun openShift(float: Money): Answer<Long> = answer("openShift", float.minor)
    override suspend fun payIn(amount: Money, approval: Approval?): Answer<Receipt> = answer("payIn", amount.minor, approval?.by?.number)
    override suspend fun payOut(amount: Money, approval: Approval?): Answer<Receipt> = answer("payOut", amount.minor, approval?.by?.number)
    override suspend fun xReport(): Answer<XReport> = answer("xReport")
    override suspend fun closeShift(counted: Money): Answer<ZReport> = answer("closeShift", counted.minor)
    override suspend fun preview(order: Order, card: CardMeans?): Answer<Preview> = answer("preview", order.gross.minor)
    override suspend fun previewTopUp(amount: Money): Answer<TopUpPreview> = answer("previewTopUp", amount.minor)
    override suspend fun sell(card: CardLink, order: Order, approval: Approval?): Answer<Outcome> =
        answer("sell", order.gross.minor, approval?.by?.number)
    override suspend fun sellForCash(order: Order, approval: Approval?): Answer<Receipt> =
        answer("sellForCash", order.gross.minor, approval?.by?.number)
    override suspend fun topUp(card: CardLink, amount: Money, approval: Approval?): Answer<Outcome> =
        answer("topUp", amount.minor, approval?.by?.number)
    override suspend fun undoSale(card: CardLink, approval: Approval?): Answer<Outcome> = answer("undoSale", approval?.by?.number)
    override suspend fun undoTopUp(card: CardLink, approval: Approval?): Answer<Outcome> = answer("undoTopUp", approval?.by?.number)
    override suspend fun refund(card: CardLink, sale: Long, amount: Money, approval: Approval?): Answer<Outcome> =
        answer("refund", sale, amount.minor, approval?.by?.number)
    override suspend fun refundInCash(sale: MovementId, amount: Money, approval: Approval?): Answer<Receipt> =
        answer("refundInCash", sale, amount.minor, approval?.by?.number)
    override suspend fun block(card: CardLink, approval: Approval?): Answer<Outcome> = answer("block", approval?.by?.number)
    override suspend fun settle(card: CardLink): Answer<Settled> = answer("settle")
    override suspend fun park(movement: MovementId): Answer<Receipt> = answer("park", movement)
    override suspend fun inquire(card: CardLink, depth: Depth): Answer<CardState> = answer("inquire", depth)
    override suspend fun register(card: CardLink, details: MemberDetails): Answer<Registration> = answer("register", details)
    override suspend fun reportLost(number: String): Answer<Unit> = answer("reportLost", number)
    override suspend fun findMembers(text: String): Answer<List<Member>> = answer("findMembers", text)
    override suspend fun journalLines(query: JournalQuery, before: Long?, most: Int): Answer<List<JournalLine>> =
        answer("journalLines", query, before)
    override suspend fun receipt(sequence: Long): Answer<Receipt> = answer("receipt", sequence)
    override suspend fun zReport(sequence: Long): Answer<ZReport> = answer("zReport", sequence)
    override suspend fun checkpoint(): Answer<Unit> = answer("checkpoint")
    override suspend fun verifyJournal(progress: (done: Long, total: Long) -> Unit): Answer<Verified> {
        progress(1, 2)
        return answer("verifyJournal")
    }
    override suspend fun tidy(): Answer<Unit> = Answer.Yes(Unit)
    override fun close() {
        calls += "close()"
    }
}

val euro = Currency("EUR", 2)

/** Noon of a day in the future of nothing. */
val noon: Instant = Instant.parse("2026-03-14T12:00:00Z")

fun aPerson(number: Long = 7, name: String? = "Ada Brown") = Person(number, name)

fun anOperator(person: Person = aPerson(), level: Level = Level.CASHIER, authorities: Set<Authority> = Authority.entries.toSet()) =
    OperatorOnDuty(person, level, authorities, discountPercent = 10)

fun anApproval(person: Person = aPerson(1, "Lin Wei")): Approval = object : Approval {
    override val by = person
}

fun aStatus(operator: OperatorOnDuty? = null, shift: ShiftStatus? = null, training: Boolean = false) = Status(
    terminal = 12,
    store = 3,
    training = training,
    currency = euro,
    operator = operator,
    shift = shift,
    unsettled = emptyList(),
    packages = emptyList(),
    limits = null,
    lastZ = 41,
    head = HeadMark(1_024, "5f3a90c1"),
    clock = ClockStatus.Right,
    receiptTexts = emptyList(),
    idle = Duration.ofMinutes(5),
)

fun aShift(number: Long = 42) = ShiftStatus(number, aPerson(), noon, Money(100_00), Money(187_50))

fun aCard(number: String? = "…0012") = CardMark("9C4F", number)

fun aReceipt(
    kind: ReceiptKind = ReceiptKind.SALE,
    state: MovementState = MovementState.Done,
    amount: Money = Money(12_50),
) = Receipt(
    kind = kind,
    state = state,
    id = MovementId(12, 17),
    at = noon,
    store = 3,
    operator = aPerson(),
    approver = null,
    card = aCard(),
    lines = emptyList(),
    gross = amount,
    discount = Money.Zero,
    pointsValue = Money.Zero,
    amount = amount,
    purse = -amount,
    cash = Money.Zero,
    bonus = Money.Zero,
    balance = Money(37_50),
    pointsEarned = Points(12),
    pointsRedeemed = Points.Zero,
    pointsBalance = Points(212),
    undoes = null,
    head = HeadMark(1_025, "0a61be77"),
    currency = euro,
    training = false,
    duplicate = false,
)

fun yes(value: Any): Answer<Any> = Answer.Yes(value)

fun no(trouble: Trouble): Answer<Any> = Answer.No(trouble)
