package org.satchel.pos.balance

import androidx.activity.compose.BackHandler
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.ui.res.stringResource
import androidx.compose.ui.text.style.TextAlign
import org.satchel.pos.R
import org.satchel.pos.core.CardMovement
import org.satchel.pos.core.CardState
import org.satchel.pos.core.Operation
import org.satchel.pos.core.Standing
import org.satchel.pos.core.leftToRight
import org.satchel.pos.design.AmountDisplay
import org.satchel.pos.design.BigButton
import org.satchel.pos.design.CardSpot
import org.satchel.pos.design.Facts
import org.satchel.pos.design.Halves
import org.satchel.pos.design.ListRow
import org.satchel.pos.design.LocalFormat
import org.satchel.pos.design.Pair
import org.satchel.pos.design.ReaderNotice
import org.satchel.pos.design.ScreenFrame
import org.satchel.pos.design.SectionHeader
import org.satchel.pos.design.Spot
import org.satchel.pos.design.TroubleBanner
import org.satchel.pos.design.Weight
import org.satchel.pos.design.Written
import org.satchel.pos.design.shown
import org.satchel.pos.design.shownPoints

/** What is on a card: for whoever works here, and turned round for the customer. */
@Composable
fun BalanceScreen(state: BalanceState, on: (BalanceEvent) -> Unit, onBack: () -> Unit, onOpenNfcSettings: () -> Unit) {
    val back = {
        when (state.face) {
            BalanceFace.Ready -> onBack()
            is BalanceFace.ForCustomer -> on(BalanceEvent.TakeBack)
            else -> on(BalanceEvent.Leave)
        }
    }
    BackHandler(state.face != BalanceFace.Ready) { back() }
    ScreenFrame(stringResource(R.string.place_balance), onBack = back) { inside ->
        when (val face = state.face) {
            is BalanceFace.Read -> Written(face.card.currency) { Halves(inside, about = { Whole(face.card) }, doing = { AfterReading(on) }) }
            is BalanceFace.ForCustomer -> Written(face.card.currency) { Halves(inside, about = { Customers(face.card) }, doing = { AfterShowing(on) }) }
            else -> Halves(inside, about = { Asked(state, onOpenNfcSettings) }, doing = { Asking(face, on) }, happening = { Happening(face) })
        }
    }
}

@Composable
private fun Asked(state: BalanceState, onOpenNfcSettings: () -> Unit) {
    state.trouble?.let { TroubleBanner(it) }
    ReaderNotice(state.reader, onOpenNfcSettings)
    Text(
        stringResource(R.string.balance_text),
        style = MaterialTheme.typography.bodyLarge,
        color = MaterialTheme.colorScheme.onSurfaceVariant,
        textAlign = TextAlign.Center,
    )
}

@Composable
private fun Happening(face: BalanceFace) = when (face) {
    BalanceFace.Waiting -> CardSpot(Spot.Waiting(stringResource(R.string.balance_hold)))
    BalanceFace.Reading -> CardSpot(Spot.Working)
    else -> Unit
}

@Composable
private fun Asking(face: BalanceFace, on: (BalanceEvent) -> Unit) = when (face) {
    BalanceFace.Ready -> BigButton(stringResource(R.string.balance_read), { on(BalanceEvent.AskForCard) }, icon = R.drawable.contactless)
    BalanceFace.Waiting -> BigButton(stringResource(R.string.cancel), { on(BalanceEvent.Leave) }, weight = Weight.Quiet)
    else -> Unit
}

@Composable
private fun Whole(card: CardState) {
    AmountDisplay(card.means.balance, label = stringResource(R.string.balance_label))
    Facts {
        Pair(stringResource(R.string.balance_number), leftToRight(card.number))
        Pair(stringResource(R.string.balance_standing), card.standing.words())
        Pair(stringResource(R.string.balance_points), card.means.points.shownPoints)
        Pair(stringResource(R.string.balance_tier), LocalFormat.current.count(card.means.tier.toLong()))
        Pair(stringResource(R.string.balance_expires), card.expiry())
        card.registered?.let { Pair(stringResource(R.string.balance_member), it.name) }
        SectionHeader(stringResource(R.string.balance_history))
        if (card.history.isEmpty()) Text(stringResource(R.string.balance_history_none), style = MaterialTheme.typography.bodyLarge)
        card.history.forEach { Moved(it) }
    }
}

@Composable
private fun AfterReading(on: (BalanceEvent) -> Unit) {
    BigButton(stringResource(R.string.balance_show_customer), { on(BalanceEvent.ShowCustomer) }, icon = R.drawable.member)
    BigButton(stringResource(R.string.balance_another), { on(BalanceEvent.AskForCard) }, weight = Weight.Quiet)
}

@Composable
private fun Moved(movement: CardMovement) = ListRow(
    movement.operation.words(),
    text = LocalFormat.current.dateAndTime(movement.at),
    trailing = { Text(movement.amount.shown, style = MaterialTheme.typography.titleMedium) },
)

@Composable
private fun Customers(card: CardState) {
    AmountDisplay(card.means.balance, label = stringResource(R.string.balance_yours))
    Facts {
        Pair(stringResource(R.string.balance_points), card.means.points.shownPoints, strong = true)
        Pair(stringResource(R.string.balance_expires), card.expiry(), strong = true)
    }
}

@Composable
private fun AfterShowing(on: (BalanceEvent) -> Unit) =
    BigButton(stringResource(R.string.balance_take_back), { on(BalanceEvent.TakeBack) }, weight = Weight.Quiet)

@Composable
private fun CardState.expiry(): String =
    expiresOn?.let { LocalFormat.current.date(it) } ?: stringResource(R.string.balance_expires_never)

@Composable
private fun Standing.words(): String = stringResource(
    when (this) {
        Standing.ACTIVE -> R.string.balance_active
        Standing.NOT_ACTIVATED -> R.string.balance_not_activated
        Standing.BLOCKED -> R.string.balance_blocked
    },
)

@Composable
private fun Operation.words(): String = stringResource(
    when (this) {
        Operation.ISSUE -> R.string.balance_issued
        Operation.SALE -> R.string.receipts_sale
        Operation.TOP_UP -> R.string.receipts_top_up
        Operation.UNDO_SALE -> R.string.receipts_undo_sale
        Operation.UNDO_TOP_UP -> R.string.receipts_undo_top_up
        Operation.REFUND -> R.string.receipts_refund
        Operation.BLOCK -> R.string.receipts_block
        Operation.ACTIVATE -> R.string.receipts_activate
        Operation.CORRECT -> R.string.balance_corrected
    },
)
