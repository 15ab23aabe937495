package org.satchel.pos.sell

import androidx.test.ext.junit.runners.AndroidJUnit4
import org.junit.Test
import org.junit.runner.RunWith
import org.satchel.pos.core.AmountEntry
import org.satchel.pos.core.BasketLine
import org.satchel.pos.core.Category
import org.satchel.pos.core.HeldBasket
import org.satchel.pos.core.Money
import org.satchel.pos.core.MovementId
import org.satchel.pos.core.Operation
import org.satchel.pos.core.Stage
import org.satchel.pos.core.UnsettledMovement
import org.satchel.pos.core.aCard
import org.satchel.pos.core.aShift
import org.satchel.pos.core.aStatus
import org.satchel.pos.core.anOperator
import org.satchel.pos.core.euro
import org.satchel.pos.core.noon
import org.satchel.pos.design.Torn
import org.satchel.pos.design.Written
import org.satchel.pos.golden.golden
import java.time.Duration

@RunWith(AndroidJUnit4::class)
class SellGoldenTest {
    private val till = aStatus(anOperator(), aShift())
    private val basket = Basket(
        lines = listOf(
            BasketLine("TEA", "Green tea", 2_000, Money(6_40)),
            BasketLine("RICE", "Rice", 335, Money(1_00)),
            BasketLine("", "", 1_000, Money(4_50)),
        ),
        discount = Discount.Percent(10),
    )
    private val catalogue = SellState(till, tab = Tab.Catalogue, categories = listOf(Category("Drinks", 214), Category("Food", 1_380), Category("", 12)))

    @Test fun amount() = photograph("amount", SellState(till))
    @Test fun amount_typed() = photograph("amount_typed", SellState(till, Basket(AmountEntry(Money(12_50)))))
    @Test fun basket() = photograph("basket", SellState(till, basket, waiting = 2))
    @Test fun basket_open() = photograph("basket_open", SellState(till, basket, sheet = SellSheet.TheBasket))
    @Test fun categories() = photograph("categories", catalogue)
    @Test fun items() = photograph("items", catalogue.copy(basket = basket, search = "e", items = listOf(tea, rice)))
    @Test fun unknown() = photograph("unknown", catalogue.copy(notice = SellNotice.Unknown("4006381333931")))
    @Test fun no_catalogue() = photograph("no_catalogue", SellState(till, tab = Tab.Catalogue))
    @Test fun no_shift() = photograph("no_shift", SellState(till.copy(shift = null), Basket(AmountEntry(Money(3_00)))))
    @Test fun discount() = photograph(
        "discount", SellState(till, basket, sheet = SellSheet.Discounting(AmountEntry(Money(1_50)))),
    )
    @Test fun measure() = photograph("measure", catalogue.copy(sheet = SellSheet.Measuring(rice, AmountEntry(Money(335)))))
    @Test fun hold() = photograph("hold", SellState(till, basket, sheet = SellSheet.Holding("Table 4")))
    @Test fun recall() = photograph("recall", SellState(till, waiting = 2, sheet = SellSheet.Recalling(held())))
    @Test fun unsettled() = photograph("unsettled", SellState(till.copy(unsettled = listOf(open()))))
    @Test fun settling() = photograph("settling", SellState(till, torn = Torn(aCard(), Money(12_50))))

    private fun held() = listOf(
        HeldBasket(1, noon, 7, "Table 4", basket.lines, Money(1_19)),
        HeldBasket(2, noon, 7, "", basket.lines.take(1), Money.Zero),
    )

    private fun open() = UnsettledMovement(
        MovementId(12, 17), Operation.SALE, noon, Duration.ofMinutes(3), Money(-12_50), Money.Zero, aCard(), Stage.INDETERMINATE,
    )

    private fun photograph(name: String, state: SellState) = golden("sell", name) {
        Written(euro) { SellScreen(state, {}, {}, onScan = {}) }
    }
}
