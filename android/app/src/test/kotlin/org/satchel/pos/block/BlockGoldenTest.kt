package org.satchel.pos.block

import androidx.test.ext.junit.runners.AndroidJUnit4
import org.junit.Test
import org.junit.runner.RunWith
import org.satchel.pos.cardwork.Work
import org.satchel.pos.cardwork.WorkStep
import org.satchel.pos.core.Money
import org.satchel.pos.core.ReceiptKind
import org.satchel.pos.core.aReceipt
import org.satchel.pos.core.euro
import org.satchel.pos.design.Written
import org.satchel.pos.golden.golden
import org.satchel.pos.receipts.PaperActions

@RunWith(AndroidJUnit4::class)
class BlockGoldenTest {
    @Test fun asked() = photograph("asked", BlockState())
    @Test fun waiting() = photograph("waiting", BlockState(Work(WorkStep.Waiting())))
    @Test fun done() = photograph("done", BlockState(Work(WorkStep.Done(aReceipt(ReceiptKind.BLOCK, amount = Money.Zero)))))

    private fun photograph(name: String, state: BlockState) = golden("block", name) {
        Written(euro) { BlockScreen(state, {}, {}, {}, PaperActions({ _, _ -> }, { _, _ -> })) }
    }
}
