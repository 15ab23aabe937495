package org.satchel.pos.app

import androidx.compose.runtime.getValue
import androidx.lifecycle.compose.collectAsStateWithLifecycle
import org.satchel.pos.about.AboutPresenter
import org.satchel.pos.about.AboutScreen

val aboutFeature = Feature(Destination.About) { visit ->
    val presenter = held { _, _ -> AboutPresenter(visit.graph.appVersion, visit.graph.core) }
    val state by presenter.state.collectAsStateWithLifecycle()
    AboutScreen(state)
}
