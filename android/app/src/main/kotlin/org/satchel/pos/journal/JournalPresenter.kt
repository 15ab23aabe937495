package org.satchel.pos.journal

import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Job
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.flow.update
import kotlinx.coroutines.launch
import org.satchel.pos.core.Answer
import org.satchel.pos.core.Clock
import org.satchel.pos.core.JournalLine
import org.satchel.pos.core.JournalQuery
import org.satchel.pos.core.JournalScope
import org.satchel.pos.core.LineKind
import org.satchel.pos.core.Money
import org.satchel.pos.core.Receipt
import org.satchel.pos.core.ReceiptText
import org.satchel.pos.core.Till
import org.satchel.pos.core.Trouble
import org.satchel.pos.core.ZReport
import org.satchel.pos.core.map
import org.satchel.pos.presenter.Presenter
import org.satchel.pos.presenter.Saved
import java.time.LocalDate
import java.time.ZoneId

data class JournalState(
    val search: Search = Search(),
    val lines: List<JournalLine> = emptyList(),
    val reading: Boolean = true,
    /** Whether there may be older ones. */
    val more: Boolean = false,
    val trouble: Trouble? = null,
    /** What is open beside the list. */
    val opened: Opened? = null,
    val texts: List<ReceiptText> = emptyList(),
)

/** What is looked for. */
data class Search(val text: String = "", val by: By = By.Number, val day: LocalDate? = null)

/** What the text of a [Search] is. */
enum class By { Number, Amount, Card }

data class Opened(val sequence: Long, val page: Page? = null)

/** A reprint. */
sealed interface Page {
    data class OfMovement(val receipt: Receipt) : Page
    data class OfShift(val report: ZReport) : Page
}

sealed interface JournalEvent {
    data class Type(val text: String) : JournalEvent
    data class LookBy(val by: By) : JournalEvent
    data object Today : JournalEvent
    data object DayBefore : JournalEvent
    data object DayAfter : JournalEvent
    data object EveryDay : JournalEvent
    data object More : JournalEvent
    data class Open(val line: JournalLine) : JournalEvent
    data object Close : JournalEvent
}

/** Looks things up in the journal, newest first. */
class JournalPresenter(
    private val till: Till,
    private val clock: Clock,
    private val zone: ZoneId,
    private val saved: Saved,
    private val scope: CoroutineScope,
) : Presenter<JournalState, JournalEvent> {
    private val shown = MutableStateFlow(JournalState(searched(), texts = till.status.value.receiptTexts))
    override val state: StateFlow<JournalState> = shown

    private var looking: Job? = null

    init {
        look()
    }

    override fun on(event: JournalEvent) = when (event) {
        is JournalEvent.Type -> search { it.copy(text = event.text.take(LONGEST)) }
        is JournalEvent.LookBy -> search { it.copy(by = event.by) }
        JournalEvent.Today -> search { it.copy(day = today()) }
        JournalEvent.DayBefore -> search { it.copy(day = (it.day ?: today()).minusDays(1)) }
        JournalEvent.DayAfter -> search { it.copy(day = (it.day ?: today()).plusDays(1)) }
        JournalEvent.EveryDay -> search { it.copy(day = null) }
        JournalEvent.More -> more()
        is JournalEvent.Open -> open(event.line)
        JournalEvent.Close -> shown.update { it.copy(opened = null, trouble = null) }
    }

    private fun search(change: (Search) -> Search) {
        val search = change(shown.value.search)
        saved[TEXT] = search.text
        saved[BY] = search.by.name
        saved[DAY] = search.day?.toString()
        shown.update { it.copy(search = search, opened = null) }
        look()
    }

    private fun searched() = Search(
        saved[TEXT].orEmpty(),
        By.entries.firstOrNull { it.name == saved[BY] } ?: By.Number,
        saved[DAY]?.let(LocalDate::parse),
    )

    /** From the newest on; a search that is not done yet is given up. */
    private fun look() {
        looking?.cancel()
        shown.update { it.copy(reading = true, trouble = null) }
        looking = scope.launch { read(before = null) }
    }

    private fun more() {
        val now = shown.value
        if (now.reading || !now.more) return
        shown.update { it.copy(reading = true) }
        looking = scope.launch { read(now.lines.last().sequence) }
    }

    private suspend fun read(before: Long?) {
        val query = query(shown.value.search)
        val answer = if (query == null) Answer.Yes(emptyList()) else till.journalLines(query, before, PAGE)
        when (answer) {
            is Answer.Yes -> shown.update {
                val earlier = if (before == null) emptyList() else it.lines
                it.copy(lines = earlier + answer.value, more = answer.value.size >= PAGE, reading = false)
            }
            is Answer.No -> shown.update { it.copy(reading = false, more = false, trouble = answer.trouble) }
        }
    }

    /** Null if nothing can be found by it. */
    private fun query(search: Search): JournalQuery? {
        val from = search.day?.atStartOfDay(zone)?.toInstant()
        val until = search.day?.plusDays(1)?.atStartOfDay(zone)?.toInstant()
        val all = JournalQuery(JournalScope.EVERYTHING, from = from, until = until)
        val text = search.text.trim()
        if (text.isEmpty()) return all
        return when (search.by) {
            By.Number -> numberOf(text)?.let { all.copy(number = it) }
            By.Amount -> amountOf(text, till.status.value.currency?.exponent ?: 0)?.let { all.copy(amount = it) }
            By.Card -> all.copy(card = text)
        }
    }

    private fun open(line: JournalLine) {
        if (!line.opens) return
        shown.update { it.copy(opened = Opened(line.sequence), trouble = null) }
        scope.launch {
            val answer = when (line.kind) {
                is LineKind.ShiftClosed -> till.zReport(line.sequence).map(Page::OfShift)
                else -> till.receipt(line.sequence).map(Page::OfMovement)
            }
            if (shown.value.opened?.sequence == line.sequence) show(line.sequence, answer)
        }
    }

    private fun show(sequence: Long, answer: Answer<Page>) = when (answer) {
        is Answer.Yes -> shown.update { it.copy(opened = Opened(sequence, answer.value)) }
        is Answer.No -> shown.update { it.copy(opened = null, trouble = answer.trouble) }
    }

    private fun today(): LocalDate = clock.now().atZone(zone).toLocalDate()
}

/** Whether there is a paper of it. */
val JournalLine.opens: Boolean get() = kind is LineKind.Movement || kind is LineKind.ShiftClosed

/** Of `17` or `T12-17`. */
internal fun numberOf(text: String): Long? = text.substringAfterLast('-').trim().toLongOrNull()

/** An amount as a person types it, in units: `12`, `12.5` and `12,50`; null if it is none. */
internal fun amountOf(text: String, exponent: Int): Money? {
    val units = text.replace('٫', '.').replace(',', '.').toBigDecimalOrNull() ?: return null
    return runCatching { units.movePointRight(exponent).longValueExact() }.getOrNull()?.let(::Money)
}

private const val PAGE = 50
private const val LONGEST = 30
private const val TEXT = "text"
private const val BY = "by"
private const val DAY = "day"
