package org.satchel.pos.core

import java.time.Duration
import java.time.Instant
import java.time.LocalDate
import org.satchel.bindings.BasketLine as CoreBasketLine
import org.satchel.bindings.CardMark as CoreCardMark
import org.satchel.bindings.CardMeans as CoreCardMeans
import org.satchel.bindings.CardMovement as CoreCardMovement
import org.satchel.bindings.CardState as CoreCardState
import org.satchel.bindings.ClockStatus as CoreClockStatus
import org.satchel.bindings.Currency as CoreCurrency
import org.satchel.bindings.Exported as CoreExported
import org.satchel.bindings.HeadMark as CoreHeadMark
import org.satchel.bindings.JournalLine as CoreJournalLine
import org.satchel.bindings.Limits as CoreLimits
import org.satchel.bindings.LineKind as CoreLineKind
import org.satchel.bindings.Member as CoreMember
import org.satchel.bindings.MovementId as CoreMovementId
import org.satchel.bindings.MovementState as CoreMovementState
import org.satchel.bindings.OperatorFault as CoreOperatorFault
import org.satchel.bindings.OperatorOnDuty as CoreOperatorOnDuty
import org.satchel.bindings.Outcome as CoreOutcome
import org.satchel.bindings.PackageStatus as CorePackageStatus
import org.satchel.bindings.Person as CorePerson
import org.satchel.bindings.PracticeCard as CorePracticeCard
import org.satchel.bindings.Preview as CorePreview
import org.satchel.bindings.Receipt as CoreReceipt
import org.satchel.bindings.ReceiptText as CoreReceiptText
import org.satchel.bindings.Registration as CoreRegistration
import org.satchel.bindings.Settled as CoreSettled
import org.satchel.bindings.Settlement as CoreSettlement
import org.satchel.bindings.ShiftOpening as CoreShiftOpening
import org.satchel.bindings.ShiftStatus as CoreShiftStatus
import org.satchel.bindings.Status as CoreStatus
import org.satchel.bindings.TopUpPreview as CoreTopUpPreview
import org.satchel.bindings.Totals as CoreTotals
import org.satchel.bindings.Trouble as CoreTrouble
import org.satchel.bindings.UnsettledMovement as CoreUnsettledMovement
import org.satchel.bindings.Verified as CoreVerified
import org.satchel.bindings.XReport as CoreXReport
import org.satchel.bindings.ZReport as CoreZReport

/* What the core says, in the app's types. */

internal fun CoreStatus.ours() = Status(
    terminal = terminal.toLong(),
    store = store?.toLong(),
    training = training,
    currency = currency?.ours(),
    operator = operator?.ours(),
    shift = shift?.ours(),
    unsettled = unsettled.map { it.ours() },
    packages = packages.map { it.ours() },
    limits = limits?.ours(),
    lastZ = lastZ.toLong(),
    head = head.ours(),
    clock = clock.ours(),
    receiptTexts = receiptTexts.map { it.ours() },
    idle = Duration.ofMillis(idleMs),
)

internal fun CoreOperatorOnDuty.ours() =
    OperatorOnDuty(person.ours(), level, authorities.toSet(), discountPercent.toInt())

internal fun CorePerson.ours() = Person(number.toLong(), name)

private fun CoreShiftStatus.ours() = ShiftStatus(
    number = number.toLong(),
    openedBy = openedBy.ours(),
    openedAt = instant(openedAtMs),
    float = Money(floatMinor),
    expected = Money(expectedMinor),
)

private fun CoreUnsettledMovement.ours() = UnsettledMovement(
    id = id.ours(),
    operation = operation,
    at = instant(atMs),
    age = Duration.ofMillis(ageMs),
    purse = Money(purseMinor),
    cash = Money(cashMinor),
    card = card.ours(),
    stage = stage,
)

private fun CorePackageStatus.ours() = PackageStatus(kind, version?.toLong(), ageDays?.toLong(), state)

private fun CoreLimits.ours() = Limits(
    purseMost = Money(purseMaxMinor),
    perSaleMost = Money(perSaleMaxMinor),
    perCardDayMost = Money(perCardDayMaxMinor),
    offlineTotalMost = Money(offlineTotalMaxMinor),
    topUpLeast = Money(topUpMinMinor),
    topUpMost = Money(topUpMaxMinor),
    topUpAllowance = Money(topUpAllowanceMinor),
    pointsMost = Points(pointsMax),
)

private fun CoreClockStatus.ours(): ClockStatus = when (this) {
    is CoreClockStatus.Right -> ClockStatus.Right
    is CoreClockStatus.SetBack -> ClockStatus.SetBack(instant(shownMs), instant(seenMs))
}

private fun CoreReceiptText.ours() = ReceiptText(place, text)

private fun CoreCurrency.ours() = Currency(code, exponent.toInt())

private fun CoreHeadMark.ours() = HeadMark(entries.toLong(), hash)

private fun CoreMovementId.ours() = MovementId(terminal.toLong(), sequence.toLong())

private fun CoreCardMark.ours() = CardMark(tail, number)

internal fun CorePreview.ours() = Preview(
    purse = Money(purseMinor),
    cash = Money(cashMinor),
    earned = Points(earned),
    redeemed = Points(redeemed),
    pointsValue = Money(pointsValueMinor),
    redeemable = Points(redeemable),
    redeemableValue = Money(redeemableValueMinor),
)

internal fun CoreTopUpPreview.ours() = TopUpPreview(Money(creditedMinor), Money(bonusMinor), Points(bonusPoints))

internal fun CoreOutcome.ours(): Outcome = when (this) {
    is CoreOutcome.Done -> Outcome.Done(receipt.ours())
    is CoreOutcome.NotApplied -> Outcome.NotApplied(id.ours(), why)
    is CoreOutcome.Indeterminate -> Outcome.Indeterminate(id.ours(), card.ours())
}

internal fun CoreSettled.ours(): Settled = when (this) {
    is CoreSettled.OtherCard -> Settled.OtherCard(waiting.map { it.ours() })
    is CoreSettled.Done -> Settled.Done(settlements.map { it.ours() })
}

private fun CoreSettlement.ours(): Settlement = when (this) {
    is CoreSettlement.Confirmed -> Settlement.Confirmed(receipt.ours())
    is CoreSettlement.NotApplied -> Settlement.NotApplied(id.ours())
    is CoreSettlement.Held -> Settlement.Held(id.ours(), why)
}

internal fun CoreReceipt.ours() = Receipt(
    kind = kind,
    state = state.ours(),
    id = id.ours(),
    at = instant(atMs),
    store = store?.toLong(),
    operator = operator.ours(),
    approver = approver?.ours(),
    card = card?.ours(),
    lines = lines.map { it.ours() },
    gross = Money(grossMinor),
    discount = Money(discountMinor),
    pointsValue = Money(pointsValueMinor),
    amount = Money(amountMinor),
    purse = Money(purseMinor),
    cash = Money(cashMinor),
    bonus = Money(bonusMinor),
    balance = balanceMinor?.let(::Money),
    pointsEarned = Points(pointsEarned),
    pointsRedeemed = Points(pointsRedeemed),
    pointsBalance = pointsBalance?.let(::Points),
    undoes = undoes?.ours(),
    head = head.ours(),
    currency = currency?.ours(),
    training = training,
    duplicate = duplicate,
)

private fun CoreMovementState.ours(): MovementState = when (this) {
    is CoreMovementState.Done -> MovementState.Done
    is CoreMovementState.Open -> MovementState.Open(stage)
    is CoreMovementState.NotApplied -> MovementState.NotApplied(why)
}

private fun CoreBasketLine.ours() = BasketLine(item, text, quantityMilli, Money(amountMinor))

internal fun CoreCardState.ours() = CardState(
    card = card.ours(),
    number = number,
    member = member,
    issuedOn = LocalDate.ofEpochDay(issuedDay),
    expiresOn = expiryDay?.let(LocalDate::ofEpochDay),
    standing = standing,
    means = means.ours(),
    currency = currency.ours(),
    history = history.map { it.ours() },
    registered = registered?.ours(),
)

private fun CoreCardMeans.ours() = CardMeans(Money(balanceMinor), Points(points), tier.toInt())

private fun CoreCardMovement.ours() =
    CardMovement(id.ours(), operation, instant(atMs), Money(amountMinor), Money(balanceMinor), Points(points))

internal fun CoreRegistration.ours() = Registration(number, outcome.ours())

internal fun CoreMember.ours() = Member(number, card.ours(), name, contact, consent, instant(atMs))

internal fun CoreJournalLine.ours() = JournalLine(
    sequence = sequence.toLong(),
    at = instant(atMs),
    kind = kind.ours(),
    amount = amountMinor?.let(::Money),
    card = card?.ours(),
    person = person?.ours(),
    state = state?.ours(),
)

private fun CoreLineKind.ours(): LineKind = when (this) {
    is CoreLineKind.Movement -> LineKind.Movement(receipt)
    is CoreLineKind.ShiftOpened -> LineKind.ShiftOpened(shift.toLong())
    is CoreLineKind.ShiftClosed -> LineKind.ShiftClosed(number.toLong())
    is CoreLineKind.SignedOn -> LineKind.SignedOn
    is CoreLineKind.SignedOff -> LineKind.SignedOff
    is CoreLineKind.Refused -> LineKind.Refused(why)
    is CoreLineKind.Registered -> LineKind.Registered(number)
    is CoreLineKind.ReportedLost -> LineKind.ReportedLost(number)
    is CoreLineKind.Installed -> LineKind.Installed(`package`, version.toLong())
    is CoreLineKind.Other -> LineKind.Other
}

internal fun CoreXReport.ours() = XReport(
    shift = shift.toLong(),
    store = store?.toLong(),
    terminal = terminal.toLong(),
    operator = operator.ours(),
    openedAt = instant(openedAtMs),
    at = instant(atMs),
    totals = totals.ours(),
    expected = Money(expectedMinor),
    unsettled = unsettled.map { it.ours() },
    unsettledCash = Money(unsettledCashMinor),
    currency = currency?.ours(),
    training = training,
)

internal fun CoreZReport.ours() = ZReport(
    number = number.toLong(),
    sequence = sequence.toLong(),
    store = store?.toLong(),
    terminal = terminal.toLong(),
    operator = operator.ours(),
    at = instant(atMs),
    opening = opening?.ours(),
    shift = shift.ours(),
    perpetual = perpetual.ours(),
    expected = Money(expectedMinor),
    counted = Money(countedMinor),
    difference = Money(differenceMinor),
    unsettled = unsettled.map { it.ours() },
    unsettledCash = Money(unsettledCashMinor),
    head = head.ours(),
    headHash = headHash,
    currency = currency?.ours(),
    training = training,
    duplicate = duplicate,
)

private fun CoreShiftOpening.ours() = ShiftOpening(operator.ours(), instant(atMs), Money(floatMinor))

private fun CoreTotals.ours() = Totals(
    sales = sales.toLong(),
    gross = Money(grossMinor),
    discounts = Money(discountsMinor),
    pointsValue = Money(pointsValueMinor),
    spent = Money(spentMinor),
    topUps = topUps.toLong(),
    loaded = Money(loadedMinor),
    bonuses = Money(bonusesMinor),
    undoneSales = undoneSales.toLong(),
    undoneSpent = Money(undoneSpentMinor),
    undoneTopUps = undoneTopUps.toLong(),
    undoneLoaded = Money(undoneLoadedMinor),
    undoneBonuses = Money(undoneBonusesMinor),
    refunds = refunds.toLong(),
    refunded = Money(refundedMinor),
    pointsEarned = Points(pointsEarned),
    pointsRedeemed = Points(pointsRedeemed),
    cash = Money(cashMinor),
    blocked = blocked.toLong(),
    activated = activated.toLong(),
    purseChange = Money(purseChangeMinor),
)

internal fun CoreVerified.ours() = Verified(entries.toLong(), checkpoints.toLong(), head.ours())

internal fun CoreExported.ours() = Exported(entries.toLong(), firstUnreadable?.toLong())

internal fun CorePracticeCard.ours() = PracticeCard(index.toInt(), kind, name, pin, number)

internal fun CoreTrouble.ours(): Trouble = when (this) {
    is CoreTrouble.SignOnFirst -> Trouble.SignOnFirst
    is CoreTrouble.OpenShiftFirst -> Trouble.OpenShiftFirst
    is CoreTrouble.ShiftAlreadyOpen -> Trouble.ShiftAlreadyOpen
    is CoreTrouble.AskSomebodyWhoMay -> Trouble.AskSomebodyWhoMay(authority)
    is CoreTrouble.HoldSameCardAgain -> Trouble.HoldSameCardAgain
    is CoreTrouble.SettleFirst -> Trouble.SettleFirst(id.ours())
    is CoreTrouble.HeldForOffice -> Trouble.HeldForOffice(id.ours())
    is CoreTrouble.NotOurCard -> Trouble.NotOurCard
    is CoreTrouble.HidesItsNumber -> Trouble.HidesItsNumber
    is CoreTrouble.CardBlocked -> Trouble.CardBlocked
    is CoreTrouble.CardListed -> Trouble.CardListed
    is CoreTrouble.RegisterFirst -> Trouble.RegisterFirst
    is CoreTrouble.AlreadyRegistered -> Trouble.AlreadyRegistered
    is CoreTrouble.CardExpired -> Trouble.CardExpired(LocalDate.ofEpochDay(onDay))
    is CoreTrouble.NotEnough -> Trouble.NotEnough(Money(balanceMinor), Money(neededMinor))
    is CoreTrouble.OverLimit -> Trouble.OverLimit(limit, most)
    is CoreTrouble.CardLimit -> Trouble.CardLimit
    is CoreTrouble.WrongPin -> Trouble.WrongPin(triesLeft.toInt())
    is CoreTrouble.PinBlocked -> Trouble.PinBlocked
    is CoreTrouble.PinMalformed -> Trouble.PinMalformed
    is CoreTrouble.OperatorRefused -> Trouble.OperatorRefused(why.ours())
    is CoreTrouble.OrderWrong -> Trouble.OrderWrong(why)
    is CoreTrouble.AmountOutOfRange -> Trouble.AmountOutOfRange
    is CoreTrouble.NotTheLast -> Trouble.NotTheLast
    is CoreTrouble.RefundTooHigh -> Trouble.RefundTooHigh(Money(paidMinor), Money(refundedMinor))
    is CoreTrouble.NoSuchSale -> Trouble.NoSuchSale(sequence.toLong())
    is CoreTrouble.NotWaiting -> Trouble.NotWaiting(sequence.toLong())
    is CoreTrouble.TooManyUnsettled -> Trouble.TooManyUnsettled
    is CoreTrouble.CardNumberWrong -> Trouble.CardNumberWrong(why)
    is CoreTrouble.MemberTextWrong -> Trouble.MemberTextWrong(why)
    is CoreTrouble.TerminalHasNoKey -> Trouble.TerminalHasNoKey
    is CoreTrouble.KeysTooOld -> Trouble.KeysTooOld
    is CoreTrouble.PackageMissing -> Trouble.PackageMissing(kind)
    is CoreTrouble.PackageTooOld -> Trouble.PackageTooOld(kind, days.toLong(), limit.toLong())
    is CoreTrouble.PackageRefused -> Trouble.PackageRefused(detail)
    is CoreTrouble.SetClock -> Trouble.SetClock(instant(shownMs), instant(seenMs))
    is CoreTrouble.StorageFull -> Trouble.StorageFull
    is CoreTrouble.StorageReadOnly -> Trouble.StorageReadOnly
    is CoreTrouble.StorageFaulty -> Trouble.StorageFaulty(detail)
    is CoreTrouble.JournalDamaged -> Trouble.JournalDamaged(firstBad.toLong())
    is CoreTrouble.JournalInUse -> Trouble.JournalInUse
    is CoreTrouble.JournalFull -> Trouble.JournalFull
    is CoreTrouble.CardFaulty -> Trouble.CardFaulty(detail)
    is CoreTrouble.ReaderFaulty -> Trouble.ReaderFaulty(detail)
    is CoreTrouble.ClockFaulty -> Trouble.ClockFaulty(detail)
    is CoreTrouble.NewVersionNeeded -> Trouble.NewVersionNeeded
    is CoreTrouble.NotSetUp -> Trouble.NotSetUp
    is CoreTrouble.AlreadySetUp -> Trouble.AlreadySetUp(terminal.toLong())
    is CoreTrouble.OtherInvitation -> Trouble.OtherInvitation
    is CoreTrouble.NotInvited -> Trouble.NotInvited
    is CoreTrouble.SetUpWrongCode -> Trouble.SetUpWrongCode
    is CoreTrouble.SetUpDamaged -> Trouble.SetUpDamaged(detail)
    is CoreTrouble.SealFaulty -> Trouble.SealFaulty(detail)
    is CoreTrouble.TrainingOnly -> Trouble.TrainingOnly
    is CoreTrouble.Busy -> Trouble.Busy
    is CoreTrouble.Internal -> Trouble.Internal(detail)
}

private fun CoreOperatorFault.ours(): OperatorFault = when (this) {
    is CoreOperatorFault.NotListed -> OperatorFault.NotListed
    is CoreOperatorFault.OldCard -> OperatorFault.OldCard
    is CoreOperatorFault.TimeOver -> OperatorFault.TimeOver
    is CoreOperatorFault.OtherStore -> OperatorFault.OtherStore
    is CoreOperatorFault.NoKeysHere -> OperatorFault.NoKeysHere
    is CoreOperatorFault.KeysExpired -> OperatorFault.KeysExpired(LocalDate.ofEpochDay(onDay))
    is CoreOperatorFault.KeysDoNotOpen -> OperatorFault.KeysDoNotOpen
}

private fun instant(ms: Long): Instant = Instant.ofEpochMilli(ms)
