package org.satchel.pos.topup

import androidx.test.ext.junit.runners.AndroidJUnit4
import org.junit.Test
import org.junit.runner.RunWith
import org.satchel.pos.cardwork.Work
import org.satchel.pos.cardwork.WorkStep
import org.satchel.pos.core.AmountEntry
import org.satchel.pos.core.Limit
import org.satchel.pos.core.Limits
import org.satchel.pos.core.Money
import org.satchel.pos.core.MovementId
import org.satchel.pos.core.MovementState
import org.satchel.pos.core.Points
import org.satchel.pos.core.ReceiptKind
import org.satchel.pos.core.Stage
import org.satchel.pos.core.TopUpPreview
import org.satchel.pos.core.Trouble
import org.satchel.pos.core.aCard
import org.satchel.pos.core.aReceipt
import org.satchel.pos.core.euro
import org.satchel.pos.design.Torn
import org.satchel.pos.design.Written
import org.satchel.pos.golden.golden
import org.satchel.pos.nfc.ReaderState
import org.satchel.pos.receipts.PaperActions

/** What is done to a card, in all its states, with the words of a top-up. */
@RunWith(AndroidJUnit4::class)
class TopUpGoldenTest {
    private val limits = Limits(
        purseMost = Money(500_00), perSaleMost = Money(100_00), perCardDayMost = Money(200_00), offlineTotalMost = Money(1_000_00),
        topUpLeast = Money(5_00), topUpMost = Money(150_00), topUpAllowance = Money(860_00), pointsMost = Points(10_000),
    )
    private val typed = TopUpState(AmountEntry(Money(20_00)), TopUpPreview(Money(21_00), Money(1_00), Points(5)), limits = limits)
    private val receipt = aReceipt(ReceiptKind.TOP_UP, amount = Money(20_00)).copy(
        purse = Money(21_00), cash = Money(20_00), bonus = Money(1_00), balance = Money(58_50), pointsEarned = Points(5),
    )

    @Test fun nothing_typed() = photograph("nothing_typed", TopUpState(limits = limits))
    @Test fun typed() = photograph("typed", typed)
    @Test fun too_much() = photograph(
        "too_much", typed.copy(entry = AmountEntry(Money(200_00)), preview = null, noPreview = Trouble.OverLimit(Limit.TOP_UP_MAX, 150_00)),
    )
    @Test fun waiting() = photograph("waiting", WorkStep.Waiting())
    @Test fun waiting_again() = photograph("waiting_again", WorkStep.Waiting(Trouble.NotOurCard))
    @Test fun nfc_off() = photograph("nfc_off", typed.copy(work = Work(WorkStep.Waiting(), reader = ReaderState.Off)))
    @Test fun working() = photograph("working", WorkStep.Working)
    @Test fun undecided() = photograph("undecided", WorkStep.Undecided(Torn(aCard(), Money(20_00))))
    @Test fun done() = photograph("done", WorkStep.Done(receipt))
    @Test fun not_applied() = photograph("not_applied", WorkStep.NotApplied)
    @Test fun parked() = photograph("parked", WorkStep.Parked(receipt.copy(state = MovementState.Open(Stage.PARKED))))
    @Test fun held() = photograph("held", WorkStep.Held(MovementId(12, 17)))
    @Test fun receipt() = photograph("receipt", typed.copy(work = Work(WorkStep.Done(receipt), paper = receipt)))
    @Test fun blocked() = photograph("blocked", typed.copy(work = Work(trouble = Trouble.CardBlocked)))
    @Test fun settle_first() = photograph("settle_first", typed.copy(work = Work(trouble = Trouble.SettleFirst(MovementId(12, 9)))))

    private fun photograph(name: String, step: WorkStep) = photograph(name, typed.copy(work = Work(step)))

    private fun photograph(name: String, state: TopUpState) = golden("topup", name) {
        Written(euro) { TopUpScreen(state, {}, {}, {}, PaperActions({ _, _ -> }, { _, _ -> })) }
    }
}
