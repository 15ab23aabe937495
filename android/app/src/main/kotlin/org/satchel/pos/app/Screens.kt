package org.satchel.pos.app

import androidx.compose.foundation.layout.Box
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.Row
import androidx.compose.material3.Icon
import androidx.compose.material3.NavigationBar
import androidx.compose.material3.NavigationBarItem
import androidx.compose.material3.NavigationRail
import androidx.compose.material3.NavigationRailItem
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.runtime.CompositionLocalProvider
import androidx.compose.runtime.getValue
import androidx.compose.runtime.remember
import androidx.compose.ui.Modifier
import androidx.compose.ui.platform.LocalDensity
import androidx.compose.ui.res.painterResource
import androidx.compose.ui.res.stringResource
import androidx.compose.ui.unit.Density
import androidx.navigation.NavGraph.Companion.findStartDestination
import androidx.navigation.NavHostController
import androidx.navigation.NavType
import androidx.navigation.compose.NavHost
import androidx.navigation.compose.composable
import androidx.navigation.compose.currentBackStackEntryAsState
import androidx.navigation.compose.rememberNavController
import androidx.navigation.navArgument
import org.satchel.pos.design.WithWidth

/** The way through the screens; it outlives their being hidden by a lock. */
@Composable
fun rememberNavigation(): NavHostController = rememberNavController()

/** All screens of somebody who is signed on, with the ways to them: at the bottom of a phone, at the side of a POS. */
@Composable
fun Screens(graph: AppGraph, workplace: Workplace, navigation: NavHostController) {
    val places = remember { FEATURES + menus() }
    val roots = Destination.Roots.filter { root -> places.any { it.destination == root } }
    val entry by navigation.currentBackStackEntryAsState()
    val here = Destination.entries.firstOrNull { it.route == entry?.destination?.route } ?: roots.first()
    val go = { root: Destination -> navigation.toRoot(root) }
    WithWidth { wide ->
        if (wide) {
            Row {
                Rail(roots, here, go)
                Box(Modifier.weight(1f)) { Host(places, roots.first(), graph, workplace, navigation) }
            }
        } else {
            Column {
                Box(Modifier.weight(1f)) { Host(places, roots.first(), graph, workplace, navigation) }
                if (here in roots) Bar(roots, here, go)
            }
        }
    }
}

@Composable
private fun Host(
    places: List<Feature>,
    start: Destination,
    graph: AppGraph,
    workplace: Workplace,
    navigation: NavHostController,
) {
    val goes = remember(navigation) { GoesBy(navigation) }
    NavHost(navigation, startDestination = start.route) {
        places.forEach { place ->
            composable(place.destination.route, listOf(navArgument(Destination.ARGUMENT) {
                type = NavType.StringType
                nullable = true
            })) { entry ->
                place.content(Visit(graph, workplace, entry.arguments?.getString(Destination.ARGUMENT), goes))
            }
        }
    }
}

@Composable
private fun Bar(roots: List<Destination>, here: Destination, go: (Destination) -> Unit) = NavigationBar {
    roots.forEach { root ->
        NavigationBarItem(
            selected = root == here,
            onClick = { go(root) },
            icon = { Icon(painterResource(root.icon), contentDescription = null) },
            label = { WayLabel(root) },
        )
    }
}

@Composable
private fun Rail(roots: List<Destination>, here: Destination, go: (Destination) -> Unit) = NavigationRail {
    roots.forEach { root ->
        NavigationRailItem(
            selected = root == here,
            onClick = { go(root) },
            icon = { Icon(painterResource(root.icon), contentDescription = null) },
            label = { WayLabel(root) },
        )
    }
}

/** Large text grows less here than elsewhere: four names must stand beside one another. */
@Composable
private fun WayLabel(root: Destination) {
    val density = LocalDensity.current
    CompositionLocalProvider(LocalDensity provides Density(density.density, density.fontScale.coerceAtMost(LARGEST_LABEL))) {
        Text(stringResource(root.title), maxLines = 1)
    }
}

private const val LARGEST_LABEL = 1.5f

private class GoesBy(private val navigation: NavHostController) : Goes {
    /** A root is gone over to, not laid on top: else the way back to this one would lead to that. */
    override fun to(destination: Destination, argument: String?) =
        if (destination in Destination.Roots) navigation.toRoot(destination) else navigation.navigate(destination.with(argument))

    override fun instead(destination: Destination, argument: String?) {
        navigation.popBackStack()
        navigation.navigate(destination.with(argument))
    }

    override fun back() {
        navigation.popBackStack()
    }
}

/** Each root keeps where one was in it. */
private fun NavHostController.toRoot(root: Destination) = navigate(root.name) {
    popUpTo(graph.findStartDestination().id) { saveState = true }
    launchSingleTop = true
    restoreState = true
}
