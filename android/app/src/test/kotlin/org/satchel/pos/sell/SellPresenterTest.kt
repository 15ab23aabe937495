package org.satchel.pos.sell

import kotlinx.coroutines.ExperimentalCoroutinesApi
import kotlinx.coroutines.test.TestScope
import kotlinx.coroutines.test.UnconfinedTestDispatcher
import kotlinx.coroutines.test.runTest
import org.junit.Assert.assertEquals
import org.junit.Assert.assertNotNull
import org.junit.Assert.assertNull
import org.junit.Assert.assertTrue
import org.junit.Test
import org.satchel.pos.core.Category
import org.satchel.pos.core.CounterTrouble
import org.satchel.pos.core.FakeCounter
import org.satchel.pos.core.FakeTill
import org.satchel.pos.core.Money
import org.satchel.pos.core.MovementId
import org.satchel.pos.core.Operation
import org.satchel.pos.core.Settled
import org.satchel.pos.core.Settlement
import org.satchel.pos.core.Stage
import org.satchel.pos.core.UnsettledMovement
import org.satchel.pos.core.aCard
import org.satchel.pos.core.aReceipt
import org.satchel.pos.core.aShift
import org.satchel.pos.core.aStatus
import org.satchel.pos.core.anOperator
import org.satchel.pos.core.noon
import org.satchel.pos.design.FakeFeedback
import org.satchel.pos.design.Signal
import org.satchel.pos.nfc.FakeCards
import org.satchel.pos.presenter.Kept
import java.time.Duration

@OptIn(ExperimentalCoroutinesApi::class)
class SellPresenterTest {
    private val till = FakeTill(aStatus(anOperator(), aShift()))
    private val counter = FakeCounter(listOf(tea, rice), mapOf("4006381333931" to "TEA"))
    private val cards = FakeCards()
    private val feedback = FakeFeedback()
    private val ticket = Ticket(Kept())
    private val saved = Kept()

    @Test fun an_amount_is_typed_and_becomes_a_line() = test { presenter ->
        presenter.type(5, 0)
        presenter.on(SellEvent.Hundred)
        assertEquals(Money(50_00), presenter.basket().due)
        presenter.on(SellEvent.Erase)
        presenter.on(SellEvent.Add)
        assertEquals(listOf(Money(5_00)), presenter.basket().lines.map { it.amount })
        assertEquals(Money(5_00), presenter.basket().due)
    }

    @Test fun a_scanner_rings_up_without_a_field() = test { presenter ->
        presenter.scan("4006381333931")
        presenter.scan("4006381333931")
        assertEquals(listOf(2_000L), presenter.basket().lines.map { it.quantityMilli })
        assertEquals("", presenter.state.value.search)
        assertEquals(Tab.Amount, presenter.state.value.tab)
    }

    @Test fun what_is_not_in_the_catalogue_is_told() = test { presenter ->
        presenter.scan("123")
        assertEquals(SellNotice.Unknown("123"), presenter.state.value.notice)
        assertEquals(listOf(Signal.Refused), feedback.given)
        assertTrue(presenter.basket().isEmpty)
    }

    @Test fun a_code_scanned_after_an_unknown_one_starts_anew() = test { presenter ->
        presenter.scan("123")
        presenter.scan("4006381333931")
        assertEquals(1, presenter.basket().lines.size)
    }

    @Test fun words_find_items() = test { presenter ->
        presenter.on(SellEvent.Search("tea"))
        assertEquals(listOf(tea), presenter.state.value.items)
        presenter.on(SellEvent.Search(""))
        assertTrue(presenter.state.value.items.isEmpty())
    }

    @Test fun words_may_end_with_enter_too() = test { presenter ->
        presenter.scan("rice")
        assertEquals(listOf(rice), presenter.state.value.items)
        assertNull(presenter.state.value.notice)
    }

    @Test fun a_category_lists_its_items() = test { presenter ->
        assertEquals(listOf(Category("Drinks", 1), Category("Food", 1)), presenter.state.value.categories)
        presenter.on(SellEvent.ChooseCategory("Food"))
        assertEquals(listOf(rice), presenter.state.value.items)
        presenter.on(SellEvent.ChooseCategory(null))
        assertNull(presenter.state.value.category)
    }

    @Test fun what_is_measured_asks_how_much() = test { presenter ->
        presenter.on(SellEvent.Pick(rice))
        presenter.on(SellEvent.Confirm)
        assertTrue(presenter.basket().isEmpty)
        presenter.type(3, 3, 5)
        presenter.on(SellEvent.Confirm)
        assertEquals(listOf(335L), presenter.basket().lines.map { it.quantityMilli })
        assertNull(presenter.state.value.sheet)
    }

    @Test fun pieces_are_stepped_and_lines_removed() = test { presenter ->
        presenter.on(SellEvent.Pick(tea))
        presenter.on(SellEvent.Pieces(0, 4))
        assertEquals(Money(12_80), presenter.basket().due)
        presenter.on(SellEvent.Remove(0))
        assertTrue(presenter.basket().isEmpty)
    }

    @Test fun a_discount_is_a_percentage_or_an_amount() = test { presenter ->
        presenter.type(1, 0, 0, 0)
        presenter.on(SellEvent.Open(SellSheet.Discounting()))
        presenter.on(SellEvent.TakeOff(Discount.Percent(10)))
        assertEquals(Money(9_00), presenter.basket().due)
        presenter.on(SellEvent.Open(SellSheet.Discounting()))
        presenter.type(2, 5, 0)
        presenter.on(SellEvent.Confirm)
        assertEquals(Money(7_50), presenter.basket().due)
        assertEquals(Money(10_00), presenter.basket().gross)
    }

    @Test fun a_basket_waits_and_comes_back() = test { presenter ->
        presenter.on(SellEvent.Pick(tea))
        presenter.type(1, 0, 0)
        presenter.on(SellEvent.TakeOff(Discount.Percent(10)))
        presenter.on(SellEvent.Open(SellSheet.Holding()))
        presenter.on(SellEvent.Title(" Lady with the dog "))
        presenter.on(SellEvent.Confirm)
        assertTrue(presenter.basket().isEmpty)
        assertEquals(1, presenter.state.value.waiting)
        assertEquals("Lady with the dog", counter.waiting.single().title)
        presenter.on(SellEvent.AskRecall)
        assertEquals(SellSheet.Recalling(counter.waiting.toList()), presenter.state.value.sheet)
        presenter.on(SellEvent.Recall(1))
        assertEquals(2, presenter.basket().lines.size)
        assertEquals(Money(3_78), presenter.basket().due)
        assertEquals(0, presenter.state.value.waiting)
    }

    @Test fun no_basket_is_recalled_over_another() = test { presenter ->
        presenter.on(SellEvent.Pick(tea))
        presenter.on(SellEvent.Open(SellSheet.Holding()))
        presenter.on(SellEvent.Confirm)
        presenter.type(1)
        presenter.on(SellEvent.Recall(1))
        assertEquals(1, counter.waiting.size)
        assertEquals(Money(1), presenter.basket().due)
    }

    @Test fun a_basket_that_is_not_held_stays() = test { presenter ->
        presenter.on(SellEvent.Pick(tea))
        counter.trouble = CounterTrouble.StorageFull
        presenter.on(SellEvent.Open(SellSheet.Holding()))
        presenter.on(SellEvent.Confirm)
        assertEquals(SellNotice.Refused(CounterTrouble.StorageFull), presenter.state.value.notice)
        assertEquals(1, presenter.basket().lines.size)
        presenter.on(SellEvent.Understood)
        assertNull(presenter.state.value.notice)
    }

    @Test fun a_torn_card_of_before_is_offered_and_settled() = test { presenter ->
        assertNull(presenter.state.value.unsettled)
        till.status.value = till.status.value.copy(unsettled = listOf(open(Stage.PARKED), open(Stage.INDETERMINATE)))
        assertNotNull(presenter.state.value.unsettled)
        till.answers("settle", Settled.Done(listOf(Settlement.Confirmed(aReceipt()))))
        presenter.on(SellEvent.Settle)
        assertEquals(Money(12_50), presenter.state.value.torn?.amount)
        cards.hold()
        assertNull(presenter.state.value.torn)
        assertEquals(listOf(Signal.Done), feedback.given)
    }

    @Test fun what_was_put_aside_is_not_offered() = test { presenter ->
        till.status.value = till.status.value.copy(unsettled = listOf(open(Stage.PARKED), open(Stage.HELD)))
        assertNull(presenter.state.value.unsettled)
    }

    @Test fun what_the_camera_reads_is_rung_up() = test { presenter ->
        presenter.on(SellEvent.Scanned("4006381333931"))
        assertEquals(Money(3_20), presenter.basket().due)
        presenter.on(SellEvent.Scanned("123"))
        assertEquals(SellNotice.Unknown("123"), presenter.state.value.notice)
        assertEquals(listOf(Signal.Done, Signal.Refused), feedback.given)
    }

    @Test fun the_basket_and_the_tab_outlive_the_process() {
        val kept = Kept()
        Ticket(kept).change { it.with(tea, PIECE) }
        assertEquals(Money(3_20), Ticket(kept).basket.value.due)
        test { presenter ->
            presenter.on(SellEvent.Show(Tab.Catalogue))
            assertEquals(Tab.Catalogue, again().state.value.tab)
        }
    }

    private fun test(body: suspend TestScope.(SellPresenter) -> Unit) = runTest(UnconfinedTestDispatcher()) { body(again()) }

    private fun TestScope.again() = SellPresenter(till, counter, cards, feedback, { noon }, ticket, saved, backgroundScope)

    private fun SellPresenter.type(vararg digits: Int) = digits.forEach { on(SellEvent.Digit(it)) }

    private fun SellPresenter.scan(code: String) {
        code.forEach { on(SellEvent.Key(it)) }
        on(SellEvent.Enter)
    }

    private fun SellPresenter.basket() = state.value.basket

    private fun open(stage: Stage) =
        UnsettledMovement(MovementId(12, 17), Operation.SALE, noon, Duration.ZERO, Money(-12_50), Money.Zero, aCard(), stage)
}
