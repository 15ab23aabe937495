package org.satchel.pos.design

import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.ColumnScope
import androidx.compose.foundation.layout.PaddingValues
import androidx.compose.foundation.layout.Row
import androidx.compose.foundation.layout.fillMaxHeight
import androidx.compose.foundation.layout.fillMaxSize
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.padding
import androidx.compose.foundation.layout.widthIn
import androidx.compose.foundation.rememberScrollState
import androidx.compose.foundation.verticalScroll
import androidx.compose.runtime.Composable
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import androidx.compose.ui.unit.dp

/**
 * A screen on which one thing is done: what it is [about] scrolls, what one can be [doing] stays under the thumb, and
 * what is [happening] stands where the eye is. On a POS the two halves stand side by side.
 */
@Composable
fun Halves(
    inside: PaddingValues,
    about: @Composable ColumnScope.() -> Unit,
    doing: @Composable ColumnScope.() -> Unit,
    happening: @Composable ColumnScope.() -> Unit = {},
) = WithWidth(Modifier.padding(inside)) { wide ->
    if (wide) {
        Row(Modifier.fillMaxSize().padding(Space.large), Arrangement.spacedBy(Space.huge)) {
            Scrolling(Modifier.weight(1f).fillMaxHeight(), about)
            Scrolling(Modifier.weight(1f).fillMaxHeight()) {
                happening()
                Doing(doing)
            }
        }
    } else {
        Column(Modifier.fillMaxSize().padding(Space.medium), Arrangement.spacedBy(Space.medium), Alignment.CenterHorizontally) {
            Scrolling(Modifier.weight(1f)) {
                happening()
                about()
            }
            Doing(doing)
        }
    }
}

/** Facts below one another, no wider than one reads. */
@Composable
fun Facts(content: @Composable ColumnScope.() -> Unit) =
    Column(Modifier.widthIn(max = READABLE), Arrangement.spacedBy(Space.small), content = content)

@Composable
private fun Scrolling(modifier: Modifier, content: @Composable ColumnScope.() -> Unit) = Column(
    modifier.fillMaxWidth().verticalScroll(rememberScrollState()),
    Arrangement.spacedBy(Space.medium, Alignment.CenterVertically),
    Alignment.CenterHorizontally,
    content,
)

@Composable
private fun Doing(content: @Composable ColumnScope.() -> Unit) = Column(
    Modifier.widthIn(max = BUTTONS).fillMaxWidth(),
    Arrangement.spacedBy(Space.small),
    Alignment.CenterHorizontally,
    content,
)

private val READABLE = 560.dp
private val BUTTONS = 420.dp
