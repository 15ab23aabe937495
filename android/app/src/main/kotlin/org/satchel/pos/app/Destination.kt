package org.satchel.pos.app

import androidx.annotation.DrawableRes
import androidx.annotation.StringRes
import org.satchel.pos.R

/** The screens one can be at. Which of them there are, [FEATURES] says. */
enum class Destination(@StringRes val title: Int, @DrawableRes val icon: Int) {
    Sell(R.string.home_sell, R.drawable.basket),
    Pay(R.string.home_sell, R.drawable.card),
    Card(R.string.home_card, R.drawable.card),
    TopUp(R.string.place_top_up, R.drawable.top_up),
    Undo(R.string.place_undo, R.drawable.undo),
    Refund(R.string.place_refund, R.drawable.refund),
    Balance(R.string.place_balance, R.drawable.history),
    Block(R.string.place_block, R.drawable.block),
    Shift(R.string.home_shift, R.drawable.shift),
    Journal(R.string.place_journal, R.drawable.journal),
    Receipt(R.string.place_journal, R.drawable.receipt),
    Members(R.string.place_members, R.drawable.member),
    Catalogue(R.string.place_catalogue, R.drawable.barcode),
    Settings(R.string.place_settings, R.drawable.settings),
    Printer(R.string.place_printer, R.drawable.printer),
    SetUp(R.string.place_set_up, R.drawable.qr),
    Training(R.string.place_training, R.drawable.training),
    About(R.string.about_title, R.drawable.info),
    More(R.string.home_more, R.drawable.more),
    HandOver(R.string.place_hand_over, R.drawable.person_switch),
    ;

    /** With its one argument, where it takes one: `Receipt/17`. */
    val route: String get() = "$name?$ARGUMENT={$ARGUMENT}"

    fun with(argument: String?): String = if (argument == null) name else "$name?$ARGUMENT=$argument"

    companion object {
        const val ARGUMENT = "of"

        /** Always in reach: at the bottom of a phone, at the side of a POS. */
        val Roots = listOf(Sell, Card, Shift, More)

        /** What [Card] and [More] list. */
        val OfCard = listOf(TopUp, Balance, Undo, Refund, Block)
        val OfMore = listOf(Members, Journal, Catalogue, Printer, Settings, Training, About, HandOver)
    }
}
