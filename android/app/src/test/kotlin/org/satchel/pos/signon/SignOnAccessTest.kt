package org.satchel.pos.signon

import androidx.compose.ui.semantics.SemanticsNode
import androidx.compose.ui.semantics.SemanticsProperties
import androidx.compose.ui.semantics.getOrNull
import androidx.compose.ui.test.SemanticsMatcher
import androidx.compose.ui.test.hasClickAction
import androidx.compose.ui.test.hasTestTag
import androidx.compose.ui.test.junit4.createComposeRule
import androidx.compose.ui.test.performSemanticsAction
import androidx.compose.ui.semantics.SemanticsActions
import androidx.test.ext.junit.runners.AndroidJUnit4
import org.junit.Assert.assertEquals
import org.junit.Assert.assertTrue
import org.junit.Rule
import org.junit.Test
import org.junit.runner.RunWith
import org.satchel.pos.design.SatchelTheme
import org.satchel.pos.design.TouchLeast

/** What fingers and ears find. */
@RunWith(AndroidJUnit4::class)
class SignOnAccessTest {
    @get:Rule val rule = createComposeRule()
    private val events = mutableListOf<SignOnEvent>()

    @Test fun everything_that_is_pressed_is_large_enough() {
        show(SignOnState(Purpose.HandOver, digits = 6))
        val pressed = rule.onAllNodes(hasClickAction()).fetchSemanticsNodes()
        assertTrue("${pressed.size} nodes", pressed.size >= 12)
        val least = with(rule.density) { TouchLeast.toPx() }
        assertEquals(emptyList<String>(), pressed.filter { it.size.width < least || it.size.height < least }.map { it.config.toString() })
    }

    @Test fun no_digit_of_the_pin_pad_is_told() {
        show(SignOnState(Purpose.SignOn(), digits = 4))
        val told = rule.onAllNodes(isOfPad).fetchSemanticsNodes().flatMap(::words)
        assertTrue(told.isNotEmpty())
        assertEquals(emptyList<String>(), told.filter { word -> word.any(Char::isDigit) })
    }

    @Test fun the_pad_is_kept_from_services_that_are_no_assistance() {
        show(SignOnState(Purpose.SignOn()))
        rule.onNode(SemanticsMatcher.expectValue(SemanticsProperties.IsSensitiveData, true)).assertExists()
    }

    @Test fun a_key_is_pressed_by_an_assistant_too() {
        show(SignOnState(Purpose.SignOn()))
        rule.onNode(hasTestTag("key-7")).performSemanticsAction(SemanticsActions.OnClick)
        assertEquals(listOf<SignOnEvent>(SignOnEvent.Digit(7)), events)
    }

    private fun show(state: SignOnState) = rule.setContent {
        SatchelTheme { SignOnScreen(state, events::add, onOpenNfcSettings = {}, onCancel = {}) }
    }
}

private val isOfPad = SemanticsMatcher("a key of the pad") { node ->
    node.config.getOrNull(SemanticsProperties.TestTag).orEmpty().startsWith("key-")
}

private fun words(node: SemanticsNode): List<String> =
    node.config.getOrNull(SemanticsProperties.ContentDescription).orEmpty() +
        node.config.getOrNull(SemanticsProperties.Text).orEmpty().map { it.text }
