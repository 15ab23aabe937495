package org.satchel.pos.core

import kotlinx.coroutines.flow.MutableStateFlow

/** A device's terminals as a test wants them. */
class FakeTerminals(
    var isSetUp: Boolean = false,
    var opens: Answer<Till> = Answer.Yes(FakeTill()),
    var setsUp: Answer<Till> = Answer.No(Trouble.SetUpWrongCode),
    var admits: Answer<Till> = Answer.No(Trouble.NotInvited),
    var practises: Answer<Practice> = Answer.Yes(FakePractice()),
) : Terminals {
    override suspend fun isSetUp() = isSetUp
    override suspend fun open() = opens
    override suspend fun setUp(file: ByteArray, code: String) = setsUp
    override suspend fun kindOf(bytes: ByteArray) = HandedOut.SetUp
    override suspend fun answer(invitation: String): Answer<Joining> = Answer.No(Trouble.SetUpDamaged("no invitation"))
    override suspend fun joining(): Answer<Joining?> = Answer.Yes(null)
    override suspend fun admit(file: ByteArray) = admits
    override suspend fun exportJournal(to: String): Answer<Exported> = Answer.Yes(Exported(1_024, null))
    override suspend fun practise(texts: PracticeTexts) = practises
    override suspend fun forgetPractice(): Answer<Unit> = Answer.Yes(Unit)
}

/** A training mode with one card. */
class FakePractice(override val till: Till = FakeTill(aStatus(training = true))) : Practice {
    override val cards = listOf(PracticeCard(0, PracticeKind.MEMBER, null, null, "0012"))

    /** What arrived at the card. */
    val apdus = mutableListOf<ByteArray>()
    var held = 0
        private set
    var closed = false
        private set

    override suspend fun hold(card: PracticeCard): Answer<PracticeLink> {
        held++
        return Answer.Yes(Held())
    }

    private inner class Held : PracticeLink {
        override val uid = byteArrayOf(4)

        override fun transceive(apdu: ByteArray): ByteArray {
            apdus += apdu
            return byteArrayOf(0x91.toByte(), 0)
        }

        override fun close() {
            closed = true
        }
    }
}

class FakePreferences(first: Choices = Choices()) : Preferences {
    override val choices = MutableStateFlow(first)

    override fun change(how: (Choices) -> Choices) {
        choices.value = how(choices.value)
    }
}
