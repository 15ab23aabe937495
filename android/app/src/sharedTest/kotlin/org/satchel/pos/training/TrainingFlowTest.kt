package org.satchel.pos.training

import androidx.compose.ui.test.hasClickAction
import androidx.compose.ui.test.hasText
import androidx.compose.ui.test.junit4.createAndroidComposeRule
import androidx.compose.ui.test.performClick
import androidx.compose.ui.test.performScrollTo
import androidx.test.ext.junit.runners.AndroidJUnit4
import org.junit.Rule
import org.junit.Test
import org.junit.runner.RunWith
import org.satchel.pos.AppRule
import org.satchel.pos.MANAGER_PIN
import org.satchel.pos.R
import org.satchel.pos.app.MainActivity
import org.satchel.pos.await
import org.satchel.pos.practise
import org.satchel.pos.press
import org.satchel.pos.signOnAsManager
import org.satchel.pos.text

@RunWith(AndroidJUnit4::class)
class TrainingFlowTest {
    @get:Rule val rule = createAndroidComposeRule<MainActivity>()

    @Test fun whoever_has_no_card_is_told_a_pin_and_can_leave_again() {
        rule.practise()
        rule.await(hasText(rule.text(R.string.training_hint, rule.text(R.string.practice_manager), MANAGER_PIN)))
        rule.press(R.string.training_help)
        rule.await(R.string.training_what)
        rule.scrollAndPress(R.string.training_end)
        rule.await(R.string.welcome_title)
    }

    @Test fun training_starts_over_and_ends() {
        rule.practise()
        rule.signOnAsManager()
        rule.press(R.string.home_more)
        rule.press(R.string.place_training)
        rule.press(R.string.training_anew)
        rule.await(R.string.training_anew_title)
        rule.await(R.string.cancel)
        rule.onAllNodes(hasText(rule.text(R.string.training_anew)) and hasClickAction())[1].performClick()
        rule.await(R.string.signon_title)
        rule.signOnAsManager()
        rule.press(R.string.home_more)
        rule.press(R.string.place_training)
        rule.press(R.string.training_end)
        rule.await(R.string.welcome_title)
    }

    private fun AppRule.scrollAndPress(id: Int) {
        await(hasText(text(id)) and hasClickAction())
        onNode(hasText(text(id)) and hasClickAction()).performScrollTo().performClick()
    }
}
