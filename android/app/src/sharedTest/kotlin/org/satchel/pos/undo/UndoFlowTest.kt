package org.satchel.pos.undo

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
import org.satchel.pos.sellByCard
import org.satchel.pos.text

@RunWith(AndroidJUnit4::class)
class UndoFlowTest {
    @get:Rule val rule = createAndroidComposeRule<MainActivity>()

    @Test fun a_sale_is_taken_back() {
        rule.toUndo()
        rule.press("€12.50", within = R.string.receipts_sale)
        rule.hold(R.string.practice_kind_member)
        rule.await(hasText(rule.text(R.string.undo_done, "€12.50")))
        rule.press(R.string.work_next)
        rule.press(R.string.place_undo)
        rule.await(R.string.undo_none)
    }

    @Test fun another_card_cannot_take_it_back() {
        rule.toUndo()
        rule.press("€12.50", within = R.string.receipts_sale)
        rule.hold(R.string.practice_kind_little)
        rule.await(R.string.trouble_not_last)
    }

    @Test fun a_card_taken_away_at_the_last_moment_is_held_again() {
        rule.toUndo()
        rule.press("€12.50", within = R.string.receipts_sale)
        rule.hold(R.string.practice_kind_member, until = R.string.practice_until_after)
        rule.await(R.string.torn_title)
        rule.hold(R.string.practice_kind_member)
        rule.await(hasText(rule.text(R.string.undo_done, "€12.50")))
    }

    private fun AppRule.toUndo() {
        openTill()
        sellByCard("1250", "€12.50")
        press(R.string.home_card)
        press(R.string.place_undo)
    }
}
