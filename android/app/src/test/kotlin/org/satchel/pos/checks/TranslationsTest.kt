package org.satchel.pos.checks

import org.junit.Assert.assertEquals
import org.junit.Test
import org.w3c.dom.Element
import java.io.File
import javax.xml.parsers.DocumentBuilderFactory

class TranslationsTest {
    @Test fun every_language_says_everything() = languages.forEach { language ->
        assertEquals(language, english.keys, strings("values-$language").keys)
    }

    @Test fun every_language_has_the_same_placeholders() = languages.forEach { language ->
        val translated = strings("values-$language")
        assertEquals(language, english.mapValues { placeholders(it.value) }, translated.mapValues { placeholders(it.value) })
    }

    @Test fun the_languages_are_those_with_a_folder() {
        val folders = resources.listFiles().orEmpty().map { it.name }.filter { File(resources, "$it/strings.xml").exists() }
        assertEquals((languages.map { "values-$it" } + "values").sorted(), folders.sorted())
    }
}

private val languages = listOf("ar", "de", "es", "zh-rCN")
private val resources = File(android, "app/src/main/res")
private val english = strings("values")

/** All texts to translate, by name; those of a plural by `NAME`, its forms joined. */
private fun strings(folder: String): Map<String, String> =
    File(resources, folder).listFiles().orEmpty().filter { it.name.startsWith("strings") }.flatMap(::stringsOf).toMap()

private fun stringsOf(file: File): List<Pair<String, String>> {
    val children = DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(file).documentElement.childNodes
    return (0 until children.length).map(children::item).filterIsInstance<Element>()
        .filter { it.getAttribute("translatable") != "false" }
        .map { it.getAttribute("name") to it.textContent }
}

private val placeholder = Regex("""%(\d+\$)?[-+0, #]*\d*(\.\d+)?[a-zA-Z%]""")

private fun placeholders(text: String): Set<String> = placeholder.findAll(text).map { it.value }.toSet()
