package org.satchel.pos.golden

import com.dropbox.differ.Color
import com.dropbox.differ.Image
import com.dropbox.differ.ImageComparator
import com.dropbox.differ.Mask
import java.awt.image.BufferedImage
import java.awt.image.DataBuffer
import java.awt.image.IndexColorModel
import java.io.File
import javax.imageio.IIOImage
import javax.imageio.ImageIO
import javax.imageio.ImageTypeSpecifier
import javax.imageio.ImageWriteParam
import kotlin.math.abs
import kotlin.math.roundToInt

/*
 * Golden pictures are kept small: the colours of areas stay as they are, and the many shades at the edges of letters and
 * curves are rounded, until a palette holds them all. A picture so rounded is not changed by rounding it again, so what
 * is drawn is rounded likewise before it is compared.
 */

/** A picture's pixels, opaque red-green-blue, row after row. */
class Pixels(val width: Int, val rgb: IntArray) {
    private val counts: Map<Int, Int> = runs(rgb.sortedArray())

    /** The colours that cover more than one part in [EDGE] of the picture. */
    private val areas: Set<Int> = counts.filterValues { it > rgb.size / EDGE }.keys

    fun isArea(colour: Int) = colour in areas

    /** As it is kept. */
    fun rounded(): Pixels {
        val step = generateSequence(STEP) { it * 2 }.first { step -> counts.keys.map { kept(it, step) }.toSet().size <= PALETTE }
        val kept = counts.keys.associateWith { kept(it, step) }
        return Pixels(width, IntArray(rgb.size) { kept.getValue(rgb[it]) })
    }

    private fun kept(colour: Int, step: Int): Int =
        if (isArea(colour)) colour else channels(colour) { ((it + step / 2) / step * step).coerceAtMost(255) }

    companion object {
        fun of(image: BufferedImage): Pixels =
            Pixels(image.width, IntArray(image.width * image.height) { at ->
                image.getRGB(at % image.width, at / image.width) and OPAQUE
            })

        fun of(image: Image): Pixels = Pixels(image.width, IntArray(image.width * image.height) { at ->
            rgb(image.getPixel(at % image.width, at / image.width))
        })

        private fun rgb(colour: Color): Int =
            listOf(colour.r, colour.g, colour.b).fold(0) { rgb, part -> (rgb shl 8) or (part * 255).roundToInt() }
    }
}

/** Writes a picture as it is kept: a PNG with a palette. */
fun writeSmall(file: File, image: BufferedImage) {
    val pixels = Pixels.of(image).rounded()
    val palette = pixels.rgb.distinct().sorted()
    val model = IndexColorModel(8, palette.size, palette.toIntArray(), 0, false, -1, DataBuffer.TYPE_BYTE)
    val indexed = BufferedImage(image.width, image.height, BufferedImage.TYPE_BYTE_INDEXED, model)
    val index = palette.withIndex().associate { (index, colour) -> colour to index }
    indexed.raster.setSamples(0, 0, image.width, image.height, 0, IntArray(pixels.rgb.size) { index.getValue(pixels.rgb[it]) })
    file.parentFile.mkdirs()
    val writer = ImageIO.getImageWriters(ImageTypeSpecifier.createFromRenderedImage(indexed), "png").next()
    ImageIO.createImageOutputStream(file.apply { delete() }).use { stream ->
        writer.output = stream
        writer.write(null, IIOImage(indexed, null, null), smallest(writer.defaultWriteParam))
        writer.dispose()
    }
}

private fun smallest(parameters: ImageWriteParam) = parameters.apply {
    compressionMode = ImageWriteParam.MODE_EXPLICIT
    compressionQuality = 0f
}

/**
 * Compares pictures as they are kept. Areas must have the same colour; at edges, where another processor may round
 * otherwise, one step of rounding is no difference.
 */
object AsKept : ImageComparator {
    override fun compare(left: Image, right: Image, mask: Mask?): ImageComparator.ComparisonResult {
        val (width, height) = maxOf(left.width, right.width) to maxOf(left.height, right.height)
        val size = width * height
        if (left.width != right.width || left.height != right.height) {
            return ImageComparator.ComparisonResult(size, size, width, height)
        }
        val (one, other) = Pixels.of(left).rounded() to Pixels.of(right).rounded()
        val different = (0 until size).filter { !same(one, other, it) }
        different.forEach { at -> mask?.setValue(at % width, at / width, 1f) }
        return ImageComparator.ComparisonResult(different.size, size, width, height)
    }

    private fun same(one: Pixels, other: Pixels, at: Int): Boolean {
        val (a, b) = one.rgb[at] to other.rgb[at]
        return a == b || !one.isArea(a) && !other.isArea(b) && near(a, b)
    }

    private fun near(a: Int, b: Int) = listOf(16, 8, 0).all { shift -> abs((a shr shift and 255) - (b shr shift and 255)) <= STEP }
}

/** How often each number comes in a sorted row. */
private fun runs(sorted: IntArray): Map<Int, Int> = buildMap {
    var start = 0
    while (start < sorted.size) {
        var end = start
        while (end < sorted.size && sorted[end] == sorted[start]) end += 1
        put(sorted[start], end - start)
        start = end
    }
}

private fun channels(colour: Int, change: (Int) -> Int): Int =
    listOf(16, 8, 0).fold(0) { rgb, shift -> (rgb shl 8) or change(colour shr shift and 255) }

private const val EDGE = 4096
private const val STEP = 16
private const val PALETTE = 256
private const val OPAQUE = 0xFFFFFF
