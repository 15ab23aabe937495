package org.satchel.pos.members

import androidx.compose.ui.test.hasSetTextAction
import androidx.compose.ui.test.hasText
import androidx.compose.ui.test.junit4.createAndroidComposeRule
import androidx.compose.ui.test.performTextInput
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
import org.satchel.pos.pressLast
import org.satchel.pos.text

@RunWith(AndroidJUnit4::class)
class MembersFlowTest {
    @get:Rule val rule = createAndroidComposeRule<MainActivity>()

    @Test fun somebody_is_registered_found_and_their_card_reported_lost() {
        rule.toMembers()
        rule.press(R.string.members_register)
        rule.write(R.string.members_name, "Ada Brown")
        rule.write(R.string.members_contact, "ada@example.org")
        rule.press(R.string.members_agrees)
        rule.press(R.string.members_go_on)
        rule.hold(R.string.practice_kind_new)
        rule.await(R.string.receipts_activate)
        rule.press(R.string.work_next)
        rule.press("Ada Brown")
        rule.await(hasText("ada@example.org"))
        rule.press(R.string.members_lost)
        rule.press(R.string.members_lost_report)
        rule.await(R.string.members_lost_sure)
        rule.pressLast(R.string.members_lost_report)
        rule.await(R.string.members_reported)
    }

    @Test fun a_card_that_somebody_has_is_not_registered_again() {
        rule.toMembers()
        rule.press(R.string.members_register)
        rule.write(R.string.members_name, "Ada Brown")
        rule.press(R.string.members_go_on)
        rule.hold(R.string.practice_kind_member)
        rule.await(R.string.trouble_already_registered)
    }

    @Test fun a_wrong_number_is_told() {
        rule.toMembers()
        rule.press(R.string.members_lost)
        rule.write(R.string.members_number, "123")
        rule.press(R.string.members_lost_report)
        rule.await(R.string.members_lost_sure)
        rule.pressLast(R.string.members_lost_report)
        rule.await(R.string.trouble_number_wrong)
    }

    private fun AppRule.toMembers() {
        openTill()
        press(R.string.home_more)
        press(R.string.place_members)
    }

    private fun AppRule.write(label: Int, text: String) {
        await(hasText(text(label)) and hasSetTextAction())
        onNode(hasText(text(label)) and hasSetTextAction()).performTextInput(text)
    }
}
