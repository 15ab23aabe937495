package org.satchel.pos.design

import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.text.BasicText
import androidx.compose.foundation.text.TextAutoSize
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import androidx.compose.ui.graphics.Color
import androidx.compose.ui.graphics.takeOrElse
import androidx.compose.ui.semantics.semantics
import androidx.compose.ui.text.TextStyle
import androidx.compose.ui.text.style.TextAlign
import androidx.compose.ui.unit.TextUnit
import androidx.compose.ui.unit.sp
import org.satchel.pos.core.Money

/** The figure that the screen is about. It shrinks before it is cut off. */
@Composable
fun AmountDisplay(
    amount: Money,
    modifier: Modifier = Modifier,
    label: String? = null,
    style: TextStyle = MaterialTheme.typography.displayLarge,
    color: Color = Color.Unspecified,
    align: TextAlign = TextAlign.Center,
) {
    val side = if (align == TextAlign.Center) Alignment.CenterHorizontally else Alignment.Start
    Column(modifier.fillMaxWidth().semantics(mergeDescendants = true) {}, horizontalAlignment = side) {
        if (label != null) {
            Text(label, style = MaterialTheme.typography.titleMedium, color = MaterialTheme.colorScheme.onSurfaceVariant)
        }
        FittingText(amount.shown, style.copy(color = color.takeOrElse { MaterialTheme.colorScheme.onSurface }, textAlign = align))
    }
}

/** One line of text, as large as [style] if there is room. */
@Composable
fun FittingText(text: String, style: TextStyle, modifier: Modifier = Modifier, least: TextUnit = 18.sp) {
    BasicText(
        text,
        modifier.fillMaxWidth(),
        style = style,
        maxLines = 1,
        softWrap = false,
        autoSize = TextAutoSize.StepBased(minFontSize = least, maxFontSize = style.fontSize, stepSize = 1.sp),
    )
}
