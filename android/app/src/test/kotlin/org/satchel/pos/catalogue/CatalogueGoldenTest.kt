package org.satchel.pos.catalogue

import androidx.test.ext.junit.runners.AndroidJUnit4
import org.junit.Test
import org.junit.runner.RunWith
import org.satchel.pos.core.CounterTrouble
import org.satchel.pos.core.euro
import org.satchel.pos.design.Written
import org.satchel.pos.golden.golden

@RunWith(AndroidJUnit4::class)
class CatalogueGoldenTest {
    private val filled = CatalogueState(items = 12_480, categories = 38)

    @Test fun none() = photograph("none", CatalogueState(items = 0))
    @Test fun filled() = photograph("filled", filled)
    @Test fun taking_in() = photograph("taking_in", filled.copy(step = CatalogueStep.TakingIn(600, 1_000)))
    @Test fun done() = photograph("done", filled.copy(step = CatalogueStep.Done(12_480)))
    @Test fun wrong() = photograph("wrong", filled.copy(step = CatalogueStep.Wrong(CounterTrouble.CatalogueWrong(17, "'3,20' is no price in minor units"))))
    @Test fun unreadable() = photograph("unreadable", filled.copy(step = CatalogueStep.Unreadable))

    private fun photograph(name: String, state: CatalogueState) = golden("catalogue", name) {
        Written(euro) { CatalogueScreen(state, {}, {}) }
    }
}
