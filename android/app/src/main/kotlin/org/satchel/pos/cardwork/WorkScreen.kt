package org.satchel.pos.cardwork

import androidx.activity.compose.BackHandler
import androidx.compose.foundation.layout.PaddingValues
import androidx.compose.material3.MaterialTheme
import androidx.compose.runtime.Composable
import androidx.compose.ui.res.stringResource
import org.satchel.pos.R
import org.satchel.pos.core.Money
import org.satchel.pos.core.Points
import org.satchel.pos.core.Receipt
import org.satchel.pos.core.ReceiptText
import org.satchel.pos.core.Trouble
import org.satchel.pos.design.Action
import org.satchel.pos.design.AmountDisplay
import org.satchel.pos.design.BigButton
import org.satchel.pos.design.CardSpot
import org.satchel.pos.design.Facts
import org.satchel.pos.design.Halves
import org.satchel.pos.design.Pair
import org.satchel.pos.design.ReaderNotice
import org.satchel.pos.design.ScreenFrame
import org.satchel.pos.design.Spot
import org.satchel.pos.design.TornCardGuard
import org.satchel.pos.design.TroubleBanner
import org.satchel.pos.design.TroubleSheet
import org.satchel.pos.design.Weight
import org.satchel.pos.design.shown
import org.satchel.pos.design.shownPoints
import org.satchel.pos.receipts.PaperActions
import org.satchel.pos.receipts.PaperScreen
import org.satchel.pos.receipts.rememberDocumentWriter
import org.satchel.pos.signon.SignOnScreen

/** What is said of a work. */
class WorkWords(
    /** Of the screen. */
    val title: String,
    /** What to hold, and what to do before. */
    val hold: String,
    /** What it is about, shown while it lasts; null if no money moves. */
    val amount: Money?,
    /** What was done. */
    val done: @Composable (Receipt) -> String,
)

/** What receipts need beyond themselves. */
class Papers(
    /** What head office wants on them. */
    val texts: List<ReceiptText>,
    val actions: PaperActions,
)

/**
 * Everything of a work from "Hold the card" on; before that the [form] in which it is chosen.
 *
 * @param onBack leaves the form
 * @param wayOut what can be done about a trouble, beyond what can be done about any
 */
@Composable
fun WorkScreen(
    work: Work,
    words: WorkWords,
    on: (WorkEvent) -> Unit,
    onBack: () -> Unit,
    onOpenNfcSettings: () -> Unit,
    papers: Papers,
    wayOut: @Composable (Trouble) -> Action? = { null },
    form: @Composable (PaddingValues) -> Unit,
) {
    val step = work.step
    val approval = work.approval
    val paper = work.paper
    when {
        step is WorkStep.Undecided -> TornCardGuard(step.torn, { on(WorkEvent.GoOnWithout) }, onOpenNfcSettings)
        approval != null -> {
            BackHandler { on(WorkEvent.GiveUpApproval) }
            SignOnScreen(approval, { on(WorkEvent.Approving(it)) }, onOpenNfcSettings, onCancel = { on(WorkEvent.GiveUpApproval) })
        }
        paper != null -> {
            BackHandler { on(WorkEvent.HideReceipt) }
            PaperScreen(
                stringResource(R.string.receipts_title), rememberDocumentWriter(papers.texts).receipt(paper),
                onBack = { on(WorkEvent.HideReceipt) }, papers.actions,
            )
        }
        step == WorkStep.NotBegun -> ScreenFrame(words.title, onBack = onBack, content = form)
        else -> Working(work, words, on, onOpenNfcSettings)
    }
    work.trouble?.let { trouble -> TroubleSheet(trouble, onDismiss = { on(WorkEvent.Understood) }, action = trouble.way(on) ?: wayOut(trouble)) }
}

@Composable
private fun Trouble.way(on: (WorkEvent) -> Unit): Action? =
    if (this is Trouble.SettleFirst) Action(stringResource(R.string.work_settle_first)) { on(WorkEvent.SettleFirst) } else null

@Composable
private fun Working(work: Work, words: WorkWords, on: (WorkEvent) -> Unit, onOpenNfcSettings: () -> Unit) {
    val back = work.step.back?.let { { on(it) } }
    BackHandler { back?.invoke() }
    ScreenFrame(words.title, onBack = back) { inside ->
        Halves(
            inside,
            about = { About(work, words, onOpenNfcSettings) },
            doing = { Doing(work.step, on) },
            happening = { Happening(work.step, words) },
        )
    }
}

/** What going back means; null while nobody may. */
private val WorkStep.back: WorkEvent?
    get() = when (this) {
        is WorkStep.Waiting, WorkStep.NotApplied -> WorkEvent.GiveUp
        is WorkStep.Done, is WorkStep.Parked, is WorkStep.Held -> WorkEvent.Leave
        WorkStep.NotBegun, WorkStep.LookingUp, WorkStep.Working, WorkStep.Writing, is WorkStep.Undecided -> null
    }

/** What it is about. */
@Composable
private fun About(work: Work, words: WorkWords, onOpenNfcSettings: () -> Unit) {
    val step = work.step
    if (step is WorkStep.Waiting) ReaderNotice(work.reader, onOpenNfcSettings)
    if (step is WorkStep.Waiting) step.again?.let { TroubleBanner(it) }
    if (step is WorkStep.Done) Written(step.receipt)
    else words.amount?.let { AmountDisplay(it, style = MaterialTheme.typography.displayMedium) }
}

/** Where the card is held, and what becomes of it. */
@Composable
private fun Happening(step: WorkStep, words: WorkWords) = when (step) {
    is WorkStep.Waiting -> CardSpot(Spot.Waiting(words.hold))
    WorkStep.Working -> CardSpot(Spot.Working)
    is WorkStep.Done -> CardSpot(Spot.Done(words.done(step.receipt)))
    WorkStep.NotApplied -> CardSpot(Spot.Refused(stringResource(R.string.work_not_applied)), detail = stringResource(R.string.work_not_applied_text))
    is WorkStep.Parked -> CardSpot(Spot.Undecided(stringResource(R.string.work_parked)), detail = stringResource(R.string.work_parked_text))
    is WorkStep.Held -> CardSpot(Spot.Refused(stringResource(R.string.work_held)), detail = stringResource(R.string.work_held_text, step.id.toString()))
    WorkStep.NotBegun, WorkStep.LookingUp, WorkStep.Writing, is WorkStep.Undecided -> Unit
}

/** What was written down. */
@Composable
private fun Written(receipt: Receipt) = Facts {
    if (receipt.cash > Money.Zero) Pair(stringResource(R.string.work_take_cash), receipt.cash.shown, strong = true)
    if (receipt.cash < Money.Zero) Pair(stringResource(R.string.work_give_cash), (-receipt.cash).shown, strong = true)
    if (receipt.bonus.isPositive) Pair(stringResource(R.string.work_bonus), receipt.bonus.shown)
    receipt.balance?.let { Pair(stringResource(R.string.work_balance), it.shown, strong = true) }
    if (receipt.pointsRedeemed > Points.Zero) Pair(stringResource(R.string.work_points_redeemed), receipt.pointsRedeemed.shownPoints)
    if (receipt.pointsEarned > Points.Zero) Pair(stringResource(R.string.work_points_earned), receipt.pointsEarned.shownPoints)
    receipt.pointsBalance?.let { Pair(stringResource(R.string.work_points), it.shownPoints) }
}

/** What can be done now. */
@Composable
private fun Doing(step: WorkStep, on: (WorkEvent) -> Unit) {
    when (step) {
        is WorkStep.Waiting -> BigButton(stringResource(R.string.cancel), { on(WorkEvent.GiveUp) }, weight = Weight.Quiet)
        WorkStep.NotApplied -> {
            BigButton(stringResource(R.string.work_again), { on(WorkEvent.Again) }, icon = R.drawable.contactless)
            BigButton(stringResource(R.string.work_leave), { on(WorkEvent.GiveUp) }, weight = Weight.Quiet)
        }
        is WorkStep.Done, is WorkStep.Parked -> {
            BigButton(stringResource(R.string.work_next), { on(WorkEvent.Leave) })
            BigButton(stringResource(R.string.receipts_title), { on(WorkEvent.ShowReceipt) }, icon = R.drawable.receipt, weight = Weight.Quiet)
        }
        is WorkStep.Held -> BigButton(stringResource(R.string.work_next), { on(WorkEvent.Leave) })
        WorkStep.NotBegun, WorkStep.LookingUp, WorkStep.Working, WorkStep.Writing, is WorkStep.Undecided -> Unit
    }
}
