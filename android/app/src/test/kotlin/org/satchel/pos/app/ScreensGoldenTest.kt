package org.satchel.pos.app

import androidx.compose.runtime.Composable
import androidx.compose.runtime.LaunchedEffect
import androidx.compose.runtime.remember
import androidx.test.ext.junit.runners.AndroidJUnit4
import org.junit.Test
import org.junit.runner.RunWith
import org.satchel.pos.core.FakeTerminals
import org.satchel.pos.core.FakeTill
import org.satchel.pos.core.aShift
import org.satchel.pos.core.aStatus
import org.satchel.pos.core.anOperator
import org.satchel.pos.core.euro
import org.satchel.pos.design.Written
import org.satchel.pos.golden.golden

/** The ways between the screens: the bar of a phone, the rail of a POS. */
@RunWith(AndroidJUnit4::class)
class ScreensGoldenTest {
    @Test fun home() = golden("app", "home") { At(Destination.Sell) }
    @Test fun card() = golden("app", "card") { At(Destination.Card) }
    @Test fun more() = golden("app", "more-with-ways") { At(Destination.More) }

    @Composable
    private fun At(destination: Destination) {
        val till = remember { FakeTill(aStatus(anOperator(), aShift())) }
        val graph = remember { aGraph(FakeTerminals()) }
        val workplace = remember { Workplace(till, graph.nfc) }
        val navigation = rememberNavigation()
        Written(euro) { Screens(graph, workplace, navigation) }
        LaunchedEffect(destination) { navigation.navigate(destination.with(null)) }
    }
}
