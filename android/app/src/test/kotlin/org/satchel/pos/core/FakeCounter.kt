package org.satchel.pos.core

import java.time.Instant

/** A counter of a test's own, with what the test puts into it. */
class FakeCounter(
    private val catalogue: List<Item> = emptyList(),
    private val barcodes: Map<String, String> = emptyMap(),
) : Counter {
    /** What waits. */
    val waiting = mutableListOf<HeldBasket>()

    /** Why nothing is to be had; null if all is well. */
    var trouble: CounterTrouble? = null
    private var numbers = 0L

    override suspend fun importCatalogue(file: String, progress: (done: Long, total: Long) -> Unit) =
        reply { catalogue.size.toLong() }
    override suspend fun scanned(read: String) =
        reply { catalogue.firstOrNull { it.code == (barcodes[read] ?: read) } }
    override suspend fun search(words: String, most: Int) =
        reply { catalogue.filter { it.name.contains(words, ignoreCase = true) }.take(most) }
    override suspend fun inCategory(category: String, skip: Int, most: Int) =
        reply { catalogue.filter { it.category == category }.drop(skip).take(most) }
    override suspend fun categories() =
        reply { catalogue.groupingBy { it.category }.eachCount().map { Category(it.key, it.value.toLong()) } }
    override suspend fun hold(title: String, lines: List<BasketLine>, discount: Money, operator: Long, at: Instant) = reply {
        numbers += 1
        waiting += HeldBasket(numbers, at, operator, title, lines, discount)
        numbers
    }
    override suspend fun held() = reply { waiting.toList() }
    override suspend fun recall(id: Long): Reply<HeldBasket> {
        val basket = waiting.firstOrNull { it.id == id } ?: return Reply.No(CounterTrouble.BasketGone)
        return reply { basket.also(waiting::remove) }
    }

    private fun <T> reply(value: () -> T): Reply<T> = trouble?.let { Reply.No(it) } ?: Reply.Yes(value())
}
