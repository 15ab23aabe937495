package org.satchel.pos.app

import androidx.compose.runtime.getValue
import androidx.compose.ui.platform.LocalContext
import androidx.lifecycle.compose.collectAsStateWithLifecycle
import org.satchel.pos.members.MembersEvent
import org.satchel.pos.members.MembersPresenter
import org.satchel.pos.members.MembersScreen

val membersFeature = Feature(Destination.Members) { visit ->
    val workplace = visit.workplace
    val presenter = held { scope, saved -> MembersPresenter(workplace.till, workplace.cards, visit.graph.feedback, saved, scope) }
    val state by presenter.state.collectAsStateWithLifecycle()
    val context = LocalContext.current
    AtCard(state.work, presenter) { presenter.on(MembersEvent.Of(it)) }
    MembersScreen(state, presenter::on, visit::goBack, onOpenNfcSettings = { openNfcSettings(context) }, paperActions(visit.graph))
}
