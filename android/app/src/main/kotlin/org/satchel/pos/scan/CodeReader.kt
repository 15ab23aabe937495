package org.satchel.pos.scan

import com.google.zxing.BarcodeFormat
import com.google.zxing.Binarizer
import com.google.zxing.BinaryBitmap
import com.google.zxing.DecodeHintType
import com.google.zxing.LuminanceSource
import com.google.zxing.MultiFormatReader
import com.google.zxing.PlanarYUVLuminanceSource
import com.google.zxing.ReaderException
import com.google.zxing.common.GlobalHistogramBinarizer
import com.google.zxing.common.HybridBinarizer

/** A picture of the camera's. @param luminance a byte a pixel, row after row */
class Frame(val luminance: ByteArray, val width: Int, val height: Int) {
    /** A quarter turn further. */
    fun turned() = Frame(ByteArray(luminance.size) { luminance[(height - 1 - it % height) * width + it / height] }, height, width)
}

/** What is looked for. */
enum class Codes(internal val formats: List<BarcodeFormat>) {
    /** Head office's set-up code. */
    SetUp(listOf(BarcodeFormat.QR_CODE)),

    /** On goods. */
    Goods(
        listOf(
            BarcodeFormat.EAN_13, BarcodeFormat.EAN_8, BarcodeFormat.UPC_A, BarcodeFormat.UPC_E,
            BarcodeFormat.CODE_128, BarcodeFormat.CODE_39, BarcodeFormat.ITF, BarcodeFormat.QR_CODE,
        ),
    ),
}

/** Finds codes in pictures. Not for several threads at once. */
class CodeReader(codes: Codes) {
    private val reader = MultiFormatReader().apply {
        setHints(mapOf(DecodeHintType.TRY_HARDER to true, DecodeHintType.POSSIBLE_FORMATS to codes.formats))
    }

    /** The text of the code in [frame], whichever way the device is held; null if there is none that can be read. */
    fun read(frame: Frame): String? = upright(frame) ?: upright(frame.turned())

    /** Shadows want the one, small and faint codes the other. */
    private fun upright(frame: Frame): String? {
        val source = PlanarYUVLuminanceSource(frame.luminance, frame.width, frame.height, 0, 0, frame.width, frame.height, false)
        return decode(source, ::HybridBinarizer) ?: decode(source, ::GlobalHistogramBinarizer)
    }

    private fun decode(source: LuminanceSource, binarizer: (LuminanceSource) -> Binarizer): String? = try {
        reader.decodeWithState(BinaryBitmap(binarizer(source))).text
    } catch (_: ReaderException) {
        null
    } finally {
        reader.reset()
    }
}

/** Tells a code that comes into view from one that is still there. */
class Sightings {
    private var last: String? = null
    private var seenAtMs = 0L

    /** Whether [text], seen now, was not seen just before. @param atMs of a clock that never goes back */
    fun isNew(text: String, atMs: Long): Boolean {
        val still = text == last && atMs - seenAtMs < GONE_AFTER_MS
        last = text
        seenAtMs = atMs
        return !still
    }
}

private const val GONE_AFTER_MS = 1_200L
