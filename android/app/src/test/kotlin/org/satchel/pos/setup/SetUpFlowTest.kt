package org.satchel.pos.setup

import androidx.activity.ComponentActivity
import androidx.compose.ui.test.ExperimentalTestApi
import androidx.compose.ui.test.hasTestTag
import androidx.compose.ui.test.hasText
import androidx.compose.ui.test.hasClickAction
import androidx.compose.ui.test.junit4.createAndroidComposeRule
import androidx.compose.ui.test.performClick
import androidx.compose.ui.test.performScrollTo
import androidx.compose.ui.test.performTextInput
import androidx.test.ext.junit.runners.AndroidJUnit4
import org.junit.Rule
import org.junit.Test
import org.junit.rules.TemporaryFolder
import org.junit.runner.RunWith
import org.satchel.pos.R
import org.satchel.pos.app.App
import org.satchel.pos.app.aGraph
import org.satchel.pos.app.choose
import org.satchel.pos.core.KeyVault
import org.satchel.pos.core.RustTerminals
import java.io.File

/** A file as head office makes it (`./demo --provision FILE`), from the system's dialog into the core. */
@OptIn(ExperimentalTestApi::class)
@RunWith(AndroidJUnit4::class)
class SetUpFlowTest {
    @get:Rule val folders = TemporaryFolder()
    @get:Rule val rule = createAndroidComposeRule<ComponentActivity>()

    private val made = File(System.getProperty("satchel.set-up"))
    private val file = File(made, "till.setup")
    private val code = File(made, "till.code").readText()

    @Test fun a_till_is_set_up_and_asks_who_signs_on() {
        begin()
        press(R.string.setup_open)
        rule.activity.choose(file.name, file.readBytes())
        type(code)
        press(R.string.setup_go_on)
        await(R.string.signon_title)
    }

    @Test fun a_wrong_code_is_refused_and_the_right_one_serves() {
        begin()
        press(R.string.setup_open)
        rule.activity.choose(file.name, file.readBytes())
        type(code.reversed())
        press(R.string.setup_go_on)
        await(R.string.trouble_set_up_code)
    }

    @Test fun an_invitation_is_answered_and_stays_answered_until_head_office_admits() {
        val invitation = File(made, "till.invitation")
        begin()
        press(R.string.setup_open)
        rule.activity.choose(invitation.name, invitation.readBytes())
        await(R.string.setup_answer_heading)
        rule.waitUntilAtLeastOneExists(hasTestTag("setup-check"), PATIENCE_MS)
        press(R.string.setup_open)
        rule.activity.choose("other.admission", File(made, "other.admission").readBytes())
        await(R.string.trouble_other_invitation)
        await(R.string.setup_answer_heading)
    }

    @Test fun a_photograph_is_no_set_up_file() {
        begin()
        press(R.string.setup_open)
        rule.activity.choose("holiday.jpg", ByteArray(5_000) { it.toByte() })
        type(code)
        press(R.string.setup_go_on)
        await(R.string.trouble_set_up_damaged)
    }

    private fun begin() {
        rule.setContent { App(aGraph(RustTerminals(folders.root, OpenVault))) }
        press(R.string.welcome_set_up)
    }

    private fun type(code: String) {
        rule.waitUntilAtLeastOneExists(hasTestTag("setup-code"), PATIENCE_MS)
        rule.onNode(hasTestTag("setup-code")).performTextInput(code)
    }

    private fun press(id: Int) {
        val button = hasText(rule.activity.getString(id)) and hasClickAction()
        rule.waitUntilAtLeastOneExists(button, PATIENCE_MS)
        rule.onNode(button).performClick()
    }

    private fun await(id: Int) = rule.waitUntilAtLeastOneExists(hasText(rule.activity.getString(id)), PATIENCE_MS)
}

/** A keystore is the device's; a machine without one seals nothing. */
private object OpenVault : KeyVault {
    override fun seal(secret: ByteArray) = secret
    override fun unseal(sealed: ByteArray) = sealed
}

private const val PATIENCE_MS = 30_000L
