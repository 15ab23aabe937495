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

    /** Writes the journal out, a damaged one as far as it can be read. @param to a file's path */
    suspend fun exportJournal(to: String): Answer<Exported>

    /** Opens the training mode, apart from the real one in everything. */
    suspend fun practise(texts: PracticeTexts): Answer<Practice>

    /** Lets training begin anew. */
    suspend fun forgetPractice(): Answer<Unit>
}
