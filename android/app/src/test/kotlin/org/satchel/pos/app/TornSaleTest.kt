package org.satchel.pos.app

import androidx.activity.ComponentActivity
import androidx.compose.ui.test.AndroidComposeUiTest
import androidx.compose.ui.test.ExperimentalTestApi
import androidx.compose.ui.test.SemanticsMatcher
import androidx.compose.ui.test.hasClickAction
import androidx.compose.ui.test.hasTestTag
import androidx.compose.ui.test.hasText
import androidx.compose.ui.test.performClick
import androidx.compose.ui.test.v2.runAndroidComposeUiTest
import androidx.test.ext.junit.runners.AndroidJUnit4
import org.junit.Assert.assertEquals
import org.junit.Assert.assertTrue
import org.junit.Rule
import org.junit.Test
import org.junit.rules.TemporaryFolder
import org.junit.runner.RunWith
import org.robolectric.annotation.Config
import org.satchel.bindings.PracticeTear
import org.satchel.pos.R
import org.satchel.pos.core.LineKind
import org.satchel.pos.core.Money
import org.satchel.pos.core.MovementState
import org.satchel.pos.core.ReceiptKind
import org.satchel.pos.design.SatchelTheme
import org.satchel.pos.nfc.FrameworkIsoDep
import org.satchel.pos.nfc.FrameworkTagTechnology
import org.satchel.pos.nfc.ReaderState
import java.io.File

/**
 * The card is torn away, or the app dies, at every exchange of a sale, before and after the card has acted on it. A
 * person reads the screen and does what it says; afterwards card, journal and screen agree.
 *
 * The whole way: screen, Kotlin, UniFFI, Rust, Android's IsoDep, APDU, simulated card.
 */
@OptIn(ExperimentalTestApi::class)
@RunWith(AndroidJUnit4::class)
@Config(shadows = [FrameworkIsoDep::class, FrameworkTagTechnology::class])
class TornSaleTest {
    @get:Rule val folders = TemporaryFolder()

    @Test fun a_card_torn_away_at_any_exchange_pays_once() {
        val tears = places().flatMap { listOf(PracticeTear.BeforeCard(it.toUInt()), PracticeTear.AfterCard(it.toUInt())) }
        var guided = 0
        for (tear in tears) at(tear.toString(), folders.newFolder()) { stand ->
            charge()
            stand.hold(tear = tear)
            if (payAsTold(stand)) guided++
            assertEquals(Money(37_50), stand.read().means.balance)
            assertEquals(1, stand.sales())
            assertTrue(stand.till.status.value.unsettled.isEmpty())
        }
        assertTrue("some of ${tears.size} tears left it undecided", guided > 0)
    }

    @Test fun an_app_killed_at_any_exchange_pays_once_or_not_at_all() {
        var (paid, unpaid, open) = listOf(0, 0, 0)
        for (place in places()) for (moment in Moment.entries) {
            val left = folders.newFolder()
            at("$moment $place", folders.newFolder()) { stand, folder ->
                charge()
                stand.hold { exchange, now -> if (exchange == place && now == moment) folder.copyRecursively(left, overwrite = true) }
                awaitAny(R.string.pay_next)
            }
            at("after $moment $place", left) { stand ->
                if (stand.till.status.value.unsettled.isNotEmpty()) {
                    open++
                    settleAsTold(stand)
                }
                val balance = stand.read().means.balance
                assertEquals(if (stand.sales() == 1) Money(37_50) else Money(50_00), balance)
                assertTrue(stand.till.status.value.unsettled.isEmpty())
                if (balance == Money(37_50)) paid++ else unpaid++
            }
        }
        assertTrue("$paid paid, $unpaid not, $open left open", paid > 0 && unpaid > 0 && open > 0)
    }

    /** The exchanges of a sale that nothing happens to. */
    private fun places(): IntRange {
        var exchanges = 0
        at("nothing", folders.newFolder()) { stand ->
            charge()
            val card = stand.hold()
            awaitAny(R.string.pay_next)
            exchanges = card.apdus.size
        }
        assertTrue("$exchanges exchanges", exchanges in 5..20)
        return 0 until exchanges
    }

    private fun at(what: String, folder: File, body: AndroidComposeUiTest<ComponentActivity>.(IsoDepStand) -> Unit) =
        at(what, folder) { stand, _ -> body(stand) }

    private fun at(what: String, folder: File, body: AndroidComposeUiTest<ComponentActivity>.(IsoDepStand, File) -> Unit) = try {
        IsoDepStand(folder).use { stand ->
            stand.openTill()
            runAndroidComposeUiTest(ComponentActivity::class.java) {
                setContent { SatchelTheme { App(stand.graph) } }
                runOnUiThread { stand.inFrontOf(activity!!) }
                body(stand, folder)
            }
        }
    } catch (fault: Throwable) {
        throw AssertionError(what, fault)
    }

    private fun AndroidComposeUiTest<ComponentActivity>.charge() {
        "1250".forEach { key ->
            awaitUntil { has(hasTestTag("key-$key")) }
            onNode(hasTestTag("key-$key")).performClick()
        }
        press("Charge €12.50")
        press(R.string.pay_card)
        awaitAny(R.string.pay_hold)
    }

    /** Returns whether nobody knew for a while. */
    private fun AndroidComposeUiTest<ComponentActivity>.payAsTold(stand: IsoDepStand): Boolean {
        var undecided = false
        repeat(LONGEST_STORY) {
            when (awaitAny(R.string.pay_next, R.string.torn_title, R.string.pay_again, R.string.trouble_hold_again)) {
                R.string.pay_next -> return undecided
                R.string.torn_title -> undecided = true
                R.string.pay_again -> {
                    press(R.string.pay_again)
                    awaitAny(R.string.pay_hold)
                }
            }
            val held = stand.hold()
            awaitUntil { held.apdus.isNotEmpty() && stand.graph.nfc.state.value == ReaderState.Ready }
            waitForIdle()
        }
        error("the story does not end")
    }

    private fun AndroidComposeUiTest<ComponentActivity>.settleAsTold(stand: IsoDepStand) {
        press(R.string.sell_settle)
        awaitAny(R.string.torn_title)
        stand.hold()
        awaitUntil { stand.till.status.value.unsettled.isEmpty() && !has(hasText(text(R.string.torn_title))) }
    }

    private fun AndroidComposeUiTest<ComponentActivity>.press(id: Int) = press(text(id))

    private fun AndroidComposeUiTest<ComponentActivity>.press(text: String) {
        awaitUntil { has(hasText(text) and hasClickAction()) }
        onNode(hasText(text) and hasClickAction()).performClick()
    }

    /** Waits for one of several texts; tells which it is. */
    private fun AndroidComposeUiTest<ComponentActivity>.awaitAny(vararg ids: Int): Int {
        awaitUntil { ids.any { has(hasText(text(it))) } }
        return ids.first { has(hasText(text(it))) }
    }

    private fun AndroidComposeUiTest<ComponentActivity>.awaitUntil(condition: () -> Boolean) = waitUntil(null, PATIENCE_MS, condition)

    private fun AndroidComposeUiTest<ComponentActivity>.has(what: SemanticsMatcher) =
        onAllNodes(what).fetchSemanticsNodes().isNotEmpty()

    private fun AndroidComposeUiTest<ComponentActivity>.text(id: Int) = activity!!.getString(id)

    private fun IsoDepStand.sales() = movements().count {
        it.state == MovementState.Done && (it.kind as? LineKind.Movement)?.kind == ReceiptKind.SALE
    }
}

private const val LONGEST_STORY = 6
private const val PATIENCE_MS = 20_000L
