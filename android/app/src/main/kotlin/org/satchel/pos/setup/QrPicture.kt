package org.satchel.pos.setup

import androidx.compose.foundation.Canvas
import androidx.compose.foundation.background
import androidx.compose.foundation.layout.aspectRatio
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.shape.RoundedCornerShape
import androidx.compose.runtime.Composable
import androidx.compose.runtime.remember
import androidx.compose.ui.Modifier
import androidx.compose.ui.draw.clip
import androidx.compose.ui.geometry.Offset
import androidx.compose.ui.geometry.Size
import androidx.compose.ui.graphics.Color
import androidx.compose.ui.graphics.drawscope.DrawScope
import androidx.compose.ui.semantics.Role
import androidx.compose.ui.semantics.contentDescription
import androidx.compose.ui.semantics.role
import androidx.compose.ui.semantics.semantics
import androidx.compose.ui.unit.dp
import com.google.zxing.BarcodeFormat
import com.google.zxing.EncodeHintType
import com.google.zxing.common.BitMatrix
import com.google.zxing.qrcode.QRCodeWriter
import com.google.zxing.qrcode.decoder.ErrorCorrectionLevel

/** A QR code for another camera: black on white, by day and by night. @param description for those who do not see it */
@Composable
fun QrPicture(text: String, description: String, modifier: Modifier = Modifier) {
    val code = remember(text) { qrCode(text) }
    Canvas(
        modifier.fillMaxWidth().aspectRatio(1f).clip(RoundedCornerShape(12.dp)).background(Color.White).semantics {
            contentDescription = description
            role = Role.Image
        },
    ) { modules(code) }
}

/** With the quiet zone of four modules that readers need. */
internal fun qrCode(text: String): BitMatrix = QRCodeWriter().encode(
    text, BarcodeFormat.QR_CODE, 0, 0, mapOf(EncodeHintType.MARGIN to 4, EncodeHintType.ERROR_CORRECTION to ErrorCorrectionLevel.L),
)

/** Whole pixels a module: no seams between them. */
private fun DrawScope.modules(code: BitMatrix) {
    val module = (size.minDimension / code.width).toInt().coerceAtLeast(1).toFloat()
    val margin = (size.minDimension - module * code.width) / 2
    for (y in 0 until code.height) {
        for (x in 0 until code.width) {
            if (code[x, y]) drawRect(Color.Black, Offset(margin + x * module, margin + y * module), Size(module, module))
        }
    }
}
