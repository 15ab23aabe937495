package org.satchel.pos.core

import org.satchel.bindings.CardTransport
import org.satchel.bindings.ClockFault
import org.satchel.bindings.KeySeal
import org.satchel.bindings.SealFault
import org.satchel.bindings.TransportFault
import org.satchel.bindings.BasketLine as CoreBasketLine
import org.satchel.bindings.CardMeans as CoreCardMeans
import org.satchel.bindings.Clock as CoreClock
import org.satchel.bindings.Currency as CoreCurrency
import org.satchel.bindings.JournalQuery as CoreJournalQuery
import org.satchel.bindings.MemberDetails as CoreMemberDetails
import org.satchel.bindings.MovementId as CoreMovementId
import org.satchel.bindings.Order as CoreOrder
import org.satchel.bindings.PracticeTexts as CorePracticeTexts
import org.satchel.bindings.Redeem as CoreRedeem
import org.satchel.bindings.Tender as CoreTender

/* What the app says, in the core's types; and what the app does for the core. */

internal fun Order.cores() =
    CoreOrder(gross.minor, discount.minor, lines.map { it.cores() }, redeem.cores(), tender.cores())

private fun BasketLine.cores() = CoreBasketLine(item, text, quantityMilli, amount.minor)

private fun Redeem.cores(): CoreRedeem = when (this) {
    Redeem.Nothing -> CoreRedeem.Nothing
    is Redeem.Some -> CoreRedeem.Points(points.count)
    Redeem.Most -> CoreRedeem.Most
}

private fun Tender.cores(): CoreTender = when (this) {
    Tender.Card -> CoreTender.Card
    is Tender.CashPart -> CoreTender.CashPart(cash.minor)
    Tender.CardThenCash -> CoreTender.CardThenCash
}

internal fun CardMeans.cores() = CoreCardMeans(balance.minor, points.count, tier.toUByte())

internal fun MovementId.cores() = CoreMovementId(number(terminal), number(sequence))

internal fun MemberDetails.cores() = CoreMemberDetails(name, contact, consent)

internal fun JournalQuery.cores() = CoreJournalQuery(
    scope = scope,
    number = number?.let(::number),
    amountMinor = amount?.minor,
    card = card,
    fromMs = from?.toEpochMilli(),
    untilMs = until?.toEpochMilli(),
)

internal fun PracticeTexts.cores() =
    CorePracticeTexts(manager, cashier, CoreCurrency(currency.code, currency.exponent.toUByte()))

/** A number as the core counts; one that it cannot have is as good as its largest: nothing is found under it. */
internal fun number(number: Long): UInt = number.coerceIn(0, UInt.MAX_VALUE.toLong()).toUInt()

/** A card of the core's own stays one: its APDUs need not come to Kotlin and go back. */
internal fun CardLink.cores(): CardTransport = (this as? CoreLink)?.transport ?: LinkForCore(this)

private class LinkForCore(private val link: CardLink) : CardTransport {
    override fun uid(): ByteArray = link.uid

    override fun transceive(apdu: ByteArray): ByteArray = try {
        link.transceive(apdu)
    } catch (_: LinkFault.CardGone) {
        throw TransportFault.CardGone()
    } catch (fault: LinkFault.Failed) {
        throw TransportFault.Failed(fault.detail)
    }
}

internal fun KeyVault.cores(): KeySeal = VaultForCore(this)

private class VaultForCore(private val vault: KeyVault) : KeySeal {
    override fun seal(secret: ByteArray): ByteArray = told { vault.seal(secret) }

    override fun unseal(sealed: ByteArray): ByteArray = told { vault.unseal(sealed) }

    private inline fun told(work: () -> ByteArray): ByteArray = try {
        work()
    } catch (fault: VaultFault.Unavailable) {
        throw SealFault.Unavailable(fault.detail)
    } catch (_: VaultFault.Damaged) {
        throw SealFault.Damaged()
    }
}

internal fun Clock.cores(): CoreClock = ClockForCore(this)

private class ClockForCore(private val clock: Clock) : CoreClock {
    override fun nowMs(): Long = try {
        clock.now().toEpochMilli()
    } catch (fault: ArithmeticException) {
        throw ClockFault.Failed(fault.toString())
    }
}
