package org.satchel.pos.core

/**
 * What a call to the core brings: what was asked for, or a [Trouble]. A type and not an exception, so that no caller can
 * forget that things are refused.
 */
sealed interface Answer<out T> {
    data class Yes<T>(val value: T) : Answer<T>
    data class No(val trouble: Trouble) : Answer<Nothing>
}

/** The value, or null with [otherwise] told why not. */
inline fun <T : Any> Answer<T>.orElse(otherwise: (Trouble) -> Unit): T? = when (this) {
    is Answer.Yes -> value
    is Answer.No -> null.also { otherwise(trouble) }
}

/** The same answer about something made of the value. */
inline fun <T, R> Answer<T>.map(change: (T) -> R): Answer<R> = when (this) {
    is Answer.Yes -> Answer.Yes(change(value))
    is Answer.No -> this
}

/** What follows from the value, if there is one. */
inline fun <T, R> Answer<T>.then(next: (T) -> Answer<R>): Answer<R> = when (this) {
    is Answer.Yes -> next(value)
    is Answer.No -> this
}
