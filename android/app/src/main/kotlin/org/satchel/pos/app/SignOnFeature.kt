package org.satchel.pos.app

import androidx.compose.runtime.Composable
import androidx.compose.runtime.DisposableEffect
import androidx.compose.runtime.LaunchedEffect
import androidx.compose.runtime.getValue
import androidx.compose.ui.platform.LocalContext
import androidx.lifecycle.Lifecycle
import androidx.lifecycle.compose.LifecycleEventEffect
import androidx.lifecycle.compose.collectAsStateWithLifecycle
import org.satchel.pos.core.OperatorOnDuty
import org.satchel.pos.signon.Purpose
import org.satchel.pos.signon.SignOnEvent
import org.satchel.pos.signon.SignOnPresenter
import org.satchel.pos.signon.SignOnScreen
import org.satchel.pos.signon.Step

/** Stands before everything as long as nobody is signed on. */
@Composable
fun SignOnGate(graph: AppGraph, workplace: Workplace, purpose: Purpose) =
    SignOn(graph, workplace, purpose, onDone = {}, onCancel = null)

val handOverFeature = Feature(Destination.HandOver) { visit ->
    SignOn(visit.graph, visit.workplace, Purpose.HandOver, onDone = visit::goBack, onCancel = visit::goBack)
}

@Composable
private fun SignOn(graph: AppGraph, workplace: Workplace, purpose: Purpose, onDone: () -> Unit, onCancel: (() -> Unit)?) {
    val presenter = held("sign-on ${workplace.serial} $purpose") { scope, _ ->
        SignOnPresenter<OperatorOnDuty>(purpose, workplace.cards, graph.feedback, scope, workplace.till::signOn)
    }
    val state by presenter.state.collectAsStateWithLifecycle()
    val context = LocalContext.current
    Secret()
    KeepAwake(state.step == Step.Card)
    LifecycleEventEffect(Lifecycle.Event.ON_STOP) { presenter.on(SignOnEvent.StartOver) }
    DisposableEffect(presenter) { onDispose { presenter.on(SignOnEvent.StartOver) } }
    LaunchedEffect(state.step) { if (state.step == Step.Done) onDone() }
    SignOnScreen(state, presenter::on, onOpenNfcSettings = { openNfcSettings(context) }, onCancel)
}
