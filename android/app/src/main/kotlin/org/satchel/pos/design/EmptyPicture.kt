package org.satchel.pos.design

import androidx.annotation.DrawableRes
import androidx.compose.foundation.Canvas
import androidx.compose.foundation.layout.Box
import androidx.compose.foundation.layout.size
import androidx.compose.material3.Icon
import androidx.compose.material3.MaterialTheme
import androidx.compose.runtime.Composable
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import androidx.compose.ui.geometry.CornerRadius
import androidx.compose.ui.geometry.Offset
import androidx.compose.ui.geometry.Size
import androidx.compose.ui.graphics.Color
import androidx.compose.ui.graphics.PathEffect
import androidx.compose.ui.graphics.drawscope.DrawScope
import androidx.compose.ui.graphics.drawscope.Stroke
import androidx.compose.ui.res.painterResource
import androidx.compose.ui.unit.dp

/** An empty place, stitched like a satchel's pocket, with an icon of what belongs there. */
@Composable
internal fun EmptyPicture(@DrawableRes icon: Int) {
    val leather = MaterialTheme.colorScheme.tertiaryContainer
    val thread = MaterialTheme.colorScheme.tertiary
    Box(Modifier.size(width = 148.dp, height = 116.dp), contentAlignment = Alignment.Center) {
        Canvas(Modifier.size(width = 148.dp, height = 116.dp)) { pocket(leather, thread) }
        Icon(painterResource(icon), contentDescription = null, Modifier.size(44.dp), tint = thread)
    }
}

private fun DrawScope.pocket(leather: Color, thread: Color) {
    val round = CornerRadius(size.height * 0.2f)
    val inset = size.height * 0.07f
    drawRoundRect(leather, cornerRadius = round)
    drawRoundRect(
        thread.copy(alpha = 0.55f),
        topLeft = Offset(inset, inset),
        size = Size(size.width - inset * 2, size.height - inset * 2),
        cornerRadius = CornerRadius(size.height * 0.15f),
        style = Stroke(width = 2.dp.toPx(), pathEffect = PathEffect.dashPathEffect(floatArrayOf(6.dp.toPx(), 5.dp.toPx()))),
    )
}
