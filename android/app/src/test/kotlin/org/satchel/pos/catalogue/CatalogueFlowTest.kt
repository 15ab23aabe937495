package org.satchel.pos.catalogue

import androidx.compose.ui.test.hasText
import androidx.compose.ui.test.junit4.createAndroidComposeRule
import androidx.test.ext.junit.runners.AndroidJUnit4
import org.junit.Rule
import org.junit.Test
import org.junit.runner.RunWith
import org.satchel.pos.AppRule
import org.satchel.pos.R
import org.satchel.pos.app.MainActivity
import org.satchel.pos.app.choose
import org.satchel.pos.await
import org.satchel.pos.goBack
import org.satchel.pos.openTill
import org.satchel.pos.press
import org.satchel.pos.text

/** A table from the system's dialog. On a device that dialog is another app's, which no test of this one's can press. */
@RunWith(AndroidJUnit4::class)
class CatalogueFlowTest {
    @get:Rule val rule = createAndroidComposeRule<MainActivity>()

    @Test fun a_table_is_taken_in_and_sold_from() {
        rule.toCatalogue()
        rule.choose("$COLUMNS\nSOAP,Olive soap,Household,450,piece,\n")
        rule.await(hasText(rule.text(R.string.catalogue_done, "1")))
        rule.goBack()
        rule.press(R.string.home_sell)
        rule.press(R.string.sell_catalogue)
        rule.await(hasText("Household"))
    }

    @Test fun a_table_with_a_mistake_says_where_and_changes_nothing() {
        rule.toCatalogue()
        rule.choose("$COLUMNS\nSOAP,Olive soap,Household,dear,piece,\n")
        rule.await(R.string.catalogue_wrong)
        rule.await(hasText(rule.text(R.string.catalogue_kept), substring = true))
    }

    private fun AppRule.toCatalogue() {
        openTill()
        press(R.string.home_more)
        press(R.string.place_catalogue)
        press(R.string.catalogue_open)
    }

    private fun AppRule.choose(table: String) = activity.choose("goods.csv", table.toByteArray())
}

private const val COLUMNS = "code,name,category,price_minor,unit,barcodes"
