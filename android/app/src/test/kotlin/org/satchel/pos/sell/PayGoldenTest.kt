package org.satchel.pos.sell

import androidx.test.ext.junit.runners.AndroidJUnit4
import org.junit.Test
import org.junit.runner.RunWith
import org.satchel.pos.core.AmountEntry
import org.satchel.pos.core.Authority
import org.satchel.pos.core.Money
import org.satchel.pos.core.MovementId
import org.satchel.pos.core.MovementState
import org.satchel.pos.core.Order
import org.satchel.pos.core.Points
import org.satchel.pos.core.Stage
import org.satchel.pos.core.Trouble
import org.satchel.pos.core.aCard
import org.satchel.pos.core.aReceipt
import org.satchel.pos.core.euro
import org.satchel.pos.design.Torn
import org.satchel.pos.design.Written
import org.satchel.pos.golden.golden
import org.satchel.pos.nfc.ReaderState
import org.satchel.pos.receipts.PaperActions
import org.satchel.pos.signon.Purpose
import org.satchel.pos.signon.SignOnState

@RunWith(AndroidJUnit4::class)
class PayGoldenTest {
    private val choosing = PayState(Order(Money(12_50)), preview = aPreview())

    @Test fun choosing() = photograph("choosing", choosing)
    @Test fun redeeming() = photograph(
        "redeeming",
        choosing.copy(
            order = Order(Money(13_90), Money(1_40)), redeem = true,
            preview = aPreview().copy(purse = Money(10_50), redeemed = Points(200), pointsValue = Money(2_00)),
        ),
    )
    @Test fun cash() = photograph("cash", choosing.copy(step = PayStep.TakingCash))
    @Test fun splitting() = photograph(
        "splitting", choosing.copy(step = PayStep.Splitting, cash = AmountEntry(Money(5_00)), preview = aPreview().copy(purse = Money(7_50))),
    )
    @Test fun waiting() = photograph("waiting", choosing.copy(step = PayStep.Waiting()))
    @Test fun waiting_again() = photograph("waiting_again", choosing.copy(step = PayStep.Waiting(Trouble.NotOurCard)))
    @Test fun nfc_off() = photograph("nfc_off", choosing.copy(step = PayStep.Waiting(), reader = ReaderState.Off))
    @Test fun working() = photograph("working", choosing.copy(step = PayStep.Working))
    @Test fun done() = photograph("done", choosing.copy(step = PayStep.Done(aReceipt())))
    @Test fun done_split() = photograph(
        "done_split", choosing.copy(step = PayStep.Done(aReceipt().copy(cash = Money(5_00), pointsRedeemed = Points(200)))),
    )
    @Test fun receipt() = photograph("receipt", choosing.copy(step = PayStep.Done(aReceipt()), paper = aReceipt()))
    @Test fun not_applied() = photograph("not_applied", choosing.copy(step = PayStep.NotApplied))
    @Test fun undecided() = photograph("undecided", choosing.copy(step = PayStep.Undecided(Torn(aCard(), Money(12_50)))))
    @Test fun parked() = photograph(
        "parked", choosing.copy(step = PayStep.Parked(aReceipt(state = MovementState.Open(Stage.PARKED)))),
    )
    @Test fun held() = photograph("held", choosing.copy(step = PayStep.Held(MovementId(12, 17))))
    @Test fun not_enough() = photograph("not_enough", choosing.copy(trouble = Trouble.NotEnough(Money(10_00), Money(12_50))))
    @Test fun approving() = photograph("approving", choosing.copy(approval = SignOnState(Purpose.Approve(Authority.DISCOUNT))))

    private fun photograph(name: String, state: PayState) = golden("pay", name) {
        Written(euro) { PayScreen(state, {}, {}, {}, PaperActions({ _, _ -> }, { _, _ -> })) }
    }
}
