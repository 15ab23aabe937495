package org.satchel.pos.setup

import kotlinx.coroutines.ExperimentalCoroutinesApi
import kotlinx.coroutines.test.TestScope
import kotlinx.coroutines.test.UnconfinedTestDispatcher
import kotlinx.coroutines.test.runTest
import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Assert.assertTrue
import org.junit.Test
import org.satchel.pos.core.Answer
import org.satchel.pos.core.HandedOut
import org.satchel.pos.core.Joining
import org.satchel.pos.core.Trouble
import org.satchel.pos.scan.CodeReader
import org.satchel.pos.scan.Codes
import org.satchel.pos.scan.Frame

@OptIn(ExperimentalCoroutinesApi::class)
class SetUpPresenterTest {
    private val files = mapOf("content://stick/till" to SetUpFile("till.setup", byteArrayOf(1, 2, 3)))
    private val calls = mutableListOf<String>()
    private var answer: Answer<Unit> = Answer.Yes(Unit)
    private var open: Joining? = null
    private var refuses: Trouble? = null

    @Test fun a_file_and_its_code_set_the_till_up() = test { presenter ->
        presenter.on(SetUpEvent.Opened("content://stick/till"))
        assertEquals(SetUpState(SetUpStep.Code, source = Source.File("till.setup")), presenter.state.value)
        presenter.on(SetUpEvent.Typed("7k3qm-9xw2t"))
        presenter.on(SetUpEvent.GoOn)
        assertEquals(listOf("[1, 2, 3] 7K3QM-9XW2T"), calls)
        assertEquals(SetUpState(), presenter.state.value)
    }

    @Test fun the_text_of_a_qr_code_serves_as_a_file() = test { presenter ->
        presenter.on(SetUpEvent.Scanned("AB"))
        assertEquals(Source.QrCode, presenter.state.value.source)
        presenter.on(SetUpEvent.Typed("7K3QM9XW2T"))
        presenter.on(SetUpEvent.GoOn)
        assertEquals(listOf("[65, 66] 7K3QM9XW2T"), calls)
    }

    @Test fun a_file_that_cannot_be_read_is_told() = test { presenter ->
        presenter.on(SetUpEvent.Opened("content://stick/gone"))
        assertTrue(presenter.state.value.unreadable)
        assertEquals(SetUpStep.File, presenter.state.value.step)
        presenter.on(SetUpEvent.Opened("content://stick/till"))
        assertFalse(presenter.state.value.unreadable)
    }

    @Test fun a_code_too_short_or_too_long_goes_nowhere() = test { presenter ->
        presenter.on(SetUpEvent.Opened("content://stick/till"))
        listOf("7K3QM-9XW2", "7K3QM-9XW2TT").forEach { code ->
            presenter.on(SetUpEvent.Typed(code))
            presenter.on(SetUpEvent.GoOn)
        }
        assertEquals(emptyList<String>(), calls)
    }

    @Test fun a_wrong_code_is_typed_anew_for_the_same_file() = test { presenter ->
        answer = Answer.No(Trouble.SetUpWrongCode)
        presenter.goThrough()
        assertEquals(SetUpState(SetUpStep.Code, null, Source.File("till.setup"), CODE, trouble = Trouble.SetUpWrongCode), presenter.state.value)
        answer = Answer.Yes(Unit)
        presenter.on(SetUpEvent.Typed("0000011111"))
        presenter.on(SetUpEvent.GoOn)
        assertEquals("[1, 2, 3] 0000011111", calls.last())
    }

    @Test fun a_key_store_that_fails_once_can_be_tried_again() = test { presenter ->
        answer = Answer.No(Trouble.SealFaulty("no key"))
        presenter.goThrough()
        assertEquals(SetUpStep.Code, presenter.state.value.step)
        assertTrue(presenter.state.value.canGoOn)
    }

    @Test fun a_file_that_does_not_serve_makes_room_for_another() = listOf(
        Trouble.SetUpDamaged("cut short"), Trouble.AlreadySetUp(12), Trouble.NewVersionNeeded,
    ).forEach { trouble ->
        test { presenter ->
            answer = Answer.No(trouble)
            presenter.goThrough()
            assertEquals(SetUpState(trouble = trouble), presenter.state.value)
        }
    }

    @Test fun whoever_starts_over_leaves_neither_file_nor_code() = test { presenter ->
        presenter.on(SetUpEvent.Opened("content://stick/till"))
        presenter.on(SetUpEvent.Typed(CODE))
        presenter.on(SetUpEvent.StartOver)
        assertEquals(SetUpState(), presenter.state.value)
        presenter.on(SetUpEvent.GoOn)
        assertEquals(emptyList<String>(), calls)
    }

    @Test fun an_invitation_is_answered_and_what_comes_back_needs_no_code() = test { presenter ->
        presenter.on(SetUpEvent.Scanned("INVITATION"))
        assertEquals(SetUpState(joining = JOINING), presenter.state.value)
        presenter.on(SetUpEvent.Scanned("ADMISSION"))
        assertEquals(listOf("answer INVITATION", "admit ADMISSION"), calls)
        assertEquals(SetUpState(), presenter.state.value)
    }

    @Test fun an_answer_that_is_open_is_shown_again() {
        open = JOINING
        test { presenter -> assertEquals(SetUpState(joining = JOINING), presenter.state.value) }
    }

    @Test fun what_belongs_to_another_invitation_leaves_the_answer_on_show() = listOf(
        Trouble.OtherInvitation, Trouble.SetUpDamaged("cut short"),
    ).forEach { trouble ->
        test { presenter ->
            presenter.on(SetUpEvent.Scanned("INVITATION"))
            answer = Answer.No(trouble)
            presenter.on(SetUpEvent.Scanned("ADMISSION"))
            assertEquals(SetUpState(joining = JOINING, trouble = trouble), presenter.state.value)
        }
    }

    @Test fun an_invitation_that_cannot_be_answered_says_why() = test { presenter ->
        refuses = Trouble.AlreadySetUp(12)
        presenter.on(SetUpEvent.Scanned("INVITATION"))
        assertEquals(SetUpState(trouble = Trouble.AlreadySetUp(12)), presenter.state.value)
    }

    @Test fun the_answer_is_a_code_that_a_camera_reads() {
        val code = qrCode(JOINING.answer)
        val luminance = ByteArray(code.width * 4 * code.height * 4) { at ->
            val (x, y) = at % (code.width * 4) / 4 to at / (code.width * 4) / 4
            if (code[x, y]) 40 else -40
        }
        assertEquals(JOINING.answer, CodeReader(Codes.SetUp).read(Frame(luminance, code.width * 4, code.height * 4)))
    }

    private fun SetUpPresenter.goThrough() {
        on(SetUpEvent.Opened("content://stick/till"))
        on(SetUpEvent.Typed(CODE))
        on(SetUpEvent.GoOn)
    }

    private fun test(body: suspend (SetUpPresenter) -> Unit) = runTest {
        val scope = TestScope(UnconfinedTestDispatcher(testScheduler))
        body(SetUpPresenter(files::get, scope, Work()))
    }

    private inner class Work : SetUpWork {
        override suspend fun kindOf(bytes: ByteArray) = when (bytes.decodeToString()) {
            "INVITATION" -> HandedOut.Invitation
            "ADMISSION" -> HandedOut.Admission
            else -> HandedOut.SetUp
        }

        override suspend fun joining(): Answer<Joining?> = Answer.Yes(open)

        override suspend fun answer(invitation: String): Answer<Joining> {
            calls += "answer $invitation"
            return refuses?.let { Answer.No(it) } ?: Answer.Yes(JOINING)
        }

        override suspend fun setUp(file: ByteArray, code: String): Answer<Unit> {
            calls += "${file.toList()} $code"
            return answer
        }

        override suspend fun admit(file: ByteArray): Answer<Unit> {
            calls += "admit ${file.decodeToString()}"
            return answer
        }
    }
}

private val JOINING = Joining(12, "Corner Market", "Van 7", "Seller", "SATCHEL-ANSWER1:" + "A1B2".repeat(60), "204 731")

private const val CODE = "7K3QM-9XW2T"
