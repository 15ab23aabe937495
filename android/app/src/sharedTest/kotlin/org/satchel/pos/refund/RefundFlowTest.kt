package org.satchel.pos.refund

import androidx.compose.ui.test.hasText
import androidx.compose.ui.test.junit4.createAndroidComposeRule
import androidx.test.ext.junit.runners.AndroidJUnit4
import org.junit.Rule
import org.junit.Test
import org.junit.runner.RunWith
import org.satchel.pos.AppRule
import org.satchel.pos.R
import org.satchel.pos.app.MainActivity
import org.satchel.pos.await
import org.satchel.pos.hold
import org.satchel.pos.openTill
import org.satchel.pos.press
import org.satchel.pos.sellByCard
import org.satchel.pos.text
import org.satchel.pos.type

@RunWith(AndroidJUnit4::class)
class RefundFlowTest {
    @get:Rule val rule = createAndroidComposeRule<MainActivity>()

    @Test fun a_part_goes_back_onto_the_card_and_not_more_than_was_paid() {
        rule.toRefund()
        rule.press("€12.50", within = R.string.receipts_sale)
        rule.type("500")
        rule.press(R.string.refund_to_card)
        rule.hold(R.string.practice_kind_member)
        rule.await(hasText(rule.text(R.string.refund_done, "€5.00")))
        rule.press(R.string.work_next)
        rule.press(R.string.place_refund)
        rule.press("€12.50", within = R.string.receipts_sale)
        rule.press(rule.text(R.string.refund_all, "€12.50"))
        rule.press(R.string.refund_to_card)
        rule.hold(R.string.practice_kind_member)
        rule.await(R.string.trouble_refund_high)
    }

    @Test fun all_of_it_goes_back_in_cash() {
        rule.toRefund()
        rule.press("€12.50", within = R.string.receipts_sale)
        rule.press(rule.text(R.string.refund_all, "€12.50"))
        rule.press(R.string.refund_in_cash)
        rule.await(hasText(rule.text(R.string.refund_done, "€12.50")))
        rule.await(R.string.work_give_cash)
    }

    @Test fun a_card_taken_away_at_the_last_moment_is_held_again() {
        rule.toRefund()
        rule.press("€12.50", within = R.string.receipts_sale)
        rule.type("500")
        rule.press(R.string.refund_to_card)
        rule.hold(R.string.practice_kind_member, until = R.string.practice_until_after)
        rule.await(R.string.torn_title)
        rule.hold(R.string.practice_kind_member)
        rule.await(hasText(rule.text(R.string.refund_done, "€5.00")))
    }

    private fun AppRule.toRefund() {
        openTill()
        sellByCard("1250", "€12.50")
        press(R.string.home_card)
        press(R.string.place_refund)
    }
}
