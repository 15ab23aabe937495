package org.satchel.pos.about

import androidx.compose.ui.test.junit4.createAndroidComposeRule
import androidx.compose.ui.test.hasText
import androidx.test.ext.junit.runners.AndroidJUnit4
import org.junit.Rule
import org.junit.Test
import org.junit.runner.RunWith
import org.satchel.pos.R
import org.satchel.pos.app.MainActivity
import org.satchel.pos.await
import org.satchel.pos.core.Core
import org.satchel.pos.practise
import org.satchel.pos.press
import org.satchel.pos.signOnAsManager
import org.satchel.pos.text

@RunWith(AndroidJUnit4::class)
class AboutFlowTest {
    @get:Rule val rule = createAndroidComposeRule<MainActivity>()

    @Test fun the_core_that_answers_is_named() {
        rule.practise()
        rule.signOnAsManager()
        rule.press(R.string.home_more)
        rule.press(R.string.about_title)
        rule.await(hasText(rule.text(R.string.about_core, Core.version)))
    }
}
