package org.satchel.pos.design

import androidx.compose.foundation.isSystemInDarkTheme
import androidx.compose.foundation.shape.RoundedCornerShape
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.Shapes
import androidx.compose.material3.Typography
import androidx.compose.runtime.Composable
import androidx.compose.runtime.CompositionLocalProvider
import androidx.compose.runtime.ReadOnlyComposable
import androidx.compose.runtime.staticCompositionLocalOf
import androidx.compose.ui.text.TextStyle
import androidx.compose.ui.text.font.FontWeight
import androidx.compose.ui.unit.dp
import androidx.compose.ui.unit.sp

/** The app's colours, type and shapes, light or dark as the device is. */
@Composable
fun SatchelTheme(dark: Boolean = isSystemInDarkTheme(), content: @Composable () -> Unit) {
    CompositionLocalProvider(LocalTones provides if (dark) DarkTones else LightTones) {
        MaterialTheme(
            colorScheme = if (dark) DarkColors else LightColors,
            typography = SatchelType,
            shapes = SatchelShapes,
            content = content,
        )
    }
}

/** What the theme has beyond Material's. */
object Satchel {
    val tones: Tones @Composable @ReadOnlyComposable get() = LocalTones.current
}

private val LocalTones = staticCompositionLocalOf { LightTones }

/** Distances between things, and nothing between these. */
object Space {
    val hair = 4.dp
    val small = 8.dp
    val medium = 16.dp
    val large = 24.dp
    val huge = 40.dp
}

/** From this width on, list and detail stand side by side. */
val WideFrom = 840.dp

/** The least that a finger is asked to hit; and what it is given where a wrong key costs money. */
val TouchLeast = 48.dp
val TouchKey = 64.dp

private val SatchelShapes = Shapes(
    extraSmall = RoundedCornerShape(6.dp),
    small = RoundedCornerShape(10.dp),
    medium = RoundedCornerShape(16.dp),
    large = RoundedCornerShape(20.dp),
    extraLarge = RoundedCornerShape(28.dp),
)

private val SatchelType = Typography().run {
    copy(
        displayLarge = displayLarge.amount(FontWeight.SemiBold, -1.5f),
        displayMedium = displayMedium.amount(FontWeight.SemiBold, -1f),
        displaySmall = displaySmall.amount(FontWeight.SemiBold, -0.5f),
        headlineLarge = headlineLarge.copy(fontWeight = FontWeight.SemiBold),
        headlineMedium = headlineMedium.copy(fontWeight = FontWeight.SemiBold),
        headlineSmall = headlineSmall.copy(fontWeight = FontWeight.SemiBold),
        titleLarge = titleLarge.copy(fontWeight = FontWeight.SemiBold),
        titleMedium = titleMedium.copy(fontWeight = FontWeight.SemiBold),
        labelLarge = labelLarge.copy(fontWeight = FontWeight.SemiBold),
    )
}

/** Large figures stand in columns. */
private fun TextStyle.amount(weight: FontWeight, spacing: Float) =
    copy(fontWeight = weight, letterSpacing = spacing.sp, fontFeatureSettings = TABULAR)

/** Every digit as wide as the others. */
const val TABULAR = "tnum"
