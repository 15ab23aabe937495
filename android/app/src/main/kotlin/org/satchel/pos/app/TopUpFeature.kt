package org.satchel.pos.app

import androidx.compose.runtime.getValue
import androidx.compose.ui.platform.LocalContext
import androidx.lifecycle.compose.collectAsStateWithLifecycle
import org.satchel.pos.cardwork.WorkEvent
import org.satchel.pos.topup.TopUpEvent
import org.satchel.pos.topup.TopUpPresenter
import org.satchel.pos.topup.TopUpScreen

val topUpFeature = Feature(Destination.TopUp) { visit ->
    val workplace = visit.workplace
    val presenter = held { scope, saved -> TopUpPresenter(workplace.till, workplace.cards, visit.graph.feedback, saved, scope) }
    val state by presenter.state.collectAsStateWithLifecycle()
    val context = LocalContext.current
    AtCard(state.work, presenter) { presenter.on(TopUpEvent.Of(it)) }
    val leave = once(visit::goBack)
    val on = { event: TopUpEvent -> if (event == TopUpEvent.Of(WorkEvent.Leave)) leave() else presenter.on(event) }
    TopUpScreen(state, on, leave, onOpenNfcSettings = { openNfcSettings(context) }, paperActions(visit.graph))
}
