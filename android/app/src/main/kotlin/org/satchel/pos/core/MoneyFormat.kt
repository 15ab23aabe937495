package org.satchel.pos.core

import java.math.BigDecimal
import java.text.DecimalFormat
import java.text.NumberFormat
import java.time.Instant
import java.time.LocalDate
import java.time.ZoneId
import java.time.format.DateTimeFormatter
import java.time.format.DecimalStyle
import java.time.format.FormatStyle
import java.util.Locale
import java.util.Currency as IsoCurrency

/** How amounts, points and times are written in a language. Amounts stay whole numbers up to the last character. */
class MoneyFormat(private val locale: Locale, private val zone: ZoneId = ZoneId.systemDefault()) {
    /** With the currency, as the language places it: `€12.50`. Without a currency, minor units. */
    fun money(amount: Money, currency: Currency?): String =
        if (currency == null) count(amount.minor) else withCurrency(currency).format(decimal(amount, currency))

    /** As [money], with a plus before what is more than nothing. */
    fun signed(amount: Money, currency: Currency?): String =
        if (amount.isPositive) "+" + money(amount, currency) else money(amount, currency)

    /** The number alone: `12.50`. */
    fun bare(amount: Money, currency: Currency?): String {
        val places = currency?.exponent ?: 0
        return numbers().apply {
            minimumFractionDigits = places
            maximumFractionDigits = places
        }.format(BigDecimal.valueOf(amount.minor, places))
    }

    fun points(points: Points): String = count(points.count)

    /** A number of things. */
    fun count(number: Long): String = numbers().format(number)

    /** A quantity in thousandths, without noughts at its end: `1`, `0.25`. */
    fun quantity(milli: Long): String = numbers().apply { maximumFractionDigits = 3 }.format(BigDecimal.valueOf(milli, 3))

    fun percent(percent: Int): String = NumberFormat.getPercentInstance(locale).format(BigDecimal.valueOf(percent.toLong(), 2))

    fun date(at: Instant): String = here(DATE).format(at.atZone(zone))

    fun date(day: LocalDate): String = here(DATE).format(day)

    fun time(at: Instant): String = here(TIME).format(at.atZone(zone))

    fun dateAndTime(at: Instant): String = here(DATE_AND_TIME).format(at.atZone(zone))

    private fun decimal(amount: Money, currency: Currency) = BigDecimal.valueOf(amount.minor, currency.exponent)

    private fun numbers(): NumberFormat = NumberFormat.getNumberInstance(locale)

    /** Decimal places are the till's, not the locale's; a code that the device does not know is written out. */
    private fun withCurrency(currency: Currency): NumberFormat {
        val format = NumberFormat.getCurrencyInstance(locale)
        val known = runCatching { IsoCurrency.getInstance(currency.code) }.getOrNull()
        if (known != null) {
            format.currency = known
        } else if (format is DecimalFormat) {
            format.decimalFormatSymbols = format.decimalFormatSymbols.apply { currencySymbol = currency.code + "\u00a0" }
        }
        format.minimumFractionDigits = currency.exponent
        format.maximumFractionDigits = currency.exponent
        return format
    }

    /** In the language, and with its digits. */
    private fun here(style: DateTimeFormatter) = style.withLocale(locale).withDecimalStyle(DecimalStyle.of(locale))
}

private val DATE = DateTimeFormatter.ofLocalizedDate(FormatStyle.MEDIUM)
private val TIME = DateTimeFormatter.ofLocalizedTime(FormatStyle.SHORT)
private val DATE_AND_TIME = DateTimeFormatter.ofLocalizedDateTime(FormatStyle.MEDIUM, FormatStyle.SHORT)
