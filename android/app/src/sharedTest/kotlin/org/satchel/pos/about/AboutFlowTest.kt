package org.satchel.pos.about

import androidx.compose.ui.test.assertIsDisplayed
import androidx.compose.ui.test.junit4.createAndroidComposeRule
import androidx.compose.ui.test.onNodeWithText
import androidx.test.ext.junit.runners.AndroidJUnit4
import org.junit.Rule
import org.junit.Test
import org.junit.runner.RunWith
import org.satchel.pos.R
import org.satchel.pos.app.MainActivity
import org.satchel.pos.core.Core

@RunWith(AndroidJUnit4::class)
class AboutFlowTest {
    @get:Rule val rule = createAndroidComposeRule<MainActivity>()

    @Test fun the_core_that_answers_is_named() {
        rule.onNodeWithText(rule.activity.getString(R.string.about_core, Core.version)).assertIsDisplayed()
    }
}
