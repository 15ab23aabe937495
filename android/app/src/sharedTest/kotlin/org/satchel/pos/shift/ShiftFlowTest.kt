package org.satchel.pos.shift

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
import org.satchel.pos.practise
import org.satchel.pos.press
import org.satchel.pos.pressKeys
import org.satchel.pos.signOnAsManager
import org.satchel.pos.text

@RunWith(AndroidJUnit4::class)
class ShiftFlowTest {
    @get:Rule val rule = createAndroidComposeRule<MainActivity>()

    @Test fun a_shift_from_its_float_to_its_z_and_the_journal() {
        rule.practise()
        rule.signOnAsManager()
        rule.press(R.string.home_shift)
        rule.press(R.string.shift_open)
        rule.pressKeys("1", "0", "0", "00")
        rule.press(R.string.shift_open_confirm)
        rule.press(R.string.shift_pay_in)
        rule.pressKeys("5", "00")
        rule.press(R.string.shift_pay_in_confirm)
        rule.await(R.string.receipts_pay_in)
        rule.await(R.string.receipts_training)
        rule.goBack()
        rule.press(R.string.shift_x)
        rule.await(R.string.receipts_drawer)
        rule.await(hasText("105", substring = true))
        rule.goBack()
        rule.press(R.string.shift_close)
        rule.pressKeys("1", "0", "4", "00")
        rule.press(R.string.shift_close_confirm)
        rule.await(R.string.receipts_difference)
        rule.await(hasText("104", substring = true))
        rule.goBack()
        rule.await(R.string.shift_none)
        rule.press(R.string.home_more)
        rule.press(R.string.place_journal)
        rule.press(R.string.receipts_pay_in)
        rule.await(R.string.receipts_duplicate)
    }

    private fun AppRule.goBack() {
        runOnUiThread { activity.onBackPressedDispatcher.onBackPressed() }
        waitForIdle()
    }
}
