package org.satchel.pos.catalogue

import kotlinx.coroutines.ExperimentalCoroutinesApi
import kotlinx.coroutines.test.TestScope
import kotlinx.coroutines.test.UnconfinedTestDispatcher
import kotlinx.coroutines.test.runTest
import org.junit.Assert.assertEquals
import org.junit.Test
import org.satchel.pos.core.Counter
import org.satchel.pos.core.CounterTrouble
import org.satchel.pos.core.FakeCounter
import org.satchel.pos.core.Item
import org.satchel.pos.core.Money
import org.satchel.pos.core.Reply

@OptIn(ExperimentalCoroutinesApi::class)
class CataloguePresenterTest {
    private val counter = FakeCounter(listOf(Item("TEA", "Green tea", "Drinks", Money(3_20), false), Item("RICE", "Rice", "Food", Money(2_99), true)))
    private val tables = FakeTables()

    @Test fun it_tells_how_much_there_is() = test { presenter ->
        assertEquals(CatalogueState(items = 2, categories = 2), presenter.state.value)
    }

    @Test fun a_table_is_taken_in_and_its_copy_forgotten() = test { presenter ->
        presenter.on(CatalogueEvent.Opened("content://goods"))
        assertEquals(CatalogueStep.Done(2), presenter.state.value.step)
        assertEquals(listOf("content://goods"), tables.fetched)
        assertEquals(tables.fetched, tables.forgotten)
    }

    @Test fun how_far_it_has_come_is_told() {
        val told = mutableListOf<CatalogueStep>()
        lateinit var presenter: CataloguePresenter
        val slow = object : Counter by counter {
            override suspend fun importCatalogue(file: String, progress: (Long, Long) -> Unit): Reply<Long> {
                told += presenter.state.value.step
                progress(500, 1_000)
                told += presenter.state.value.step
                return Reply.Yes(2)
            }
        }
        runTest(UnconfinedTestDispatcher()) {
            presenter = CataloguePresenter(slow, tables, backgroundScope)
            presenter.on(CatalogueEvent.Opened("content://goods"))
        }
        assertEquals(listOf(CatalogueStep.TakingIn(), CatalogueStep.TakingIn(500, 1_000)), told)
    }

    @Test fun a_table_with_a_mistake_is_not() = test { presenter ->
        counter.trouble = CounterTrouble.CatalogueWrong(17, "no price")
        presenter.on(CatalogueEvent.Opened("content://goods"))
        assertEquals(CatalogueStep.Wrong(CounterTrouble.CatalogueWrong(17, "no price")), presenter.state.value.step)
        assertEquals(tables.fetched, tables.forgotten)
    }

    @Test fun what_cannot_be_read_is_told() = test { presenter ->
        tables.there = false
        presenter.on(CatalogueEvent.Opened("content://gone"))
        assertEquals(CatalogueStep.Unreadable, presenter.state.value.step)
    }

    private fun test(body: suspend TestScope.(CataloguePresenter) -> Unit) = runTest(UnconfinedTestDispatcher()) {
        body(CataloguePresenter(counter, tables, backgroundScope))
    }
}

private class FakeTables : Tables {
    var there = true
    val fetched = mutableListOf<String>()
    val forgotten = mutableListOf<String>()

    override suspend fun fetch(at: String) = at.takeIf { there }?.also(fetched::add)

    override suspend fun forget(copy: String) {
        forgotten += copy
    }
}
