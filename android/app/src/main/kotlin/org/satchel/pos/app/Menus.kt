package org.satchel.pos.app

import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.padding
import androidx.compose.foundation.rememberScrollState
import androidx.compose.foundation.verticalScroll
import androidx.compose.runtime.Composable
import androidx.compose.runtime.getValue
import androidx.compose.runtime.rememberCoroutineScope
import androidx.compose.ui.Modifier
import androidx.compose.ui.res.stringResource
import androidx.lifecycle.compose.collectAsStateWithLifecycle
import kotlinx.coroutines.launch
import org.satchel.pos.R
import org.satchel.pos.core.OperatorOnDuty
import org.satchel.pos.design.ListRow
import org.satchel.pos.design.Readable
import org.satchel.pos.design.ScreenFrame
import org.satchel.pos.design.Space
import org.satchel.pos.design.words

/** The roots that list other screens; each is there if there is anything in it. */
fun menus(): List<Feature> = listOfNotNull(
    menu(Destination.Card, Destination.OfCard.filter(::exists)),
    Feature(Destination.More) { visit -> MoreMenu(visit, Destination.OfMore.filter(::exists)) },
)

private fun exists(destination: Destination) = FEATURES.any { it.destination == destination }

private fun menu(root: Destination, items: List<Destination>): Feature? =
    if (items.isEmpty()) null else Feature(root) { visit -> MenuScreen(root, items) { visit.goTo(it) } }

@Composable
private fun MoreMenu(visit: Visit, items: List<Destination>) {
    val status by visit.workplace.till.status.collectAsStateWithLifecycle()
    val scope = rememberCoroutineScope()
    MoreScreen(
        status.operator,
        items,
        inTraining = visit.workplace.practice != null,
        onGo = { visit.goTo(it) },
        onSignOff = { scope.launch { visit.workplace.till.signOff() } },
        onEndTraining = { scope.launch { visit.graph.desk.train(false) } },
    )
}

@Composable
private fun MenuScreen(root: Destination, items: List<Destination>, onGo: (Destination) -> Unit) {
    ScreenFrame(stringResource(root.title)) { inside ->
        Readable(Modifier.padding(inside)) {
            Column(Modifier.verticalScroll(rememberScrollState()).padding(horizontal = Space.small)) {
                items.forEach { Row(it, onGo) }
            }
        }
    }
}

/** What is not needed every minute; and who is signed on. */
@Composable
fun MoreScreen(
    operator: OperatorOnDuty?,
    items: List<Destination>,
    inTraining: Boolean,
    onGo: (Destination) -> Unit,
    onSignOff: () -> Unit,
    onEndTraining: () -> Unit,
) {
    ScreenFrame(stringResource(R.string.home_more)) { inside ->
        Readable(Modifier.padding(inside)) {
            Column(Modifier.verticalScroll(rememberScrollState()).padding(horizontal = Space.small)) {
                if (operator != null) {
                    ListRow(operator.person.name ?: operator.person.number.toString(), text = operator.level.words(), icon = R.drawable.member)
                }
                items.forEach { Row(it, onGo) }
                if (inTraining) {
                    ListRow(stringResource(R.string.training_end), icon = R.drawable.training, onClick = onEndTraining)
                }
                ListRow(stringResource(R.string.place_sign_off), icon = R.drawable.sign_out, onClick = onSignOff)
            }
        }
    }
}

@Composable
private fun Row(destination: Destination, onGo: (Destination) -> Unit) =
    ListRow(stringResource(destination.title), icon = destination.icon, onClick = { onGo(destination) })
