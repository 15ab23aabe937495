package org.satchel.pos.design

import androidx.compose.foundation.background
import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Box
import androidx.compose.foundation.layout.BoxWithConstraints
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.PaddingValues
import androidx.compose.foundation.layout.Row
import androidx.compose.foundation.layout.RowScope
import androidx.compose.foundation.layout.fillMaxHeight
import androidx.compose.foundation.layout.fillMaxSize
import androidx.compose.foundation.layout.padding
import androidx.compose.foundation.layout.width
import androidx.compose.foundation.layout.widthIn
import androidx.compose.material3.CircularProgressIndicator
import androidx.compose.material3.ExperimentalMaterial3Api
import androidx.compose.material3.Icon
import androidx.compose.material3.IconButton
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.Scaffold
import androidx.compose.material3.Text
import androidx.compose.material3.TopAppBar
import androidx.compose.material3.TopAppBarDefaults
import androidx.compose.material3.VerticalDivider
import androidx.compose.runtime.Composable
import androidx.compose.runtime.LaunchedEffect
import androidx.compose.runtime.getValue
import androidx.compose.runtime.mutableStateOf
import androidx.compose.runtime.remember
import androidx.compose.runtime.setValue
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import androidx.compose.ui.input.pointer.pointerInput
import androidx.compose.ui.res.painterResource
import androidx.compose.ui.res.stringResource
import androidx.compose.ui.semantics.heading
import androidx.compose.ui.semantics.semantics
import androidx.compose.ui.unit.dp
import kotlinx.coroutines.delay
import org.satchel.pos.R

/** A screen with its title. @param onBack null where one cannot go back */
@OptIn(ExperimentalMaterial3Api::class)
@Composable
fun ScreenFrame(
    title: String,
    modifier: Modifier = Modifier,
    onBack: (() -> Unit)? = null,
    actions: @Composable RowScope.() -> Unit = {},
    content: @Composable (PaddingValues) -> Unit,
) {
    Scaffold(
        modifier,
        topBar = {
            TopAppBar(
                title = { Text(title, Modifier.semantics { heading() }, maxLines = 2) },
                navigationIcon = { if (onBack != null) BackButton(onBack) },
                actions = actions,
                colors = TopAppBarDefaults.topAppBarColors(containerColor = MaterialTheme.colorScheme.surface),
            )
        },
        content = content,
    )
}

@Composable
private fun BackButton(onBack: () -> Unit) {
    IconButton(onBack) { Icon(painterResource(R.drawable.back), stringResource(R.string.back)) }
}

/**
 * List and detail: beside one another where there is room (a POS that lies), else one of them.
 *
 * @param detailOpen which of the two a narrow screen shows
 */
@Composable
fun TwoPane(
    detailOpen: Boolean,
    list: @Composable () -> Unit,
    detail: @Composable () -> Unit,
    modifier: Modifier = Modifier,
) {
    BoxWithConstraints(modifier.fillMaxSize()) {
        val whole = maxWidth
        when {
            whole >= WideFrom -> Row(Modifier.fillMaxSize()) {
                Box(Modifier.width((whole * LIST_SHARE).coerceAtLeast(380.dp)).fillMaxHeight()) { list() }
                VerticalDivider()
                Box(Modifier.weight(1f).fillMaxHeight()) { detail() }
            }
            detailOpen -> detail()
            else -> list()
        }
    }
}

private const val LIST_SHARE = 0.42f

/** Whether there is room for two panes; what is inside knows. */
@Composable
fun WithWidth(modifier: Modifier = Modifier, content: @Composable (wide: Boolean) -> Unit) {
    BoxWithConstraints(modifier.fillMaxSize()) { content(maxWidth >= WideFrom) }
}

/** What one reads or fills in, no wider than reads well. */
@Composable
fun Readable(modifier: Modifier = Modifier, content: @Composable () -> Unit) {
    Box(modifier.fillMaxSize(), contentAlignment = Alignment.TopStart) {
        Column(Modifier.widthIn(max = 640.dp)) { content() }
    }
}

/** Covers the screen while something takes its time; from the second second on. */
@Composable
fun ProgressScrim(text: String, modifier: Modifier = Modifier, done: Float? = null) {
    var shown by remember { mutableStateOf(false) }
    LaunchedEffect(Unit) {
        delay(SCRIM_AFTER_MS)
        shown = true
    }
    Box(modifier.fillMaxSize().pointerInput(Unit) { awaitPointerEventScope { while (true) awaitPointerEvent() } }) {
        if (shown) Scrim(text, done)
    }
}

private const val SCRIM_AFTER_MS = 1_000L

@Composable
private fun Scrim(text: String, done: Float?) {
    Column(
        Modifier.fillMaxSize().background(MaterialTheme.colorScheme.surface.copy(alpha = 0.94f)).padding(Space.large),
        verticalArrangement = Arrangement.spacedBy(Space.large, Alignment.CenterVertically),
        horizontalAlignment = Alignment.CenterHorizontally,
    ) {
        if (done == null) CircularProgressIndicator() else CircularProgressIndicator({ done })
        Text(text, style = MaterialTheme.typography.titleLarge)
    }
}
