package org.satchel.pos.receipts

import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.fillMaxSize
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.padding
import androidx.compose.foundation.layout.widthIn
import androidx.compose.foundation.rememberScrollState
import androidx.compose.foundation.verticalScroll
import androidx.compose.runtime.Composable
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import androidx.compose.ui.res.stringResource
import androidx.compose.ui.unit.dp
import org.satchel.pos.R
import org.satchel.pos.core.Document
import org.satchel.pos.design.BigButton
import org.satchel.pos.design.ScreenFrame
import org.satchel.pos.design.Space
import org.satchel.pos.design.Weight

/** What can be done with a document. */
class PaperActions(
    val share: (title: String, Document) -> Unit,
    /** Null where there is no printer. */
    val print: ((title: String, Document) -> Unit)?,
)

/** A document to read, share and print. */
@Composable
fun PaperScreen(title: String, document: Document, onBack: () -> Unit, actions: PaperActions) {
    ScreenFrame(title, onBack = onBack) { inside ->
        Column(Modifier.fillMaxSize().padding(inside), horizontalAlignment = Alignment.CenterHorizontally) {
            PaperBody(title, document, actions)
        }
    }
}

/** The same within a screen. */
@Composable
fun PaperBody(title: String, document: Document, actions: PaperActions, modifier: Modifier = Modifier) {
    Column(modifier.fillMaxSize(), horizontalAlignment = Alignment.CenterHorizontally) {
        Column(
            Modifier.weight(1f).fillMaxWidth().verticalScroll(rememberScrollState()).padding(Space.medium),
            horizontalAlignment = Alignment.CenterHorizontally,
        ) { Paper(document) }
        Column(Modifier.widthIn(max = 420.dp).padding(Space.medium), Arrangement.spacedBy(Space.small)) {
            actions.print?.let { print ->
                BigButton(stringResource(R.string.receipts_print), { print(title, document) }, icon = R.drawable.printer)
            }
            BigButton(
                stringResource(R.string.receipts_share), { actions.share(title, document) }, icon = R.drawable.share,
                weight = Weight.Quiet,
            )
        }
    }
}
