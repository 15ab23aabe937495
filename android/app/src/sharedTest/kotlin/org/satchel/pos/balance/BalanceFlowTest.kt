package org.satchel.pos.balance

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

@RunWith(AndroidJUnit4::class)
class BalanceFlowTest {
    @get:Rule val rule = createAndroidComposeRule<MainActivity>()

    @Test fun a_card_tells_what_is_on_it_and_the_customer_sees_it() {
        rule.toBalance()
        rule.hold(R.string.practice_kind_member)
        rule.await(R.string.balance_label)
        rule.await(hasText("€50.00"))
        rule.press(R.string.balance_show_customer)
        rule.await(R.string.balance_yours)
        rule.press(R.string.balance_take_back)
        rule.await(R.string.balance_history)
    }

    @Test fun a_blocked_card_says_so() {
        rule.toBalance()
        rule.hold(R.string.practice_kind_blocked)
        rule.await(R.string.balance_blocked)
    }

    @Test fun a_card_of_somebody_else_is_refused_and_the_next_one_read() {
        rule.toBalance()
        rule.hold(R.string.practice_kind_foreign)
        rule.await(R.string.trouble_not_ours)
        rule.press(R.string.balance_read)
        rule.hold(R.string.practice_kind_member)
        rule.await(R.string.balance_label)
    }

    private fun AppRule.toBalance() {
        openTill()
        press(R.string.home_card)
        press(R.string.place_balance)
    }
}
