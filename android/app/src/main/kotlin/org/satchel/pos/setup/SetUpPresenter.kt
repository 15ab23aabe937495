package org.satchel.pos.setup

import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.flow.update
import kotlinx.coroutines.launch
import org.satchel.pos.core.Answer
import org.satchel.pos.core.HandedOut
import org.satchel.pos.core.Joining
import org.satchel.pos.core.Trouble
import org.satchel.pos.presenter.Presenter

/** What head office made for a till. @param name as its file is called; null of a QR code */
class SetUpFile(val name: String?, val bytes: ByteArray)

/** Where files are opened. */
fun interface SetUpFiles {
    /** @param at what the system calls the place; null if it cannot be read, or is far too large */
    suspend fun read(at: String): SetUpFile?
}

/** What is done with what was opened or scanned. */
interface SetUpWork {
    suspend fun kindOf(bytes: ByteArray): HandedOut

    /** What was answered and is still open. */
    suspend fun joining(): Answer<Joining?>
    suspend fun answer(invitation: String): Answer<Joining>

    /** A till that is set up replaces this screen; so does one that is admitted. */
    suspend fun setUp(file: ByteArray, code: String): Answer<Unit>
    suspend fun admit(file: ByteArray): Answer<Unit>
}

data class SetUpState(
    val step: SetUpStep = SetUpStep.File,
    /** What head office is to be shown, once its invitation was answered. */
    val joining: Joining? = null,
    val source: Source? = null,
    /** As typed, in capitals. */
    val code: String = "",
    /** The file could not be read. */
    val unreadable: Boolean = false,
    val trouble: Trouble? = null,
) {
    val canGoOn: Boolean get() = step == SetUpStep.Code && code.count(Char::isLetterOrDigit) == CODE_LENGTH
}

/** Where what is set up from came from. */
sealed interface Source {
    data class File(val name: String) : Source
    data object QrCode : Source
}

enum class SetUpStep { File, Code, Working }

sealed interface SetUpEvent {
    /** A file was chosen. @param at as of [SetUpFiles.read] */
    data class Opened(val at: String) : SetUpEvent

    /** A QR code was read. */
    data class Scanned(val text: String) : SetUpEvent
    data class Typed(val code: String) : SetUpEvent
    data object GoOn : SetUpEvent

    /** Back to where there is no file. */
    data object StartOver : SetUpEvent
}

/**
 * A file or a QR code, and then its code. Both are in memory until the till is set up or they are given up, and nowhere
 * else. Or an invitation: its answer is shown, and what head office sends to it is opened or scanned in turn.
 */
class SetUpPresenter(
    private val files: SetUpFiles,
    private val scope: CoroutineScope,
    private val work: SetUpWork,
) : Presenter<SetUpState, SetUpEvent> {
    private val shown = MutableStateFlow(SetUpState())
    override val state: StateFlow<SetUpState> = shown

    private var file: ByteArray? = null

    init {
        scope.launch {
            val open = work.joining()
            if (open is Answer.Yes) shown.update { it.copy(joining = open.value) }
        }
    }

    override fun on(event: SetUpEvent) = when (event) {
        is SetUpEvent.Opened -> open(event.at)
        is SetUpEvent.Scanned -> take(SetUpFile(null, event.text.encodeToByteArray()))
        is SetUpEvent.Typed -> type(event.code)
        SetUpEvent.GoOn -> goOn()
        SetUpEvent.StartOver -> startOver(trouble = null)
    }

    private fun open(at: String) {
        scope.launch {
            val read = files.read(at)
            if (read == null) shown.update { it.copy(unreadable = true, trouble = null) } else take(read)
        }
    }

    private fun take(taken: SetUpFile) {
        if (shown.value.step == SetUpStep.Working) return
        scope.launch {
            when (work.kindOf(taken.bytes)) {
                HandedOut.Invitation -> answer(taken.bytes.decodeToString())
                HandedOut.Admission -> admit(taken.bytes)
                HandedOut.SetUp -> askForCode(taken)
            }
        }
    }

    private fun askForCode(taken: SetUpFile) {
        file = taken.bytes
        shown.update { SetUpState(SetUpStep.Code, it.joining, taken.name?.let(Source::File) ?: Source.QrCode) }
    }

    private suspend fun answer(invitation: String) {
        when (val answer = work.answer(invitation)) {
            is Answer.Yes -> shown.value = SetUpState(joining = answer.value)
            is Answer.No -> startOver(answer.trouble)
        }
    }

    private suspend fun admit(file: ByteArray) {
        shown.update { SetUpState(SetUpStep.Working, it.joining) }
        when (val answer = work.admit(file)) {
            is Answer.Yes -> shown.value = SetUpState()
            is Answer.No -> startOver(answer.trouble)
        }
    }

    private fun type(code: String) {
        if (shown.value.step != SetUpStep.Code) return
        shown.update { it.copy(code = code.uppercase().take(CODE_TYPED_MOST), trouble = null) }
    }

    private fun goOn() {
        val bytes = file
        if (bytes == null || !shown.value.canGoOn) return
        shown.update { it.copy(step = SetUpStep.Working, trouble = null) }
        scope.launch { follow(work.setUp(bytes, shown.value.code)) }
    }

    private fun follow(answer: Answer<Unit>) = when {
        answer !is Answer.No -> startOver(trouble = null)
        answer.trouble.isOfTheFile -> startOver(answer.trouble)
        else -> shown.update { it.copy(step = SetUpStep.Code, trouble = answer.trouble) }
    }

    private fun startOver(trouble: Trouble?) {
        file = null
        shown.update { SetUpState(joining = it.joining, trouble = trouble) }
    }
}

/** No other code helps. */
private val Trouble.isOfTheFile: Boolean
    get() = this is Trouble.SetUpDamaged || this is Trouble.AlreadySetUp || this is Trouble.PackageRefused || this == Trouble.NewVersionNeeded

/** Letters and digits in a code; and what may be typed with them: blanks, hyphens. */
private const val CODE_LENGTH = 10
private const val CODE_TYPED_MOST = 20
