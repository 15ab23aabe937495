package org.satchel.pos.app

import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.WindowInsets
import androidx.compose.foundation.layout.consumeWindowInsets
import androidx.compose.foundation.layout.statusBars
import androidx.compose.foundation.layout.windowInsetsPadding
import androidx.compose.runtime.Composable
import androidx.compose.runtime.LaunchedEffect
import androidx.compose.runtime.getValue
import androidx.compose.runtime.key
import androidx.compose.runtime.mutableStateOf
import androidx.compose.runtime.remember
import androidx.compose.runtime.rememberCoroutineScope
import androidx.compose.runtime.saveable.rememberSaveable
import androidx.compose.runtime.setValue
import androidx.compose.ui.Modifier
import androidx.compose.ui.input.pointer.PointerEventPass
import androidx.compose.ui.input.pointer.pointerInput
import androidx.lifecycle.compose.collectAsStateWithLifecycle
import kotlinx.coroutines.delay
import kotlinx.coroutines.launch
import org.satchel.pos.core.Answer
import org.satchel.pos.core.Till
import org.satchel.pos.design.SatchelTheme
import org.satchel.pos.design.TrainingRibbon
import org.satchel.pos.design.Written
import org.satchel.pos.nfc.PracticeReader
import org.satchel.pos.nfc.PracticeSheet
import org.satchel.pos.signon.Purpose

/** The whole app in one window. */
@Composable
fun App(graph: AppGraph) {
    SatchelTheme {
        val desk by graph.desk.state.collectAsStateWithLifecycle()
        val scope = rememberCoroutineScope()
        LaunchedEffect(graph) { graph.desk.open() }
        when (val now = desk) {
            DeskState.Opening -> OpeningScreen()
            DeskState.NotSetUp -> BeforeSetUp(graph)
            is DeskState.Shut -> ShutScreen(now.trouble, onTryAgain = { scope.launch { graph.desk.open() } })
            is DeskState.Open -> key(now.workplace) { AtWork(graph, now.workplace) }
        }
        SetUpRefused(graph.desk)
    }
}

/** The first start: to set up, or to practise. */
@Composable
private fun BeforeSetUp(graph: AppGraph) {
    val scope = rememberCoroutineScope()
    var settingUp by rememberSaveable { mutableStateOf(false) }
    val setUp = SET_UP
    if (settingUp && setUp != null) {
        setUp(graph) { settingUp = false }
    } else {
        WelcomeScreen(
            onPractise = { scope.launch { graph.desk.train(true) } },
            onSetUp = setUp?.let { { settingUp = true } },
        )
    }
}

/** A till is open. */
@Composable
private fun AtWork(graph: AppGraph, workplace: Workplace) {
    val status by workplace.till.status.collectAsStateWithLifecycle()
    Written(status.currency) {
        InTraining(workplace.practice) {
            val signedOn = status.operator != null
            Watched(workplace.till, signedOn) { locked -> SignedOnOnly(graph, workplace, signedOn, locked) }
        }
    }
}

/** Whoever signs on again finds the screens as they were left. */
@Composable
private fun SignedOnOnly(graph: AppGraph, workplace: Workplace, signedOn: Boolean, locked: Boolean) {
    val navigation = rememberNavigation()
    if (signedOn) {
        Screens(graph, workplace, navigation)
    } else {
        WithTrainingHint(graph, workplace) { SignOnGate(graph, workplace, Purpose.SignOn(locked)) }
    }
}

/** Under the training mode's ribbon, with its cards at hand; as it is, in earnest. */
@Composable
private fun InTraining(practice: PracticeReader?, content: @Composable () -> Unit) {
    if (practice == null) return content()
    val waiting by practice.waiting.collectAsStateWithLifecycle()
    var answered by remember { mutableStateOf<Long?>(null) }
    Column {
        TrainingRibbon(Modifier.windowInsetsPadding(WindowInsets.statusBars), if (waiting == null) null else ({ answered = null }))
        Column(Modifier.weight(1f).consumeWindowInsets(WindowInsets.statusBars)) { content() }
    }
    if (waiting != null && waiting != answered) {
        key(waiting) {
            PracticeSheet(practice.cards, onHold = { card, until ->
                answered = waiting
                practice.hold(card, until)
            }, onDismiss = { answered = waiting })
        }
    }
}

/** Signs off when nobody has touched the screen for a while; [content] is told whether it did. */
@Composable
private fun Watched(till: Till, signedOn: Boolean, content: @Composable (locked: Boolean) -> Unit) {
    val scope = rememberCoroutineScope()
    var locked by rememberSaveable { mutableStateOf(false) }
    LaunchedEffect(signedOn) { if (signedOn) locked = false }
    LaunchedEffect(till) {
        while (true) {
            delay(IDLE_ASKED_MS)
            if (till.signOffIfIdle() == Answer.Yes(true)) locked = true
        }
    }
    Column(Modifier.pointerInput(till) {
        var told: Long? = null
        awaitPointerEventScope {
            while (true) {
                val at = awaitPointerEvent(PointerEventPass.Initial).changes.first().uptimeMillis
                if (told?.let { at - it >= TOUCH_TOLD_MS } ?: true) {
                    told = at
                    scope.launch { till.touch() }
                }
            }
        }
    }) { content(locked) }
}

/** How often the till is asked whether it is idle, and how often at most it is told that it is not. */
private const val IDLE_ASKED_MS = 5_000L
private const val TOUCH_TOLD_MS = 2_000L
