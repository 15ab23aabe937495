package org.satchel.pos.journal

import androidx.compose.ui.test.hasContentDescription
import androidx.compose.ui.test.hasSetTextAction
import androidx.compose.ui.test.hasText
import androidx.compose.ui.test.junit4.createAndroidComposeRule
import androidx.compose.ui.test.performClick
import androidx.compose.ui.test.performTextInput
import androidx.test.ext.junit.runners.AndroidJUnit4
import org.junit.Rule
import org.junit.Test
import org.junit.runner.RunWith
import org.satchel.pos.AppRule
import org.satchel.pos.R
import org.satchel.pos.app.MainActivity
import org.satchel.pos.await
import org.satchel.pos.openTill
import org.satchel.pos.press
import org.satchel.pos.sellByCard
import org.satchel.pos.text

@RunWith(AndroidJUnit4::class)
class JournalFlowTest {
    @get:Rule val rule = createAndroidComposeRule<MainActivity>()

    @Test fun a_receipt_is_looked_up_by_its_amount_and_is_a_duplicate() {
        rule.toJournal()
        rule.press(R.string.journal_by_amount)
        rule.lookFor("12.50")
        rule.waitUntil { rule.onAllNodes(hasText("€3.00")).fetchSemanticsNodes().isEmpty() }
        rule.press("€12.50", within = R.string.receipts_sale)
        rule.await(R.string.receipts_duplicate)
        rule.await(R.string.receipts_training)
    }

    @Test fun what_was_never_sold_is_not_found() {
        rule.toJournal()
        rule.press(R.string.journal_by_amount)
        rule.lookFor("99.99")
        rule.await(R.string.journal_none)
    }

    @Test fun the_day_before_there_was_nothing() {
        rule.toJournal()
        rule.press(R.string.journal_today)
        rule.await(hasText("€12.50"))
        rule.onNode(hasContentDescription(rule.text(R.string.journal_day_before))).performClick()
        rule.await(R.string.journal_none)
    }

    private fun AppRule.toJournal() {
        openTill()
        sellByCard("1250", "€12.50")
        sellByCard("300", "€3.00")
        press(R.string.home_more)
        press(R.string.place_journal)
        await(hasText("€12.50"))
        await(hasText("€3.00"))
    }

    private fun AppRule.lookFor(text: String) = onNode(hasSetTextAction()).performTextInput(text)
}
