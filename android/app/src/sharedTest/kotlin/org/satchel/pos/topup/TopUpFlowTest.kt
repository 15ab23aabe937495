package org.satchel.pos.topup

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
import org.satchel.pos.text
import org.satchel.pos.type

@RunWith(AndroidJUnit4::class)
class TopUpFlowTest {
    @get:Rule val rule = createAndroidComposeRule<MainActivity>()

    @Test fun cash_goes_onto_a_card() {
        rule.toTopUp()
        rule.begin("2000", "€20.00")
        rule.hold(R.string.practice_kind_member)
        rule.await(hasText(rule.text(R.string.topup_done, "€20.00")))
        rule.await(R.string.work_take_cash)
        rule.press(R.string.receipts_title)
        rule.await(R.string.receipts_top_up)
    }

    @Test fun a_card_taken_away_at_the_last_moment_is_held_again() {
        rule.toTopUp()
        rule.begin("2000", "€20.00")
        rule.hold(R.string.practice_kind_member, until = R.string.practice_until_after)
        rule.await(R.string.torn_title)
        rule.hold(R.string.practice_kind_member)
        rule.await(hasText(rule.text(R.string.topup_done, "€20.00")))
    }

    @Test fun a_card_that_did_not_hear_of_it_is_topped_up_anew() {
        rule.toTopUp()
        rule.begin("2000", "€20.00")
        rule.hold(R.string.practice_kind_member, until = R.string.practice_until_before)
        rule.await(R.string.torn_title)
        rule.hold(R.string.practice_kind_member)
        rule.await(R.string.work_not_applied)
        rule.press(R.string.work_again)
        rule.hold(R.string.practice_kind_member)
        rule.await(hasText(rule.text(R.string.topup_done, "€20.00")))
    }

    @Test fun a_card_of_somebody_else_is_refused_and_the_next_one_is_topped_up() {
        rule.toTopUp()
        rule.begin("2000", "€20.00")
        rule.hold(R.string.practice_kind_foreign)
        rule.await(R.string.trouble_not_ours)
        rule.hold(R.string.practice_kind_member)
        rule.await(hasText(rule.text(R.string.topup_done, "€20.00")))
    }

    private fun AppRule.toTopUp() {
        openTill()
        press(R.string.home_card)
        press(R.string.place_top_up)
        await(R.string.topup_amount)
    }

    private fun AppRule.begin(digits: String, amount: String) {
        type(digits)
        press(text(R.string.topup_begin, amount))
    }
}
