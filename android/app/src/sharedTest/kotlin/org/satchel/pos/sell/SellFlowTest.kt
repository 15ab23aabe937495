package org.satchel.pos.sell

import androidx.compose.ui.semantics.SemanticsActions
import androidx.compose.ui.test.hasContentDescription
import androidx.compose.ui.test.hasSetTextAction
import androidx.compose.ui.test.hasText
import androidx.compose.ui.test.isEnabled
import androidx.compose.ui.test.junit4.createAndroidComposeRule
import androidx.compose.ui.test.performClick
import androidx.compose.ui.test.performImeAction
import androidx.compose.ui.test.performSemanticsAction
import androidx.compose.ui.test.performTextInput
import androidx.compose.ui.test.performTextReplacement
import androidx.test.ext.junit.runners.AndroidJUnit4
import org.junit.Rule
import org.junit.Test
import org.junit.runner.RunWith
import org.satchel.pos.AppRule
import org.satchel.pos.CASHIER_PIN
import org.satchel.pos.R
import org.satchel.pos.app.MainActivity
import org.satchel.pos.await
import org.satchel.pos.hold
import org.satchel.pos.openTill
import org.satchel.pos.press
import org.satchel.pos.signOn
import org.satchel.pos.signOnAsManager
import org.satchel.pos.text
import org.satchel.pos.type

@RunWith(AndroidJUnit4::class)
class SellFlowTest {
    @get:Rule val rule = createAndroidComposeRule<MainActivity>()

    @Test fun a_member_pays_by_card_and_the_next_one_comes() {
        rule.openTill()
        rule.charge("1250", "€12.50")
        rule.press(R.string.pay_card)
        rule.hold(R.string.practice_kind_member)
        rule.await(hasText(rule.text(R.string.pay_done, "€12.50")))
        rule.await(R.string.pay_balance)
        rule.press(R.string.pay_next)
        rule.await(hasText(rule.text(R.string.sell_charge, "€0.00")))
    }

    @Test fun cash_is_taken() {
        rule.openTill()
        rule.charge("300", "€3.00")
        rule.press(R.string.pay_cash)
        rule.press(rule.text(R.string.pay_cash_taken, "€3.00"))
        rule.await(hasText(rule.text(R.string.pay_done, "€3.00")))
    }

    @Test fun a_part_is_paid_in_cash() {
        rule.openTill()
        rule.charge("1250", "€12.50")
        rule.press(R.string.pay_both)
        rule.type("500")
        rule.press(rule.text(R.string.pay_rest_by_card, "€7.50"))
        rule.hold(R.string.practice_kind_member)
        rule.await(hasText(rule.text(R.string.pay_done, "€12.50")))
        rule.await(R.string.pay_take_cash)
    }

    @Test fun a_card_taken_away_at_the_last_moment_is_held_again() {
        rule.openTill()
        rule.charge("1250", "€12.50")
        rule.press(R.string.pay_card)
        rule.hold(R.string.practice_kind_member, until = R.string.practice_until_after)
        rule.await(R.string.torn_title)
        rule.hold(R.string.practice_kind_little)
        rule.await(R.string.torn_other_card)
        rule.hold(R.string.practice_kind_member)
        rule.await(hasText(rule.text(R.string.pay_done, "€12.50")))
    }

    @Test fun one_goes_on_without_a_card_that_went_away() {
        rule.openTill()
        rule.charge("1250", "€12.50")
        rule.press(R.string.pay_card)
        rule.hold(R.string.practice_kind_member, until = R.string.practice_until_after)
        rule.await(R.string.torn_title)
        rule.pressBesideTheSheet()
        rule.onNode(hasText(rule.text(R.string.torn_go_on))).performSemanticsAction(SemanticsActions.OnLongClick)
        rule.await(R.string.pay_parked)
        rule.press(R.string.receipts_title)
        rule.await(R.string.receipts_not_settled)
    }

    @Test fun a_card_of_somebody_else_is_refused_and_the_next_one_pays() {
        rule.openTill()
        rule.charge("1250", "€12.50")
        rule.press(R.string.pay_card)
        rule.hold(R.string.practice_kind_foreign)
        rule.await(R.string.trouble_not_ours)
        rule.hold(R.string.practice_kind_member)
        rule.await(hasText(rule.text(R.string.pay_done, "€12.50")))
    }

    @Test fun a_discount_beyond_ones_own_is_agreed_to_by_somebody_else() {
        rule.openTill()
        rule.handOverToCashier()
        rule.type("1000")
        rule.tool(R.string.sell_discount)
        rule.press("50%")
        rule.press(rule.text(R.string.sell_charge, "€5.00"))
        rule.press(R.string.pay_card)
        rule.hold(R.string.practice_kind_member)
        rule.await(R.string.signon_approve)
        rule.signOnAsManager()
        rule.hold(R.string.practice_kind_member)
        rule.await(hasText(rule.text(R.string.pay_done, "€5.00")))
    }

    @Test fun goods_are_found_by_category_by_words_and_by_a_scanner() {
        rule.openTill()
        rule.press(R.string.sell_catalogue)
        rule.press("Drinks")
        rule.press("Green tea")
        rule.await(hasText(rule.text(R.string.sell_charge, "€3.20")))
        rule.onNode(hasSetTextAction()).performTextInput("choc")
        rule.press("Chocolate")
        rule.await(hasText(rule.text(R.string.sell_charge, "€5.09")))
        rule.onNode(hasSetTextAction()).performTextReplacement("2000000000114")
        rule.onNode(hasSetTextAction()).performImeAction()
        rule.await(hasText(rule.text(R.string.sell_charge, "€6.54")))
        rule.onNode(hasSetTextAction()).performTextReplacement("4000000000006")
        rule.onNode(hasSetTextAction()).performImeAction()
        rule.await(hasText(rule.text(R.string.sell_unknown, "4000000000006")))
    }

    @Test fun what_is_sold_by_weight_asks_how_much() {
        rule.openTill()
        rule.press(R.string.sell_catalogue)
        rule.press("Food")
        rule.press("Rice, per kilogram")
        rule.type("500")
        rule.press(rule.text(R.string.sell_measure_add, "€1.50"))
        rule.await(hasText(rule.text(R.string.sell_charge, "€1.50")))
    }

    @Test fun a_basket_waits_and_is_recalled() {
        rule.openTill()
        rule.type("450")
        rule.tool(R.string.sell_hold)
        rule.await(R.string.sell_hold_name)
        rule.onNode(hasText(rule.text(R.string.sell_hold_name))).performTextInput("Table 4")
        rule.press(R.string.sell_hold_confirm)
        rule.await(hasText(rule.text(R.string.sell_charge, "€0.00")))
        rule.tool(R.string.sell_recall)
        rule.press("Table 4")
        rule.await(hasText(rule.text(R.string.sell_charge, "€4.50")))
    }

    @Test fun what_was_typed_outlives_the_window() {
        rule.openTill()
        rule.type("450")
        rule.tool(R.string.sell_add)
        rule.type("99")
        rule.activityRule.scenario.recreate()
        rule.await(hasText(rule.text(R.string.sell_charge, "€5.49")))
    }

    private fun AppRule.charge(digits: String, amount: String) {
        type(digits)
        press(text(R.string.sell_charge, amount))
    }

    private fun AppRule.handOverToCashier() {
        press(R.string.home_more)
        press(R.string.place_hand_over)
        signOn(R.string.practice_cashier, CASHIER_PIN)
        press(R.string.home_sell)
    }

    /** Presses a button that is an icon. */
    private fun AppRule.tool(name: Int) {
        val button = hasContentDescription(text(name)) and isEnabled()
        await(button)
        onNode(button).performClick()
    }

    /** The sheet of practice cards goes away, and nobody has held one. */
    private fun AppRule.pressBesideTheSheet() {
        await(R.string.practice_which)
        runOnUiThread { activity.onBackPressedDispatcher }
    }
}
