package org.satchel.pos.block

import kotlinx.coroutines.ExperimentalCoroutinesApi
import kotlinx.coroutines.test.TestScope
import kotlinx.coroutines.test.UnconfinedTestDispatcher
import kotlinx.coroutines.test.runTest
import org.junit.Assert.assertEquals
import org.junit.Test
import org.satchel.pos.cardwork.WorkEvent
import org.satchel.pos.cardwork.WorkStep
import org.satchel.pos.core.FakeTill
import org.satchel.pos.core.Outcome
import org.satchel.pos.core.ReceiptKind
import org.satchel.pos.core.aReceipt
import org.satchel.pos.core.aShift
import org.satchel.pos.core.aStatus
import org.satchel.pos.core.anOperator
import org.satchel.pos.design.FakeFeedback
import org.satchel.pos.nfc.FakeCards
import org.satchel.pos.presenter.Kept

@OptIn(ExperimentalCoroutinesApi::class)
class BlockPresenterTest {
    private val till = FakeTill(aStatus(anOperator(), aShift()))
    private val cards = FakeCards()

    @Test fun no_card_is_blocked_before_it_is_meant() = test { presenter ->
        cards.hold()
        assertEquals(WorkStep.NotBegun, presenter.state.value.work.step)
        assertEquals(emptyList<String>(), till.calls)
    }

    @Test fun a_card_is_blocked() = test { presenter ->
        till.answers("block", Outcome.Done(aReceipt(ReceiptKind.BLOCK)))
        presenter.on(BlockEvent.Begin)
        cards.hold()
        assertEquals(WorkStep.Done(aReceipt(ReceiptKind.BLOCK)), presenter.state.value.work.step)
    }

    @Test fun it_can_be_thought_better_of() = test { presenter ->
        presenter.on(BlockEvent.Begin)
        presenter.on(BlockEvent.Of(WorkEvent.GiveUp))
        cards.hold()
        assertEquals(emptyList<String>(), till.calls)
    }

    private fun test(body: suspend TestScope.(BlockPresenter) -> Unit) = runTest(UnconfinedTestDispatcher()) {
        body(BlockPresenter(till, cards, FakeFeedback(), Kept(), backgroundScope))
    }
}
