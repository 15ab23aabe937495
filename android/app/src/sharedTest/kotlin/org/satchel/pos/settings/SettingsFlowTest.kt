package org.satchel.pos.settings

import androidx.compose.ui.test.assertIsOff
import androidx.compose.ui.test.assertIsOn
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
import org.satchel.pos.R
import org.satchel.pos.app.MainActivity
import org.satchel.pos.await
import org.satchel.pos.practise
import org.satchel.pos.press
import org.satchel.pos.signOnAsManager
import org.satchel.pos.text

@RunWith(AndroidJUnit4::class)
class SettingsFlowTest {
    @get:Rule val rule = createAndroidComposeRule<MainActivity>()

    @Test fun the_journal_is_checked() {
        rule.goToSettings()
        rule.scrollTo(R.string.settings_verify).performClick()
        rule.await(R.string.settings_verified)
    }

    @Test fun sounds_are_switched_off_and_on() {
        rule.goToSettings()
        rule.scrollTo(R.string.settings_sounds).assertIsOn().performClick().assertIsOff().performClick().assertIsOn()
    }

    @Test fun settings_lead_to_training() {
        rule.goToSettings()
        rule.scrollTo(R.string.place_training).performClick()
        rule.await(R.string.training_cards)
    }

    private fun AppRule.goToSettings() {
        practise()
        signOnAsManager()
        press(R.string.home_more)
        press(R.string.place_settings)
        await(R.string.settings_language)
    }

    private fun AppRule.scrollTo(id: Int) = onNode(hasText(text(id)) and hasClickAction()).performScrollTo()
}
