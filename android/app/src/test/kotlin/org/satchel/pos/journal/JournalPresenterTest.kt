package org.satchel.pos.journal

import kotlinx.coroutines.ExperimentalCoroutinesApi
import kotlinx.coroutines.test.TestScope
import kotlinx.coroutines.test.UnconfinedTestDispatcher
import kotlinx.coroutines.test.runTest
import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Assert.assertNull
import org.junit.Assert.assertTrue
import org.junit.Test
import org.satchel.pos.core.FakeTill
import org.satchel.pos.core.JournalLine
import org.satchel.pos.core.JournalQuery
import org.satchel.pos.core.LineKind
import org.satchel.pos.core.Money
import org.satchel.pos.core.ReceiptKind
import org.satchel.pos.core.Trouble
import org.satchel.pos.core.aReceipt
import org.satchel.pos.core.noon
import org.satchel.pos.core.yes
import org.satchel.pos.presenter.Kept
import org.satchel.pos.receipts.aZReport
import java.time.Instant
import java.time.LocalDate
import java.time.ZoneOffset

@OptIn(ExperimentalCoroutinesApi::class)
class JournalPresenterTest {
    private val till = FakeTill()
    private val saved = Kept()

    @Test fun the_newest_come_first_and_older_ones_on_demand() {
        till.answers("journalLines", yes(lines(100 downTo 51)), yes(lines(50 downTo 48)))
        test { presenter ->
            assertTrue(presenter.state.value.more)
            presenter.on(JournalEvent.More)
            assertEquals((100L downTo 48L).toList(), presenter.state.value.lines.map { it.sequence })
            assertFalse(presenter.state.value.more)
            presenter.on(JournalEvent.More)
            assertEquals(listOf("journalLines(${JournalQuery()}, null)", "journalLines(${JournalQuery()}, 51)"), till.calls)
        }
    }

    @Test fun a_number_is_looked_for_with_or_without_its_terminal() = looking(JournalQuery(number = 17)) { presenter ->
        presenter.on(JournalEvent.Type("T12-17"))
    }

    @Test fun an_amount_is_looked_for_in_minor_units() = looking(JournalQuery(amount = Money(12_50))) { presenter ->
        presenter.on(JournalEvent.LookBy(By.Amount))
        presenter.on(JournalEvent.Type("12,50"))
    }

    @Test fun a_card_is_looked_for_by_its_last_digits() = looking(JournalQuery(card = "0012")) { presenter ->
        presenter.on(JournalEvent.LookBy(By.Card))
        presenter.on(JournalEvent.Type("0012"))
    }

    @Test fun a_day_has_its_own_beginning_and_end() = looking(
        JournalQuery(from = Instant.parse("2026-03-13T00:00:00Z"), until = Instant.parse("2026-03-14T00:00:00Z")),
    ) { presenter ->
        presenter.on(JournalEvent.Today)
        presenter.on(JournalEvent.DayBefore)
    }

    @Test fun what_is_no_number_finds_nothing_and_asks_nobody() = prepared { presenter ->
        till.calls.clear()
        presenter.on(JournalEvent.Type("seventeen"))
        assertEquals(emptyList<String>(), till.calls)
        assertEquals(emptyList<JournalLine>(), presenter.state.value.lines)
    }

    @Test fun a_movement_opens_its_receipt() = prepared { presenter ->
        val receipt = aReceipt().copy(duplicate = true)
        till.answers("receipt", receipt)
        presenter.on(JournalEvent.Open(line(17)))
        assertEquals(Opened(17, Page.OfMovement(receipt)), presenter.state.value.opened)
        presenter.on(JournalEvent.Close)
        assertNull(presenter.state.value.opened)
    }

    @Test fun a_closed_shift_opens_its_report() = prepared { presenter ->
        till.answers("zReport", aZReport())
        presenter.on(JournalEvent.Open(line(17, LineKind.ShiftClosed(3))))
        assertEquals(Opened(17, Page.OfShift(aZReport())), presenter.state.value.opened)
    }

    @Test fun what_has_no_paper_does_not_open() = prepared { presenter ->
        presenter.on(JournalEvent.Open(line(17, LineKind.SignedOn)))
        assertNull(presenter.state.value.opened)
    }

    @Test fun a_receipt_that_cannot_be_read_says_why() = prepared { presenter ->
        till.refuses("receipt", Trouble.JournalDamaged(9))
        presenter.on(JournalEvent.Open(line(17)))
        assertNull(presenter.state.value.opened)
        assertEquals(Trouble.JournalDamaged(9), presenter.state.value.trouble)
    }

    @Test fun the_search_outlives_the_process() {
        saved["text"] = "17"
        saved["by"] = "Card"
        saved["day"] = "2026-03-13"
        prepared { presenter ->
            assertEquals(Search("17", By.Card, LocalDate.of(2026, 3, 13)), presenter.state.value.search)
        }
    }

    @Test fun amounts_are_read_as_people_type_them() {
        assertEquals(Money(12_00), amountOf("12", 2))
        assertEquals(Money(12_50), amountOf("12.5", 2))
        assertEquals(Money(12), amountOf("12", 0))
        assertNull(amountOf("12.505", 2))
        assertNull(amountOf("twelve", 2))
    }

    private fun looking(query: JournalQuery, ask: (JournalPresenter) -> Unit) = prepared { presenter ->
        ask(presenter)
        assertEquals("journalLines($query, null)", till.calls.last())
    }

    private fun prepared(body: suspend TestScope.(JournalPresenter) -> Unit) {
        till.answers("journalLines", emptyList<JournalLine>())
        test(body)
    }

    private fun test(body: suspend TestScope.(JournalPresenter) -> Unit) = runTest(UnconfinedTestDispatcher()) {
        body(JournalPresenter(till, { noon }, ZoneOffset.UTC, saved, backgroundScope))
    }

    private fun lines(sequences: IntProgression) = sequences.map { line(it.toLong()) }

    private fun line(sequence: Long, kind: LineKind = LineKind.Movement(ReceiptKind.SALE)) =
        JournalLine(sequence, noon, kind, Money(12_50), null, null, null)
}
