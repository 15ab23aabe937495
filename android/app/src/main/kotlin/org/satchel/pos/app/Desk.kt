package org.satchel.pos.app

import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.sync.Mutex
import kotlinx.coroutines.sync.withLock
import org.satchel.pos.core.Answer
import org.satchel.pos.core.Counter
import org.satchel.pos.core.Counters
import org.satchel.pos.core.PracticeTexts
import org.satchel.pos.core.Preferences
import org.satchel.pos.core.Terminals
import org.satchel.pos.core.Till
import org.satchel.pos.core.Trouble
import org.satchel.pos.core.map
import org.satchel.pos.nfc.CardReader
import org.satchel.pos.nfc.PracticeReader
import java.util.concurrent.atomic.AtomicInteger

/** A till and the reader that belongs to it: the real ones, or those of the training mode. */
class Workplace(val till: Till, val cards: CardReader) {
    /** Tells it from every other of this process. */
    val serial: Int = made.incrementAndGet()

    /** The training mode's; null in earnest. */
    val practice: PracticeReader? get() = cards as? PracticeReader

    private companion object {
        val made = AtomicInteger()
    }
}

/** The counter that belongs to a workplace. */
fun Counters.at(workplace: Workplace): Counter = if (workplace.practice == null) real else training

sealed interface DeskState {
    data object Opening : DeskState

    /** No terminal is set up; one can set it up, or practise. */
    data object NotSetUp : DeskState

    /** It does not open. */
    data class Shut(val trouble: Trouble) : DeskState
    data class Open(val workplace: Workplace) : DeskState
}

/** Which terminal is worked at. The same for the whole process; a change of it begins all screens anew. */
class Desk(
    private val terminals: Terminals,
    private val nfc: CardReader,
    private val preferences: Preferences,
    private val practiceTexts: () -> PracticeTexts,
) {
    private val known = MutableStateFlow<DeskState>(DeskState.Opening)
    val state: StateFlow<DeskState> = known

    /** Why the terminal was not set up again, after the screen that asked for it has gone; null once [understood]. */
    private val refused = MutableStateFlow<Trouble?>(null)
    val setUpRefused: StateFlow<Trouble?> = refused
    private val turn = Mutex()
    private var real: Workplace? = null
    private var training: Workplace? = null

    /** Opens what was worked at last, unless it is open. */
    suspend fun open() = turn.withLock {
        if (known.value !is DeskState.Open) known.value = if (preferences.choices.value.training) practise() else work()
    }

    /** Changes between training and earnest. Whoever is signed on is signed off. */
    suspend fun train(training: Boolean) = turn.withLock {
        (known.value as? DeskState.Open)?.workplace?.till?.signOff()
        preferences.change { it.copy(training = training) }
        known.value = if (training) practise() else work()
    }

    /** Deletes all that was practised. Training goes on, with new cards and an empty journal. */
    suspend fun trainAnew(): Answer<Unit> = turn.withLock {
        terminals.forgetPractice().also { answer ->
            if (answer is Answer.Yes) {
                training = null
                known.value = practise()
            }
        }
    }

    /**
     * Sets the terminal up from head office's [file], and opens it. Where there is one, whoever is signed on is signed
     * off first; [setUpRefused] tells what came of it.
     */
    suspend fun setUp(file: ByteArray, code: String): Answer<Unit> = settingUp { terminals.setUp(file, code) }

    /** The same with what head office sent to this device's answer, which needs no code. */
    suspend fun admit(file: ByteArray): Answer<Unit> = settingUp { terminals.admit(file) }

    private suspend fun settingUp(start: suspend () -> Answer<Till>): Answer<Unit> = turn.withLock {
        val again = leaveReal()
        val answer = start()
        when {
            answer is Answer.Yes -> {
                preferences.change { it.copy(training = false) }
                known.value = opened(answer.value)
            }
            !preferences.choices.value.training -> {
                known.value = work()
                if (again && answer is Answer.No) refused.value = answer.trouble
            }
        }
        answer.map {}
    }

    /** The person has read why it was not set up again. */
    fun understood() {
        refused.value = null
    }

    /** Two tills cannot have one journal. Returns whether there was one. */
    private suspend fun leaveReal(): Boolean {
        val left = real ?: return false
        real = null
        if ((known.value as? DeskState.Open)?.workplace === left) known.value = DeskState.Opening
        left.till.signOff()
        left.till.close()
        return true
    }

    private suspend fun work(): DeskState {
        real?.let { return DeskState.Open(it) }
        if (!terminals.isSetUp()) return DeskState.NotSetUp
        return when (val answer = terminals.open()) {
            is Answer.Yes -> opened(answer.value)
            is Answer.No -> DeskState.Shut(answer.trouble)
        }
    }

    private fun opened(till: Till) = DeskState.Open(Workplace(till, nfc).also { real = it })

    private suspend fun practise(): DeskState {
        training?.let { return DeskState.Open(it) }
        return when (val answer = terminals.practise(practiceTexts())) {
            is Answer.Yes -> {
                val practice = answer.value
                DeskState.Open(Workplace(practice.till, PracticeReader(practice)).also { training = it })
            }
            is Answer.No -> DeskState.Shut(answer.trouble)
        }
    }
}
