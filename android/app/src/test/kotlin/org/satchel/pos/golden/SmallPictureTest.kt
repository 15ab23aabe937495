package org.satchel.pos.golden

import org.junit.Assert.assertArrayEquals
import org.junit.Assert.assertEquals
import org.junit.Assert.assertNotEquals
import org.junit.Assert.assertTrue
import org.junit.Rule
import org.junit.Test
import org.junit.rules.TemporaryFolder
import java.awt.image.BufferedImage
import java.io.File
import javax.imageio.ImageIO

class SmallPictureTest {
    @get:Rule val folder = TemporaryFolder()

    private val drawn = BufferedImage(256, 256, BufferedImage.TYPE_INT_ARGB).apply {
        for (y in 0 until height) for (x in 0 until width) setRGB(x, y, if (y < 200) AREA else 0xFF000000.toInt() or (x shl 16) or (y shl 8) or x)
    }

    @Test fun areas_keep_their_colour_and_edges_fit_a_palette() {
        val kept = kept(drawn)
        assertEquals(AREA and 0xFFFFFF, kept.rgb[0])
        assertTrue(kept.rgb.distinct().size <= 256)
    }

    @Test fun what_is_kept_is_not_changed_by_keeping_it_again() {
        val kept = kept(drawn)
        assertArrayEquals(kept.rgb, kept.rounded().rgb)
        assertArrayEquals(kept.rgb, Pixels.of(drawn).rounded().rgb)
    }

    @Test fun an_area_one_shade_off_is_another_picture() {
        val other = BufferedImage(256, 256, BufferedImage.TYPE_INT_ARGB).apply {
            for (y in 0 until height) for (x in 0 until width) setRGB(x, y, if (y < 200) AREA + 1 else drawn.getRGB(x, y))
        }
        assertNotEquals(kept(drawn).rgb[0], kept(other).rgb[0])
    }

    private fun kept(image: BufferedImage): Pixels {
        val file = File(folder.root, "picture.png")
        writeSmall(file, image)
        return Pixels.of(ImageIO.read(file))
    }
}

private const val AREA = 0xFF3A7BD5.toInt()
