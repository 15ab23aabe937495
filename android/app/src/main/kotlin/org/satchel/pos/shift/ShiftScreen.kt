package org.satchel.pos.shift

import androidx.activity.compose.BackHandler
import androidx.annotation.StringRes
import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.fillMaxSize
import androidx.compose.foundation.layout.padding
import androidx.compose.foundation.layout.widthIn
import androidx.compose.foundation.rememberScrollState
import androidx.compose.foundation.verticalScroll
import androidx.compose.runtime.Composable
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import androidx.compose.ui.res.stringResource
import androidx.compose.ui.unit.dp
import org.satchel.pos.R
import org.satchel.pos.core.Document
import org.satchel.pos.core.ShiftStatus
import org.satchel.pos.design.AmountDisplay
import org.satchel.pos.design.AmountPad
import org.satchel.pos.design.BigButton
import org.satchel.pos.design.EmptyState
import org.satchel.pos.design.Halves
import org.satchel.pos.design.ListRow
import org.satchel.pos.design.LocalFormat
import org.satchel.pos.design.Pair
import org.satchel.pos.design.ScreenFrame
import org.satchel.pos.design.Space
import org.satchel.pos.design.TroubleBanner
import org.satchel.pos.design.Weight
import org.satchel.pos.design.shown
import org.satchel.pos.receipts.DocumentWriter
import org.satchel.pos.receipts.PaperActions
import org.satchel.pos.receipts.PaperScreen
import org.satchel.pos.receipts.rememberDocumentWriter
import org.satchel.pos.signon.SignOnScreen

/** @param actions what is done with what was written */
@Composable
fun ShiftScreen(state: ShiftState, on: (ShiftEvent) -> Unit, onOpenNfcSettings: () -> Unit, actions: PaperActions) {
    val approval = state.approval
    val face = state.face
    BackHandler(approval != null || face != Face.Overview) {
        on(if (approval != null) ShiftEvent.GiveUpApproval else ShiftEvent.Leave)
    }
    when {
        approval != null -> SignOnScreen(
            approval, { on(ShiftEvent.Approving(it)) }, onOpenNfcSettings, onCancel = { on(ShiftEvent.GiveUpApproval) },
        )
        face is Face.Typing -> Typing(state, face.what, on)
        face is Face.Shown -> {
            val document = rememberDocumentWriter(state.till.receiptTexts).slip(face.slip)
            PaperScreen(stringResource(face.slip.title), document, { on(ShiftEvent.Leave) }, actions)
        }
        else -> Overview(state, on)
    }
}

@Composable
private fun Overview(state: ShiftState, on: (ShiftEvent) -> Unit) {
    ScreenFrame(stringResource(R.string.home_shift)) { inside ->
        Column(
            Modifier.fillMaxSize().padding(inside).verticalScroll(rememberScrollState()).padding(Space.medium),
            verticalArrangement = Arrangement.spacedBy(Space.medium),
            horizontalAlignment = Alignment.CenterHorizontally,
        ) {
            state.trouble?.let { TroubleBanner(it, Modifier.widthIn(max = 640.dp)) }
            val shift = state.till.shift
            if (shift == null) NoShift(state, on) else OpenShift(shift, state, on)
        }
    }
}

@Composable
private fun NoShift(state: ShiftState, on: (ShiftEvent) -> Unit) {
    EmptyState(R.drawable.shift, stringResource(R.string.shift_none), text = stringResource(R.string.shift_none_text))
    Column(Modifier.widthIn(max = 640.dp), verticalArrangement = Arrangement.spacedBy(Space.small)) {
        BigButton(stringResource(R.string.shift_open), { on(ShiftEvent.Begin(Task.Open)) }, enabled = !state.working)
        LastZ(state, on)
    }
}

@Composable
private fun OpenShift(shift: ShiftStatus, state: ShiftState, on: (ShiftEvent) -> Unit) {
    AmountDisplay(shift.expected, label = stringResource(R.string.shift_expected))
    Column(Modifier.widthIn(max = 640.dp), verticalArrangement = Arrangement.spacedBy(Space.small)) {
        Pair(stringResource(R.string.shift_number), LocalFormat.current.count(shift.number))
        Pair(stringResource(R.string.shift_opened_at), LocalFormat.current.dateAndTime(shift.openedAt))
        Pair(stringResource(R.string.shift_opened_by), shift.openedBy.name ?: shift.openedBy.number.toString())
        Pair(stringResource(R.string.shift_float), shift.float.shown)
        ListRow(stringResource(R.string.shift_pay_in), icon = R.drawable.plus, onClick = { on(ShiftEvent.Begin(Task.PayIn)) })
        ListRow(stringResource(R.string.shift_pay_out), icon = R.drawable.minus, onClick = { on(ShiftEvent.Begin(Task.PayOut)) })
        ListRow(
            stringResource(R.string.shift_x), text = stringResource(R.string.shift_x_text), icon = R.drawable.receipt,
            onClick = { on(ShiftEvent.ShowX) },
        )
        LastZ(state, on)
        BigButton(stringResource(R.string.shift_close), { on(ShiftEvent.Begin(Task.Close)) }, enabled = !state.working)
    }
}

@Composable
private fun LastZ(state: ShiftState, on: (ShiftEvent) -> Unit) {
    if (state.till.lastZ == 0L) return
    val number = LocalFormat.current.count(state.till.lastZ)
    ListRow(stringResource(R.string.shift_last_z, number), icon = R.drawable.history, onClick = { on(ShiftEvent.ShowLastZ) })
}

@Composable
private fun Typing(state: ShiftState, what: Task, on: (ShiftEvent) -> Unit) {
    ScreenFrame(stringResource(what.title), onBack = { on(ShiftEvent.Leave) }) { inside ->
        Halves(inside, about = { Amount(state, what) }, doing = { Keys(state, what, on) })
    }
}

@Composable
private fun Amount(state: ShiftState, what: Task) {
    AmountDisplay(state.entry.amount, label = stringResource(what.label))
    state.trouble?.let { TroubleBanner(it) }
}

@Composable
private fun Keys(state: ShiftState, what: Task, on: (ShiftEvent) -> Unit) {
    val mayBeNothing = what == Task.Open || what == Task.Close
    AmountPad({ on(ShiftEvent.Digit(it)) }, { on(ShiftEvent.Hundred) }, { on(ShiftEvent.Erase) })
    BigButton(
        stringResource(what.confirm),
        { on(ShiftEvent.Confirm) },
        enabled = !state.working && (mayBeNothing || state.entry.amount.isPositive),
        weight = if (what == Task.Close) Weight.Grave else Weight.Main,
    )
}

private fun DocumentWriter.slip(slip: Slip): Document = when (slip) {
    is Slip.Paid -> receipt(slip.receipt)
    is Slip.SoFar -> report(slip.report)
    is Slip.Closed -> report(slip.report)
}

private val Slip.title: Int
    @StringRes get() = when (this) {
        is Slip.Paid -> R.string.receipts_title
        is Slip.SoFar -> R.string.receipts_x
        is Slip.Closed -> R.string.receipts_z
    }

private val Task.title: Int
    @StringRes get() = when (this) {
        Task.Open -> R.string.shift_open
        Task.PayIn -> R.string.shift_pay_in
        Task.PayOut -> R.string.shift_pay_out
        Task.Close -> R.string.shift_close
    }

private val Task.label: Int
    @StringRes get() = when (this) {
        Task.Open -> R.string.shift_float_label
        Task.PayIn -> R.string.shift_pay_in_label
        Task.PayOut -> R.string.shift_pay_out_label
        Task.Close -> R.string.shift_counted_label
    }

private val Task.confirm: Int
    @StringRes get() = when (this) {
        Task.Open -> R.string.shift_open_confirm
        Task.PayIn -> R.string.shift_pay_in_confirm
        Task.PayOut -> R.string.shift_pay_out_confirm
        Task.Close -> R.string.shift_close_confirm
    }
