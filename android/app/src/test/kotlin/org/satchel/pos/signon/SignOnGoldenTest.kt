package org.satchel.pos.signon

import androidx.test.ext.junit.runners.AndroidJUnit4
import org.junit.Test
import org.junit.runner.RunWith
import org.satchel.pos.core.Authority
import org.satchel.pos.core.OperatorFault
import org.satchel.pos.core.Trouble
import org.satchel.pos.core.euro
import org.satchel.pos.design.Written
import org.satchel.pos.golden.golden
import org.satchel.pos.nfc.ReaderState

@RunWith(AndroidJUnit4::class)
class SignOnGoldenTest {
    @Test fun pin() = photograph("pin", SignOnState(Purpose.SignOn(), digits = 4))
    @Test fun pin_typed() = photograph("pin_typed", SignOnState(Purpose.SignOn(), digits = 6))
    @Test fun locked() = photograph("locked", SignOnState(Purpose.SignOn(locked = true)))
    @Test fun wrong_pin() = photograph("wrong_pin", SignOnState(Purpose.SignOn(), trouble = Trouble.WrongPin(2)))
    @Test fun pin_blocked() = photograph("pin_blocked", SignOnState(Purpose.SignOn(), trouble = Trouble.PinBlocked))
    @Test fun refused() = photograph(
        "refused", SignOnState(Purpose.SignOn(), trouble = Trouble.OperatorRefused(OperatorFault.NoKeysHere)),
    )
    @Test fun card() = photograph("card", SignOnState(Purpose.SignOn(), Step.Card, digits = 6))
    @Test fun other_card() = photograph("other_card", SignOnState(Purpose.SignOn(), Step.Card, 6, Trouble.NotOurCard))
    @Test fun nfc_off() = photograph("nfc_off", SignOnState(Purpose.SignOn(), Step.Card, 6, reader = ReaderState.Off))
    @Test fun working() = photograph("working", SignOnState(Purpose.SignOn(), Step.Working, 6))
    @Test fun another_card() = photograph(
        "another_card", SignOnState(Purpose.SignOn(), Step.Working, 6, reader = ReaderState.InUse(another = true)),
    )
    @Test fun done() = photograph("done", SignOnState(Purpose.SignOn(), Step.Done))
    @Test fun hand_over() = photograph("hand_over", SignOnState(Purpose.HandOver), onCancel = {})
    @Test fun approve() = photograph("approve", SignOnState(Purpose.Approve(Authority.UNDO), digits = 2), onCancel = {})

    private fun photograph(name: String, state: SignOnState, onCancel: (() -> Unit)? = null) = golden("signon", name) {
        Written(euro) { SignOnScreen(state, {}, {}, onCancel) }
    }
}
