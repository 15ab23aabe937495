package org.satchel.pos.core

import kotlinx.coroutines.CoroutineDispatcher
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.withContext
import org.satchel.bindings.InternalException
import org.satchel.bindings.Progress
import java.io.File
import java.io.InputStream
import java.time.Instant
import org.satchel.bindings.BasketLine as CoreLine
import org.satchel.bindings.Category as CoreCategory
import org.satchel.bindings.Counter as CoreCounter
import org.satchel.bindings.CounterTrouble as CoreCounterTrouble
import org.satchel.bindings.HeldBasket as CoreHeldBasket
import org.satchel.bindings.Item as CoreItem

/** What a counter needs besides the card: the catalogue, and baskets that wait for their customers. */
interface Counter {
    /**
     * Replaces the catalogue, all of it or nothing. Returns how many items there are.
     *
     * @param file the path of a file of comma-separated values
     * @param progress told how many of how many bytes are read; not on the caller's thread
     */
    suspend fun importCatalogue(file: String, progress: (done: Long, total: Long) -> Unit): Reply<Long>

    /** The item that a scanner read, by barcode or code; null if there is none. */
    suspend fun scanned(read: String): Reply<Item?>

    /** Items whose name or code has every word. */
    suspend fun search(words: String, most: Int): Reply<List<Item>>
    suspend fun inCategory(category: String, skip: Int, most: Int): Reply<List<Item>>
    suspend fun categories(): Reply<List<Category>>

    /** Puts a basket aside. Returns its number. */
    suspend fun hold(title: String, lines: List<BasketLine>, discount: Money, operator: Long, at: Instant): Reply<Long>

    /** The baskets that wait, the oldest first. */
    suspend fun held(): Reply<List<HeldBasket>>

    /** Takes a basket back; it does not wait any more. */
    suspend fun recall(id: Long): Reply<HeldBasket>
}

/** What a [Counter] brings: what was asked for, or why it is not to be had. */
sealed interface Reply<out T> {
    data class Yes<T>(val value: T) : Reply<T>
    data class No(val trouble: CounterTrouble) : Reply<Nothing>
}

/** Something that is sold. */
data class Item(
    /** What journals keep. */
    val code: String,
    val name: String,
    /** Empty for nowhere in particular. */
    val category: String,
    /** Of one unit. */
    val price: Money,
    /** By weight, length or volume; by the piece, if not. */
    val byMeasure: Boolean,
)

data class Category(val name: String, val items: Long)

/** A basket that waits. */
data class HeldBasket(
    val id: Long,
    val at: Instant,
    /** The number of whoever put it aside. */
    val operator: Long,
    val title: String,
    val lines: List<BasketLine>,
    val discount: Money,
)

/** Why the catalogue or a held basket is not to be had. What was there before still is. */
sealed interface CounterTrouble {
    /** [line] is counted from 1; null where it is not about a line. */
    data class CatalogueWrong(val line: Long?, val detail: String) : CounterTrouble
    data object BasketEmpty : CounterTrouble
    data object BasketTooLong : CounterTrouble
    data object BasketName : CounterTrouble
    data object TooManyBaskets : CounterTrouble
    data object BasketGone : CounterTrouble
    data object BasketDamaged : CounterTrouble
    data object StorageFull : CounterTrouble
    data class StorageFaulty(val detail: String) : CounterTrouble
}

/** The counters of a device: the real till's and the training mode's, with nothing in common. */
class Counters(val real: Counter, val training: Counter) {
    companion object {
        /**
         * Each in a folder of its own under [folder].
         *
         * @param practiceGoods a table of what the training mode sells as long as it has no other catalogue
         */
        fun of(folder: File, practiceGoods: () -> InputStream) =
            Counters(RustCounter(File(folder, "counter"), terminal = File(folder, "terminal")), RustCounter(File(folder, "training-counter"), practiceGoods))
    }
}

/**
 * The [Counter] that the core keeps in a folder; opened when it is first needed, and again if that failed.
 *
 * @param goods a table to begin with; none if null
 * @param terminal where a catalogue waits that came with a terminal's set-up; nowhere if null
 */
class RustCounter(
    private val folder: File,
    private val goods: (() -> InputStream)? = null,
    private val terminal: File? = null,
    private val calls: CoroutineDispatcher = Dispatchers.IO.limitedParallelism(1),
) : Counter, AutoCloseable {
    private var opened: CoreCounter? = null

    override suspend fun importCatalogue(file: String, progress: (done: Long, total: Long) -> Unit) =
        replying { it.importCatalogue(file, ImportProgress(progress)).toLong() }
    override suspend fun scanned(read: String) = replying { it.scanned(read)?.ours() }
    override suspend fun search(words: String, most: Int) = replying { it.search(words, most.toUInt()).map { item -> item.ours() } }
    override suspend fun inCategory(category: String, skip: Int, most: Int) =
        replying { it.inCategory(category, skip.toUInt(), most.toUInt()).map { item -> item.ours() } }
    override suspend fun categories() = replying { it.categories().map { category -> category.ours() } }
    override suspend fun hold(title: String, lines: List<BasketLine>, discount: Money, operator: Long, at: Instant) =
        replying { it.hold(title, lines.map { line -> line.forCounter() }, discount.minor, number(operator), at.toEpochMilli()) }
    override suspend fun held() = replying { it.held().map { basket -> basket.ours() } }
    override suspend fun recall(id: Long) = replying { it.recall(id).ours() }

    /** Lets go of the files; the next call opens them again. */
    override fun close() {
        opened?.close()
        opened = null
    }

    private suspend fun <T> replying(call: (CoreCounter) -> T): Reply<T> = withContext(calls) {
        try {
            val core = core()
            terminal?.let { core.takeInWaiting(it.path, ImportProgress { _, _ -> }) }
            Reply.Yes(call(core))
        } catch (trouble: CoreCounterTrouble) {
            Reply.No(trouble.ours())
        } catch (fault: InternalException) {
            Reply.No(CounterTrouble.StorageFaulty(fault.message.orEmpty()))
        }
    }

    private fun core(): CoreCounter = opened ?: run {
        folder.mkdirs()
        CoreCounter.open(folder.path).also { core ->
            opened = core
            if (goods != null && core.categories().isEmpty()) begin(core, goods)
        }
    }

    private fun begin(core: CoreCounter, goods: () -> InputStream) {
        val table = File(folder, "goods")
        try {
            goods().use { from -> table.outputStream().use { from.copyTo(it) } }
            core.importCatalogue(table.path, ImportProgress { _, _ -> })
        } finally {
            table.delete()
        }
    }
}

private class ImportProgress(private val told: (Long, Long) -> Unit) : Progress {
    override fun step(done: ULong, total: ULong) = told(done.toLong(), total.toLong())
}

private fun BasketLine.forCounter() = CoreLine(item, text, quantityMilli, amount.minor)

private fun CoreLine.fromCounter() = BasketLine(item, text, quantityMilli, Money(amountMinor))

private fun CoreItem.ours() = Item(code, name, category, Money(priceMinor), byMeasure)

private fun CoreCategory.ours() = Category(name, items.toLong())

private fun CoreHeldBasket.ours() = HeldBasket(
    id, Instant.ofEpochMilli(atMs), operator.toLong(), title, lines.map { it.fromCounter() }, Money(discountMinor),
)

private fun CoreCounterTrouble.ours(): CounterTrouble = when (this) {
    is CoreCounterTrouble.CatalogueWrong -> CounterTrouble.CatalogueWrong(line?.toLong(), detail)
    is CoreCounterTrouble.BasketEmpty -> CounterTrouble.BasketEmpty
    is CoreCounterTrouble.BasketTooLong -> CounterTrouble.BasketTooLong
    is CoreCounterTrouble.BasketName -> CounterTrouble.BasketName
    is CoreCounterTrouble.TooManyBaskets -> CounterTrouble.TooManyBaskets
    is CoreCounterTrouble.BasketGone -> CounterTrouble.BasketGone
    is CoreCounterTrouble.BasketDamaged -> CounterTrouble.BasketDamaged
    is CoreCounterTrouble.StorageFull -> CounterTrouble.StorageFull
    is CoreCounterTrouble.StorageFaulty -> CounterTrouble.StorageFaulty(detail)
}
