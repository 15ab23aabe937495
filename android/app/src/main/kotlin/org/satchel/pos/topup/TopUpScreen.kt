package org.satchel.pos.topup

import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.ui.Modifier
import androidx.compose.ui.res.stringResource
import androidx.compose.ui.text.style.TextAlign
import org.satchel.pos.R
import org.satchel.pos.cardwork.Papers
import org.satchel.pos.cardwork.WorkScreen
import org.satchel.pos.cardwork.WorkWords
import org.satchel.pos.core.Limits
import org.satchel.pos.core.Points
import org.satchel.pos.design.AmountDisplay
import org.satchel.pos.design.AmountPad
import org.satchel.pos.design.BigButton
import org.satchel.pos.design.Facts
import org.satchel.pos.design.Halves
import org.satchel.pos.design.Pair
import org.satchel.pos.design.TroubleBanner
import org.satchel.pos.design.shown
import org.satchel.pos.design.shownPoints
import org.satchel.pos.receipts.PaperActions

@Composable
fun TopUpScreen(
    state: TopUpState,
    on: (TopUpEvent) -> Unit,
    onBack: () -> Unit,
    onOpenNfcSettings: () -> Unit,
    actions: PaperActions,
) {
    val amount = state.entry.amount
    val words = WorkWords(
        title = stringResource(R.string.place_top_up),
        hold = stringResource(R.string.topup_take, amount.shown),
        amount = amount,
        done = { stringResource(R.string.topup_done, it.amount.shown) },
    )
    WorkScreen(state.work, words, { on(TopUpEvent.Of(it)) }, onBack, onOpenNfcSettings, Papers(state.texts, actions)) { inside ->
        Halves(inside, about = { About(state) }, doing = { Typing(state, on) })
    }
}

@Composable
private fun About(state: TopUpState) {
    AmountDisplay(state.entry.amount, label = stringResource(R.string.topup_amount))
    Facts {
        state.preview?.let { preview ->
            if (preview.bonus.isPositive) Pair(stringResource(R.string.topup_bonus), preview.bonus.shown)
            if (preview.bonusPoints > Points.Zero) Pair(stringResource(R.string.topup_bonus_points), preview.bonusPoints.shownPoints)
            if (preview.bonus.isPositive) Pair(stringResource(R.string.topup_credited), preview.credited.shown, strong = true)
        }
        state.noPreview?.let { TroubleBanner(it) }
        if (state.preview == null && state.noPreview == null) state.limits?.let { Range(it) }
    }
}

@Composable
private fun Range(limits: Limits) {
    Line(stringResource(R.string.topup_range, limits.topUpLeast.shown, limits.topUpMost.shown))
    Line(stringResource(R.string.topup_allowance, limits.topUpAllowance.shown))
}

@Composable
private fun Line(text: String) = Text(
    text,
    Modifier.fillMaxWidth(),
    style = MaterialTheme.typography.bodyLarge,
    color = MaterialTheme.colorScheme.onSurfaceVariant,
    textAlign = TextAlign.Center,
)

@Composable
private fun Typing(state: TopUpState, on: (TopUpEvent) -> Unit) {
    val amount = state.entry.amount
    AmountPad({ on(TopUpEvent.Digit(it)) }, { on(TopUpEvent.Hundred) }, { on(TopUpEvent.Erase) })
    BigButton(
        if (amount.isPositive) stringResource(R.string.topup_begin, amount.shown) else stringResource(R.string.topup_begin_none),
        { on(TopUpEvent.Begin) },
        enabled = amount.isPositive && state.noPreview == null,
        icon = R.drawable.top_up,
    )
}
