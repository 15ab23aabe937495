package org.satchel.pos.setup

import androidx.test.ext.junit.runners.AndroidJUnit4
import org.junit.Test
import org.junit.runner.RunWith
import org.satchel.pos.core.Joining
import org.satchel.pos.core.Trouble
import org.satchel.pos.core.euro
import org.satchel.pos.design.Written
import org.satchel.pos.golden.golden
import java.time.Duration

@RunWith(AndroidJUnit4::class)
class SetUpGoldenTest {
    @Test fun file() = photograph("file", SetUpState())
    @Test fun unreadable() = photograph("unreadable", SetUpState(unreadable = true))
    @Test fun damaged() = photograph("damaged", SetUpState(trouble = Trouble.SetUpDamaged("cut short")))
    @Test fun other_terminal() = photograph("other_terminal", SetUpState(trouble = Trouble.AlreadySetUp(12)))
    @Test fun answered() = photograph("answered", SetUpState(joining = joining))
    @Test fun other_invitation() = photograph("other_invitation", SetUpState(joining = joining, trouble = Trouble.OtherInvitation))
    @Test fun code() = photograph("code", at(SetUpStep.Code, "7K3QM-9"))
    @Test fun code_typed() = photograph("code_typed", at(SetUpStep.Code, CODE))
    @Test fun wrong_code() = photograph("wrong_code", at(SetUpStep.Code, CODE, Trouble.SetUpWrongCode))
    @Test fun key_store() = photograph("key_store", at(SetUpStep.Code, CODE, Trouble.SealFaulty("no key")))
    @Test fun working() = photograph("working", at(SetUpStep.Working, CODE))

    private val joining = Joining(12, "Corner Market", "Van 7", "Seller", "SATCHEL-ANSWER1:" + "A1B2".repeat(60), "204 731")

    private fun at(step: SetUpStep, code: String, trouble: Trouble? = null) =
        SetUpState(step, null, Source.File("till-12.setup"), code, trouble = trouble)

    private fun photograph(name: String, state: SetUpState) = golden("setup", name, settled = Duration.ofSeconds(2)) {
        Written(euro) { SetUpScreen(state, {}, SetUpWays({}, {}, {})) }
    }
}

private const val CODE = "7K3QM-9XW2T"
