package org.satchel.pos.app

import androidx.compose.foundation.layout.Box
import androidx.compose.foundation.layout.Column
import androidx.compose.runtime.Composable
import androidx.compose.runtime.getValue
import androidx.compose.runtime.mutableStateOf
import androidx.compose.runtime.saveable.rememberSaveable
import androidx.compose.runtime.setValue
import androidx.compose.ui.Modifier
import androidx.lifecycle.compose.collectAsStateWithLifecycle
import org.satchel.pos.core.Answer
import org.satchel.pos.training.Training
import org.satchel.pos.training.TrainingHelpSheet
import org.satchel.pos.training.TrainingHint
import org.satchel.pos.training.TrainingPresenter
import org.satchel.pos.training.TrainingScreen

val trainingFeature = Feature(Destination.Training) { visit ->
    val presenter = trainingPresenter(visit.graph, visit.workplace)
    val state by presenter.state.collectAsStateWithLifecycle()
    TrainingScreen(state, presenter::on, visit::goBack)
}

/** [signOn], below a hint of how to get on where it is that of the training mode. */
@Composable
fun WithTrainingHint(graph: AppGraph, workplace: Workplace, signOn: @Composable () -> Unit) {
    val practice = workplace.practice ?: return signOn()
    val presenter = trainingPresenter(graph, workplace)
    val state by presenter.state.collectAsStateWithLifecycle()
    var helping by rememberSaveable { mutableStateOf(false) }
    Column {
        TrainingHint(practice.cards, onHelp = { helping = true })
        Box(Modifier.weight(1f)) { signOn() }
    }
    if (helping) TrainingHelpSheet(state, presenter::on, onDismiss = { helping = false })
}

@Composable
private fun trainingPresenter(graph: AppGraph, workplace: Workplace) = held("training ${workplace.serial}") { scope, _ ->
    TrainingPresenter(workplace.practice?.cards, TrainingAt(graph.desk), scope)
}

private class TrainingAt(private val desk: Desk) : Training {
    override suspend fun begin() = desk.train(true)

    override suspend fun end() = desk.train(false)

    override suspend fun beginAnew(): Answer<Unit> = desk.trainAnew()
}
