package org.satchel.pos.design

import androidx.compose.material3.ColorScheme
import androidx.compose.ui.graphics.Color
import androidx.compose.ui.graphics.luminance
import org.junit.Assert.assertEquals
import org.junit.Test

/** WCAG 2.1, 1.4.3 and 1.4.11: text 4.5:1 against what is behind it, and shapes that mean something 3:1. */
class ContrastTest {
    @Test fun text_is_read_in_the_light() = assertReadable(LightColors.texts() + LightTones.texts(LightColors))

    @Test fun text_is_read_in_the_dark() = assertReadable(DarkColors.texts() + DarkTones.texts(DarkColors))

    @Test fun shapes_are_seen_in_both() = listOf(LightColors, DarkColors).forEach { colors ->
        assertEquals(emptyList<String>(), colors.shapes().filter { it.contrast < 3.0 }.map(Pairing::toString))
    }

    @Test fun black_on_white_is_21() = assertEquals(21.0, contrast(Color.Black, Color.White), 0.01)

    private fun assertReadable(pairings: List<Pairing>) =
        assertEquals(emptyList<String>(), pairings.filter { it.contrast < 4.5 }.map(Pairing::toString))
}

private class Pairing(private val name: String, front: Color, back: Color) {
    val contrast = contrast(front, back)

    override fun toString() = "$name %.2f:1".format(contrast)
}

private fun ColorScheme.texts(): List<Pairing> = listOf(
    Pairing("primary", onPrimary, primary),
    Pairing("primary container", onPrimaryContainer, primaryContainer),
    Pairing("secondary", onSecondary, secondary),
    Pairing("secondary container", onSecondaryContainer, secondaryContainer),
    Pairing("tertiary", onTertiary, tertiary),
    Pairing("tertiary container", onTertiaryContainer, tertiaryContainer),
    Pairing("error", onError, error),
    Pairing("error container", onErrorContainer, errorContainer),
    Pairing("inverse surface", inverseOnSurface, inverseSurface),
    Pairing("surface variant", onSurfaceVariant, surfaceVariant),
    Pairing("brand", Color.White, BrandGreen),
) + surfaces().flatMap { (name, surface) ->
    listOf(
        Pairing("text on $name", onSurface, surface),
        Pairing("quiet text on $name", onSurfaceVariant, surface),
        Pairing("primary on $name", primary, surface),
        Pairing("error on $name", error, surface),
    )
}

private fun ColorScheme.surfaces() = listOf(
    "surface" to surface,
    "lowest" to surfaceContainerLowest,
    "low" to surfaceContainerLow,
    "container" to surfaceContainer,
    "high" to surfaceContainerHigh,
    "highest" to surfaceContainerHighest,
)

private fun ColorScheme.shapes(): List<Pairing> = surfaces().map { (name, surface) -> Pairing("outline on $name", outline, surface) }

private fun Tones.texts(colors: ColorScheme): List<Pairing> =
    listOf("done" to done, "undecided" to undecided, "refused" to refused, "training" to training, "neutral" to neutral)
        .flatMap { (name, tone) ->
            listOf(
                Pairing("on $name", tone.on, tone.color),
                Pairing("on $name container", tone.onContainer, tone.container),
                Pairing("$name on surface", tone.color, colors.surface),
            )
        }

private fun contrast(one: Color, other: Color): Double {
    val (dark, light) = listOf(one.luminance().toDouble(), other.luminance().toDouble()).sorted()
    return (light + 0.05) / (dark + 0.05)
}
