package org.satchel.pos.sell

import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.StateFlow
import org.satchel.pos.presenter.Saved

/** The basket of the customer who stands there: filled by one screen, paid on the next, and kept over the process's death. */
class Ticket(private val saved: Saved) {
    private val open = MutableStateFlow(saved[BASKET]?.let(::basketOf) ?: Basket())
    val basket: StateFlow<Basket> = open

    fun change(how: (Basket) -> Basket) {
        open.value = how(open.value)
        saved[BASKET] = open.value.written()
    }

    /** The next customer's. */
    fun clear() = change { Basket() }
}

private const val BASKET = "basket"
