package org.satchel.pos.sell

import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Job
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.flow.update
import kotlinx.coroutines.launch
import org.satchel.pos.cardwork.Ending
import org.satchel.pos.cardwork.Settling
import org.satchel.pos.cardwork.torn
import org.satchel.pos.cardwork.unless
import org.satchel.pos.core.AmountEntry
import org.satchel.pos.core.Category
import org.satchel.pos.core.Clock
import org.satchel.pos.core.Counter
import org.satchel.pos.core.CounterTrouble
import org.satchel.pos.core.HeldBasket
import org.satchel.pos.core.Item
import org.satchel.pos.core.Money
import org.satchel.pos.core.Reply
import org.satchel.pos.core.Stage
import org.satchel.pos.core.Status
import org.satchel.pos.core.Till
import org.satchel.pos.core.Trouble
import org.satchel.pos.core.UnsettledMovement
import org.satchel.pos.design.Feedback
import org.satchel.pos.design.Signal
import org.satchel.pos.design.Torn
import org.satchel.pos.nfc.CardReader
import org.satchel.pos.presenter.Presenter
import org.satchel.pos.presenter.Saved

data class SellState(
    val till: Status,
    val basket: Basket = Basket(),
    val tab: Tab = Tab.Amount,
    /** What is looked for, or being scanned. */
    val search: String = "",
    val categories: List<Category> = emptyList(),
    /** The category that is listed; null for none. */
    val category: String? = null,
    /** What was found, or is in the category. */
    val items: List<Item> = emptyList(),
    val sheet: SellSheet? = null,
    /** How many baskets wait. */
    val waiting: Int = 0,
    val notice: SellNotice? = null,
    val trouble: Trouble? = null,
    /** A torn card is waited for. */
    val torn: Torn? = null,
) {
    /** A movement whose card was taken away too soon, and that nobody has put aside. */
    val unsettled: UnsettledMovement? get() = till.unsettled.firstOrNull { it.stage !in listOf(Stage.PARKED, Stage.HELD) }
}

/** How things are rung up. */
enum class Tab { Amount, Catalogue }

/** What covers the screen. */
sealed interface SellSheet {
    data object TheBasket : SellSheet

    /** How much is taken off. [entry] are minor units. */
    data class Discounting(val entry: AmountEntry = AmountEntry()) : SellSheet

    /** How much of an item that is not sold by the piece. [entry] are thousandths. */
    data class Measuring(val item: Item, val entry: AmountEntry = AmountEntry()) : SellSheet
    data class Holding(val title: String = "") : SellSheet
    data class Recalling(val baskets: List<HeldBasket>) : SellSheet
}

/** What a person should know, and can go on with. */
sealed interface SellNotice {
    data class Unknown(val scanned: String) : SellNotice
    data class Refused(val why: CounterTrouble) : SellNotice
}

sealed interface SellEvent {
    data class Show(val tab: Tab) : SellEvent
    data class Digit(val digit: Int) : SellEvent
    data object Hundred : SellEvent
    data object Erase : SellEvent

    /** The typed amount becomes a line. */
    data object Add : SellEvent
    data class Search(val words: String) : SellEvent

    /** A key of a scanner, or of a keyboard, that no field took. */
    data class Key(val char: Char) : SellEvent

    /** What was scanned or typed is complete. */
    data object Enter : SellEvent

    /** The camera read a code. */
    data class Scanned(val code: String) : SellEvent

    /** Null for all of them. */
    data class ChooseCategory(val name: String?) : SellEvent
    data class Pick(val item: Item) : SellEvent
    data class Pieces(val place: Int, val pieces: Long) : SellEvent
    data class Remove(val place: Int) : SellEvent
    data class Open(val sheet: SellSheet) : SellEvent
    data object CloseSheet : SellEvent
    data class TakeOff(val discount: Discount) : SellEvent

    /** What the open sheet asks for is typed. */
    data object Confirm : SellEvent
    data class Title(val title: String) : SellEvent
    data object AskRecall : SellEvent
    data class Recall(val id: Long) : SellEvent
    data object Clear : SellEvent
    data object Understood : SellEvent

    /** Settles what a card that was taken away too soon has left open. */
    data object Settle : SellEvent
    data object GoOnWithout : SellEvent

    /** The screen comes into view, or goes out of it. */
    data object Appear : SellEvent
    data object Disappear : SellEvent

    /** To the payment. Caught on its way. */
    data object Charge : SellEvent

    /** To the shift, which is not open. Caught on its way. */
    data object OpenShift : SellEvent
}

/** Fills the ticket: by plain amounts, from the catalogue, by a scanner, or from a basket that waited. */
class SellPresenter(
    private val till: Till,
    private val counter: Counter,
    private val cards: CardReader,
    private val feedback: Feedback,
    private val clock: Clock,
    private val ticket: Ticket,
    private val saved: Saved,
    private val scope: CoroutineScope,
) : Presenter<SellState, SellEvent> {
    private val shown = MutableStateFlow(SellState(till.status.value, ticket.basket.value, tabOf(saved[TAB])))
    override val state: StateFlow<SellState> = shown

    private var looking: Job? = null
    private var settling: Settling? = null
    private var watching: Job? = null

    init {
        scope.launch { till.status.collect { status -> shown.update { it.copy(till = status) } } }
        scope.launch { ticket.basket.collect { basket -> shown.update { it.copy(basket = basket) } } }
        scope.launch { heard(counter.categories()) { found -> shown.update { it.copy(categories = found) } } }
        scope.launch { count() }
    }

    override fun on(event: SellEvent) = when (event) {
        is SellEvent.Show -> show(event.tab)
        is SellEvent.Digit -> type { it.typed(event.digit) }
        SellEvent.Hundred -> type(AmountEntry::typedHundred)
        SellEvent.Erase -> type(AmountEntry::erased)
        SellEvent.Add -> ticket.change(Basket::withEntryAsLine)
        is SellEvent.Search -> search(event.words)
        is SellEvent.Key -> shown.update { it.copy(search = it.search + event.char, notice = null) }
        SellEvent.Enter -> scan(shown.value.search.trim())
        is SellEvent.Scanned -> scan(event.code)
        is SellEvent.ChooseCategory -> list(event.name)
        is SellEvent.Pick -> pick(event.item)
        is SellEvent.Pieces -> ticket.change { it.withPieces(event.place, event.pieces) }
        is SellEvent.Remove -> ticket.change { it.without(event.place) }
        is SellEvent.Open -> open(event.sheet)
        SellEvent.CloseSheet -> open(null)
        is SellEvent.TakeOff -> takeOff(event.discount)
        SellEvent.Confirm -> confirm()
        is SellEvent.Title -> open(SellSheet.Holding(event.title))
        SellEvent.AskRecall -> askRecall()
        is SellEvent.Recall -> recall(event.id)
        SellEvent.Clear -> clear()
        SellEvent.Understood -> shown.update { it.copy(notice = null, trouble = null) }
        SellEvent.Settle -> settle()
        SellEvent.GoOnWithout -> settling?.goOnWithout() ?: Unit
        SellEvent.Appear -> settling?.resume() ?: Unit
        SellEvent.Disappear -> settling?.pause() ?: Unit
        SellEvent.Charge, SellEvent.OpenShift -> Unit
    }

    private fun show(tab: Tab) {
        saved[TAB] = tab.name
        shown.update { it.copy(tab = tab, notice = null) }
    }

    /** The amount of the open sheet, if there is one that asks for one; else the customer's. */
    private fun type(change: (AmountEntry) -> AmountEntry) = when (val sheet = shown.value.sheet) {
        is SellSheet.Discounting -> open(sheet.copy(entry = change(sheet.entry)))
        is SellSheet.Measuring -> open(sheet.copy(entry = change(sheet.entry)))
        else -> ticket.change { it.copy(entry = change(it.entry)) }
    }

    private fun open(sheet: SellSheet?) = shown.update { it.copy(sheet = sheet) }

    private fun search(words: String) {
        shown.update { it.copy(search = words, category = null, notice = null, items = if (words.isBlank()) emptyList() else it.items) }
        look { if (words.isBlank()) Reply.Yes(emptyList()) else counter.search(words, FOUND_MOST) }
    }

    private fun list(category: String?) {
        shown.update { it.copy(search = "", category = category, notice = null, items = emptyList()) }
        look { if (category == null) Reply.Yes(emptyList()) else counter.inCategory(category, skip = 0, most = LISTED_MOST) }
    }

    private fun look(find: suspend () -> Reply<List<Item>>) {
        looking?.cancel()
        looking = scope.launch { heard(find()) { found -> shown.update { it.copy(items = found) } } }
    }

    /** A scanner ends what it read by Enter; so may a person who typed a code. What is no code is looked for. */
    private fun scan(read: String) {
        if (read.isEmpty()) return
        looking?.cancel()
        scope.launch {
            heard(counter.scanned(read)) { item -> if (item == null) notScanned(read) else scanned(item) }
        }
    }

    private fun scanned(item: Item) {
        feedback.give(Signal.Done)
        shown.update { it.copy(search = "", items = emptyList()) }
        pick(item)
    }

    /** Words that find something are shown with it; a code that is nobody's leaves the field free for the next. */
    private suspend fun notScanned(read: String) = heard(counter.search(read, FOUND_MOST)) { found ->
        shown.update { it.copy(tab = Tab.Catalogue, category = null, items = found) }
        if (found.isEmpty()) {
            feedback.give(Signal.Refused)
            shown.update { it.copy(search = "", notice = SellNotice.Unknown(read)) }
        }
    }

    private fun pick(item: Item) {
        shown.update { it.copy(notice = null) }
        if (item.byMeasure) open(SellSheet.Measuring(item)) else ticket.change { it.with(item, PIECE) }
    }

    private fun takeOff(discount: Discount) {
        ticket.change { it.copy(discount = discount) }
        open(null)
    }

    private fun confirm() = when (val sheet = shown.value.sheet) {
        is SellSheet.Discounting -> takeOff(sheet.discount)
        is SellSheet.Measuring -> measured(sheet)
        is SellSheet.Holding -> hold(sheet.title)
        is SellSheet.Recalling, SellSheet.TheBasket, null -> Unit
    }

    private fun measured(sheet: SellSheet.Measuring) {
        if (!sheet.entry.amount.isPositive) return
        ticket.change { it.with(sheet.item, sheet.entry.amount.minor) }
        open(null)
    }

    private fun hold(title: String) {
        val basket = shown.value.basket.withEntryAsLine()
        val operator = shown.value.till.operator ?: return
        open(null)
        scope.launch {
            heard(counter.hold(title.trim(), basket.lines, basket.off, operator.person.number, clock.now())) {
                ticket.clear()
                count()
            }
        }
    }

    private fun askRecall() {
        scope.launch { heard(counter.held()) { open(SellSheet.Recalling(it)) } }
    }

    /** What is on the ticket must be put aside first. */
    private fun recall(id: Long) {
        if (!shown.value.basket.isEmpty) return
        open(null)
        scope.launch {
            heard(counter.recall(id)) { held -> ticket.change { held.basket() } }
            count()
        }
    }

    private fun clear() {
        ticket.clear()
        open(null)
    }

    private suspend fun count() = heard(counter.held()) { baskets -> shown.update { it.copy(waiting = baskets.size) } }

    private suspend fun <T> heard(reply: Reply<T>, use: suspend (T) -> Unit) = when (reply) {
        is Reply.Yes -> use(reply.value)
        is Reply.No -> shown.update { it.copy(notice = SellNotice.Refused(reply.trouble)) }
    }

    private fun settle() {
        val movement = shown.value.unsettled ?: return
        val settling = Settling(
            movement.torn, till, cards, scope,
            onRefused = { trouble -> shown.update { it.copy(trouble = trouble) } },
            onEnded = ::settled,
        )
        this.settling = settling
        watching = scope.launch { settling.state.collect { torn -> shown.update { it.copy(torn = torn, trouble = it.trouble.unless(torn.working)) } } }
    }

    private fun settled(ending: Ending) {
        watching?.cancel()
        settling = null
        feedback.give(if (ending is Ending.Held) Signal.Refused else Signal.Done)
        shown.update { it.copy(torn = null, trouble = null) }
    }
}

/** None, if nothing is typed. */
private val SellSheet.Discounting.discount: Discount
    get() = if (entry.amount.isPositive) Discount.Amount(entry.amount) else Discount.None

private fun HeldBasket.basket() =
    Basket(lines = lines, discount = if (discount == Money.Zero) Discount.None else Discount.Amount(discount))

private fun tabOf(name: String?): Tab = Tab.entries.firstOrNull { it.name == name } ?: Tab.Amount

private const val TAB = "tab"
private const val FOUND_MOST = 50
private const val LISTED_MOST = 200
