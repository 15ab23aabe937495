package org.satchel.pos.app

import androidx.compose.runtime.Composable
import androidx.compose.runtime.getValue
import androidx.compose.runtime.mutableStateOf
import androidx.compose.runtime.remember
import androidx.compose.runtime.setValue
import androidx.lifecycle.compose.LifecycleStartEffect
import org.satchel.pos.cardwork.Work
import org.satchel.pos.cardwork.WorkEvent

/** What every screen does at which a card is worked on: the PIN is nobody else's, the light stays on, and nobody is waited for unseen. */
@Composable
fun AtCard(work: Work, presenter: Any, on: (WorkEvent) -> Unit) {
    if (work.approval != null) Secret()
    KeepAwake(work.awaitsCard)
    LifecycleStartEffect(presenter) {
        on(WorkEvent.Appear)
        onStopOrDispose { on(WorkEvent.Disappear) }
    }
}

/** A screen is left once, however often the button is pressed while it goes. */
@Composable
fun once(leave: () -> Unit): () -> Unit {
    var left by remember { mutableStateOf(false) }
    return {
        if (!left) {
            left = true
            leave()
        }
    }
}
