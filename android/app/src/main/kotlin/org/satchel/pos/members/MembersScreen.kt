package org.satchel.pos.members

import androidx.activity.compose.BackHandler
import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.PaddingValues
import androidx.compose.foundation.layout.Row
import androidx.compose.foundation.layout.fillMaxSize
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.heightIn
import androidx.compose.foundation.layout.padding
import androidx.compose.foundation.lazy.LazyColumn
import androidx.compose.foundation.lazy.items
import androidx.compose.foundation.rememberScrollState
import androidx.compose.foundation.selection.toggleable
import androidx.compose.foundation.verticalScroll
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.Switch
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.runtime.getValue
import androidx.compose.runtime.mutableStateOf
import androidx.compose.runtime.remember
import androidx.compose.runtime.setValue
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import androidx.compose.ui.res.stringResource
import androidx.compose.ui.semantics.Role
import androidx.compose.ui.unit.dp
import org.satchel.pos.R
import org.satchel.pos.cardwork.Papers
import org.satchel.pos.cardwork.WorkScreen
import org.satchel.pos.cardwork.WorkStep
import org.satchel.pos.cardwork.WorkWords
import org.satchel.pos.core.Consent
import org.satchel.pos.core.Member
import org.satchel.pos.core.leftToRight
import org.satchel.pos.design.BigButton
import org.satchel.pos.design.CardSpot
import org.satchel.pos.design.ConfirmSheet
import org.satchel.pos.design.EmptyState
import org.satchel.pos.design.ListRow
import org.satchel.pos.design.LocalFormat
import org.satchel.pos.design.NumberField
import org.satchel.pos.design.Pair
import org.satchel.pos.design.Readable
import org.satchel.pos.design.SearchField
import org.satchel.pos.design.Space
import org.satchel.pos.design.Spot
import org.satchel.pos.design.TextLine
import org.satchel.pos.design.TroubleBanner
import org.satchel.pos.design.Weight
import org.satchel.pos.receipts.PaperActions

@Composable
fun MembersScreen(
    state: MembersState,
    on: (MembersEvent) -> Unit,
    onBack: () -> Unit,
    onOpenNfcSettings: () -> Unit,
    actions: PaperActions,
) {
    val words = WorkWords(
        title = stringResource(R.string.place_members),
        hold = stringResource(R.string.members_hold),
        amount = null,
        done = { stringResource(R.string.receipts_activate) },
    )
    val page = state.page
    val back = if (page == MembersPage.List) onBack else ({ on(MembersEvent.Back) })
    BackHandler(page != MembersPage.List && state.work.step == WorkStep.NotBegun) { back() }
    WorkScreen(state.work, words, { on(MembersEvent.Of(it)) }, back, onOpenNfcSettings, Papers(state.texts, actions)) { inside ->
        when (page) {
            MembersPage.List -> People(state, on, inside)
            is MembersPage.Of -> Page(inside) { Person(page.member, on) }
            is MembersPage.Registering -> Page(inside) { Form(page, state, on) }
            is MembersPage.Reporting -> Page(inside) { Lost(page, state, on) }
            is MembersPage.Reported -> Page(inside) { Reported(page, on) }
        }
    }
}

@Composable
private fun People(state: MembersState, on: (MembersEvent) -> Unit, inside: PaddingValues) = Readable(Modifier.padding(inside)) {
    Column(Modifier.fillMaxSize().padding(horizontal = Space.medium), Arrangement.spacedBy(Space.small)) {
        SearchField(state.text, { on(MembersEvent.Search(it)) }, stringResource(R.string.members_search))
        state.trouble?.let { TroubleBanner(it) }
        LazyColumn(Modifier.weight(1f)) {
            if (state.found.isEmpty() && !state.looking) item { Nobody(state.text) }
            items(state.found, key = { it.number }) { member ->
                ListRow(
                    member.name,
                    text = listOf(leftToRight(member.number), member.contact).filter(String::isNotEmpty).joinToString(" · "),
                    icon = R.drawable.member,
                    onClick = { on(MembersEvent.Open(MembersPage.Of(member))) },
                )
            }
        }
        BigButton(stringResource(R.string.members_register), { on(MembersEvent.Open(MembersPage.Registering())) }, icon = R.drawable.plus)
        BigButton(
            stringResource(R.string.members_lost), { on(MembersEvent.Open(MembersPage.Reporting())) },
            Modifier.padding(bottom = Space.medium), icon = R.drawable.block, weight = Weight.Quiet,
        )
    }
}

@Composable
private fun Nobody(text: String) = EmptyState(
    R.drawable.member,
    stringResource(if (text.isEmpty()) R.string.members_none else R.string.members_not_found),
    text = stringResource(R.string.members_none_text),
)

@Composable
private fun Page(inside: PaddingValues, content: @Composable () -> Unit) = Readable(Modifier.padding(inside)) {
    Column(
        Modifier.verticalScroll(rememberScrollState()).padding(Space.medium),
        Arrangement.spacedBy(Space.medium),
    ) { content() }
}

@Composable
private fun Person(member: Member, on: (MembersEvent) -> Unit) {
    Text(member.name, style = MaterialTheme.typography.headlineMedium)
    Pair(stringResource(R.string.members_number), leftToRight(member.number))
    if (member.contact.isNotEmpty()) Pair(stringResource(R.string.members_contact), member.contact)
    Pair(
        stringResource(R.string.members_agrees),
        stringResource(if (member.consent == Consent.GIVEN) R.string.members_yes else R.string.members_no),
    )
    Pair(stringResource(R.string.members_since), LocalFormat.current.dateAndTime(member.at))
    BigButton(
        stringResource(R.string.members_lost), { on(MembersEvent.Number(member.number)) },
        icon = R.drawable.block, weight = Weight.Grave,
    )
}

@Composable
private fun Form(form: MembersPage.Registering, state: MembersState, on: (MembersEvent) -> Unit) {
    Text(stringResource(R.string.members_register_text), style = MaterialTheme.typography.bodyLarge)
    state.trouble?.let { TroubleBanner(it) }
    TextLine(form.name, { on(MembersEvent.Fill(form.copy(name = it))) }, stringResource(R.string.members_name))
    TextLine(form.contact, { on(MembersEvent.Fill(form.copy(contact = it))) }, stringResource(R.string.members_contact))
    Row(
        Modifier
            .fillMaxWidth()
            .heightIn(min = 56.dp)
            .toggleable(form.agrees, role = Role.Switch) { on(MembersEvent.Fill(form.copy(agrees = it))) },
        Arrangement.spacedBy(Space.medium),
        Alignment.CenterVertically,
    ) {
        Text(stringResource(R.string.members_agrees), Modifier.weight(1f), style = MaterialTheme.typography.titleMedium)
        Switch(form.agrees, onCheckedChange = null)
    }
    BigButton(
        stringResource(if (form.isComplete) R.string.members_go_on else R.string.members_go_on_name),
        { on(MembersEvent.Register) }, icon = R.drawable.contactless, enabled = form.isComplete,
    )
}

@Composable
private fun Lost(page: MembersPage.Reporting, state: MembersState, on: (MembersEvent) -> Unit) {
    var asked by remember { mutableStateOf(false) }
    Text(stringResource(R.string.members_lost_text), style = MaterialTheme.typography.bodyLarge)
    state.trouble?.let { TroubleBanner(it) }
    NumberField(page.number.filter(Char::isDigit), { on(MembersEvent.Number(it)) }, stringResource(R.string.members_number))
    BigButton(stringResource(R.string.members_lost_report), { asked = true }, enabled = page.number.any(Char::isDigit), weight = Weight.Grave)
    if (asked) {
        ConfirmSheet(
            stringResource(R.string.members_lost_sure), stringResource(R.string.members_lost_sure_text),
            stringResource(R.string.members_lost_report),
            onConfirm = {
                asked = false
                on(MembersEvent.Report)
            },
            onDismiss = { asked = false },
            weight = Weight.Grave,
        )
    }
}

@Composable
private fun Reported(page: MembersPage.Reported, on: (MembersEvent) -> Unit) {
    CardSpot(Spot.Done(stringResource(R.string.members_reported)), detail = stringResource(R.string.members_reported_text, leftToRight(page.number)))
    BigButton(stringResource(R.string.close), { on(MembersEvent.Back) })
}
