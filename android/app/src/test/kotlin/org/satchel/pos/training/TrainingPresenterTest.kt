package org.satchel.pos.training

import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.ExperimentalCoroutinesApi
import kotlinx.coroutines.test.TestScope
import kotlinx.coroutines.test.UnconfinedTestDispatcher
import kotlinx.coroutines.test.runTest
import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Assert.assertNull
import org.junit.Assert.assertTrue
import org.junit.Test
import org.satchel.pos.core.Answer
import org.satchel.pos.core.Trouble

@OptIn(ExperimentalCoroutinesApi::class)
class TrainingPresenterTest {
    private val training = FakeTraining()

    @Test fun training_begins_without_a_card() = test { presenter ->
        presenter.on(TrainingEvent.Begin)
        assertEquals(listOf("begin"), training.calls)
    }

    @Test fun training_ends() = test { presenter ->
        presenter.on(TrainingEvent.End)
        assertEquals(listOf("end"), training.calls)
    }

    @Test fun nothing_is_deleted_before_it_is_confirmed() = test { presenter ->
        presenter.on(TrainingEvent.AskToBeginAnew)
        assertTrue(presenter.state.value.asking)
        presenter.on(TrainingEvent.Keep)
        assertFalse(presenter.state.value.asking)
        assertEquals(emptyList<String>(), training.calls)
    }

    @Test fun what_is_confirmed_is_deleted() = test { presenter ->
        presenter.on(TrainingEvent.AskToBeginAnew)
        presenter.on(TrainingEvent.BeginAnew)
        assertEquals(listOf("beginAnew"), training.calls)
        assertFalse(presenter.state.value.asking)
        assertNull(presenter.state.value.trouble)
    }

    @Test fun what_could_not_be_deleted_says_why() = test { presenter ->
        training.answer = Answer.No(Trouble.StorageReadOnly)
        presenter.on(TrainingEvent.BeginAnew)
        assertEquals(Trouble.StorageReadOnly, presenter.state.value.trouble)
        assertFalse(presenter.state.value.busy)
    }

    @Test fun a_second_press_does_nothing() = test { presenter ->
        training.gate = CompletableDeferred()
        presenter.on(TrainingEvent.Begin)
        presenter.on(TrainingEvent.End)
        assertTrue(presenter.state.value.busy)
        training.gate?.complete(Unit)
        assertEquals(listOf("begin"), training.calls)
        assertFalse(presenter.state.value.busy)
    }

    private fun test(body: suspend (TrainingPresenter) -> Unit) = runTest {
        body(TrainingPresenter(emptyList(), training, TestScope(UnconfinedTestDispatcher(testScheduler))))
    }
}

private class FakeTraining : Training {
    val calls = mutableListOf<String>()
    var answer: Answer<Unit> = Answer.Yes(Unit)
    var gate: CompletableDeferred<Unit>? = null

    override suspend fun begin() = call("begin")

    override suspend fun end() = call("end")

    override suspend fun beginAnew(): Answer<Unit> {
        call("beginAnew")
        return answer
    }

    private suspend fun call(name: String) {
        calls += name
        gate?.await()
    }
}
