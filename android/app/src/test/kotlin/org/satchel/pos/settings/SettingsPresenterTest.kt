package org.satchel.pos.settings

import kotlinx.coroutines.ExperimentalCoroutinesApi
import kotlinx.coroutines.test.TestScope
import kotlinx.coroutines.test.UnconfinedTestDispatcher
import kotlinx.coroutines.test.runTest
import org.junit.Assert.assertEquals
import org.junit.Assert.assertTrue
import org.junit.Test
import org.satchel.pos.core.Answer
import org.satchel.pos.core.Choices
import org.satchel.pos.core.CoreInfo
import org.satchel.pos.core.Exported
import org.satchel.pos.core.FakePreferences
import org.satchel.pos.core.FakeTill
import org.satchel.pos.core.HeadMark
import org.satchel.pos.core.Language
import org.satchel.pos.core.TextSize
import org.satchel.pos.core.Trouble
import org.satchel.pos.core.Verified

@OptIn(ExperimentalCoroutinesApi::class)
class SettingsPresenterTest {
    private val till = FakeTill()
    private val preferences = FakePreferences()
    private val places = mutableListOf<String>()
    private var exports: Answer<Exported> = Answer.Yes(Exported(1_024, null))

    @Test fun what_is_chosen_is_kept_and_shown() = test { presenter ->
        presenter.on(SettingsEvent.Speak(Language.Arabic))
        presenter.on(SettingsEvent.Write(TextSize.Largest))
        presenter.on(SettingsEvent.Sound(false))
        presenter.on(SettingsEvent.Vibrate(false))
        val chosen = Choices(Language.Arabic, TextSize.Largest, sounds = false, vibration = false)
        assertEquals(chosen, preferences.choices.value)
        assertEquals(chosen, presenter.state.value.choices)
    }

    @Test fun the_till_is_told_of_as_it_stands() = test { presenter ->
        assertEquals(TillFacts(12, 3, training = false, emptyList()), presenter.state.value.till)
        till.status.value = till.status.value.copy(store = null)
        assertEquals(null, presenter.state.value.till.store)
        assertEquals("1.2 on 3.4", presenter.state.value.run { "$appVersion on $coreVersion" })
    }

    @Test fun a_journal_that_holds_is_told() = test { presenter ->
        till.answers("verifyJournal", VERIFIED)
        presenter.on(SettingsEvent.Verify)
        assertEquals(JournalWork.Holds(VERIFIED), presenter.state.value.journal)
    }

    @Test fun how_far_the_check_is_can_be_seen() = test { presenter ->
        till.answers("verifyJournal", VERIFIED)
        till.halt()
        presenter.on(SettingsEvent.Verify)
        assertEquals(JournalWork.Verifying(1, 2), presenter.state.value.journal)
        till.goOn()
        assertEquals(JournalWork.Holds(VERIFIED), presenter.state.value.journal)
    }

    @Test fun a_damaged_journal_is_told() = test { presenter ->
        till.refuses("verifyJournal", Trouble.JournalDamaged(17))
        presenter.on(SettingsEvent.Verify)
        assertEquals(JournalWork.Failed(Trouble.JournalDamaged(17)), presenter.state.value.journal)
    }

    @Test fun the_journal_is_written_to_the_place_that_was_chosen() = test { presenter ->
        presenter.on(SettingsEvent.Export("content://stick/journal"))
        assertEquals(listOf("content://stick/journal"), places)
        assertEquals(JournalWork.WrittenOut(Exported(1_024, null)), presenter.state.value.journal)
    }

    @Test fun an_export_that_fails_says_why() = test { presenter ->
        exports = Answer.No(Trouble.StorageFull)
        presenter.on(SettingsEvent.Export("content://stick/journal"))
        assertEquals(JournalWork.Failed(Trouble.StorageFull), presenter.state.value.journal)
    }

    @Test fun one_thing_at_a_time_is_done_with_the_journal() = test { presenter ->
        till.answers("verifyJournal", VERIFIED)
        till.halt()
        presenter.on(SettingsEvent.Verify)
        presenter.on(SettingsEvent.Export("content://stick/journal"))
        assertTrue(places.isEmpty())
        till.goOn()
    }

    private fun test(body: suspend (SettingsPresenter) -> Unit) = runTest {
        val scope = TestScope(UnconfinedTestDispatcher(testScheduler))
        val core = object : CoreInfo {
            override val version = "3.4"
        }
        body(SettingsPresenter(till, preferences, "1.2", core, scope) { to ->
            places += to
            exports
        })
    }
}

private val VERIFIED = Verified(1_024, 3, HeadMark(1_024, "5f3a90c1"))
