package org.satchel.pos.design

import androidx.compose.runtime.Composable
import androidx.compose.ui.res.stringResource
import org.satchel.pos.R
import org.satchel.pos.core.CounterTrouble

/** Why catalogue or basket are not to be had. */
@Composable
fun CounterTrouble.words(): String = when (this) {
    is CounterTrouble.CatalogueWrong ->
        line?.let { stringResource(R.string.sell_catalogue_wrong_line, it.toString(), detail) } ?: stringResource(R.string.sell_catalogue_wrong, detail)
    CounterTrouble.BasketEmpty -> stringResource(R.string.sell_basket_empty)
    CounterTrouble.BasketTooLong -> stringResource(R.string.sell_basket_too_long)
    CounterTrouble.BasketName -> stringResource(R.string.sell_basket_name)
    CounterTrouble.TooManyBaskets -> stringResource(R.string.sell_too_many_baskets)
    CounterTrouble.BasketGone -> stringResource(R.string.sell_basket_gone)
    CounterTrouble.BasketDamaged -> stringResource(R.string.sell_basket_damaged)
    CounterTrouble.StorageFull -> stringResource(R.string.trouble_storage_full)
    is CounterTrouble.StorageFaulty -> stringResource(R.string.trouble_storage_faulty)
}
