package org.satchel.pos

import androidx.annotation.StringRes
import androidx.compose.ui.test.ExperimentalTestApi
import androidx.compose.ui.test.SemanticsMatcher
import androidx.compose.ui.test.hasAnyAncestor
import androidx.compose.ui.test.hasClickAction
import androidx.compose.ui.test.hasContentDescription
import androidx.compose.ui.test.hasScrollAction
import androidx.compose.ui.test.hasTestTag
import androidx.compose.ui.test.hasText
import androidx.compose.ui.test.junit4.AndroidComposeTestRule
import androidx.compose.ui.test.onLast
import androidx.compose.ui.test.performClick
import androidx.compose.ui.test.performScrollTo
import androidx.test.ext.junit.rules.ActivityScenarioRule
import org.satchel.pos.app.MainActivity

/** What a person does with the app in training mode, the same on this machine and on a device. */
typealias AppRule = AndroidComposeTestRule<ActivityScenarioRule<MainActivity>, MainActivity>

/** The text as the app writes it. */
fun AppRule.text(@StringRes id: Int, vararg arguments: Any): String = activity.getString(id, *arguments)

/** Waits until something is there. The core works on threads of its own. */
@OptIn(ExperimentalTestApi::class)
fun AppRule.await(what: SemanticsMatcher) = waitUntilAtLeastOneExists(what, PATIENCE_MS)

fun AppRule.await(@StringRes id: Int) = await(hasText(text(id)))

/** Presses the button or line with this text, as soon as it is there; scrolled to, where it is further down. */
fun AppRule.press(text: String) {
    val button = hasText(text) and hasClickAction()
    await(button)
    if (onAllNodes(button and hasAnyAncestor(hasScrollAction())).fetchSemanticsNodes().isNotEmpty()) onNode(button).performScrollTo()
    onNode(button).performClick()
}

fun AppRule.press(@StringRes id: Int) = press(text(id))

/** Presses the line called [within] that shows [text] too. */
fun AppRule.press(text: String, @StringRes within: Int) {
    val line = hasText(text) and hasText(text(within)) and hasClickAction()
    await(line)
    onNode(line).performClick()
}

/** Presses the uppermost of several buttons with this text, as on a sheet that asks again. */
fun AppRule.pressLast(@StringRes id: Int) {
    val button = hasText(text(id)) and hasClickAction()
    await(button)
    onAllNodes(button).onLast().performClick()
}

/** Back by the arrow, to where the screens are chosen. */
fun AppRule.goBack() {
    val arrow = hasContentDescription(text(R.string.back)) and hasClickAction()
    await(arrow)
    onNode(arrow).performClick()
}

/** Presses keys of a pad: `"0"` to `"9"`, `"00"`, `"erase"`. */
fun AppRule.pressKeys(vararg keys: String) = keys.forEach { key ->
    await(hasTestTag("key-$key"))
    onNode(hasTestTag("key-$key")).performClick()
}

/** Types digits on a pad. */
fun AppRule.type(digits: String) = pressKeys(*digits.map(Char::toString).toTypedArray())

/** From the first start into training. */
fun AppRule.practise() {
    press(R.string.welcome_practise)
    await(R.string.training_ribbon)
}

/** Holds the practice card of which the sheet says [title], when it is asked for. @param until for how long, as the sheet says */
fun AppRule.hold(title: String, @StringRes until: Int = R.string.practice_until_done) {
    press(until)
    await(hasText(title) and hasClickAction())
    onNode(hasText(title) and hasClickAction()).performScrollTo().performClick()
}

fun AppRule.hold(@StringRes title: Int, @StringRes until: Int = R.string.practice_until_done) = hold(text(title), until)

/** Signs on as the one who may do everything. */
fun AppRule.signOnAsManager() = signOn(R.string.practice_manager, MANAGER_PIN)

fun AppRule.signOn(@StringRes who: Int, pin: String) {
    type(pin)
    press(R.string.signon_go_on)
    hold(who)
}

/** Trains with the manager signed on and a shift open, at the screen where one sells. */
fun AppRule.openTill() {
    practise()
    signOnAsManager()
    press(R.string.sell_open_shift)
    press(R.string.shift_open)
    press(R.string.shift_open_confirm)
    await(R.string.shift_expected)
    press(R.string.home_sell)
    await(hasText(text(R.string.sell_charge, "€0.00")))
}

/** Sells to the member with the practice card. @param digits as typed @param amount as shown */
fun AppRule.sellByCard(digits: String, amount: String) {
    type(digits)
    press(text(R.string.sell_charge, amount))
    press(R.string.pay_card)
    hold(R.string.practice_kind_member)
    await(hasText(text(R.string.pay_done, amount)))
    press(R.string.pay_next)
    await(hasText(text(R.string.sell_charge, "€0.00")))
}

const val MANAGER_PIN = "111111"
const val CASHIER_PIN = "222222"
private const val PATIENCE_MS = 20_000L
