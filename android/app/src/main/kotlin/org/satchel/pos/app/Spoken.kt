package org.satchel.pos.app

import android.content.Context
import android.content.res.Configuration
import org.satchel.pos.core.Choices
import org.satchel.pos.core.Language
import org.satchel.pos.core.TextSize
import java.util.Locale

/** What of the [Choices] needs another window. */
data class Spoken(val language: Language, val textSize: TextSize)

val Choices.spoken: Spoken get() = Spoken(language, textSize)

/** This context in the language and text size that were chosen; unchanged if none was. */
fun Context.spoken(choices: Choices): Context {
    val changed = Configuration()
    choices.language.tag?.let { changed.setLocale(Locale.forLanguageTag(it)) }
    if (choices.textSize != TextSize.Normal) changed.fontScale = resources.configuration.fontScale * choices.textSize.percent / 100
    return createConfigurationContext(changed)
}
