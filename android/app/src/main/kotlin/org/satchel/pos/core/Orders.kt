package org.satchel.pos.core

/** What is to be sold, and how it is paid. */
data class Order(
    /** Before the discount. */
    val gross: Money,
    val discount: Money = Money.Zero,
    val lines: List<BasketLine> = emptyList(),
    val redeem: Redeem = Redeem.Nothing,
    val tender: Tender = Tender.Card,
)

/** A line of the basket. */
data class BasketLine(
    val item: String,
    /** What the receipt calls it. */
    val text: String,
    /** In thousandths: 1000 is one piece, or one kilogram. */
    val quantityMilli: Long,
    val amount: Money,
)

/** The points that the customer pays with. */
sealed interface Redeem {
    data object Nothing : Redeem
    data class Some(val points: Points) : Redeem
    data object Most : Redeem
}

/** What pays. */
sealed interface Tender {
    /** The card, all of it. */
    data object Card : Tender
    data class CashPart(val cash: Money) : Tender
    /** The card as far as it goes, cash for the rest. */
    data object CardThenCash : Tender
}

/** What is on a card. */
data class CardMeans(val balance: Money, val points: Points, val tier: Int)

/** What an order would come to. */
data class Preview(
    val purse: Money,
    val cash: Money,
    val earned: Points,
    val redeemed: Points,
    val pointsValue: Money,
    val redeemable: Points,
    val redeemableValue: Money,
)

/** What a top-up would bring. */
data class TopUpPreview(val credited: Money, val bonus: Money, val bonusPoints: Points)
