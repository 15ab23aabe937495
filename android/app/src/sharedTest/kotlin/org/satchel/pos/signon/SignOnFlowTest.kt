package org.satchel.pos.signon

import android.view.WindowManager
import androidx.compose.ui.test.assertIsDisplayed
import androidx.compose.ui.test.assertIsNotEnabled
import androidx.compose.ui.test.hasText
import androidx.compose.ui.test.junit4.createAndroidComposeRule
import androidx.compose.ui.test.onNodeWithText
import androidx.test.ext.junit.runners.AndroidJUnit4
import org.junit.Assert.assertFalse
import org.junit.Assert.assertTrue
import org.junit.Rule
import org.junit.Test
import org.junit.runner.RunWith
import org.satchel.pos.AppRule
import org.satchel.pos.CASHIER_PIN
import org.satchel.pos.MANAGER_PIN
import org.satchel.pos.R
import org.satchel.pos.app.MainActivity
import org.satchel.pos.await
import org.satchel.pos.hold
import org.satchel.pos.practise
import org.satchel.pos.press
import org.satchel.pos.pressKeys
import org.satchel.pos.signOn
import org.satchel.pos.signOnAsManager
import org.satchel.pos.text
import org.satchel.pos.type

@RunWith(AndroidJUnit4::class)
class SignOnFlowTest {
    @get:Rule val rule = createAndroidComposeRule<MainActivity>()

    @Test fun pin_and_card_sign_on_and_sign_off_locks() {
        rule.practise()
        rule.await(R.string.signon_title)
        rule.signOnAsManager()
        rule.press(R.string.home_more)
        rule.await(R.string.practice_manager)
        rule.press(R.string.place_sign_off)
        rule.await(R.string.signon_title)
    }

    @Test fun nobody_takes_pictures_of_a_pin() {
        rule.practise()
        rule.await(R.string.signon_title)
        assertTrue(rule.isSecret())
        rule.signOnAsManager()
        rule.await(R.string.home_more)
        assertFalse(rule.isSecret())
    }

    @Test fun a_wrong_pin_tells_the_tries_left_and_asks_again() {
        rule.practise()
        rule.signOn(R.string.practice_manager, "999999")
        rule.await(R.string.trouble_wrong_pin)
        rule.signOnAsManager()
        rule.await(R.string.home_more)
    }

    @Test fun a_customers_card_is_refused_and_the_pin_stays() {
        rule.practise()
        rule.signOn(R.string.practice_kind_foreign, MANAGER_PIN)
        rule.await(R.string.trouble_not_ours)
        rule.hold(R.string.practice_manager)
        rule.await(R.string.home_more)
    }

    @Test fun a_card_taken_away_early_is_asked_for_again() {
        rule.practise()
        rule.type(MANAGER_PIN)
        rule.press(R.string.signon_go_on)
        rule.hold(R.string.practice_manager, until = R.string.practice_until_before)
        rule.await(R.string.trouble_hold_again)
        rule.hold(R.string.practice_manager)
        rule.await(R.string.home_more)
    }

    @Test fun the_next_one_takes_over() {
        rule.practise()
        rule.signOnAsManager()
        rule.press(R.string.home_more)
        rule.press(R.string.place_hand_over)
        rule.signOn(R.string.practice_cashier, CASHIER_PIN)
        rule.await(hasText(rule.text(R.string.practice_cashier)))
    }

    @Test fun a_pin_too_short_goes_nowhere() {
        rule.practise()
        rule.type("12345")
        rule.onNodeWithText(rule.text(R.string.signon_go_on)).assertIsNotEnabled()
        rule.type("67")
        rule.pressKeys("erase", "erase")
        rule.onNodeWithText(rule.text(R.string.signon_go_on)).assertIsDisplayed().assertIsNotEnabled()
    }

    private fun AppRule.isSecret() = runOnUiThread {
        activity.window.attributes.flags and WindowManager.LayoutParams.FLAG_SECURE != 0
    }
}
