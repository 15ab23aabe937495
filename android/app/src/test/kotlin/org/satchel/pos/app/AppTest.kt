package org.satchel.pos.app

import android.content.Context
import androidx.compose.ui.test.assertIsDisplayed
import androidx.compose.ui.test.click
import androidx.compose.ui.test.hasClickAction
import androidx.compose.ui.test.hasText
import androidx.compose.ui.test.junit4.createComposeRule
import androidx.compose.ui.test.onNodeWithText
import androidx.compose.ui.test.onRoot
import androidx.compose.ui.test.performClick
import androidx.compose.ui.test.performScrollTo
import androidx.compose.ui.test.performTouchInput
import androidx.test.core.app.ApplicationProvider
import androidx.test.ext.junit.runners.AndroidJUnit4
import org.junit.Assert.assertEquals
import org.junit.Rule
import org.junit.Test
import org.junit.runner.RunWith
import org.satchel.pos.R
import org.satchel.pos.core.Answer
import org.satchel.pos.core.FakeTerminals
import org.satchel.pos.core.FakeTill
import org.satchel.pos.core.Trouble
import org.satchel.pos.core.aStatus
import org.satchel.pos.core.anOperator

@RunWith(AndroidJUnit4::class)
class AppTest {
    @get:Rule val rule = createComposeRule()
    private val till = FakeTill(aStatus(operator = anOperator()))

    @Test fun nobody_there_for_a_while_locks_and_the_next_one_is_told() {
        show(FakeTerminals(isSetUp = true, opens = Answer.Yes(till)))
        rule.onNodeWithText(text(R.string.signon_title)).assertDoesNotExist()
        till.idle = true
        rule.mainClock.advanceTimeBy(6_000)
        rule.onNodeWithText(text(R.string.signon_locked)).assertIsDisplayed()
    }

    @Test fun whoever_signs_off_is_told_of_no_lock_even_after_one() {
        show(FakeTerminals(isSetUp = true, opens = Answer.Yes(till)))
        till.idle = true
        rule.mainClock.advanceTimeBy(6_000)
        till.idle = false
        till.status.value = aStatus(operator = anOperator())
        openMore()
        rule.onNodeWithText(text(R.string.place_sign_off)).performScrollTo().performClick()
        rule.onNodeWithText(text(R.string.signon_title)).assertIsDisplayed()
        rule.onNodeWithText(text(R.string.signon_locked)).assertDoesNotExist()
    }

    @Test fun whoever_comes_back_finds_the_screen_as_it_was_left() {
        show(FakeTerminals(isSetUp = true, opens = Answer.Yes(till)))
        openMore()
        rule.onNodeWithText(text(R.string.about_title)).performScrollTo().performClick()
        rule.onNodeWithText(text(R.string.about_app, "1.2.3")).assertIsDisplayed()
        till.idle = true
        rule.mainClock.advanceTimeBy(6_000)
        till.idle = false
        till.status.value = aStatus(operator = anOperator())
        rule.onNodeWithText(text(R.string.about_app, "1.2.3")).assertIsDisplayed()
    }

    @Test fun a_touch_is_told_to_the_till_now_and_then() {
        show(FakeTerminals(isSetUp = true, opens = Answer.Yes(till)))
        rule.onRoot().performTouchInput { click() }
        rule.waitForIdle()
        assertEquals(1, till.touches)
        rule.mainClock.advanceTimeBy(3_000)
        rule.onRoot().performTouchInput { click() }
        rule.waitForIdle()
        assertEquals(2, till.touches)
    }

    @Test fun a_till_that_does_not_open_says_why() {
        show(FakeTerminals(isSetUp = true, opens = Answer.No(Trouble.StorageFull)))
        rule.onNodeWithText(text(R.string.trouble_storage_full)).assertIsDisplayed()
        rule.onNodeWithText(text(R.string.trouble_storage_full_do)).assertIsDisplayed()
    }

    @Test fun a_new_device_can_practise() {
        show(FakeTerminals())
        rule.onNodeWithText(text(R.string.welcome_practise)).performClick()
        rule.onNodeWithText(text(R.string.training_ribbon)).assertIsDisplayed()
    }

    private fun show(terminals: FakeTerminals) {
        val graph = aGraph(terminals)
        rule.setContent { App(graph) }
    }

    private fun openMore() = rule.onNode(hasText(text(R.string.home_more)) and hasClickAction()).performClick()

    private fun text(id: Int, vararg arguments: Any): String =
        ApplicationProvider.getApplicationContext<Context>().getString(id, *arguments)
}
