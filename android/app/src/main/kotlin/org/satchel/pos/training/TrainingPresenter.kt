package org.satchel.pos.training

import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.flow.update
import kotlinx.coroutines.launch
import org.satchel.pos.core.Answer
import org.satchel.pos.core.PracticeCard
import org.satchel.pos.core.Trouble
import org.satchel.pos.presenter.Presenter

/** Into training and out of it. */
interface Training {
    suspend fun begin()

    suspend fun end()

    /** Deletes what was practised; training goes on with new cards. */
    suspend fun beginAnew(): Answer<Unit>
}

data class TrainingState(
    /** Those at hand; null in earnest. */
    val cards: List<PracticeCard>?,
    /** Whether it is being asked if all is to be deleted. */
    val asking: Boolean = false,
    /** Whether one thing is under way; nothing else begins meanwhile. */
    val busy: Boolean = false,
    val trouble: Trouble? = null,
)

sealed interface TrainingEvent {
    data object Begin : TrainingEvent
    data object End : TrainingEvent
    data object AskToBeginAnew : TrainingEvent
    data object BeginAnew : TrainingEvent

    /** It is not to begin anew. */
    data object Keep : TrainingEvent
}

/** Explains training, begins it and ends it. No card is needed for any of that. */
class TrainingPresenter(
    cards: List<PracticeCard>?,
    private val training: Training,
    private val scope: CoroutineScope,
) : Presenter<TrainingState, TrainingEvent> {
    private val shown = MutableStateFlow(TrainingState(cards))
    override val state: StateFlow<TrainingState> = shown

    override fun on(event: TrainingEvent) = when (event) {
        TrainingEvent.Begin -> alone { training.begin() }
        TrainingEvent.End -> alone { training.end() }
        TrainingEvent.AskToBeginAnew -> shown.update { it.copy(asking = true, trouble = null) }
        TrainingEvent.BeginAnew -> alone { beginAnew() }
        TrainingEvent.Keep -> shown.update { it.copy(asking = false) }
    }

    private suspend fun beginAnew() {
        val answer = training.beginAnew()
        if (answer is Answer.No) shown.update { it.copy(trouble = answer.trouble) }
    }

    private fun alone(work: suspend () -> Unit) {
        if (shown.value.busy) return
        shown.update { it.copy(busy = true, asking = false, trouble = null) }
        scope.launch {
            work()
            shown.update { it.copy(busy = false) }
        }
    }
}
