package org.satchel.pos.core

import android.content.SharedPreferences
import androidx.core.content.edit
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.StateFlow

/** [Preferences] in a file of the app's own. */
class StoredPreferences(private val file: SharedPreferences) : Preferences {
    private val kept = MutableStateFlow(read())
    override val choices: StateFlow<Choices> = kept

    override fun change(how: (Choices) -> Choices) {
        kept.value = how(kept.value)
        write(kept.value)
    }

    private fun read(): Choices {
        val usual = Choices()
        return Choices(
            language = named(LANGUAGE, usual.language),
            textSize = named(TEXT_SIZE, usual.textSize),
            sounds = file.getBoolean(SOUNDS, usual.sounds),
            vibration = file.getBoolean(VIBRATION, usual.vibration),
            training = file.getBoolean(TRAINING, usual.training),
        )
    }

    private fun write(choices: Choices) = file.edit(commit = true) {
        putString(LANGUAGE, choices.language.name)
        putString(TEXT_SIZE, choices.textSize.name)
        putBoolean(SOUNDS, choices.sounds)
        putBoolean(VIBRATION, choices.vibration)
        putBoolean(TRAINING, choices.training)
    }

    /** A choice that an older or newer version wrote and this one does not know counts as not made. */
    private inline fun <reified E : Enum<E>> named(key: String, usual: E): E {
        val name = file.getString(key, null)
        return enumValues<E>().firstOrNull { it.name == name } ?: usual
    }
}

private const val LANGUAGE = "language"
private const val TEXT_SIZE = "text_size"
private const val SOUNDS = "sounds"
private const val VIBRATION = "vibration"
private const val TRAINING = "training"
