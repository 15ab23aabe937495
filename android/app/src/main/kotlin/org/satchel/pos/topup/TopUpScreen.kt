package org.satchel.pos.topup

import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.ColumnScope
import androidx.compose.foundation.layout.Row
import androidx.compose.foundation.layout.fillMaxHeight
import androidx.compose.foundation.layout.fillMaxSize
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.padding
import androidx.compose.foundation.layout.widthIn
import androidx.compose.foundation.rememberScrollState
import androidx.compose.foundation.verticalScroll
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import androidx.compose.ui.res.stringResource
import androidx.compose.ui.text.style.TextAlign
import androidx.compose.ui.unit.dp
import org.satchel.pos.R
import org.satchel.pos.cardwork.Papers
import org.satchel.pos.cardwork.WorkScreen
import org.satchel.pos.cardwork.WorkWords
import org.satchel.pos.core.Limits
import org.satchel.pos.core.Points
import org.satchel.pos.design.AmountDisplay
import org.satchel.pos.design.AmountPad
import org.satchel.pos.design.BigButton
import org.satchel.pos.design.Pair
import org.satchel.pos.design.Space
import org.satchel.pos.design.TroubleBanner
import org.satchel.pos.design.WithWidth
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
        WithWidth(Modifier.padding(inside)) { wide ->
            if (wide) {
                Row(Modifier.fillMaxSize().padding(Space.large), Arrangement.spacedBy(Space.huge)) {
                    Scrolling(Modifier.weight(1f).fillMaxHeight()) { Facts(state) }
                    Scrolling(Modifier.weight(1f).fillMaxHeight()) { Typing(state, on) }
                }
            } else {
                Column(Modifier.fillMaxSize().padding(Space.medium), Arrangement.spacedBy(Space.medium), Alignment.CenterHorizontally) {
                    Scrolling(Modifier.weight(1f)) { Facts(state) }
                    Typing(state, on)
                }
            }
        }
    }
}

@Composable
private fun Scrolling(modifier: Modifier, content: @Composable ColumnScope.() -> Unit) = Column(
    modifier.fillMaxWidth().verticalScroll(rememberScrollState()),
    Arrangement.spacedBy(Space.medium, Alignment.CenterVertically),
    Alignment.CenterHorizontally,
    content,
)

@Composable
private fun Facts(state: TopUpState) {
    AmountDisplay(state.entry.amount, label = stringResource(R.string.topup_amount))
    Column(Modifier.widthIn(max = READABLE), Arrangement.spacedBy(Space.small)) {
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
private fun Typing(state: TopUpState, on: (TopUpEvent) -> Unit) = Column(
    Modifier.widthIn(max = BUTTONS).fillMaxWidth(),
    Arrangement.spacedBy(Space.small),
    Alignment.CenterHorizontally,
) {
    val amount = state.entry.amount
    AmountPad({ on(TopUpEvent.Digit(it)) }, { on(TopUpEvent.Hundred) }, { on(TopUpEvent.Erase) })
    BigButton(
        if (amount.isPositive) stringResource(R.string.topup_begin, amount.shown) else stringResource(R.string.topup_begin_none),
        { on(TopUpEvent.Begin) },
        enabled = amount.isPositive && state.noPreview == null,
        icon = R.drawable.top_up,
    )
}

private val READABLE = 560.dp
private val BUTTONS = 420.dp
