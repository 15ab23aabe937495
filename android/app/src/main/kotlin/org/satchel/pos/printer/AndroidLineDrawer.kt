package org.satchel.pos.printer

import android.graphics.Bitmap
import android.graphics.Canvas
import android.graphics.Color
import android.graphics.Typeface
import android.text.Layout
import android.text.StaticLayout
import android.text.TextDirectionHeuristic
import android.text.TextDirectionHeuristics
import android.text.TextPaint
import org.satchel.pos.core.DrawnLine
import org.satchel.pos.core.LineDrawer
import org.satchel.pos.core.Picture
import org.satchel.pos.core.TextAlign
import org.satchel.pos.core.TextStyle
import kotlin.math.ceil

/** Draws with the device's own fonts and its own sense of scripts; too long a text goes on below. */
object AndroidLineDrawer : LineDrawer {
    override fun draw(line: DrawnLine): Picture {
        require(line.widthDots > 0) { "no paper" }
        val paint = line.style.paint()
        return if (line.amount.isEmpty()) drawText(line, paint) else drawPair(line, paint)
    }

    private fun drawText(line: DrawnLine, paint: TextPaint): Picture {
        val text = laidOut(line.text, paint, line.widthDots, line.align.layout, line.direction)
        return picture(line.widthDots, text.height) { text.draw(this) }
    }

    /** The amount keeps its width up to two thirds of the line; the name has the rest. */
    private fun drawPair(line: DrawnLine, paint: TextPaint): Picture {
        val most = line.widthDots * 2 / 3
        val wide = (ceil(Layout.getDesiredWidth(line.amount, paint)).toInt() + 1).coerceIn(1, most.coerceAtLeast(1))
        val rest = (line.widthDots - wide - GAP).coerceAtLeast(1)
        val amount = laidOut(line.amount, paint, wide, Layout.Alignment.ALIGN_OPPOSITE, line.direction)
        val name = laidOut(line.text, paint, rest, Layout.Alignment.ALIGN_NORMAL, line.direction)
        val (nameAt, amountAt) = if (line.rightToLeft) line.widthDots - rest to 0 else 0 to line.widthDots - wide
        return picture(line.widthDots, maxOf(name.height, amount.height)) {
            drawAt(nameAt, name)
            drawAt(amountAt, amount)
        }
    }
}

private fun laidOut(text: String, paint: TextPaint, width: Int, align: Layout.Alignment, direction: TextDirectionHeuristic) =
    StaticLayout.Builder.obtain(text, 0, text.length, paint, width)
        .setAlignment(align)
        .setTextDirection(direction)
        .setIncludePad(false)
        .build()

private fun Canvas.drawAt(x: Int, layout: StaticLayout) {
    save()
    translate(x.toFloat(), 0f)
    layout.draw(this)
    restore()
}

private inline fun picture(width: Int, height: Int, draw: Canvas.() -> Unit): Picture {
    val bitmap = Bitmap.createBitmap(width, height.coerceAtLeast(1), Bitmap.Config.ARGB_8888)
    Canvas(bitmap).apply {
        drawColor(Color.WHITE)
        draw()
    }
    return Picture(width, bitmap.dots()).also { bitmap.recycle() }
}

/** What is more dark than light becomes black. */
private fun Bitmap.dots(): ByteArray {
    val bytesARow = (width + 7) / 8
    val rows = ByteArray(bytesARow * height)
    val pixels = IntArray(width)
    for (y in 0 until height) {
        getPixels(pixels, 0, width, 0, y, width, 1)
        for (x in 0 until width) {
            if (Color.green(pixels[x]) < HALF) {
                val at = y * bytesARow + x / 8
                rows[at] = (rows[at].toInt() or (0x80 shr x % 8)).toByte()
            }
        }
    }
    return rows
}

private fun TextStyle.paint() = TextPaint().also {
    it.color = Color.BLACK
    it.isAntiAlias = true
    it.textSize = if (this == TextStyle.LARGE) 2 * HEIGHT else HEIGHT
    it.typeface = if (this == TextStyle.NORMAL) Typeface.DEFAULT else Typeface.DEFAULT_BOLD
}

private val TextAlign.layout: Layout.Alignment
    get() = when (this) {
        TextAlign.START -> Layout.Alignment.ALIGN_NORMAL
        TextAlign.CENTRE -> Layout.Alignment.ALIGN_CENTER
        TextAlign.END -> Layout.Alignment.ALIGN_OPPOSITE
    }

private val DrawnLine.direction: TextDirectionHeuristic
    get() = if (rightToLeft) TextDirectionHeuristics.RTL else TextDirectionHeuristics.LTR

/** Of a printer's usual characters, in dots. */
private const val HEIGHT = 24f
private const val GAP = 8
private const val HALF = 128
