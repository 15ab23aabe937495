package org.satchel.pos.core

import kotlinx.coroutines.flow.StateFlow

/** What whoever holds the device chose for it. */
data class Choices(
    val language: Language = Language.OfDevice,
    val textSize: TextSize = TextSize.Normal,
    val sounds: Boolean = true,
    val vibration: Boolean = true,
    /** Whether the device is in training mode; it stays so until somebody ends it. */
    val training: Boolean = false,
)

/** The languages the app speaks. */
enum class Language(val tag: String?) { OfDevice(null), English("en"), Chinese("zh-CN"), German("de"), Spanish("es"), Arabic("ar") }

/** How large text is, on top of what the device is set to. */
enum class TextSize(val percent: Int) { Normal(100), Large(120), Larger(140), Largest(170) }

/** Keeps the [Choices]. */
interface Preferences {
    val choices: StateFlow<Choices>

    fun change(how: (Choices) -> Choices)
}
