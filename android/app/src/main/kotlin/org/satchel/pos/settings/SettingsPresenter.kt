package org.satchel.pos.settings

import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.flow.update
import kotlinx.coroutines.launch
import org.satchel.pos.core.Answer
import org.satchel.pos.core.Choices
import org.satchel.pos.core.CoreInfo
import org.satchel.pos.core.Exported
import org.satchel.pos.core.Language
import org.satchel.pos.core.PackageStatus
import org.satchel.pos.core.Preferences
import org.satchel.pos.core.Status
import org.satchel.pos.core.TextSize
import org.satchel.pos.core.Till
import org.satchel.pos.core.Trouble
import org.satchel.pos.core.Verified
import org.satchel.pos.presenter.Presenter

data class SettingsState(
    val choices: Choices,
    val till: TillFacts,
    val appVersion: String,
    val coreVersion: String,
    val journal: JournalWork = JournalWork.None,
)

/** What this till is. */
data class TillFacts(
    val terminal: Long,
    val store: Long?,
    val training: Boolean,
    val packages: List<PackageStatus>,
)

/** What is done with the journal, or came of it last. */
sealed interface JournalWork {
    data object None : JournalWork
    data class Verifying(val done: Long, val total: Long) : JournalWork
    data class Holds(val verified: Verified) : JournalWork
    data object Exporting : JournalWork
    data class WrittenOut(val exported: Exported) : JournalWork
    data class Failed(val trouble: Trouble) : JournalWork

    /** Nothing else begins meanwhile. */
    val goesOn: Boolean get() = this is Verifying || this is Exporting
}

sealed interface SettingsEvent {
    data class Speak(val language: Language) : SettingsEvent
    data class Write(val size: TextSize) : SettingsEvent
    data class Sound(val on: Boolean) : SettingsEvent
    data class Vibrate(val on: Boolean) : SettingsEvent
    data object Verify : SettingsEvent

    /** @param to what the system calls the place that was chosen */
    data class Export(val to: String) : SettingsEvent
}

/**
 * What is chosen for this device, what the till is, and what can be done with its journal.
 *
 * @param export writes the journal out to the place a [SettingsEvent.Export] names
 */
class SettingsPresenter(
    private val till: Till,
    private val preferences: Preferences,
    appVersion: String,
    core: CoreInfo,
    private val scope: CoroutineScope,
    private val export: suspend (to: String) -> Answer<Exported>,
) : Presenter<SettingsState, SettingsEvent> {
    private val shown =
        MutableStateFlow(SettingsState(preferences.choices.value, till.status.value.facts(), appVersion, core.version))
    override val state: StateFlow<SettingsState> = shown

    init {
        scope.launch { preferences.choices.collect { choices -> shown.update { it.copy(choices = choices) } } }
        scope.launch { till.status.collect { status -> shown.update { it.copy(till = status.facts()) } } }
    }

    override fun on(event: SettingsEvent) = when (event) {
        is SettingsEvent.Speak -> preferences.change { it.copy(language = event.language) }
        is SettingsEvent.Write -> preferences.change { it.copy(textSize = event.size) }
        is SettingsEvent.Sound -> preferences.change { it.copy(sounds = event.on) }
        is SettingsEvent.Vibrate -> preferences.change { it.copy(vibration = event.on) }
        SettingsEvent.Verify -> work(JournalWork.Verifying(0, till.status.value.head.entries)) {
            ended(till.verifyJournal(::tell)) { JournalWork.Holds(it) }
        }
        is SettingsEvent.Export -> work(JournalWork.Exporting) {
            ended(export(event.to)) { JournalWork.WrittenOut(it) }
        }
    }

    private fun tell(done: Long, total: Long) = shown.update {
        if (it.journal is JournalWork.Verifying) it.copy(journal = JournalWork.Verifying(done, total)) else it
    }

    private fun work(first: JournalWork, work: suspend () -> JournalWork) {
        if (shown.value.journal.goesOn) return
        shown.update { it.copy(journal = first) }
        scope.launch {
            val last = work()
            shown.update { it.copy(journal = last) }
        }
    }
}

private fun Status.facts() = TillFacts(terminal, store, training, packages)

private fun <T> ended(answer: Answer<T>, well: (T) -> JournalWork): JournalWork = when (answer) {
    is Answer.Yes -> well(answer.value)
    is Answer.No -> JournalWork.Failed(answer.trouble)
}
