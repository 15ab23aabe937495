package org.satchel.pos.checks

import org.junit.Assert.assertEquals
import org.junit.Assert.assertTrue
import org.junit.Test

class ArchitectureTest {
    @Test fun only_core_imports_the_bindings() =
        none("imports the bindings") { it.feature != "core" && it.imports("org.satchel.bindings", "com.sun.jna") }

    @Test fun presenters_know_nothing_of_android() =
        none("is a presenter and imports Android") {
            (it.name.endsWith("Presenter.kt") || it.feature == "presenter") && it.imports("android", "androidx", "org.satchel.pos.R")
        }

    @Test fun features_know_nothing_of_the_app_around_them() =
        none("imports the app") { it.feature != "app" && it.imports("org.satchel.pos.app") }

    @Test fun every_package_is_looked_at() =
        assertTrue(sources.map { it.feature }.containsAll(listOf("app", "core", "design", "presenter")))

    private fun none(what: String, wrong: (Source) -> Boolean) =
        assertEquals(what, emptyList<String>(), sources.filter(wrong).map { it.file.path })

    private fun Source.imports(vararg packages: String) =
        imports.any { import -> packages.any { import == it || import.startsWith("$it.") } }
}
