package org.satchel.pos.app

import androidx.compose.runtime.Composable
import androidx.lifecycle.SavedStateHandle
import androidx.lifecycle.ViewModel
import androidx.lifecycle.createSavedStateHandle
import androidx.lifecycle.viewModelScope
import androidx.lifecycle.viewmodel.compose.viewModel
import kotlinx.coroutines.CoroutineScope
import org.satchel.pos.presenter.Saved

/**
 * The presenter of a place, made on the first visit and kept while the place is on the way back, turned screens
 * included. Its scope ends with it; what it puts into [Saved] comes back after the process died.
 *
 * @param key tells presenters of one place apart, where it has several
 */
@Composable
fun <P : Any> held(key: String? = null, make: (scope: CoroutineScope, saved: Saved) -> P): P {
    val holder = viewModel(key = key) { Holder(createSavedStateHandle(), make) }
    @Suppress("UNCHECKED_CAST") // each place has a store of its own, with one holder a key in it
    return holder.presenter as P
}

private class Holder(handle: SavedStateHandle, make: (CoroutineScope, Saved) -> Any) : ViewModel() {
    val presenter = make(viewModelScope, SavedInHandle(handle))
}

private class SavedInHandle(private val handle: SavedStateHandle) : Saved {
    override fun get(name: String): String? = handle[name]

    override fun set(name: String, value: String?) {
        if (value == null) handle.remove<String>(name) else handle[name] = value
    }
}
