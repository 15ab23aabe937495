package org.satchel.pos.app

import androidx.test.ext.junit.runners.AndroidJUnit4
import org.junit.Test
import org.junit.runner.RunWith
import org.satchel.pos.core.Trouble
import org.satchel.pos.core.anOperator
import org.satchel.pos.golden.golden

@RunWith(AndroidJUnit4::class)
class BeforeWorkGoldenTest {
    @Test fun welcome() = golden("app", "welcome") { WelcomeScreen(onPractise = {}, onSetUp = {}) }
    @Test fun shut() = golden("app", "shut") { ShutScreen(Trouble.JournalDamaged(1_071), onTryAgain = {}) }
    @Test fun more() = golden("app", "more") {
        MoreScreen(anOperator(), Destination.OfMore, inTraining = true, onGo = {}, onSignOff = {}, onEndTraining = {})
    }
}
