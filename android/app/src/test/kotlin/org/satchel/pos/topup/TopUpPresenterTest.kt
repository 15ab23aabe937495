package org.satchel.pos.topup

import kotlinx.coroutines.ExperimentalCoroutinesApi
import kotlinx.coroutines.test.TestScope
import kotlinx.coroutines.test.UnconfinedTestDispatcher
import kotlinx.coroutines.test.runTest
import org.junit.Assert.assertEquals
import org.junit.Assert.assertNull
import org.junit.Test
import org.satchel.pos.cardwork.WorkStep
import org.satchel.pos.core.FakeTill
import org.satchel.pos.core.Limit
import org.satchel.pos.core.Money
import org.satchel.pos.core.Outcome
import org.satchel.pos.core.Points
import org.satchel.pos.core.ReceiptKind
import org.satchel.pos.core.TopUpPreview
import org.satchel.pos.core.Trouble
import org.satchel.pos.core.aReceipt
import org.satchel.pos.core.aShift
import org.satchel.pos.core.aStatus
import org.satchel.pos.core.anOperator
import org.satchel.pos.core.no
import org.satchel.pos.core.yes
import org.satchel.pos.design.FakeFeedback
import org.satchel.pos.nfc.FakeCards
import org.satchel.pos.presenter.Kept

@OptIn(ExperimentalCoroutinesApi::class)
class TopUpPresenterTest {
    private val till = FakeTill(aStatus(anOperator(), aShift()))
    private val cards = FakeCards()
    private val bonus = TopUpPreview(Money(21_00), Money(1_00), Points(5))

    @Test fun an_amount_goes_onto_a_card() = test { presenter ->
        till.answers("previewTopUp", bonus)
        till.answers("topUp", Outcome.Done(aReceipt(ReceiptKind.TOP_UP)))
        presenter.type("2000")
        presenter.on(TopUpEvent.Begin)
        cards.hold()
        assertEquals("topUp(2000, null)", till.calls.last())
        assertEquals(WorkStep.Done(aReceipt(ReceiptKind.TOP_UP)), presenter.state.value.work.step)
    }

    @Test fun the_bonus_is_told_while_typing() = test { presenter ->
        till.answers("previewTopUp", bonus)
        presenter.type("20")
        presenter.on(TopUpEvent.Hundred)
        assertEquals(bonus, presenter.state.value.preview)
        assertEquals("previewTopUp(2000)", till.calls.last())
    }

    @Test fun an_amount_that_cannot_be_says_why_until_it_is_changed() = test { presenter ->
        till.answers("previewTopUp", no(Trouble.OverLimit(Limit.TOP_UP_MAX, 1)), yes(bonus))
        presenter.type("9")
        assertEquals(Trouble.OverLimit(Limit.TOP_UP_MAX, 1), presenter.state.value.noPreview)
        presenter.type("9")
        assertNull(presenter.state.value.noPreview)
        presenter.on(TopUpEvent.Erase)
        presenter.on(TopUpEvent.Erase)
        assertNull(presenter.state.value.preview)
    }

    @Test fun nothing_tops_up_nothing() = test { presenter ->
        presenter.on(TopUpEvent.Begin)
        assertEquals(WorkStep.NotBegun, presenter.state.value.work.step)
        assertEquals(0, cards.waits)
    }

    private fun TopUpPresenter.type(digits: String) = digits.forEach { on(TopUpEvent.Digit(it.digitToInt())) }

    private fun test(body: suspend TestScope.(TopUpPresenter) -> Unit) = runTest(UnconfinedTestDispatcher()) {
        body(TopUpPresenter(till, cards, FakeFeedback(), Kept(), backgroundScope))
    }
}
