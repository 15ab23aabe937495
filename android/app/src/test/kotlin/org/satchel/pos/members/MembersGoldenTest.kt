package org.satchel.pos.members

import androidx.test.ext.junit.runners.AndroidJUnit4
import org.junit.Test
import org.junit.runner.RunWith
import org.satchel.pos.cardwork.Work
import org.satchel.pos.cardwork.WorkStep
import org.satchel.pos.core.CardNumberFault
import org.satchel.pos.core.Money
import org.satchel.pos.core.ReceiptKind
import org.satchel.pos.core.Trouble
import org.satchel.pos.core.aReceipt
import org.satchel.pos.core.euro
import org.satchel.pos.design.Written
import org.satchel.pos.golden.golden
import org.satchel.pos.receipts.PaperActions

@RunWith(AndroidJUnit4::class)
class MembersGoldenTest {
    private val member = aMember()

    @Test fun list() = photograph("list", MembersState(found = listOf(member, member.copy(number = "1000 0000 0024", name = "林薇", contact = ""))))
    @Test fun nobody() = photograph("nobody", MembersState())
    @Test fun member() = photograph("member", MembersState(MembersPage.Of(member)))
    @Test fun registering() = photograph("registering", MembersState(MembersPage.Registering()))
    @Test fun registered() = photograph(
        "registered",
        MembersState(MembersPage.Registering("Ada Brown"), work = Work(WorkStep.Done(aReceipt(ReceiptKind.ACTIVATE, amount = Money.Zero)))),
    )
    @Test fun filled_in() = photograph("filled_in", MembersState(MembersPage.Registering("Ada Brown", "ada@example.org", agrees = true)))
    @Test fun waiting() = photograph("waiting", MembersState(MembersPage.Registering("Ada Brown"), work = Work(WorkStep.Waiting())))
    @Test fun lost() = photograph("lost", MembersState(MembersPage.Reporting("100000000016")))
    @Test fun wrong_number() = photograph(
        "wrong_number", MembersState(MembersPage.Reporting("100000000017"), trouble = Trouble.CardNumberWrong(CardNumberFault.CHECK_DIGIT)),
    )
    @Test fun reported() = photograph("reported", MembersState(MembersPage.Reported("1000 0000 0016")))

    private fun photograph(name: String, state: MembersState) = golden("members", name) {
        Written(euro) { MembersScreen(state, {}, {}, {}, PaperActions({ _, _ -> }, { _, _ -> })) }
    }
}
