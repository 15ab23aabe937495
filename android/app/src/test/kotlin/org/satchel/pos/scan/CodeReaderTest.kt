package org.satchel.pos.scan

import com.google.zxing.BarcodeFormat
import com.google.zxing.EncodeHintType
import com.google.zxing.MultiFormatWriter
import com.google.zxing.common.BitMatrix
import com.google.zxing.qrcode.decoder.ErrorCorrectionLevel
import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Assert.assertNull
import org.junit.Assert.assertTrue
import org.junit.Test
import kotlin.math.cos
import kotlin.math.sin
import kotlin.random.Random

class CodeReaderTest {
    private val setUp = CodeReader(Codes.SetUp)
    private val goods = CodeReader(Codes.Goods)

    @Test fun a_code_as_dense_as_a_set_up_makes_it_is_read_whichever_way_it_is_held() {
        var frame = picture(qr(DENSE))
        repeat(4) {
            assertEquals("turned $it times", DENSE, setUp.read(frame))
            frame = frame.turned()
        }
    }

    @Test fun a_code_held_askew_and_blurred_in_bad_light_is_read() {
        val random = Random(2)
        for (degrees in listOf(-12.0, -4.0, 7.0, 15.0)) {
            val frame = picture(qr("SET-UP ".repeat(40)), degrees).blurred().shaded().noisy(random)
            assertEquals("$degrees degrees", "SET-UP ".repeat(40), setUp.read(frame))
        }
    }

    @Test fun codes_on_goods_are_read_along_and_across() {
        val codes = mapOf(
            BarcodeFormat.EAN_13 to "4006381333931", BarcodeFormat.EAN_8 to "96385074", BarcodeFormat.UPC_A to "036000291452",
            BarcodeFormat.CODE_128 to "SATCHEL-17", BarcodeFormat.CODE_39 to "AB12", BarcodeFormat.ITF to "15400141288763",
        )
        for ((format, text) in codes) {
            val frame = picture(MultiFormatWriter().encode(text, format, 1_000, 300)).blurred()
            assertEquals("$format along", text, goods.read(frame))
            assertEquals("$format across", text, goods.read(frame.turned()))
        }
    }

    @Test fun where_no_code_is_none_is_read() {
        assertNull(goods.read(Frame(ByteArray(640 * 480) { GREY }, 640, 480)))
        assertNull(goods.read(Frame(Random(3).nextBytes(640 * 480), 640, 480)))
    }

    @Test fun half_a_code_is_none() {
        val whole = picture(qr(DENSE))
        val half = whole.luminance.copyOf().apply { fill(GREY, 0, size / 2) }
        assertNull(setUp.read(Frame(half, whole.width, whole.height)))
    }

    @Test fun a_set_up_is_not_looked_for_on_goods() {
        assertNull(setUp.read(picture(MultiFormatWriter().encode("4006381333931", BarcodeFormat.EAN_13, 700, 300))))
    }

    @Test fun a_code_that_stays_in_view_is_read_once_and_again_when_it_comes_back() {
        val sightings = Sightings()
        assertTrue(sightings.isNew("A", 0))
        assertFalse(sightings.isNew("A", 1_000))
        assertFalse(sightings.isNew("A", 2_000))
        assertTrue(sightings.isNew("B", 2_100))
        assertTrue(sightings.isNew("A", 2_200))
        assertTrue(sightings.isNew("A", 5_000))
    }
}

private fun qr(text: String) = MultiFormatWriter().encode(
    text, BarcodeFormat.QR_CODE, 1_000, 1_000, mapOf(EncodeHintType.ERROR_CORRECTION to ErrorCorrectionLevel.L),
)

/** What a camera makes of it: grey on grey, in the middle of a larger picture, turned a little. */
private fun picture(code: BitMatrix, degrees: Double = 0.0): Frame {
    val (width, height) = 1_920 to 1_080
    val (c, s) = Math.toRadians(degrees).let { cos(it) to sin(it) }
    val luminance = ByteArray(width * height) { place ->
        val x = place % width - width / 2
        val y = place / width - height / 2
        val across = (c * x + s * y).toInt() + code.width / 2
        val down = (c * y - s * x).toInt() + code.height / 2
        val dark = across in 0 until code.width && down in 0 until code.height && code[across, down]
        if (dark) DARK else LIGHT
    }
    return Frame(luminance, width, height)
}

/** A little out of focus. */
private fun Frame.blurred() = Frame(
    ByteArray(luminance.size) { place ->
        val x = place % width
        val y = place / width
        var sum = 0
        for (dy in -1..1) for (dx in -1..1) {
            sum += luminance[(y + dy).coerceIn(0, height - 1) * width + (x + dx).coerceIn(0, width - 1)].toUByte().toInt()
        }
        (sum / 9).toByte()
    },
    width, height,
)

/** Darker towards one side. */
private fun Frame.shaded() = Frame(ByteArray(luminance.size) { (luminance[it].toUByte().toInt() * (width * 2 - it % width) / (width * 2)).toByte() }, width, height)

private fun Frame.noisy(random: Random) =
    Frame(ByteArray(luminance.size) { (luminance[it].toUByte().toInt() + random.nextInt(-8, 9)).coerceIn(0, 255).toByte() }, width, height)

/** Base 45 is all of a QR code's alphanumeric characters. */
private val DENSE = Random(1).let { random -> List(1_800) { "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"[random.nextInt(45)] } }.joinToString("")
private const val LIGHT: Byte = 0xD0.toByte()
private const val DARK: Byte = 0x30
private const val GREY: Byte = 0x70
