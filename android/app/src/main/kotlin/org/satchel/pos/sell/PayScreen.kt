package org.satchel.pos.sell

import androidx.activity.compose.BackHandler
import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.ColumnScope
import androidx.compose.foundation.layout.Row
import androidx.compose.foundation.layout.fillMaxHeight
import androidx.compose.foundation.layout.fillMaxSize
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.heightIn
import androidx.compose.foundation.layout.padding
import androidx.compose.foundation.layout.widthIn
import androidx.compose.foundation.rememberScrollState
import androidx.compose.foundation.selection.toggleable
import androidx.compose.foundation.verticalScroll
import androidx.compose.material3.Icon
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.Switch
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import androidx.compose.ui.res.painterResource
import androidx.compose.ui.res.stringResource
import androidx.compose.ui.semantics.Role
import androidx.compose.ui.unit.dp
import org.satchel.pos.R
import org.satchel.pos.core.Money
import org.satchel.pos.core.Points
import org.satchel.pos.core.Preview
import org.satchel.pos.core.Receipt
import org.satchel.pos.core.Trouble
import org.satchel.pos.design.Action
import org.satchel.pos.design.AmountDisplay
import org.satchel.pos.design.AmountPad
import org.satchel.pos.design.BigButton
import org.satchel.pos.design.CardSpot
import org.satchel.pos.design.Pair
import org.satchel.pos.design.ReaderNotice
import org.satchel.pos.design.ScreenFrame
import org.satchel.pos.design.Space
import org.satchel.pos.design.Spot
import org.satchel.pos.design.TornCardGuard
import org.satchel.pos.design.TroubleBanner
import org.satchel.pos.design.TroubleSheet
import org.satchel.pos.design.Weight
import org.satchel.pos.design.WithWidth
import org.satchel.pos.design.shown
import org.satchel.pos.design.shownPoints
import org.satchel.pos.receipts.PaperActions
import org.satchel.pos.receipts.PaperScreen
import org.satchel.pos.receipts.rememberDocumentWriter
import org.satchel.pos.signon.SignOnScreen

/** From the choice of how it is paid to what came of it. @param onBack to what is being sold */
@Composable
fun PayScreen(
    state: PayState,
    on: (PayEvent) -> Unit,
    onBack: () -> Unit,
    onOpenNfcSettings: () -> Unit,
    actions: PaperActions,
) {
    val step = state.step
    val approval = state.approval
    val paper = state.paper
    when {
        step is PayStep.Undecided -> TornCardGuard(step.torn, { on(PayEvent.GoOnWithout) }, onOpenNfcSettings)
        approval != null -> {
            BackHandler { on(PayEvent.GiveUpApproval) }
            SignOnScreen(approval, { on(PayEvent.Approving(it)) }, onOpenNfcSettings, onCancel = { on(PayEvent.GiveUpApproval) })
        }
        paper != null -> {
            BackHandler { on(PayEvent.Back) }
            PaperScreen(
                stringResource(R.string.receipts_title), rememberDocumentWriter(state.texts).receipt(paper),
                onBack = { on(PayEvent.Back) }, actions,
            )
        }
        else -> Paying(state, on, onBack, onOpenNfcSettings)
    }
    state.trouble?.let { TroubleSheet(it, onDismiss = { on(PayEvent.Understood) }, action = it.wayOut(on)) }
}

@Composable
private fun Trouble.wayOut(on: (PayEvent) -> Unit): Action? = when (this) {
    is Trouble.NotEnough -> if (balance < needed) Action(stringResource(R.string.pay_lack_in_cash, (needed - balance).shown)) { on(PayEvent.LackInCash) } else null
    is Trouble.SettleFirst -> Action(stringResource(R.string.pay_settle_first)) { on(PayEvent.SettleFirst) }
    else -> null
}

@Composable
private fun Paying(state: PayState, on: (PayEvent) -> Unit, onBack: () -> Unit, onOpenNfcSettings: () -> Unit) {
    val back = state.step.back(on, onBack)
    BackHandler(state.step !is PayStep.Choosing) { back?.invoke() }
    ScreenFrame(stringResource(R.string.pay_title), onBack = back) { inside ->
        WithWidth(Modifier.padding(inside)) { wide ->
            if (wide) {
                Row(Modifier.fillMaxSize().padding(Space.large), Arrangement.spacedBy(Space.huge)) {
                    Scrolling(Modifier.weight(1f).fillMaxHeight()) { Facts(state, on, onOpenNfcSettings, spotToo = false) }
                    Scrolling(Modifier.weight(1f).fillMaxHeight()) {
                        Happening(state)
                        Doing(state, on)
                    }
                }
            } else {
                Column(Modifier.fillMaxSize().padding(Space.medium), Arrangement.spacedBy(Space.medium), Alignment.CenterHorizontally) {
                    Scrolling(Modifier.weight(1f)) { Facts(state, on, onOpenNfcSettings, spotToo = true) }
                    Doing(state, on)
                }
            }
        }
    }
}

/** Where the way back leads; null where there is none. */
private fun PayStep.back(on: (PayEvent) -> Unit, onBack: () -> Unit): (() -> Unit)? = when (this) {
    PayStep.Choosing -> onBack
    is PayStep.Waiting, PayStep.TakingCash, PayStep.Splitting, PayStep.NotApplied -> ({ on(PayEvent.Back) })
    is PayStep.Done, is PayStep.Parked, is PayStep.Held -> ({ on(PayEvent.NextCustomer) })
    PayStep.LookingUp, PayStep.Working, PayStep.Writing, is PayStep.Undecided -> null
}

@Composable
private fun Scrolling(modifier: Modifier, content: @Composable ColumnScope.() -> Unit) = Column(
    modifier.fillMaxWidth().verticalScroll(rememberScrollState()),
    Arrangement.spacedBy(Space.medium, Alignment.CenterVertically),
    Alignment.CenterHorizontally,
    content,
)

/** What it is about. @param spotToo where there is no second pane for what happens */
@Composable
private fun Facts(state: PayState, on: (PayEvent) -> Unit, onOpenNfcSettings: () -> Unit, spotToo: Boolean) {
    val step = state.step
    if (spotToo) Happening(state)
    if (step is PayStep.Waiting) ReaderNotice(state.reader, onOpenNfcSettings)
    if (step is PayStep.Waiting) step.again?.let { TroubleBanner(it) }
    when (step) {
        is PayStep.Done -> Written(step.receipt)
        is PayStep.Parked, is PayStep.Held -> AmountDisplay(state.due, style = MaterialTheme.typography.displayMedium)
        is PayStep.Waiting, PayStep.Working, PayStep.NotApplied -> AmountDisplay(state.onCard, style = MaterialTheme.typography.displayMedium)
        else -> Due(state, on)
    }
}

private val PayState.onCard: Money get() = preview?.purse ?: due

@Composable
private fun Due(state: PayState, on: (PayEvent) -> Unit) {
    val byCard = state.step is PayStep.Choosing || state.step is PayStep.Splitting
    AmountDisplay(state.due, label = stringResource(R.string.pay_due))
    Column(Modifier.widthIn(max = READABLE), Arrangement.spacedBy(Space.small)) {
        if (state.order.discount.isPositive) {
            Pair(stringResource(R.string.sell_subtotal), state.order.gross.shown)
            Pair(stringResource(R.string.sell_discount), (-state.order.discount).shown)
        }
        if (byCard) state.preview?.let { PointsOf(it, state.redeem, on) }
        if (byCard) state.noPreview?.let { TroubleBanner(it) }
    }
}

@Composable
private fun PointsOf(preview: Preview, redeem: Boolean, on: (PayEvent) -> Unit) {
    if (preview.earned > Points.Zero) Pair(stringResource(R.string.pay_earns), preview.earned.shownPoints)
    if (preview.redeemable > Points.Zero) {
        Row(
            Modifier
                .fillMaxWidth()
                .heightIn(min = 56.dp)
                .toggleable(redeem, role = Role.Switch) { on(PayEvent.RedeemPoints(it)) },
            Arrangement.spacedBy(Space.medium),
            Alignment.CenterVertically,
        ) {
            Icon(painterResource(R.drawable.points), contentDescription = null)
            Column(Modifier.weight(1f)) {
                Text(stringResource(R.string.pay_redeem), style = MaterialTheme.typography.titleMedium)
                Text(
                    stringResource(R.string.pay_redeem_most, preview.redeemable.shownPoints, preview.redeemableValue.shown),
                    style = MaterialTheme.typography.bodyMedium,
                    color = MaterialTheme.colorScheme.onSurfaceVariant,
                )
            }
            Switch(redeem, onCheckedChange = null)
        }
        if (redeem) Pair(stringResource(R.string.pay_by_card), preview.purse.shown, strong = true)
    }
}

/** Where the card is held, and what becomes of it. */
@Composable
private fun Happening(state: PayState) {
    when (val step = state.step) {
        is PayStep.Waiting -> CardSpot(Spot.Waiting(stringResource(R.string.pay_hold)))
        PayStep.Working -> CardSpot(Spot.Working)
        is PayStep.Done -> CardSpot(Spot.Done(stringResource(R.string.pay_done, step.receipt.amount.shown)))
        PayStep.NotApplied -> CardSpot(Spot.Refused(stringResource(R.string.pay_not_applied)), detail = stringResource(R.string.pay_not_applied_text))
        is PayStep.Parked -> CardSpot(Spot.Undecided(stringResource(R.string.pay_parked)), detail = stringResource(R.string.pay_parked_text))
        is PayStep.Held -> CardSpot(Spot.Refused(stringResource(R.string.pay_held)), detail = stringResource(R.string.pay_held_text, step.id.toString()))
        PayStep.LookingUp, PayStep.Choosing, PayStep.TakingCash, PayStep.Writing, PayStep.Splitting, is PayStep.Undecided -> Unit
    }
}

/** What was written down. */
@Composable
private fun Written(receipt: Receipt) = Column(Modifier.widthIn(max = READABLE), Arrangement.spacedBy(Space.small)) {
    if (receipt.cash.isPositive) Pair(stringResource(R.string.pay_take_cash), receipt.cash.shown, strong = true)
    receipt.balance?.let { Pair(stringResource(R.string.pay_balance), it.shown, strong = true) }
    if (receipt.pointsRedeemed > Points.Zero) Pair(stringResource(R.string.pay_points_redeemed), receipt.pointsRedeemed.shownPoints)
    if (receipt.pointsEarned > Points.Zero) Pair(stringResource(R.string.pay_points_earned), receipt.pointsEarned.shownPoints)
    receipt.pointsBalance?.let { Pair(stringResource(R.string.pay_points), it.shownPoints) }
}

/** What can be done now. */
@Composable
private fun Doing(state: PayState, on: (PayEvent) -> Unit) = Column(
    Modifier.widthIn(max = BUTTONS).fillMaxWidth(),
    Arrangement.spacedBy(Space.small),
    Alignment.CenterHorizontally,
) {
    when (state.step) {
        PayStep.Choosing -> {
            BigButton(stringResource(R.string.pay_card), { on(PayEvent.ByCard) }, icon = R.drawable.contactless)
            BigButton(stringResource(R.string.pay_cash), { on(PayEvent.InCash) }, icon = R.drawable.cash, weight = Weight.Quiet)
            BigButton(stringResource(R.string.pay_both), { on(PayEvent.Split) }, icon = R.drawable.card, weight = Weight.Quiet)
        }
        PayStep.TakingCash -> BigButton(stringResource(R.string.pay_cash_taken, state.due.shown), { on(PayEvent.CashTaken) }, icon = R.drawable.cash)
        PayStep.Splitting -> Splitting(state, on)
        is PayStep.Waiting -> BigButton(stringResource(R.string.cancel), { on(PayEvent.Back) }, weight = Weight.Quiet)
        PayStep.NotApplied -> {
            BigButton(stringResource(R.string.pay_again), { on(PayEvent.ByCard) }, icon = R.drawable.contactless)
            BigButton(stringResource(R.string.pay_otherwise), { on(PayEvent.Back) }, weight = Weight.Quiet)
        }
        is PayStep.Done, is PayStep.Parked -> {
            BigButton(stringResource(R.string.pay_next), { on(PayEvent.NextCustomer) })
            BigButton(stringResource(R.string.receipts_title), { on(PayEvent.ShowReceipt) }, icon = R.drawable.receipt, weight = Weight.Quiet)
        }
        is PayStep.Held -> BigButton(stringResource(R.string.pay_next), { on(PayEvent.NextCustomer) })
        PayStep.LookingUp, PayStep.Working, PayStep.Writing, is PayStep.Undecided -> Unit
    }
}

@Composable
private fun Splitting(state: PayState, on: (PayEvent) -> Unit) {
    AmountDisplay(state.cash.amount, label = stringResource(R.string.pay_cash_part), style = MaterialTheme.typography.displaySmall)
    AmountPad({ on(PayEvent.Digit(it)) }, { on(PayEvent.Hundred) }, { on(PayEvent.Erase) })
    BigButton(
        if (state.isSplit) stringResource(R.string.pay_rest_by_card, state.onCard.shown) else stringResource(R.string.pay_rest_none),
        { on(PayEvent.ByCard) },
        enabled = state.isSplit,
        icon = R.drawable.contactless,
    )
}

private val READABLE = 560.dp
private val BUTTONS = 420.dp
