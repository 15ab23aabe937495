package org.satchel.pos.catalogue

import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.flow.update
import kotlinx.coroutines.launch
import org.satchel.pos.core.Counter
import org.satchel.pos.core.CounterTrouble
import org.satchel.pos.core.Reply
import org.satchel.pos.presenter.Presenter

/** Where tables are taken from. */
interface Tables {
    /** A copy of the table at [at] that the core can read; null if it cannot be had, or is far too large. */
    suspend fun fetch(at: String): String?

    /** The copy is not needed any more. */
    suspend fun forget(copy: String)
}

data class CatalogueState(
    /** How many there are; null as long as that is not known. */
    val items: Long? = null,
    val categories: Int = 0,
    val step: CatalogueStep = CatalogueStep.Idle,
)

sealed interface CatalogueStep {
    data object Idle : CatalogueStep

    /** [read] of [all] bytes; of none as long as the table is being fetched. */
    data class TakingIn(val read: Long = 0, val all: Long = 0) : CatalogueStep

    /** So many are in force now. */
    data class Done(val items: Long) : CatalogueStep

    /** What was there before still is. */
    data class Wrong(val why: CounterTrouble) : CatalogueStep
    data object Unreadable : CatalogueStep
}

sealed interface CatalogueEvent {
    /** A table was chosen. @param at as of [Tables.fetch] */
    data class Opened(val at: String) : CatalogueEvent
}

/** Replaces what a till sells by a table that somebody chose: all of it, or nothing. */
class CataloguePresenter(
    private val counter: Counter,
    private val tables: Tables,
    private val scope: CoroutineScope,
) : Presenter<CatalogueState, CatalogueEvent> {
    private val shown = MutableStateFlow(CatalogueState())
    override val state: StateFlow<CatalogueState> = shown

    init {
        scope.launch { count() }
    }

    override fun on(event: CatalogueEvent) = when (event) {
        is CatalogueEvent.Opened -> takeIn(event.at)
    }

    private fun takeIn(at: String) {
        if (shown.value.step is CatalogueStep.TakingIn) return
        enter(CatalogueStep.TakingIn())
        scope.launch {
            val copy = tables.fetch(at)
            if (copy == null) enter(CatalogueStep.Unreadable) else takeInCopy(copy)
        }
    }

    private suspend fun takeInCopy(copy: String) {
        val reply = counter.importCatalogue(copy) { read, all -> enter(CatalogueStep.TakingIn(read, all)) }
        tables.forget(copy)
        when (reply) {
            is Reply.Yes -> enter(CatalogueStep.Done(reply.value))
            is Reply.No -> enter(CatalogueStep.Wrong(reply.trouble))
        }
        count()
    }

    private fun enter(step: CatalogueStep) = shown.update { it.copy(step = step) }

    private suspend fun count() = when (val reply = counter.categories()) {
        is Reply.Yes -> shown.update { it.copy(items = reply.value.sumOf { of -> of.items }, categories = reply.value.size) }
        is Reply.No -> enter(CatalogueStep.Wrong(reply.trouble))
    }
}
