package org.satchel.pos.core

/** The terminals of this device: the one that head office set up, and the training one. */
interface Terminals {
    suspend fun isSetUp(): Boolean

    suspend fun open(): Answer<Till>

    /**
     * Sets the terminal up, or again with newer packages, and opens it.
     *
     * @param file head office's file, or the text of its QR code as UTF-8
     * @param code as typed, in any case; blanks and hyphens do not count
     */
    suspend fun setUp(file: ByteArray, code: String): Answer<Till>

    /** What a file or the text of a QR code is. */
    suspend fun kindOf(bytes: ByteArray): HandedOut

    /** Answers head office's invitation. The secrets are made for it, and stay here. @param invitation the text of its code */
    suspend fun answer(invitation: String): Answer<Joining>

    /** The invitation that was answered and is still open; null if there is none. */
    suspend fun joining(): Answer<Joining?>

    /** Sets the terminal up with what head office sent to the answer, and opens it. */
    suspend fun admit(file: ByteArray): Answer<Till>

    /** Writes the journal out, a damaged one as far as it can be read. @param to a file's path */
    suspend fun exportJournal(to: String): Answer<Exported>

    /** Opens the training mode, apart from the real one in everything. */
    suspend fun practise(texts: PracticeTexts): Answer<Practice>

    /** Lets training begin anew. */
    suspend fun forgetPractice(): Answer<Unit>
}

/** What head office handed out. */
enum class HandedOut {
    /** To be answered. */
    Invitation,

    /** What it sends to an answer. */
    Admission,

    /** A set-up file, which needs its code; or nothing of head office's at all. */
    SetUp,
}

/** An invitation that was answered. [answer] is the text of the code to show; head office shows the same [check]. */
data class Joining(
    val terminal: Long,
    val chain: String,
    val place: String,
    val profile: String,
    val answer: String,
    val check: String,
)
