package org.satchel.pos.app

import androidx.compose.runtime.Composable

/** A screen of the app: where it is, and what is there. Its presenter is [held]. */
class Feature(val destination: Destination, val content: @Composable (Visit) -> Unit)

/** Somebody is at a screen. */
class Visit(
    val graph: AppGraph,
    /** Till and cards to work with. */
    val workplace: Workplace,
    /** What was passed along, as in `Receipt` of `17`. */
    val argument: String?,
    private val goes: Goes,
) {
    fun goTo(destination: Destination, argument: String? = null) = goes.to(destination, argument)

    /** Leaves this screen for another: going back does not lead here again. */
    fun replaceWith(destination: Destination, argument: String? = null) = goes.instead(destination, argument)

    fun goBack() = goes.back()
}

/** The ways from a screen. */
interface Goes {
    fun to(destination: Destination, argument: String?)
    fun instead(destination: Destination, argument: String?)
    fun back()
}

/** Sets the till up, before there is one. Null as long as the app cannot. */
val SET_UP: (@Composable (graph: AppGraph, onBack: () -> Unit) -> Unit)? = { graph, onBack -> SetUp(graph, onBack) }

/** All there is. A feature joins by a file of its own beside this one, and its line here. */
val FEATURES: List<Feature> = listOf(
    sellFeature,
    payFeature,
    topUpFeature,
    balanceFeature,
    undoFeature,
    refundFeature,
    blockFeature,
    membersFeature,
    shiftFeature,
    journalFeature,
    receiptFeature,
    catalogueFeature,
    printerFeature,
    settingsFeature,
    setUpFeature,
    trainingFeature,
    aboutFeature,
    handOverFeature,
)
