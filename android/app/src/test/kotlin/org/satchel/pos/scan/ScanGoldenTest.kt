package org.satchel.pos.scan

import androidx.compose.foundation.background
import androidx.compose.foundation.layout.Box
import androidx.compose.ui.graphics.Color
import androidx.compose.ui.res.stringResource
import androidx.test.ext.junit.runners.AndroidJUnit4
import org.junit.Test
import org.junit.runner.RunWith
import org.satchel.pos.R
import org.satchel.pos.core.BasketLine
import org.satchel.pos.core.Money
import org.satchel.pos.core.aShift
import org.satchel.pos.core.aStatus
import org.satchel.pos.core.anOperator
import org.satchel.pos.core.euro
import org.satchel.pos.design.Written
import org.satchel.pos.golden.golden
import org.satchel.pos.sell.Basket
import org.satchel.pos.sell.ScannedSoFar
import org.satchel.pos.sell.SellNotice
import org.satchel.pos.sell.SellState

/** The camera's picture is a dark area here. */
@RunWith(AndroidJUnit4::class)
class ScanGoldenTest {
    private val basket = Basket(lines = listOf(BasketLine("TEA", "Green tea", 2_000, Money(6_40))))
    private val selling = SellState(aStatus(anOperator(), aShift()), basket)

    @Test fun asking() = photograph("asking", ScanFace.Asking)
    @Test fun looking() = photograph("looking", ScanFace.Looking)
    @Test fun found() = photograph("found", ScanFace.Looking, selling)
    @Test fun unknown() = photograph("unknown", ScanFace.Looking, selling.copy(notice = SellNotice.Unknown("4006381333931")))
    @Test fun forbidden() = photograph("forbidden", ScanFace.Forbidden)
    @Test fun faulty() = photograph("faulty", ScanFace.Faulty)

    private fun photograph(name: String, face: ScanFace, state: SellState? = null) = golden("scan", name) {
        Written(euro) {
            ScanScreen(face, stringResource(R.string.scan_goods), {}, {}, { state?.let { ScannedSoFar(it) {} } }) { _, modifier ->
                Box(modifier.background(Color.DarkGray))
            }
        }
    }
}
