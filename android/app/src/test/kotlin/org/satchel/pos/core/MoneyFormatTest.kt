package org.satchel.pos.core

import org.junit.Assert.assertEquals
import org.junit.Test
import java.time.LocalDate
import java.time.ZoneOffset
import java.util.Locale

class MoneyFormatTest {
    private val english = MoneyFormat(Locale.US, ZoneOffset.UTC)
    private val german = MoneyFormat(Locale.GERMANY, ZoneOffset.UTC)
    private val chinese = MoneyFormat(Locale.SIMPLIFIED_CHINESE, ZoneOffset.UTC)
    private val arabic = MoneyFormat(Locale.forLanguageTag("ar-EG"), ZoneOffset.UTC)

    @Test fun each_language_places_the_currency_where_it_belongs() {
        assertEquals("€12.50", english.money(Money(12_50), euro))
        assertEquals("1.234,50\u00a0€", german.money(Money(1_234_50), euro))
        assertEquals("¥12.50", chinese.money(Money(12_50), Currency("CNY", 2)))
    }

    @Test fun the_till_says_how_many_places_there_are() {
        assertEquals("¥1,250", english.money(Money(1_250), Currency("JPY", 0)))
        assertEquals("1.250", english.bare(Money(1_250), Currency("KWD", 3)))
        assertEquals("12.5", english.bare(Money(125), Currency("EUR", 1)))
    }

    @Test fun the_last_cent_of_the_largest_amount_is_there() =
        assertEquals("€92,233,720,368,547,758.07", english.money(Money(Long.MAX_VALUE), euro))

    @Test fun a_currency_the_device_does_not_know_is_written_out() =
        assertEquals("XQX\u00a012.50", english.money(Money(12_50), Currency("XQX", 2)))

    @Test fun less_than_nothing_has_a_minus_and_more_a_plus_if_asked() {
        assertEquals("-€0.05", english.money(Money(-5), euro))
        assertEquals("+€0.05", english.signed(Money(5), euro))
        assertEquals("€0.00", english.signed(Money.Zero, euro))
    }

    @Test fun arabic_has_its_own_digits() {
        assertEquals("١٬٢٣٤", arabic.count(1_234))
        assertEquals("١٢٫٥٠", arabic.bare(Money(12_50), euro))
        assertEquals("١٤‏/٠٣‏/٢٠٢٦", arabic.date(LocalDate.of(2026, 3, 14)))
    }

    @Test fun quantities_have_no_noughts_at_their_end() {
        assertEquals("1", english.quantity(1_000))
        assertEquals("0.25", english.quantity(250))
        assertEquals("1,5", german.quantity(1_500))
    }

    @Test fun percent_and_points() {
        assertEquals("10%", english.percent(10))
        assertEquals("1,212", english.points(Points(1_212)))
    }

    @Test fun dates_are_written_as_the_language_writes_them() {
        assertEquals("Mar 14, 2026", english.date(noon))
        assertEquals("14.03.2026", german.date(noon))
        assertEquals("2026年3月14日", chinese.date(noon))
        assertEquals("12:00", german.time(noon))
    }
}
