package org.satchel.pos.app

import androidx.compose.ui.test.hasText
import androidx.compose.ui.test.junit4.createAndroidComposeRule
import androidx.test.ext.junit.runners.AndroidJUnit4
import org.junit.Rule
import org.junit.Test
import org.junit.runner.RunWith
import org.satchel.pos.AppRule
import org.satchel.pos.R
import org.satchel.pos.await
import org.satchel.pos.hold
import org.satchel.pos.openTill
import org.satchel.pos.press
import org.satchel.pos.sellByCard
import org.satchel.pos.text
import org.satchel.pos.type

/** A day at the till, from signing on to the Z report and signing off. */
@RunWith(AndroidJUnit4::class)
class DayFlowTest {
    @get:Rule val rule = createAndroidComposeRule<MainActivity>()

    @Test fun from_signing_on_to_the_z_report() {
        rule.openTill()
        rule.sellByCard("1250", "€12.50")
        rule.sellForCash("300", "€3.00")
        rule.sellForBoth()
        rule.topUp()
        rule.undoTheTopUp()
        rule.topUp()
        rule.refundTheCashSale()
        rule.closeShift()
        rule.press(R.string.home_more)
        rule.press(R.string.place_sign_off)
        rule.await(R.string.signon_title)
    }

    private fun AppRule.sellForCash(digits: String, amount: String) {
        type(digits)
        press(text(R.string.sell_charge, amount))
        press(R.string.pay_cash)
        press(text(R.string.pay_cash_taken, amount))
        await(hasText(text(R.string.pay_done, amount)))
        press(R.string.pay_next)
    }

    /** Of €8.00, €5.00 in cash. */
    private fun AppRule.sellForBoth() {
        type("800")
        press(text(R.string.sell_charge, "€8.00"))
        press(R.string.pay_both)
        type("500")
        press(text(R.string.pay_rest_by_card, "€3.00"))
        hold(R.string.practice_kind_member)
        await(hasText(text(R.string.pay_done, "€8.00")))
        press(R.string.pay_next)
    }

    private fun AppRule.topUp() {
        press(R.string.home_card)
        press(R.string.place_top_up)
        type("2000")
        press(text(R.string.topup_begin, "€20.00"))
        hold(R.string.practice_kind_member)
        await(hasText(text(R.string.topup_done, "€20.00")))
        press(R.string.work_next)
    }

    private fun AppRule.undoTheTopUp() {
        press(R.string.place_undo)
        press("€20.00", within = R.string.receipts_top_up)
        hold(R.string.practice_kind_member)
        await(hasText(text(R.string.undo_done, "€20.00")))
        press(R.string.work_next)
    }

    private fun AppRule.refundTheCashSale() {
        press(R.string.place_refund)
        press("€3.00", within = R.string.receipts_cash_sale)
        press(text(R.string.refund_all, "€3.00"))
        press(R.string.refund_in_cash)
        await(hasText(text(R.string.refund_done, "€3.00")))
        press(R.string.work_next)
    }

    /** In the drawer: 3.00 and 5.00 and 20.00, less 20.00, and 20.00, less 3.00. Ten cents are missing. */
    private fun AppRule.closeShift() {
        press(R.string.home_shift)
        await(hasText("€25.00"))
        press(R.string.shift_close)
        type("2490")
        press(R.string.shift_close_confirm)
        await(R.string.receipts_z)
        await(hasText("-€0.10", substring = true))
    }
}
