package org.satchel.pos.app

import androidx.activity.compose.rememberLauncherForActivityResult
import androidx.activity.result.contract.ActivityResultContracts
import androidx.compose.runtime.getValue
import androidx.compose.ui.platform.LocalContext
import androidx.lifecycle.compose.collectAsStateWithLifecycle
import org.satchel.pos.catalogue.CatalogueEvent
import org.satchel.pos.catalogue.CataloguePresenter
import org.satchel.pos.catalogue.CatalogueScreen

val catalogueFeature = Feature(Destination.Catalogue) { visit ->
    val tables = ChosenFiles(LocalContext.current.applicationContext)
    val counter = visit.graph.counters.at(visit.workplace)
    val presenter = held { scope, _ -> CataloguePresenter(counter, tables, scope) }
    val state by presenter.state.collectAsStateWithLifecycle()
    val chooser = rememberLauncherForActivityResult(ActivityResultContracts.OpenDocument()) { chosen ->
        if (chosen != null) presenter.on(CatalogueEvent.Opened(chosen.toString()))
    }
    CatalogueScreen(state, onOpen = { chooser.launch(arrayOf("*/*")) }, visit::goBack)
}
