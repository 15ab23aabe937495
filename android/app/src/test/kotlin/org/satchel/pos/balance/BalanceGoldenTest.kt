package org.satchel.pos.balance

import androidx.test.ext.junit.runners.AndroidJUnit4
import org.junit.Test
import org.junit.runner.RunWith
import org.satchel.pos.core.CardMeans
import org.satchel.pos.core.CardMovement
import org.satchel.pos.core.CardState
import org.satchel.pos.core.Consent
import org.satchel.pos.core.Member
import org.satchel.pos.core.Money
import org.satchel.pos.core.MovementId
import org.satchel.pos.core.Operation
import org.satchel.pos.core.Points
import org.satchel.pos.core.Standing
import org.satchel.pos.core.Trouble
import org.satchel.pos.core.aCard
import org.satchel.pos.core.euro
import org.satchel.pos.core.noon
import org.satchel.pos.design.Written
import org.satchel.pos.golden.golden
import org.satchel.pos.nfc.ReaderState
import java.time.LocalDate

@RunWith(AndroidJUnit4::class)
class BalanceGoldenTest {
    private val card = CardState(
        aCard(), "6391 2000 0012", 12u, LocalDate.of(2026, 1, 2), LocalDate.of(2028, 12, 31), Standing.ACTIVE,
        CardMeans(Money(37_50), Points(212), 2), euro,
        listOf(
            CardMovement(MovementId(12, 17), Operation.SALE, noon, Money(-12_50), Money(37_50), Points(12)),
            CardMovement(MovementId(12, 9), Operation.TOP_UP, noon.minusSeconds(86_400), Money(50_00), Money(50_00), Points(0)),
        ),
        Member("6391 2000 0012", aCard(), "Ada Brown", "ada@example.org", Consent.GIVEN, noon),
    )

    @Test fun waiting() = photograph("waiting", BalanceState(BalanceFace.Waiting))
    @Test fun nfc_off() = photograph("nfc_off", BalanceState(BalanceFace.Waiting, reader = ReaderState.Off))
    @Test fun reading() = photograph("reading", BalanceState(BalanceFace.Reading))
    @Test fun read() = photograph("read", BalanceState(BalanceFace.Read(card)))
    @Test fun new_card() = photograph(
        "new_card",
        BalanceState(BalanceFace.Read(card.copy(standing = Standing.NOT_ACTIVATED, expiresOn = null, history = emptyList(), registered = null))),
    )
    @Test fun for_customer() = photograph("for_customer", BalanceState(BalanceFace.ForCustomer(card)))
    @Test fun refused() = photograph("refused", BalanceState(trouble = Trouble.NotOurCard))

    private fun photograph(name: String, state: BalanceState) = golden("balance", name) {
        Written(euro) { BalanceScreen(state, {}, {}, {}) }
    }
}
