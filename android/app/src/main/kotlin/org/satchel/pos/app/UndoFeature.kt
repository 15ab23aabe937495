package org.satchel.pos.app

import androidx.compose.runtime.getValue
import androidx.compose.ui.platform.LocalContext
import androidx.lifecycle.compose.collectAsStateWithLifecycle
import org.satchel.pos.cardwork.WorkEvent
import org.satchel.pos.undo.UndoEvent
import org.satchel.pos.undo.UndoPresenter
import org.satchel.pos.undo.UndoScreen

val undoFeature = Feature(Destination.Undo) { visit ->
    val workplace = visit.workplace
    val presenter = held { scope, saved -> UndoPresenter(workplace.till, workplace.cards, visit.graph.feedback, saved, scope) }
    val state by presenter.state.collectAsStateWithLifecycle()
    val context = LocalContext.current
    AtCard(state.work, presenter) { presenter.on(UndoEvent.Of(it)) }
    val leave = once(visit::goBack)
    val on = { event: UndoEvent -> if (event == UndoEvent.Of(WorkEvent.Leave)) leave() else presenter.on(event) }
    UndoScreen(state, on, leave, onOpenNfcSettings = { openNfcSettings(context) }, paperActions(visit.graph))
}
