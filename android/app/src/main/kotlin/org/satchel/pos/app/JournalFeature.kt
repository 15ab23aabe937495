package org.satchel.pos.app

import androidx.compose.runtime.getValue
import androidx.lifecycle.compose.collectAsStateWithLifecycle
import org.satchel.pos.journal.JournalPresenter
import org.satchel.pos.journal.JournalScreen
import java.time.ZoneId

val journalFeature = Feature(Destination.Journal) { visit ->
    val presenter = held { scope, saved ->
        JournalPresenter(visit.workplace.till, visit.graph.clock, ZoneId.systemDefault(), saved, scope)
    }
    val state by presenter.state.collectAsStateWithLifecycle()
    JournalScreen(state, presenter::on, visit::goBack, paperActions(visit.graph))
}
