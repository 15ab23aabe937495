package org.satchel.pos.journal

import androidx.activity.compose.BackHandler
import androidx.annotation.DrawableRes
import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Box
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.FlowRow
import androidx.compose.foundation.layout.fillMaxSize
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.heightIn
import androidx.compose.foundation.layout.padding
import androidx.compose.foundation.lazy.LazyColumn
import androidx.compose.foundation.lazy.items
import androidx.compose.material3.FilterChip
import androidx.compose.material3.Icon
import androidx.compose.material3.IconButton
import androidx.compose.material3.LinearProgressIndicator
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.runtime.LaunchedEffect
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import androidx.compose.ui.res.painterResource
import androidx.compose.ui.res.stringResource
import org.satchel.pos.R
import org.satchel.pos.core.JournalLine
import org.satchel.pos.core.LineKind
import org.satchel.pos.core.MovementState
import org.satchel.pos.core.leftToRight
import org.satchel.pos.design.EmptyState
import org.satchel.pos.design.ListRow
import org.satchel.pos.design.LocalFormat
import org.satchel.pos.design.Satchel
import org.satchel.pos.design.ScreenFrame
import org.satchel.pos.design.SearchField
import org.satchel.pos.design.Space
import org.satchel.pos.design.StatusChip
import org.satchel.pos.design.TouchLeast
import org.satchel.pos.design.TroubleBanner
import org.satchel.pos.design.TwoPane
import org.satchel.pos.design.shown
import org.satchel.pos.receipts.PaperActions
import org.satchel.pos.receipts.PaperBody
import org.satchel.pos.receipts.rememberDocumentWriter
import org.satchel.pos.receipts.word

/** The list, and the receipt that was chosen in it. */
@Composable
fun JournalScreen(state: JournalState, on: (JournalEvent) -> Unit, onBack: () -> Unit, actions: PaperActions) {
    val opened = state.opened
    BackHandler(opened != null) { on(JournalEvent.Close) }
    ScreenFrame(
        stringResource(R.string.place_journal),
        onBack = { if (opened == null) onBack() else on(JournalEvent.Close) },
    ) { inside ->
        TwoPane(
            detailOpen = opened != null,
            list = { Found(state, on) },
            detail = { Detail(state, actions) },
            modifier = Modifier.padding(inside),
        )
    }
}

@Composable
private fun Found(state: JournalState, on: (JournalEvent) -> Unit) {
    Column(Modifier.fillMaxSize().padding(horizontal = Space.medium)) {
        Asked(state.search, on)
        Box(Modifier.fillMaxWidth().heightIn(min = Space.hair)) {
            if (state.reading) LinearProgressIndicator(Modifier.fillMaxWidth())
        }
        state.trouble?.let { TroubleBanner(it) }
        if (state.lines.isEmpty() && !state.reading && state.trouble == null) {
            EmptyState(R.drawable.journal, stringResource(R.string.journal_none))
        }
        LazyColumn(Modifier.weight(1f)) {
            items(state.lines, key = { it.sequence }) { line ->
                Line(line, line.sequence == state.opened?.sequence) { on(JournalEvent.Open(line)) }
            }
            if (state.more) item { LaunchedEffect(state.lines.size) { on(JournalEvent.More) } }
        }
    }
}

@Composable
private fun Asked(search: Search, on: (JournalEvent) -> Unit) {
    SearchField(search.text, { on(JournalEvent.Type(it)) }, search.by.hint())
    FlowRow(Modifier.padding(top = Space.small), horizontalArrangement = Arrangement.spacedBy(Space.small)) {
        By.entries.forEach { by -> Chip(by.words(), by == search.by) { on(JournalEvent.LookBy(by)) } }
    }
    FlowRow(
        Modifier.padding(vertical = Space.small),
        horizontalArrangement = Arrangement.spacedBy(Space.small),
        itemVerticalAlignment = Alignment.CenterVertically,
    ) {
        IconButton({ on(JournalEvent.DayBefore) }) {
            Icon(painterResource(R.drawable.back), stringResource(R.string.journal_day_before))
        }
        val day = search.day
        Chip(if (day == null) stringResource(R.string.journal_today) else LocalFormat.current.date(day), day != null) {
            on(JournalEvent.Today)
        }
        IconButton({ on(JournalEvent.DayAfter) }) {
            Icon(painterResource(R.drawable.forward), stringResource(R.string.journal_day_after))
        }
        Chip(stringResource(R.string.journal_every_day), day == null) { on(JournalEvent.EveryDay) }
    }
}

@Composable
private fun Chip(text: String, chosen: Boolean, choose: () -> Unit) =
    FilterChip(chosen, choose, { Text(text) }, Modifier.heightIn(min = TouchLeast))

@Composable
private fun Line(line: JournalLine, selected: Boolean, open: () -> Unit) {
    ListRow(
        line.kind.words(),
        text = listOfNotNull(
            leftToRight(line.sequence.toString()), LocalFormat.current.dateAndTime(line.at), line.card?.shown, line.person?.name,
        ).joinToString(" · "),
        icon = line.kind.icon,
        selected = selected,
        onClick = open.takeIf { line.opens },
        trailing = { Column(horizontalAlignment = Alignment.End) { Outcome(line) } },
    )
}

@Composable
private fun Outcome(line: JournalLine) {
    line.amount?.let { Text(it.shown, style = MaterialTheme.typography.titleMedium) }
    when (line.state) {
        is MovementState.Open -> StatusChip(stringResource(R.string.journal_open), Satchel.tones.undecided)
        is MovementState.NotApplied -> StatusChip(stringResource(R.string.journal_not_done), Satchel.tones.neutral)
        MovementState.Done, null -> Unit
    }
}

@Composable
private fun Detail(state: JournalState, actions: PaperActions) {
    val writer = rememberDocumentWriter(state.texts)
    when (val page = state.opened?.page) {
        null -> EmptyState(R.drawable.receipt, stringResource(R.string.journal_choose))
        is Page.OfMovement -> PaperBody(stringResource(page.receipt.kind.word.text), writer.receipt(page.receipt), actions)
        is Page.OfShift -> PaperBody(stringResource(R.string.receipts_z), writer.report(page.report), actions)
    }
}

@Composable
private fun By.words() = stringResource(
    when (this) {
        By.Number -> R.string.journal_by_number
        By.Amount -> R.string.journal_by_amount
        By.Card -> R.string.journal_by_card
    },
)

@Composable
private fun By.hint() = stringResource(
    when (this) {
        By.Number -> R.string.journal_hint_number
        By.Amount -> R.string.journal_hint_amount
        By.Card -> R.string.journal_hint_card
    },
)

@Composable
private fun LineKind.words(): String = when (this) {
    is LineKind.Movement -> stringResource(kind.word.text)
    is LineKind.ShiftOpened -> stringResource(R.string.journal_shift_opened, LocalFormat.current.count(shift))
    is LineKind.ShiftClosed -> stringResource(R.string.journal_shift_closed, LocalFormat.current.count(number))
    LineKind.SignedOn -> stringResource(R.string.journal_signed_on)
    LineKind.SignedOff -> stringResource(R.string.journal_signed_off)
    is LineKind.Refused -> stringResource(R.string.journal_refused)
    is LineKind.Registered -> stringResource(R.string.journal_registered, leftToRight(number))
    is LineKind.ReportedLost -> stringResource(R.string.journal_lost, leftToRight(number))
    is LineKind.Installed -> stringResource(R.string.journal_installed)
    LineKind.Other -> stringResource(R.string.journal_other)
}

private val LineKind.icon: Int
    @DrawableRes get() = when (this) {
        is LineKind.Movement -> R.drawable.receipt
        is LineKind.ShiftOpened, is LineKind.ShiftClosed -> R.drawable.shift
        LineKind.SignedOn, LineKind.SignedOff -> R.drawable.member
        is LineKind.Refused, is LineKind.ReportedLost -> R.drawable.block
        is LineKind.Registered -> R.drawable.card
        is LineKind.Installed, LineKind.Other -> R.drawable.info
    }
