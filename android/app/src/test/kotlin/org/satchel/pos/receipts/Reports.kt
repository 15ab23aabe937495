package org.satchel.pos.receipts

import org.satchel.pos.core.HeadMark
import org.satchel.pos.core.Money
import org.satchel.pos.core.MovementId
import org.satchel.pos.core.Points
import org.satchel.pos.core.ShiftOpening
import org.satchel.pos.core.Totals
import org.satchel.pos.core.XReport
import org.satchel.pos.core.ZReport
import org.satchel.pos.core.aPerson
import org.satchel.pos.core.euro
import org.satchel.pos.core.noon

fun someTotals(sales: Long = 12) = Totals(
    sales = sales,
    gross = Money(156_00),
    discounts = Money(6_00),
    pointsValue = Money(2_50),
    spent = Money(147_50),
    topUps = 3,
    loaded = Money(90_00),
    bonuses = Money(5_00),
    undoneSales = 1,
    undoneSpent = Money(4_20),
    undoneTopUps = 0,
    undoneLoaded = Money.Zero,
    undoneBonuses = Money.Zero,
    refunds = 1,
    refunded = Money(9_90),
    pointsEarned = Points(147),
    pointsRedeemed = Points(250),
    cash = Money(87_50),
    blocked = 1,
    activated = 2,
    purseChange = Money(-52_40),
)

fun anXReport() = XReport(
    shift = 42,
    store = 3,
    terminal = 12,
    operator = aPerson(),
    openedAt = noon,
    at = noon.plusSeconds(14_400),
    totals = someTotals(),
    expected = Money(187_50),
    unsettled = emptyList(),
    unsettledCash = Money.Zero,
    currency = euro,
    training = false,
)

fun aZReport(unsettled: List<MovementId> = emptyList(), duplicate: Boolean = false) = ZReport(
    number = 42,
    sequence = 1_031,
    store = 3,
    terminal = 12,
    operator = aPerson(),
    at = noon.plusSeconds(28_800),
    opening = ShiftOpening(aPerson(), noon, Money(100_00)),
    shift = someTotals(),
    perpetual = someTotals(sales = 4_711),
    expected = Money(187_50),
    counted = Money(185_00),
    difference = Money(-2_50),
    unsettled = unsettled,
    unsettledCash = if (unsettled.isEmpty()) Money.Zero else Money(5_00),
    head = HeadMark(1_031, "77ab01c2"),
    headHash = "77ab01c2".repeat(8),
    currency = euro,
    training = false,
    duplicate = duplicate,
)
