package org.satchel.pos.design

import androidx.compose.material3.ColorScheme
import androidx.compose.material3.darkColorScheme
import androidx.compose.material3.lightColorScheme
import androidx.compose.runtime.Immutable
import androidx.compose.ui.graphics.Color

/** The product's own, in every light; as the launcher shows it. */
val BrandGreen = Color(0xFF0B5D4E)

/** Bottle green and leather brown, on paper. */
val LightColors: ColorScheme = lightColorScheme(
    primary = Color(0xFF0B5D4E),
    onPrimary = Color(0xFFFFFFFF),
    primaryContainer = Color(0xFFC4ECDF),
    onPrimaryContainer = Color(0xFF00271F),
    inversePrimary = Color(0xFF86D8C2),
    secondary = Color(0xFF7A4A21),
    onSecondary = Color(0xFFFFFFFF),
    secondaryContainer = Color(0xFFDDEBE5),
    onSecondaryContainer = Color(0xFF11302A),
    tertiary = Color(0xFF7A4A21),
    onTertiary = Color(0xFFFFFFFF),
    tertiaryContainer = Color(0xFFFBE3CE),
    onTertiaryContainer = Color(0xFF3A2006),
    background = Color(0xFFF6F8F6),
    onBackground = Color(0xFF161D1A),
    surface = Color(0xFFF6F8F6),
    onSurface = Color(0xFF161D1A),
    surfaceVariant = Color(0xFFDDE5E0),
    onSurfaceVariant = Color(0xFF46514C),
    surfaceTint = Color(0xFF0B5D4E),
    inverseSurface = Color(0xFF2B322F),
    inverseOnSurface = Color(0xFFECF2EE),
    error = Color(0xFFB0241B),
    onError = Color(0xFFFFFFFF),
    errorContainer = Color(0xFFFCDEDA),
    onErrorContainer = Color(0xFF4A0905),
    outline = Color(0xFF6C7772),
    outlineVariant = Color(0xFFC6D0CB),
    scrim = Color(0xFF000000),
    surfaceBright = Color(0xFFFCFDFC),
    surfaceDim = Color(0xFFD9DFDB),
    surfaceContainerLowest = Color(0xFFFFFFFF),
    surfaceContainerLow = Color(0xFFFFFFFF),
    surfaceContainer = Color(0xFFEDF2EE),
    surfaceContainerHigh = Color(0xFFE6ECE8),
    surfaceContainerHighest = Color(0xFFE0E7E2),
)

/** The same at night. */
val DarkColors: ColorScheme = darkColorScheme(
    primary = Color(0xFF7FD6BF),
    onPrimary = Color(0xFF00382D),
    primaryContainer = Color(0xFF0E4A3E),
    onPrimaryContainer = Color(0xFFC4ECDF),
    inversePrimary = Color(0xFF0B5D4E),
    secondary = Color(0xFFEBBE93),
    onSecondary = Color(0xFF452807),
    secondaryContainer = Color(0xFF26423A),
    onSecondaryContainer = Color(0xFFD3E9E0),
    tertiary = Color(0xFFEBBE93),
    onTertiary = Color(0xFF452807),
    tertiaryContainer = Color(0xFF5C3A17),
    onTertiaryContainer = Color(0xFFFBE3CE),
    background = Color(0xFF0F1513),
    onBackground = Color(0xFFDEE5E1),
    surface = Color(0xFF0F1513),
    onSurface = Color(0xFFDEE5E1),
    surfaceVariant = Color(0xFF3A4540),
    onSurfaceVariant = Color(0xFFB9C5BF),
    surfaceTint = Color(0xFF7FD6BF),
    inverseSurface = Color(0xFFDEE5E1),
    inverseOnSurface = Color(0xFF2B322F),
    error = Color(0xFFFFB4A9),
    onError = Color(0xFF5F120B),
    errorContainer = Color(0xFF7C2017),
    onErrorContainer = Color(0xFFFFE2DE),
    outline = Color(0xFF8A958F),
    outlineVariant = Color(0xFF38433E),
    scrim = Color(0xFF000000),
    surfaceBright = Color(0xFF353C38),
    surfaceDim = Color(0xFF0F1513),
    surfaceContainerLowest = Color(0xFF0A100E),
    surfaceContainerLow = Color(0xFF171F1C),
    surfaceContainer = Color(0xFF1B2320),
    surfaceContainerHigh = Color(0xFF252E2A),
    surfaceContainerHighest = Color(0xFF303935),
)

/** A colour that means something, what is written on it, and the same for large areas. */
@Immutable
data class Tone(val color: Color, val on: Color, val container: Color, val onContainer: Color)

/** The colours of what a tap comes to. Never the only sign: each goes with an icon and a text. */
@Immutable
data class Tones(val done: Tone, val undecided: Tone, val refused: Tone, val training: Tone, val neutral: Tone)

val LightTones = Tones(
    done = Tone(Color(0xFF1B6E32), Color(0xFFFFFFFF), Color(0xFFD3F1DA), Color(0xFF07300F)),
    undecided = Tone(Color(0xFF8A5200), Color(0xFFFFFFFF), Color(0xFFFFE6BF), Color(0xFF3B2200)),
    refused = Tone(Color(0xFFB0241B), Color(0xFFFFFFFF), Color(0xFFFCDEDA), Color(0xFF4A0905)),
    training = Tone(Color(0xFF5A3EA6), Color(0xFFFFFFFF), Color(0xFFE9E0FF), Color(0xFF23105A)),
    neutral = Tone(Color(0xFF46514C), Color(0xFFFFFFFF), Color(0xFFE6ECE8), Color(0xFF28302C)),
)

val DarkTones = Tones(
    done = Tone(Color(0xFF86DA9A), Color(0xFF00390F), Color(0xFF174A25), Color(0xFFD3F1DA)),
    undecided = Tone(Color(0xFFFFC26B), Color(0xFF452A00), Color(0xFF5E3B00), Color(0xFFFFE6BF)),
    refused = Tone(Color(0xFFFFB4A9), Color(0xFF5F120B), Color(0xFF7C2017), Color(0xFFFFE2DE)),
    training = Tone(Color(0xFFCDBDFF), Color(0xFF2F1673), Color(0xFF43308A), Color(0xFFE9E0FF)),
    neutral = Tone(Color(0xFFB9C5BF), Color(0xFF1E2723), Color(0xFF303935), Color(0xFFDEE5E1)),
)
