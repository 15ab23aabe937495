package org.satchel.pos.catalogue

import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.material3.LinearProgressIndicator
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.ui.Modifier
import androidx.compose.ui.res.stringResource
import org.satchel.pos.R
import org.satchel.pos.core.leftToRight
import org.satchel.pos.design.BigButton
import org.satchel.pos.design.EmptyState
import org.satchel.pos.design.Facts
import org.satchel.pos.design.Halves
import org.satchel.pos.design.LocalFormat
import org.satchel.pos.design.Notice
import org.satchel.pos.design.Pair
import org.satchel.pos.design.Satchel
import org.satchel.pos.design.ScreenFrame
import org.satchel.pos.design.words

/** What this till sells. @param onOpen lets a table be chosen */
@Composable
fun CatalogueScreen(state: CatalogueState, onOpen: () -> Unit, onBack: () -> Unit) {
    ScreenFrame(stringResource(R.string.place_catalogue), onBack = onBack) { inside ->
        Halves(
            inside,
            about = { About(state) },
            doing = {
                BigButton(
                    stringResource(R.string.catalogue_open), onOpen, icon = R.drawable.barcode,
                    enabled = state.step !is CatalogueStep.TakingIn,
                )
            },
        )
    }
}

@Composable
private fun About(state: CatalogueState) {
    Came(state.step)
    val items = state.items ?: return
    if (items == 0L) {
        EmptyState(R.drawable.barcode, stringResource(R.string.catalogue_none), text = stringResource(R.string.catalogue_text))
        return
    }
    Facts {
        Pair(stringResource(R.string.catalogue_items), LocalFormat.current.count(items), strong = true)
        Pair(stringResource(R.string.catalogue_categories), LocalFormat.current.count(state.categories.toLong()))
        Text(
            stringResource(R.string.catalogue_text),
            style = MaterialTheme.typography.bodyLarge,
            color = MaterialTheme.colorScheme.onSurfaceVariant,
        )
        Text(leftToRight(COLUMNS), style = MaterialTheme.typography.bodyMedium, color = MaterialTheme.colorScheme.onSurfaceVariant)
    }
}

@Composable
private fun Came(step: CatalogueStep) = when (step) {
    CatalogueStep.Idle -> Unit
    is CatalogueStep.TakingIn -> Facts {
        Text(stringResource(R.string.catalogue_taking), style = MaterialTheme.typography.titleMedium)
        if (step.all == 0L) LinearProgressIndicator(Modifier.fillMaxWidth())
        else LinearProgressIndicator({ step.read.toFloat() / step.all }, Modifier.fillMaxWidth())
    }
    is CatalogueStep.Done -> Notice(
        Satchel.tones.done, R.drawable.check, stringResource(R.string.catalogue_done, LocalFormat.current.count(step.items)),
    )
    is CatalogueStep.Wrong -> Notice(
        Satchel.tones.refused, R.drawable.warning, stringResource(R.string.catalogue_wrong),
        text = step.why.words() + "\n" + stringResource(R.string.catalogue_kept),
    )
    CatalogueStep.Unreadable -> Notice(
        Satchel.tones.refused, R.drawable.warning, stringResource(R.string.catalogue_unreadable),
        text = stringResource(R.string.catalogue_unreadable_do),
    )
}

/** Of the table, as its first line names them. */
private const val COLUMNS = "code, name, category, price_minor, unit, barcodes"
