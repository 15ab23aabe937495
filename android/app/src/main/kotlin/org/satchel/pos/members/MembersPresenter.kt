package org.satchel.pos.members

import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Job
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.flow.update
import kotlinx.coroutines.launch
import org.satchel.pos.cardwork.CardWork
import org.satchel.pos.cardwork.Wish
import org.satchel.pos.cardwork.Work
import org.satchel.pos.cardwork.WorkEvent
import org.satchel.pos.core.Answer
import org.satchel.pos.core.Consent
import org.satchel.pos.core.Member
import org.satchel.pos.core.MemberDetails
import org.satchel.pos.core.ReceiptText
import org.satchel.pos.core.Till
import org.satchel.pos.core.Trouble
import org.satchel.pos.core.map
import org.satchel.pos.design.Feedback
import org.satchel.pos.design.Signal
import org.satchel.pos.nfc.CardReader
import org.satchel.pos.presenter.Presenter
import org.satchel.pos.presenter.Saved

data class MembersState(
    val page: MembersPage = MembersPage.List,
    /** What is looked for. */
    val text: String = "",
    val found: List<Member> = emptyList(),
    val looking: Boolean = false,
    /** Why something was not done. */
    val trouble: Trouble? = null,
    val work: Work = Work(),
    /** What head office wants on receipts. */
    val texts: List<ReceiptText> = emptyList(),
)

sealed interface MembersPage {
    data object List : MembersPage
    data class Of(val member: Member) : MembersPage

    /** Somebody tells of themselves. */
    data class Registering(val name: String = "", val contact: String = "", val agrees: Boolean = false) : MembersPage {
        val details get() = MemberDetails(name.trim(), contact.trim(), if (agrees) Consent.GIVEN else Consent.REFUSED)
        val isComplete get() = name.isNotBlank()
    }

    /** A card is reported lost. [number] as typed */
    data class Reporting(val number: String = "") : MembersPage

    /** Head office will hear of it. */
    data class Reported(val number: String) : MembersPage
}

sealed interface MembersEvent {
    data class Search(val text: String) : MembersEvent
    data class Open(val page: MembersPage) : MembersEvent

    /** What is filled in so far. */
    data class Fill(val form: MembersPage.Registering) : MembersEvent

    /** It is filled in: now the card. */
    data object Register : MembersEvent
    data class Number(val typed: String) : MembersEvent

    /** It is meant. */
    data object Report : MembersEvent
    data object Back : MembersEvent

    /** Of what is done to the card. */
    data class Of(val event: WorkEvent) : MembersEvent
}

/** People with cards: who they are, new ones, and whose card is lost. */
class MembersPresenter(
    private val till: Till,
    cards: CardReader,
    private val feedback: Feedback,
    private val saved: Saved,
    private val scope: CoroutineScope,
) : Presenter<MembersState, MembersEvent> {
    private val shown = MutableStateFlow(MembersState(saved[NAME]?.let(::remembered) ?: MembersPage.List, texts = till.status.value.receiptTexts))
    override val state: StateFlow<MembersState> = shown

    private val work = CardWork(till, cards, feedback, saved, scope, onEnded = ::look)
    private var looking: Job? = null

    init {
        scope.launch { work.state.collect { work -> shown.update { it.copy(work = work) } } }
        look()
    }

    override fun on(event: MembersEvent) = when (event) {
        is MembersEvent.Search -> search(event.text)
        is MembersEvent.Open -> open(event.page)
        is MembersEvent.Fill -> open(event.form)
        MembersEvent.Register -> register()
        is MembersEvent.Number -> open(MembersPage.Reporting(event.typed))
        MembersEvent.Report -> report()
        MembersEvent.Back -> open(MembersPage.List)
        is MembersEvent.Of -> if (event.event == WorkEvent.Leave) leave() else work.on(event.event)
    }

    private fun search(text: String) {
        shown.update { it.copy(text = text) }
        look()
    }

    private fun look() {
        looking?.cancel()
        shown.update { it.copy(looking = true) }
        looking = scope.launch {
            val answer = till.findMembers(shown.value.text)
            shown.update {
                when (answer) {
                    is Answer.Yes -> it.copy(found = answer.value, looking = false)
                    is Answer.No -> it.copy(found = emptyList(), looking = false, trouble = answer.trouble)
                }
            }
        }
    }

    private fun open(page: MembersPage) {
        remember(page as? MembersPage.Registering)
        shown.update { it.copy(page = page, trouble = null) }
    }

    private fun register() {
        val form = shown.value.page as? MembersPage.Registering ?: return
        if (form.isComplete) work.begin(Wish(amount = null) { card, _ -> till.register(card, form.details).map { it.outcome } })
    }

    private fun report() {
        val number = (shown.value.page as? MembersPage.Reporting)?.number ?: return
        scope.launch {
            when (val answer = till.reportLost(number)) {
                is Answer.Yes -> {
                    feedback.give(Signal.Done)
                    open(MembersPage.Reported(number))
                }
                is Answer.No -> {
                    feedback.give(Signal.Refused)
                    shown.update { it.copy(trouble = answer.trouble) }
                }
            }
        }
    }

    /** The next person's form is empty. */
    private fun leave() {
        work.on(WorkEvent.Leave)
        open(MembersPage.List)
    }

    private fun remember(form: MembersPage.Registering?) {
        saved[NAME] = form?.name
        saved[CONTACT] = form?.contact
        saved[AGREES] = form?.agrees?.toString()
    }

    private fun remembered(name: String) = MembersPage.Registering(name, saved[CONTACT].orEmpty(), saved[AGREES].toBoolean())
}

private const val NAME = "name"
private const val CONTACT = "contact"
private const val AGREES = "agrees"
