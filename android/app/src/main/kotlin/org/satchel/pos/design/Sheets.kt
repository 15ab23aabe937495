package org.satchel.pos.design

import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.ColumnScope
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.padding
import androidx.compose.foundation.rememberScrollState
import androidx.compose.foundation.verticalScroll
import androidx.compose.material3.ExperimentalMaterial3Api
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.ModalBottomSheet
import androidx.compose.material3.Text
import androidx.compose.material3.rememberModalBottomSheetState
import androidx.compose.runtime.Composable
import androidx.compose.ui.Modifier
import androidx.compose.ui.res.stringResource
import androidx.compose.ui.semantics.heading
import androidx.compose.ui.semantics.semantics
import org.satchel.pos.R
import org.satchel.pos.core.Trouble

/** Something that comes up from below, with a heading. */
@OptIn(ExperimentalMaterial3Api::class)
@Composable
fun Sheet(title: String, onDismiss: () -> Unit, content: @Composable ColumnScope.() -> Unit) {
    ModalBottomSheet(
        onDismiss,
        sheetState = rememberModalBottomSheetState(skipPartiallyExpanded = true),
        containerColor = MaterialTheme.colorScheme.surfaceContainerLow,
    ) {
        Column(
            Modifier
                .fillMaxWidth()
                .verticalScroll(rememberScrollState())
                .padding(horizontal = Space.large)
                .padding(bottom = Space.large),
            verticalArrangement = Arrangement.spacedBy(Space.medium),
        ) {
            Text(title, Modifier.semantics { heading() }, style = MaterialTheme.typography.headlineSmall)
            content()
        }
    }
}

/** Asks before something is done. */
@Composable
fun ConfirmSheet(
    title: String,
    text: String,
    confirm: String,
    onConfirm: () -> Unit,
    onDismiss: () -> Unit,
    weight: Weight = Weight.Main,
) {
    Sheet(title, onDismiss) {
        Text(text, style = MaterialTheme.typography.bodyLarge)
        BigButton(confirm, onConfirm, weight = weight)
        BigButton(stringResource(R.string.cancel), onDismiss, weight = Weight.Quiet)
    }
}

/** A [Trouble] that needs all attention. */
@Composable
fun TroubleSheet(trouble: Trouble, onDismiss: () -> Unit, action: Action? = null) {
    Sheet(trouble.title(), onDismiss) {
        Text(trouble.advice(), style = MaterialTheme.typography.bodyLarge)
        if (action != null) BigButton(action.text, action.onClick)
        BigButton(stringResource(R.string.close), onDismiss, weight = if (action == null) Weight.Main else Weight.Quiet)
    }
}
