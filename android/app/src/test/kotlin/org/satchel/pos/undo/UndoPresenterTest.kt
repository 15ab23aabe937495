package org.satchel.pos.undo

import kotlinx.coroutines.ExperimentalCoroutinesApi
import kotlinx.coroutines.test.TestScope
import kotlinx.coroutines.test.UnconfinedTestDispatcher
import kotlinx.coroutines.test.runTest
import org.junit.Assert.assertEquals
import org.junit.Test
import org.satchel.pos.cardwork.WorkStep
import org.satchel.pos.core.CardMark
import org.satchel.pos.core.CardMeans
import org.satchel.pos.core.CardMovement
import org.satchel.pos.core.CardState
import org.satchel.pos.core.FakeTill
import org.satchel.pos.core.JournalLine
import org.satchel.pos.core.LineKind
import org.satchel.pos.core.Money
import org.satchel.pos.core.MovementId
import org.satchel.pos.core.MovementState
import org.satchel.pos.core.NotAppliedWhy
import org.satchel.pos.core.Operation
import org.satchel.pos.core.Outcome
import org.satchel.pos.core.Points
import org.satchel.pos.core.ReceiptKind
import org.satchel.pos.core.Stage
import org.satchel.pos.core.Standing
import org.satchel.pos.core.Trouble
import org.satchel.pos.core.aCard
import org.satchel.pos.core.aReceipt
import org.satchel.pos.core.aShift
import org.satchel.pos.core.aStatus
import org.satchel.pos.core.anOperator
import org.satchel.pos.core.euro
import org.satchel.pos.core.noon
import org.satchel.pos.design.FakeFeedback
import org.satchel.pos.nfc.FakeCards
import org.satchel.pos.presenter.Kept
import java.time.LocalDate

@OptIn(ExperimentalCoroutinesApi::class)
class UndoPresenterTest {
    private val till = FakeTill(aStatus(anOperator(), aShift()))
    private val cards = FakeCards()

    @Test fun a_sale_is_taken_back_from_its_card() {
        till.answers("journalLines", listOf(line(9, "A1", ReceiptKind.SALE)))
        till.answers("inquire", holding(9))
        till.answers("undoSale", Outcome.Done(aReceipt(ReceiptKind.UNDO_SALE)))
        test { presenter ->
            presenter.on(UndoEvent.Choose(presenter.state.value.lines.single()))
            cards.hold()
            assertEquals("undoSale(null)", till.calls.last())
            assertEquals(WorkStep.Done(aReceipt(ReceiptKind.UNDO_SALE)), presenter.state.value.work.step)
        }
    }

    @Test fun a_top_up_is_taken_back_as_such() {
        till.answers("journalLines", listOf(line(9, "A1", ReceiptKind.TOP_UP)))
        till.answers("inquire", holding(9))
        till.answers("undoTopUp", Outcome.Done(aReceipt(ReceiptKind.UNDO_TOP_UP)))
        test { presenter ->
            presenter.on(UndoEvent.Choose(presenter.state.value.lines.single()))
            cards.hold()
            assertEquals("undoTopUp(null)", till.calls.last())
        }
    }

    @Test fun what_another_card_did_is_not_taken_back_instead() {
        till.answers("journalLines", listOf(line(9, "A1", ReceiptKind.SALE), line(7, "B2", ReceiptKind.SALE)))
        till.answers("inquire", holding(7))
        test { presenter ->
            presenter.on(UndoEvent.Choose(presenter.state.value.lines.first()))
            cards.hold()
            assertEquals(Trouble.NotTheLast, presenter.state.value.work.trouble)
            assertEquals("inquire(STATE)", till.calls.last())
        }
    }

    @Test fun of_each_card_only_the_last_can_be_taken_back() {
        val mine = line(9, "A1", ReceiptKind.SALE)
        val yours = line(6, "B2", ReceiptKind.TOP_UP)
        till.answers("journalLines", listOf(mine, line(8, "A1", ReceiptKind.TOP_UP), yours, line(5, "B2", ReceiptKind.SALE)))
        test { presenter -> assertEquals(listOf(mine, yours), presenter.state.value.lines) }
    }

    @Test fun what_was_taken_back_or_is_not_known_cannot_be() {
        till.answers(
            "journalLines",
            listOf(
                line(9, "A1", ReceiptKind.UNDO_SALE), line(8, "A1", ReceiptKind.SALE),
                line(7, "B2", ReceiptKind.SALE, MovementState.Open(Stage.PARKED)), line(6, "B2", ReceiptKind.TOP_UP),
            ),
        )
        test { presenter -> assertEquals(emptyList<JournalLine>(), presenter.state.value.lines) }
    }

    @Test fun what_was_not_applied_is_as_if_it_had_not_been() {
        val sale = line(8, "A1", ReceiptKind.SALE)
        till.answers("journalLines", listOf(line(9, "A1", ReceiptKind.SALE, MovementState.NotApplied(NotAppliedWhy.BEFORE_COMMIT)), sale))
        test { presenter -> assertEquals(listOf(sale), presenter.state.value.lines) }
    }

    @Test fun a_journal_that_cannot_be_read_says_why() {
        till.refuses("journalLines", Trouble.Busy)
        test { presenter -> assertEquals(Trouble.Busy, presenter.state.value.trouble) }
    }

    /** A card whose newest record is this till's movement of that number. */
    private fun holding(sequence: Long) = CardState(
        aCard(), "1000 0000 0016", 1u, LocalDate.of(2026, 1, 2), null, Standing.ACTIVE, CardMeans(Money(37_50), Points(0), 1), euro,
        listOf(CardMovement(MovementId(12, sequence), Operation.SALE, noon, Money(-12_50), Money(37_50), Points(0))), null,
    )

    private fun line(sequence: Long, card: String, kind: ReceiptKind, state: MovementState = MovementState.Done) =
        JournalLine(sequence, noon, LineKind.Movement(kind), Money(12_50), CardMark(card, null), null, state)

    private fun test(body: suspend TestScope.(UndoPresenter) -> Unit) = runTest(UnconfinedTestDispatcher()) {
        body(UndoPresenter(till, cards, FakeFeedback(), Kept(), backgroundScope))
    }
}
