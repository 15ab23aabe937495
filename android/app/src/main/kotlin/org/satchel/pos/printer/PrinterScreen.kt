package org.satchel.pos.printer

import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.FlowRow
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.heightIn
import androidx.compose.foundation.layout.padding
import androidx.compose.foundation.layout.widthIn
import androidx.compose.foundation.rememberScrollState
import androidx.compose.foundation.selection.toggleable
import androidx.compose.foundation.verticalScroll
import androidx.compose.material3.FilterChip
import androidx.compose.material3.Icon
import androidx.compose.material3.IconButton
import androidx.compose.material3.Switch
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.ui.Modifier
import androidx.compose.ui.platform.LocalLayoutDirection
import androidx.compose.ui.res.painterResource
import androidx.compose.ui.res.stringResource
import androidx.compose.ui.semantics.Role
import androidx.compose.ui.unit.LayoutDirection
import androidx.compose.ui.unit.dp
import org.satchel.pos.R
import org.satchel.pos.core.Block
import org.satchel.pos.core.Document
import org.satchel.pos.core.PaperWidth
import org.satchel.pos.core.TextAlign
import org.satchel.pos.core.TextStyle
import org.satchel.pos.core.WaitingJob
import org.satchel.pos.design.Action
import org.satchel.pos.design.BigButton
import org.satchel.pos.design.EmptyState
import org.satchel.pos.design.ListRow
import org.satchel.pos.design.LocalFormat
import org.satchel.pos.design.Notice
import org.satchel.pos.design.NumberField
import org.satchel.pos.design.Satchel
import org.satchel.pos.design.ScreenFrame
import org.satchel.pos.design.SectionHeader
import org.satchel.pos.design.Space
import org.satchel.pos.design.TextLine
import org.satchel.pos.design.TouchLeast
import org.satchel.pos.design.Weight

/** @param askForBluetooth asks the person whether the app may know paired devices */
@Composable
fun PrinterScreen(state: PrinterState, on: (PrinterEvent) -> Unit, onBack: () -> Unit, askForBluetooth: () -> Unit) {
    ScreenFrame(stringResource(R.string.place_printer), onBack = onBack) { inside ->
        Column(
            Modifier.padding(inside).verticalScroll(rememberScrollState()).padding(Space.medium).widthIn(max = 640.dp).fillMaxWidth(),
            verticalArrangement = Arrangement.spacedBy(Space.small),
        ) {
            ConnectionPart(state, on, askForBluetooth)
            if (state.kind != Kind.None) PaperPart(state.settings, on)
            if (state.ready) TestButton(on)
            WaitingPart(state.printing, on)
        }
    }
}

@Composable
private fun ConnectionPart(state: PrinterState, on: (PrinterEvent) -> Unit, askForBluetooth: () -> Unit) {
    SectionHeader(stringResource(R.string.printer_connection))
    Chips(Kind.entries, state.kind, { it.words() }) { on(PrinterEvent.Choose(it)) }
    when (state.kind) {
        Kind.None -> Unit
        Kind.Network -> {
            TextLine(state.host, { on(PrinterEvent.Host(it)) }, stringResource(R.string.printer_host))
            val fault = stringResource(R.string.printer_port_wrong).takeIf { !state.portIsRight }
            NumberField(state.port, { on(PrinterEvent.Port(it)) }, stringResource(R.string.printer_port), fault = fault)
        }
        Kind.Bluetooth -> Paired(state, on, askForBluetooth)
    }
}

@Composable
private fun Paired(state: PrinterState, on: (PrinterEvent) -> Unit, askForBluetooth: () -> Unit) {
    val paired = state.paired
    when {
        paired == null -> Notice(
            Satchel.tones.neutral, R.drawable.printer, stringResource(R.string.printer_may_not),
            text = stringResource(R.string.printer_may_not_text),
            action = Action(stringResource(R.string.printer_allow), askForBluetooth),
        )
        paired.isEmpty() -> EmptyState(
            R.drawable.printer, stringResource(R.string.printer_no_paired), text = stringResource(R.string.printer_no_paired_text),
        )
        else -> paired.forEach { device ->
            ListRow(
                device.name, icon = R.drawable.printer, selected = device == state.settings.connection,
                onClick = { on(PrinterEvent.Take(device)) },
            )
        }
    }
}

@Composable
private fun PaperPart(settings: PrinterSettings, on: (PrinterEvent) -> Unit) {
    SectionHeader(stringResource(R.string.printer_paper))
    Chips(PaperWidth.entries, settings.paper, { it.words() }) { on(PrinterEvent.Load(it)) }
    SwitchRow(stringResource(R.string.printer_cuts), null, settings.cuts) { on(PrinterEvent.Cut(it)) }
    SwitchRow(
        stringResource(R.string.printer_draw_all), stringResource(R.string.printer_draw_all_text), !settings.hasCharacters,
    ) { on(PrinterEvent.DrawAll(it)) }
}

@Composable
private fun TestButton(on: (PrinterEvent) -> Unit) {
    val title = stringResource(R.string.printer_test)
    val page = Document(
        LocalLayoutDirection.current == LayoutDirection.Rtl,
        listOf(
            Block.Text(title, TextStyle.LARGE, TextAlign.CENTRE),
            Block.Rule,
            Block.Text(stringResource(R.string.printer_test_text)),
            Block.Pair("Satchel · 会员卡 · بطاقة · ñ ß", LocalFormat.current.count(123)),
        ),
    )
    BigButton(title, { on(PrinterEvent.Test(title, page)) }, icon = R.drawable.printer)
}

@Composable
private fun WaitingPart(printing: PrintState, on: (PrinterEvent) -> Unit) {
    printing.fault?.let {
        Notice(
            Satchel.tones.refused, R.drawable.warning, stringResource(R.string.printer_fault),
            text = stringResource(R.string.printer_fault_text, it.message.orEmpty()),
        )
    }
    if (printing.waiting.isEmpty()) return
    SectionHeader(stringResource(R.string.printer_waiting))
    printing.waiting.forEach { Job(it) { on(PrinterEvent.Remove(it.id)) } }
    BigButton(stringResource(R.string.printer_try_now), { on(PrinterEvent.TryNow) }, weight = Weight.Quiet)
}

@Composable
private fun Job(job: WaitingJob, remove: () -> Unit) {
    val at = LocalFormat.current.dateAndTime(job.at)
    val text = if (job.attempts == 0) at else stringResource(R.string.printer_failed, at, LocalFormat.current.count(job.attempts.toLong()))
    ListRow(job.title, text = text, icon = R.drawable.receipt, trailing = {
        IconButton(remove) { Icon(painterResource(R.drawable.delete), stringResource(R.string.printer_remove)) }
    })
}

@Composable
private fun SwitchRow(title: String, text: String?, on: Boolean, change: (Boolean) -> Unit) = ListRow(
    title, Modifier.toggleable(on, role = Role.Switch, onValueChange = change), text = text, trailing = { Switch(on, null) },
)

@Composable
private fun <T> Chips(all: List<T>, chosen: T, words: @Composable (T) -> String, choose: (T) -> Unit) =
    FlowRow(horizontalArrangement = Arrangement.spacedBy(Space.small)) {
        all.forEach { one -> FilterChip(one == chosen, { choose(one) }, { Text(words(one)) }, Modifier.heightIn(min = TouchLeast)) }
    }

@Composable
private fun Kind.words() = stringResource(
    when (this) {
        Kind.None -> R.string.printer_none
        Kind.Network -> R.string.printer_network
        Kind.Bluetooth -> R.string.printer_bluetooth
    },
)

@Composable
private fun PaperWidth.words() = stringResource(
    when (this) {
        PaperWidth.MM58 -> R.string.printer_paper_58
        PaperWidth.MM80 -> R.string.printer_paper_80
    },
)
