package org.satchel.pos.block

import androidx.compose.ui.semantics.SemanticsActions
import androidx.compose.ui.test.hasText
import androidx.compose.ui.test.junit4.createAndroidComposeRule
import androidx.compose.ui.test.performSemanticsAction
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
import org.satchel.pos.text

@RunWith(AndroidJUnit4::class)
class BlockFlowTest {
    @get:Rule val rule = createAndroidComposeRule<MainActivity>()

    @Test fun a_blocked_card_pays_no_more() {
        rule.toBlock()
        rule.hold(R.string.practice_kind_member)
        rule.await(R.string.receipts_block)
        rule.press(R.string.work_next)
        rule.press(R.string.place_balance)
        rule.hold(R.string.practice_kind_member)
        rule.await(R.string.balance_blocked)
    }

    @Test fun a_card_taken_away_at_the_last_moment_is_held_again() {
        rule.toBlock()
        rule.hold(R.string.practice_kind_member, until = R.string.practice_until_after)
        rule.await(R.string.torn_title)
        rule.hold(R.string.practice_kind_member)
        rule.await(R.string.receipts_block)
    }

    private fun AppRule.toBlock() {
        openTill()
        press(R.string.home_card)
        press(R.string.place_block)
        await(R.string.block_begin)
        onNode(hasText(text(R.string.block_begin))).performSemanticsAction(SemanticsActions.OnLongClick)
    }
}
