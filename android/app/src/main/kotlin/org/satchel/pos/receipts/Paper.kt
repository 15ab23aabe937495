package org.satchel.pos.receipts

import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.Row
import androidx.compose.foundation.layout.Spacer
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.height
import androidx.compose.foundation.layout.padding
import androidx.compose.foundation.layout.widthIn
import androidx.compose.material3.HorizontalDivider
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.Surface
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.runtime.remember
import androidx.compose.ui.Modifier
import androidx.compose.ui.graphics.Color
import androidx.compose.ui.platform.LocalContext
import androidx.compose.ui.platform.LocalLayoutDirection
import androidx.compose.ui.semantics.semantics
import androidx.compose.ui.text.font.FontWeight
import androidx.compose.ui.unit.LayoutDirection
import androidx.compose.ui.unit.dp
import org.satchel.pos.core.Block
import org.satchel.pos.core.Document
import org.satchel.pos.core.ReceiptText
import org.satchel.pos.core.TextAlign
import org.satchel.pos.core.TextStyle
import org.satchel.pos.core.leftToRight
import org.satchel.pos.design.LocalFormat
import org.satchel.pos.design.Space
import org.satchel.pos.design.TABULAR
import androidx.compose.ui.text.TextStyle as Type
import androidx.compose.ui.text.style.TextAlign as Align

/** Writes in this screen's language. */
@Composable
fun rememberDocumentWriter(texts: List<ReceiptText>): DocumentWriter {
    val format = LocalFormat.current
    val context = LocalContext.current
    val rightToLeft = LocalLayoutDirection.current == LayoutDirection.Rtl
    return remember(format, context, rightToLeft, texts) {
        DocumentWriter(format, rightToLeft, texts) { context.getString(it.text) }
    }
}

/** A document as it comes out of a printer: black on white, in the dark too. */
@Composable
fun Paper(document: Document, modifier: Modifier = Modifier) {
    Surface(
        modifier.widthIn(max = 420.dp).fillMaxWidth(),
        shape = MaterialTheme.shapes.extraSmall,
        color = PaperWhite,
        contentColor = Ink,
        shadowElevation = 3.dp,
    ) {
        Column(Modifier.padding(Space.large), verticalArrangement = Arrangement.spacedBy(Space.hair)) {
            document.blocks.forEach { Printed(it) }
        }
    }
}

@Composable
private fun Printed(block: Block) = when (block) {
    is Block.Text -> Text(block.text, Modifier.fillMaxWidth(), style = block.style.type(), textAlign = block.align.onScreen)
    is Block.Pair -> PrintedPair(block)
    Block.Rule -> HorizontalDivider(Modifier.padding(vertical = Space.hair), color = Faint)
    Block.Space -> Spacer(Modifier.height(Space.medium))
    is Block.Code -> Text(block.data, Modifier.fillMaxWidth(), style = TextStyle.NORMAL.type(), textAlign = Align.Center)
}

@Composable
private fun PrintedPair(pair: Block.Pair) {
    val type = pair.style.type()
    Row(
        Modifier.fillMaxWidth().semantics(mergeDescendants = true) {},
        horizontalArrangement = Arrangement.spacedBy(Space.medium),
    ) {
        Text(pair.name, Modifier.weight(1f), style = type)
        Text(named(pair.amount), Modifier.weight(1f), style = type, textAlign = Align.End)
    }
}

/** The end of a card's number keeps its dots before it. */
private fun named(text: String) = if (text.startsWith("…")) leftToRight(text) else text

@Composable
private fun TextStyle.type(): Type {
    val types = MaterialTheme.typography
    return when (this) {
        TextStyle.NORMAL -> types.bodyMedium
        TextStyle.BOLD -> types.bodyMedium.copy(fontWeight = FontWeight.Bold)
        TextStyle.LARGE -> types.titleLarge.copy(fontWeight = FontWeight.Bold)
    }.copy(fontFeatureSettings = TABULAR)
}

private val TextAlign.onScreen
    get() = when (this) {
        TextAlign.START -> Align.Start
        TextAlign.CENTRE -> Align.Center
        TextAlign.END -> Align.End
    }

private val PaperWhite = Color(0xFFFFFEFA)
private val Ink = Color(0xFF1A1A1A)
private val Faint = Color(0xFFB9B6AE)
