package org.satchel.pos.shift

import androidx.test.ext.junit.runners.AndroidJUnit4
import org.junit.Test
import org.junit.runner.RunWith
import org.satchel.pos.core.AmountEntry
import org.satchel.pos.core.Money
import org.satchel.pos.core.MovementId
import org.satchel.pos.core.Trouble
import org.satchel.pos.core.aShift
import org.satchel.pos.core.aStatus
import org.satchel.pos.core.anOperator
import org.satchel.pos.core.euro
import org.satchel.pos.design.Written
import org.satchel.pos.golden.golden
import org.satchel.pos.receipts.PaperActions
import org.satchel.pos.receipts.aZReport
import org.satchel.pos.receipts.anXReport

@RunWith(AndroidJUnit4::class)
class ShiftGoldenTest {
    private val none = ShiftState(aStatus(anOperator()))
    private val open = ShiftState(aStatus(anOperator(), aShift()))

    @Test fun no_shift() = photograph("none", none)
    @Test fun an_open_shift() = photograph("open", open)
    @Test fun opening() = photograph("opening", none.copy(face = Face.Typing(Task.Open), entry = AmountEntry(Money(100_00))))
    @Test fun paying_out() = photograph("paying_out", open.copy(face = Face.Typing(Task.PayOut), entry = AmountEntry(Money(5_00))))
    @Test fun closing() = photograph(
        "closing", open.copy(face = Face.Typing(Task.Close), entry = AmountEntry(Money(185_00)), trouble = Trouble.StorageFull),
    )
    @Test fun so_far() = photograph("x", open.copy(face = Face.Shown(Slip.SoFar(anXReport()))))
    @Test fun closed() = photograph("z", none.copy(face = Face.Shown(Slip.Closed(aZReport(listOf(MovementId(12, 9)))))))

    private fun photograph(name: String, state: ShiftState) = golden("shift", name) {
        Written(euro) { ShiftScreen(state, {}, {}, PaperActions({ _, _ -> }, { _, _ -> })) }
    }
}
