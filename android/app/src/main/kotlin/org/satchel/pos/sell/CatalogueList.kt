package org.satchel.pos.sell

import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.fillMaxSize
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.lazy.grid.GridCells
import androidx.compose.foundation.lazy.grid.LazyGridScope
import androidx.compose.foundation.lazy.grid.LazyVerticalGrid
import androidx.compose.foundation.lazy.grid.items
import androidx.compose.foundation.rememberScrollState
import androidx.compose.foundation.verticalScroll
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.ui.Modifier
import androidx.compose.ui.res.stringResource
import androidx.compose.ui.unit.dp
import org.satchel.pos.R
import org.satchel.pos.core.Category
import org.satchel.pos.core.Item
import org.satchel.pos.design.EmptyState
import org.satchel.pos.design.ListRow
import org.satchel.pos.design.LocalFormat
import org.satchel.pos.design.SearchField
import org.satchel.pos.design.Space
import org.satchel.pos.design.shown

/** Items by category, or those that were looked for. */
@Composable
internal fun CatalogueList(state: SellState, on: (SellEvent) -> Unit, modifier: Modifier) {
    Column(modifier.fillMaxWidth(), Arrangement.spacedBy(Space.small)) {
        SearchField(state.search, { on(SellEvent.Search(it)) }, stringResource(R.string.sell_search), onEnter = { on(SellEvent.Enter) })
        val category = state.category
        when {
            state.search.isNotBlank() && state.items.isEmpty() -> Nothing(stringResource(R.string.sell_not_found))
            state.search.isNotBlank() -> Grid { items(state.items, key = Item::code) { ItemRow(it, on) } }
            category != null -> Grid {
                item { AllCategories(on) }
                items(state.items, key = Item::code) { ItemRow(it, on) }
            }
            state.categories.isEmpty() -> Nothing(stringResource(R.string.sell_no_catalogue))
            else -> Grid { items(state.categories, key = Category::name) { CategoryRow(it, on) } }
        }
    }
}

/** One column on a phone, more where there is room. */
@Composable
private fun Grid(content: LazyGridScope.() -> Unit) = LazyVerticalGrid(
    GridCells.Adaptive(ROW_LEAST),
    Modifier.fillMaxSize(),
    horizontalArrangement = Arrangement.spacedBy(Space.medium),
    content = content,
)

private val ROW_LEAST = 280.dp

@Composable
private fun Nothing(title: String) =
    Column(Modifier.fillMaxSize().verticalScroll(rememberScrollState())) { EmptyState(R.drawable.search, title) }

@Composable
private fun ItemRow(item: Item, on: (SellEvent) -> Unit) {
    val price = if (item.byMeasure) stringResource(R.string.sell_per_unit, item.price.shown) else item.price.shown
    ListRow(
        item.name,
        text = item.code,
        onClick = { on(SellEvent.Pick(item)) },
        trailing = { Text(price, style = MaterialTheme.typography.titleMedium) },
    )
}

@Composable
private fun CategoryRow(category: Category, on: (SellEvent) -> Unit) = ListRow(
    category.name.ifEmpty { stringResource(R.string.sell_other_items) },
    text = LocalFormat.current.count(category.items),
    onClick = { on(SellEvent.ChooseCategory(category.name)) },
)

@Composable
private fun AllCategories(on: (SellEvent) -> Unit) = ListRow(
    stringResource(R.string.sell_all_categories),
    icon = R.drawable.back,
    onClick = { on(SellEvent.ChooseCategory(null)) },
    trailing = {},
)
