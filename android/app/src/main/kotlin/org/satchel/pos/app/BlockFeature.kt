package org.satchel.pos.app

import androidx.compose.runtime.getValue
import androidx.compose.ui.platform.LocalContext
import androidx.lifecycle.compose.collectAsStateWithLifecycle
import org.satchel.pos.cardwork.WorkEvent
import org.satchel.pos.block.BlockEvent
import org.satchel.pos.block.BlockPresenter
import org.satchel.pos.block.BlockScreen

val blockFeature = Feature(Destination.Block) { visit ->
    val workplace = visit.workplace
    val presenter = held { scope, saved -> BlockPresenter(workplace.till, workplace.cards, visit.graph.feedback, saved, scope) }
    val state by presenter.state.collectAsStateWithLifecycle()
    val context = LocalContext.current
    AtCard(state.work, presenter) { presenter.on(BlockEvent.Of(it)) }
    val leave = once(visit::goBack)
    val on = { event: BlockEvent -> if (event == BlockEvent.Of(WorkEvent.Leave)) leave() else presenter.on(event) }
    BlockScreen(state, on, leave, onOpenNfcSettings = { openNfcSettings(context) }, paperActions(visit.graph))
}
