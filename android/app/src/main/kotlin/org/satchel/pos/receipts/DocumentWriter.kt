package org.satchel.pos.receipts

import org.satchel.pos.core.BasketLine
import org.satchel.pos.core.Block
import org.satchel.pos.core.CardMark
import org.satchel.pos.core.Currency
import org.satchel.pos.core.Document
import org.satchel.pos.core.HeadMark
import org.satchel.pos.core.Money
import org.satchel.pos.core.MoneyFormat
import org.satchel.pos.core.MovementId
import org.satchel.pos.core.MovementState
import org.satchel.pos.core.Person
import org.satchel.pos.core.Points
import org.satchel.pos.core.Receipt
import org.satchel.pos.core.ReceiptKind
import org.satchel.pos.core.ReceiptText
import org.satchel.pos.core.TextAlign
import org.satchel.pos.core.TextStyle
import org.satchel.pos.core.Totals
import org.satchel.pos.core.XReport
import org.satchel.pos.core.ZReport

/** Writes receipts and reports as documents, the same for screen, paper and sharing. */
class DocumentWriter(
    private val format: MoneyFormat,
    private val rightToLeft: Boolean,
    /** What head office wants on receipts. */
    private val texts: List<ReceiptText>,
    private val word: (Word) -> String,
) {
    fun receipt(receipt: Receipt): Document = page(receipt.currency) {
        marks(receipt.training, receipt.duplicate)
        storeTexts(atTop = true)
        title(receipt.kind.word)
        state(receipt.state)
        rule()
        about(receipt)
        if (receipt.lines.isNotEmpty()) rule()
        receipt.lines.forEach { line(it) }
        rule()
        money(receipt)
        rule()
        points(receipt)
        proof(receipt.head)
        storeTexts(atTop = false)
        marks(receipt.training, duplicate = false)
    }

    fun report(report: XReport): Document = page(report.currency) {
        marks(report.training, duplicate = false)
        title(Word.XReport)
        rule()
        where(report.store, report.terminal)
        plain(Word.Shift, format.count(report.shift))
        plain(Word.Date, format.dateAndTime(report.at))
        plain(Word.Opened, format.dateAndTime(report.openedAt))
        plain(Word.ServedBy, report.operator.written)
        totals(report.totals)
        heading(Word.Drawer)
        amount(Word.Expected, report.expected, TextStyle.BOLD)
        unsettled(report.unsettled, report.unsettledCash)
        marks(report.training, duplicate = false)
    }

    fun report(report: ZReport): Document = page(report.currency) {
        marks(report.training, report.duplicate)
        storeTexts(atTop = true)
        title(Word.ZReport)
        rule()
        where(report.store, report.terminal)
        plain(Word.Number, format.count(report.number))
        plain(Word.Date, format.dateAndTime(report.at))
        plain(Word.ServedBy, report.operator.written)
        report.opening?.let {
            plain(Word.Opened, format.dateAndTime(it.at))
            plain(Word.OpenedBy, it.operator.written)
            amount(Word.Float, it.float)
        }
        totals(report.shift)
        heading(Word.Drawer)
        amount(Word.Expected, report.expected)
        amount(Word.Counted, report.counted)
        plain(Word.Difference, format.signed(report.difference, currency), TextStyle.BOLD)
        unsettled(report.unsettled, report.unsettledCash)
        heading(Word.SinceSetUp)
        sums(report.perpetual)
        proof(report.head)
        marks(report.training, duplicate = false)
    }

    private fun page(currency: Currency?, write: Page.() -> Unit) = Document(rightToLeft, Page(currency).apply(write).blocks)

    /** A document as it comes about. */
    private inner class Page(val currency: Currency?) {
        val blocks = mutableListOf<Block>()

        fun rule() {
            blocks += Block.Rule
        }

        fun marks(training: Boolean, duplicate: Boolean) {
            if (training) centred(word(Word.Training), TextStyle.BOLD)
            if (duplicate) centred(word(Word.Duplicate), TextStyle.BOLD)
        }

        fun title(title: Word) = centred(word(title), TextStyle.LARGE)

        fun heading(heading: Word) {
            blocks += Block.Rule
            blocks += Block.Text(word(heading), TextStyle.BOLD)
        }

        fun plain(name: Word, value: String, style: TextStyle = TextStyle.NORMAL) {
            blocks += Block.Pair(word(name), value, style)
        }

        fun amount(name: Word, amount: Money, style: TextStyle = TextStyle.NORMAL) = plain(name, format.money(amount, currency), style)

        fun amountIfAny(name: Word, amount: Money) {
            if (amount != Money.Zero) amount(name, amount)
        }

        fun pointsIfAny(name: Word, points: Points) {
            if (points != Points.Zero) plain(name, format.points(points))
        }

        fun storeTexts(atTop: Boolean) =
            texts.filter { (it.place == HEADER) == atTop }.forEach { centred(it.text, TextStyle.NORMAL) }

        fun where(store: Long?, terminal: Long) {
            store?.let { plain(Word.Store, it.toString()) }
            plain(Word.Terminal, terminal.toString())
        }

        fun state(state: MovementState) = when (state) {
            MovementState.Done -> Unit
            is MovementState.Open -> warning(Word.NotSettled, Word.NotSettledText)
            is MovementState.NotApplied -> warning(Word.NotDone, Word.NotDoneText)
        }

        fun about(receipt: Receipt) {
            where(receipt.store, receipt.id.terminal)
            plain(Word.Number, receipt.id.toString())
            plain(Word.Date, format.dateAndTime(receipt.at))
            plain(Word.ServedBy, receipt.operator.written)
            receipt.approver?.let { plain(Word.ApprovedBy, it.written) }
            receipt.card?.let { plain(Word.Card, it.written) }
            receipt.undoes?.let { plain(Word.Undoes, it.toString()) }
        }

        fun line(line: BasketLine) {
            val name = if (line.quantityMilli == ONE) line.text else "${format.quantity(line.quantityMilli)} × ${line.text}"
            blocks += Block.Pair(name, format.money(line.amount, currency))
        }

        fun money(receipt: Receipt) {
            if (receipt.discount != Money.Zero || receipt.pointsValue != Money.Zero) amount(Word.Subtotal, receipt.gross)
            amountIfAny(Word.Discount, -receipt.discount)
            amountIfAny(Word.PaidWithPoints, -receipt.pointsValue)
            if (receipt.amount != Money.Zero) amount(Word.Total, receipt.amount, TextStyle.LARGE)
            amountIfAny(Word.Bonus, receipt.bonus)
            if (receipt.purse != Money.Zero) plain(Word.ByCard, format.signed(receipt.purse, currency))
            if (receipt.cash != Money.Zero) plain(Word.Cash, format.signed(receipt.cash, currency))
            receipt.balance?.let { amount(Word.Balance, it, TextStyle.BOLD) }
        }

        fun points(receipt: Receipt) {
            pointsIfAny(Word.PointsRedeemed, receipt.pointsRedeemed)
            pointsIfAny(Word.PointsEarned, receipt.pointsEarned)
            receipt.pointsBalance?.let { plain(Word.Points, format.points(it), TextStyle.BOLD) }
        }

        fun totals(totals: Totals) {
            heading(Word.Shift)
            sums(totals)
        }

        fun sums(totals: Totals) {
            counted(Word.Sales, totals.sales, totals.gross)
            amountIfAny(Word.Discount, -totals.discounts)
            amountIfAny(Word.PaidWithPoints, -totals.pointsValue)
            counted(Word.TopUps, totals.topUps, totals.loaded)
            amountIfAny(Word.Bonuses, totals.bonuses)
            if (totals.undoneSales > 0) counted(Word.UndoneSales, totals.undoneSales, totals.undoneSpent)
            if (totals.undoneTopUps > 0) counted(Word.UndoneTopUps, totals.undoneTopUps, totals.undoneLoaded)
            if (totals.refunds > 0) counted(Word.Refunds, totals.refunds, totals.refunded)
            plain(Word.CashFlow, format.signed(totals.cash, currency))
            pointsIfAny(Word.PointsEarned, totals.pointsEarned)
            pointsIfAny(Word.PointsRedeemed, totals.pointsRedeemed)
            if (totals.blocked > 0) plain(Word.Blocked, format.count(totals.blocked))
            if (totals.activated > 0) plain(Word.Registered, format.count(totals.activated))
        }

        fun counted(name: Word, count: Long, sum: Money) {
            blocks += Block.Pair("${word(name)} (${format.count(count)})", format.money(sum, currency))
        }

        fun unsettled(movements: List<MovementId>, cash: Money) {
            if (movements.isEmpty()) return
            heading(Word.Unsettled)
            movements.forEach { blocks += Block.Text(it.toString()) }
            amountIfAny(Word.UnsettledCash, cash)
        }

        fun proof(head: HeadMark) {
            blocks += Block.Space
            plain(Word.Proof, "${head.entries}-${head.hash}")
        }

        private fun warning(title: Word, text: Word) {
            centred(word(title), TextStyle.BOLD)
            centred(word(text), TextStyle.NORMAL)
        }

        private fun centred(text: String, style: TextStyle) {
            blocks += Block.Text(text, style, TextAlign.CENTRE)
        }
    }
}

private const val HEADER = "header"
private const val ONE = 1_000L

private val Person.written get() = name ?: number.toString()
private val CardMark.written get() = number ?: "…$tail"

internal val ReceiptKind.word: Word
    get() = when (this) {
        ReceiptKind.SALE -> Word.Sale
        ReceiptKind.CASH_SALE -> Word.CashSale
        ReceiptKind.TOP_UP -> Word.TopUp
        ReceiptKind.UNDO_SALE -> Word.UndoSale
        ReceiptKind.UNDO_TOP_UP -> Word.UndoTopUp
        ReceiptKind.REFUND -> Word.Refund
        ReceiptKind.CASH_REFUND -> Word.CashRefund
        ReceiptKind.BLOCK -> Word.Block
        ReceiptKind.ACTIVATE -> Word.Activate
        ReceiptKind.PAY_IN -> Word.PayIn
        ReceiptKind.PAY_OUT -> Word.PayOut
    }
