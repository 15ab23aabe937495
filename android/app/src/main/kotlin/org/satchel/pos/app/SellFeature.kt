package org.satchel.pos.app

import androidx.activity.ComponentActivity
import androidx.activity.compose.LocalActivity
import androidx.compose.runtime.Composable
import androidx.compose.runtime.CompositionLocalProvider
import androidx.compose.runtime.LaunchedEffect
import androidx.compose.runtime.getValue
import androidx.compose.runtime.mutableStateOf
import androidx.compose.runtime.saveable.rememberSaveable
import androidx.compose.runtime.setValue
import androidx.compose.ui.platform.LocalContext
import androidx.compose.ui.res.stringResource
import androidx.lifecycle.compose.LifecycleStartEffect
import androidx.lifecycle.compose.collectAsStateWithLifecycle
import androidx.lifecycle.viewmodel.compose.LocalViewModelStoreOwner
import org.satchel.pos.R
import org.satchel.pos.scan.Codes
import org.satchel.pos.sell.PayEvent
import org.satchel.pos.sell.PayPresenter
import org.satchel.pos.sell.PayScreen
import org.satchel.pos.sell.PayStep
import org.satchel.pos.sell.ScannedSoFar
import org.satchel.pos.sell.SellEvent
import org.satchel.pos.sell.SellPresenter
import org.satchel.pos.sell.SellScreen
import org.satchel.pos.sell.Ticket
import org.satchel.pos.signon.Step

val sellFeature = Feature(Destination.Sell) { visit -> WithTicket(visit.workplace) { ticket -> Sell(visit, ticket) } }

val payFeature = Feature(Destination.Pay) { visit -> WithTicket(visit.workplace) { ticket -> Pay(visit, ticket) } }

@Composable
private fun Sell(visit: Visit, ticket: Ticket) {
    val graph = visit.graph
    val workplace = visit.workplace
    val counter = graph.counters.at(workplace)
    val presenter = held { scope, saved ->
        SellPresenter(workplace.till, counter, workplace.cards, graph.feedback, graph.clock, ticket, saved, scope)
    }
    val state by presenter.state.collectAsStateWithLifecycle()
    val context = LocalContext.current
    KeepAwake(state.torn != null)
    LifecycleStartEffect(presenter) {
        presenter.on(SellEvent.Appear)
        onStopOrDispose { presenter.on(SellEvent.Disappear) }
    }
    val on = { event: SellEvent ->
        when (event) {
            SellEvent.Charge -> visit.goTo(Destination.Pay)
            SellEvent.OpenShift -> visit.goTo(Destination.Shift)
            else -> presenter.on(event)
        }
    }
    var scanning by rememberSaveable { mutableStateOf(false) }
    LaunchedEffect(state.sheet) { if (state.sheet != null) scanning = false }
    if (scanning) {
        val found = @Composable { ScannedSoFar(state, on) }
        Scanner(Codes.Goods, stringResource(R.string.scan_goods), { on(SellEvent.Scanned(it)) }, onClose = { scanning = false }, found)
    } else {
        SellScreen(state, on, onOpenNfcSettings = { openNfcSettings(context) }, onScan = if (hasCamera(context)) ({ scanning = true }) else null)
    }
}

@Composable
private fun Pay(visit: Visit, ticket: Ticket) {
    val graph = visit.graph
    val workplace = visit.workplace
    val plain = stringResource(R.string.sell_plain)
    val presenter = held { scope, saved ->
        PayPresenter(workplace.till, workplace.cards, graph.feedback, ticket, plain, saved, scope)
    }
    val state by presenter.state.collectAsStateWithLifecycle()
    val context = LocalContext.current
    if (state.approval != null) Secret()
    KeepAwake(state.step is PayStep.Waiting || state.step is PayStep.Undecided || state.approval?.step == Step.Card)
    LifecycleStartEffect(presenter) {
        presenter.on(PayEvent.Appear)
        onStopOrDispose { presenter.on(PayEvent.Disappear) }
    }
    val leave = once(visit::goBack)
    val on = { event: PayEvent -> if (event == PayEvent.NextCustomer) leave() else presenter.on(event) }
    PayScreen(state, on, leave, onOpenNfcSettings = { openNfcSettings(context) }, paperActions(graph))
}

/** The ticket is the same on both screens, so it belongs to the window; that of the training mode is another. */
@Composable
private fun WithTicket(workplace: Workplace, content: @Composable (Ticket) -> Unit) {
    val place = checkNotNull(LocalViewModelStoreOwner.current)
    val window = LocalActivity.current as ComponentActivity
    val key = if (workplace.practice == null) "ticket" else "training ticket"
    CompositionLocalProvider(LocalViewModelStoreOwner provides window) {
        val ticket = held(key) { _, saved -> Ticket(saved) }
        CompositionLocalProvider(LocalViewModelStoreOwner provides place) { content(ticket) }
    }
}
