package org.satchel.pos.app

import androidx.compose.runtime.getValue
import androidx.compose.ui.platform.LocalContext
import androidx.lifecycle.Lifecycle
import androidx.lifecycle.compose.LifecycleEventEffect
import androidx.lifecycle.compose.collectAsStateWithLifecycle
import org.satchel.pos.shift.ShiftEvent
import org.satchel.pos.shift.ShiftPresenter
import org.satchel.pos.shift.ShiftScreen
import org.satchel.pos.signon.Step

val shiftFeature = Feature(Destination.Shift) { visit ->
    val workplace = visit.workplace
    val presenter = held { scope, _ -> ShiftPresenter(workplace.till, workplace.cards, visit.graph.feedback, scope) }
    val state by presenter.state.collectAsStateWithLifecycle()
    val context = LocalContext.current
    if (state.approval != null) Secret()
    KeepAwake(state.approval?.step == Step.Card)
    LifecycleEventEffect(Lifecycle.Event.ON_STOP) { presenter.on(ShiftEvent.GiveUpApproval) }
    ShiftScreen(state, presenter::on, onOpenNfcSettings = { openNfcSettings(context) }, paperActions(visit.graph))
}
