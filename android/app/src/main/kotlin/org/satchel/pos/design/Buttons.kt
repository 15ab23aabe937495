package org.satchel.pos.design

import androidx.annotation.DrawableRes
import androidx.compose.foundation.layout.PaddingValues
import androidx.compose.foundation.layout.Spacer
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.heightIn
import androidx.compose.foundation.layout.size
import androidx.compose.foundation.layout.width
import androidx.compose.material3.Button
import androidx.compose.material3.ButtonColors
import androidx.compose.material3.ButtonDefaults
import androidx.compose.material3.Icon
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.ui.Modifier
import androidx.compose.ui.res.painterResource
import androidx.compose.ui.text.style.TextAlign
import androidx.compose.ui.unit.dp

/** What pressing a button means. */
enum class Weight {
    /** What one came here to do; one of them a screen. */
    Main,

    /** What one may do as well. */
    Quiet,

    /** What cannot be taken back. */
    Grave,
}

/** A button across the screen, for the thumb. */
@Composable
fun BigButton(
    text: String,
    onClick: () -> Unit,
    modifier: Modifier = Modifier,
    @DrawableRes icon: Int? = null,
    enabled: Boolean = true,
    weight: Weight = Weight.Main,
) {
    Button(
        onClick,
        modifier.fillMaxWidth().heightIn(min = 60.dp),
        enabled = enabled,
        shape = MaterialTheme.shapes.medium,
        colors = weight.colors(),
        contentPadding = PaddingValues(horizontal = Space.small, vertical = 12.dp),
    ) {
        if (icon != null) {
            Icon(painterResource(icon), contentDescription = null, Modifier.size(24.dp))
            Spacer(Modifier.width(12.dp))
        }
        Text(text, style = MaterialTheme.typography.titleMedium, textAlign = TextAlign.Center)
    }
}

@Composable
private fun Weight.colors(): ButtonColors {
    val colors = MaterialTheme.colorScheme
    return when (this) {
        Weight.Main -> ButtonDefaults.buttonColors(
            disabledContainerColor = colors.surfaceContainerHighest,
            disabledContentColor = colors.onSurfaceVariant,
        )
        Weight.Quiet -> ButtonDefaults.buttonColors(
            containerColor = colors.secondaryContainer,
            contentColor = colors.onSecondaryContainer,
            disabledContainerColor = colors.surfaceContainerHighest,
            disabledContentColor = colors.onSurfaceVariant,
        )
        Weight.Grave -> ButtonDefaults.buttonColors(
            containerColor = colors.error,
            contentColor = colors.onError,
            disabledContainerColor = colors.surfaceContainerHighest,
            disabledContentColor = colors.onSurfaceVariant,
        )
    }
}
