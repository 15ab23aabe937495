package org.satchel.pos.app

import androidx.compose.runtime.getValue
import androidx.compose.ui.platform.LocalContext
import androidx.lifecycle.compose.collectAsStateWithLifecycle
import org.satchel.pos.cardwork.WorkEvent
import org.satchel.pos.refund.RefundEvent
import org.satchel.pos.refund.RefundPresenter
import org.satchel.pos.refund.RefundScreen

val refundFeature = Feature(Destination.Refund) { visit ->
    val workplace = visit.workplace
    val presenter = held { scope, saved -> RefundPresenter(workplace.till, workplace.cards, visit.graph.feedback, saved, scope) }
    val state by presenter.state.collectAsStateWithLifecycle()
    val context = LocalContext.current
    AtCard(state.work, presenter) { presenter.on(RefundEvent.Of(it)) }
    val leave = once(visit::goBack)
    val on = { event: RefundEvent -> if (event == RefundEvent.Of(WorkEvent.Leave)) leave() else presenter.on(event) }
    RefundScreen(state, on, leave, onOpenNfcSettings = { openNfcSettings(context) }, paperActions(visit.graph))
}
