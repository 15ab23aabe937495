package org.satchel.pos.design

import androidx.compose.runtime.Composable
import androidx.compose.runtime.CompositionLocalProvider
import androidx.compose.runtime.ReadOnlyComposable
import androidx.compose.runtime.compositionLocalOf
import androidx.compose.runtime.remember
import androidx.compose.ui.platform.LocalConfiguration
import org.satchel.pos.core.Currency
import org.satchel.pos.core.Money
import org.satchel.pos.core.MoneyFormat
import org.satchel.pos.core.Points

/** How amounts and times are written on this screen: [org.satchel.pos.core.MoneyFormat] in its language. */
val LocalFormat = compositionLocalOf { MoneyFormat(java.util.Locale.ENGLISH) }

/** What amounts are in. */
val LocalCurrency = compositionLocalOf<Currency?> { null }

/** Amounts within are in [currency], written as the device's language wants it. */
@Composable
fun Written(currency: Currency?, content: @Composable () -> Unit) {
    val locale = LocalConfiguration.current.locales[0]
    val format = remember(locale) { MoneyFormat(locale) }
    CompositionLocalProvider(LocalFormat provides format, LocalCurrency provides currency, content = content)
}

/** `€12.50` */
val Money.shown: String @Composable @ReadOnlyComposable get() = LocalFormat.current.money(this, LocalCurrency.current)

/** `+€12.50` */
val Money.shownSigned: String
    @Composable @ReadOnlyComposable get() = LocalFormat.current.signed(this, LocalCurrency.current)

val Points.shownPoints: String @Composable @ReadOnlyComposable get() = LocalFormat.current.points(this)
