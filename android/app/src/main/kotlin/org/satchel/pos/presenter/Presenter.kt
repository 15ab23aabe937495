package org.satchel.pos.presenter

import kotlinx.coroutines.flow.StateFlow

/**
 * The logic of one screen, without Android: it holds the state that the screen shows, and changes it by the events that
 * the screen reports. State goes down, events go up.
 *
 * A presenter gets what it needs by its constructor: services of `core`, the [kotlinx.coroutines.CoroutineScope] its work
 * lives in, and [Saved] for what must outlive the process.
 */
interface Presenter<State : Any, Event : Any> {
    val state: StateFlow<State>

    fun on(event: Event)
}
