package org.satchel.pos.app

import androidx.compose.runtime.getValue
import androidx.compose.ui.platform.LocalContext
import androidx.lifecycle.compose.LifecycleStartEffect
import androidx.lifecycle.compose.collectAsStateWithLifecycle
import org.satchel.pos.balance.BalanceEvent
import org.satchel.pos.balance.BalanceFace
import org.satchel.pos.balance.BalancePresenter
import org.satchel.pos.balance.BalanceScreen

val balanceFeature = Feature(Destination.Balance) { visit ->
    val workplace = visit.workplace
    val presenter = held { scope, _ -> BalancePresenter(workplace.till, workplace.cards, visit.graph.feedback, scope) }
    val state by presenter.state.collectAsStateWithLifecycle()
    val context = LocalContext.current
    KeepAwake(state.face == BalanceFace.Waiting)
    LifecycleStartEffect(presenter) {
        presenter.on(BalanceEvent.Appear)
        onStopOrDispose { presenter.on(BalanceEvent.Disappear) }
    }
    BalanceScreen(state, presenter::on, visit::goBack, onOpenNfcSettings = { openNfcSettings(context) })
}
