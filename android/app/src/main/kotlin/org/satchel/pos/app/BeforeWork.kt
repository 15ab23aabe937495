package org.satchel.pos.app

import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Box
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.fillMaxSize
import androidx.compose.foundation.layout.padding
import androidx.compose.foundation.layout.safeDrawingPadding
import androidx.compose.foundation.layout.widthIn
import androidx.compose.foundation.rememberScrollState
import androidx.compose.foundation.verticalScroll
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.Surface
import androidx.compose.runtime.Composable
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import androidx.compose.ui.res.stringResource
import androidx.compose.ui.unit.dp
import org.satchel.pos.R
import org.satchel.pos.core.Trouble
import org.satchel.pos.design.BigButton
import org.satchel.pos.design.EmptyState
import org.satchel.pos.design.ProgressScrim
import org.satchel.pos.design.Space
import org.satchel.pos.design.Weight
import org.satchel.pos.design.advice
import org.satchel.pos.design.title

/** The till is being opened. */
@Composable
fun OpeningScreen() = Surface(Modifier.fillMaxSize()) { ProgressScrim(stringResource(R.string.opening)) }

/** The first start. @param onSetUp null as long as the app cannot be set up */
@Composable
fun WelcomeScreen(onPractise: () -> Unit, onSetUp: (() -> Unit)? = null) = Page(
    { EmptyState(R.drawable.qr, stringResource(R.string.welcome_title), text = stringResource(R.string.welcome_text)) },
) {
    if (onSetUp != null) BigButton(stringResource(R.string.welcome_set_up), onSetUp)
    BigButton(stringResource(R.string.welcome_practise), onPractise, icon = R.drawable.training, weight = if (onSetUp == null) Weight.Main else Weight.Quiet)
}

/** The till does not open. */
@Composable
fun ShutScreen(trouble: Trouble, onTryAgain: () -> Unit) = Page(
    { EmptyState(R.drawable.warning, trouble.title(), text = trouble.advice()) },
) {
    BigButton(stringResource(R.string.try_again), onTryAgain)
}

/** Something in the middle, buttons at the thumb. */
@Composable
private fun Page(middle: @Composable () -> Unit, buttons: @Composable () -> Unit) {
    Surface(Modifier.fillMaxSize(), color = MaterialTheme.colorScheme.surface) {
        Column(
            Modifier.safeDrawingPadding().padding(Space.large),
            horizontalAlignment = Alignment.CenterHorizontally,
        ) {
            Box(Modifier.weight(1f), contentAlignment = Alignment.Center) {
                Column(Modifier.verticalScroll(rememberScrollState())) { middle() }
            }
            Column(Modifier.widthIn(max = 480.dp), verticalArrangement = Arrangement.spacedBy(Space.small)) { buttons() }
        }
    }
}
