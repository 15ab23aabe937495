package org.satchel.pos.app

import kotlinx.coroutines.test.runTest
import org.junit.Assert.assertEquals
import org.junit.Assert.assertNotEquals
import org.junit.Assert.assertNotNull
import org.junit.Assert.assertNull
import org.junit.Assert.assertTrue
import org.junit.Test
import org.satchel.pos.core.Answer
import org.satchel.pos.core.Choices
import org.satchel.pos.core.FakePreferences
import org.satchel.pos.core.FakeTerminals
import org.satchel.pos.core.FakeTill
import org.satchel.pos.core.PracticeTexts
import org.satchel.pos.core.Trouble
import org.satchel.pos.core.euro
import org.satchel.pos.nfc.FakeCards

class DeskTest {
    private val terminals = FakeTerminals()
    private val preferences = FakePreferences()
    private val desk = deskWith(preferences)

    @Test fun a_new_device_is_not_set_up() = runTest {
        desk.open()
        assertEquals(DeskState.NotSetUp, desk.state.value)
    }

    @Test fun a_device_that_is_set_up_opens_its_till() = runTest {
        terminals.isSetUp = true
        desk.open()
        assertNull(workplace().practice)
    }

    @Test fun what_does_not_open_says_why_and_opens_later() = runTest {
        terminals.isSetUp = true
        terminals.opens = Answer.No(Trouble.JournalInUse)
        desk.open()
        assertEquals(DeskState.Shut(Trouble.JournalInUse), desk.state.value)
        terminals.opens = Answer.Yes(FakeTill())
        desk.open()
        assertNull(workplace().practice)
    }

    @Test fun training_is_remembered_and_ended() = runTest {
        desk.train(true)
        assertNotNull(workplace().practice)
        assertTrue(preferences.choices.value.training)
        desk.train(false)
        assertEquals(DeskState.NotSetUp, desk.state.value)
    }

    @Test fun a_device_left_in_training_starts_in_training() = runTest {
        val desk = deskWith(FakePreferences(Choices(training = true)))
        desk.open()
        assertNotNull((desk.state.value as DeskState.Open).workplace.practice)
    }

    @Test fun whoever_is_signed_on_is_signed_off_by_the_change() = runTest {
        val till = FakeTill()
        terminals.isSetUp = true
        terminals.opens = Answer.Yes(till)
        desk.open()
        desk.train(true)
        assertEquals(listOf("signOff()"), till.calls)
    }

    @Test fun setting_up_opens_the_till_in_earnest() = runTest {
        terminals.setsUp = Answer.Yes(FakeTill())
        desk.train(true)
        assertEquals(Answer.Yes(Unit), desk.setUp(ByteArray(0), "code"))
        assertNull(workplace().practice)
        assertEquals(false, preferences.choices.value.training)
    }

    @Test fun setting_up_anew_lets_go_of_the_old_till_first() = runTest {
        val old = FakeTill()
        terminals.isSetUp = true
        terminals.opens = Answer.Yes(old)
        terminals.setsUp = Answer.Yes(FakeTill())
        desk.open()
        val before = workplace().serial
        desk.setUp(ByteArray(0), "code")
        assertEquals(listOf("signOff()", "close()"), old.calls)
        assertNotEquals(before, workplace().serial)
    }

    @Test fun a_wrong_code_leaves_the_till_as_it_was() = runTest {
        terminals.isSetUp = true
        desk.open()
        assertEquals(Answer.No(Trouble.SetUpWrongCode), desk.setUp(ByteArray(0), "wrong"))
        assertNull(workplace().practice)
        assertEquals(Trouble.SetUpWrongCode, desk.setUpRefused.value)
        desk.understood()
        assertNull(desk.setUpRefused.value)
    }

    @Test fun a_wrong_code_before_there_is_a_till_is_told_where_it_was_typed() = runTest {
        desk.open()
        assertEquals(Answer.No(Trouble.SetUpWrongCode), desk.setUp(ByteArray(0), "wrong"))
        assertEquals(DeskState.NotSetUp, desk.state.value)
        assertNull(desk.setUpRefused.value)
    }

    @Test fun being_admitted_opens_the_till_in_earnest() = runTest {
        desk.train(true)
        assertEquals(Answer.No(Trouble.NotInvited), desk.admit(ByteArray(0)))
        terminals.admits = Answer.Yes(FakeTill())
        assertEquals(Answer.Yes(Unit), desk.admit(ByteArray(0)))
        assertNull(workplace().practice)
    }

    @Test fun training_anew_goes_on_with_other_cards() = runTest {
        desk.train(true)
        val before = workplace().serial
        assertEquals(Answer.Yes(Unit), desk.trainAnew())
        assertNotNull(workplace().practice)
        assertNotEquals(before, workplace().serial)
    }

    private fun workplace() = (desk.state.value as DeskState.Open).workplace

    private fun deskWith(preferences: FakePreferences) =
        Desk(terminals, FakeCards(), preferences) { PracticeTexts("Manager", "Cashier", euro) }
}
