package org.satchel.pos.checks

import java.io.File

/** The project's `android/` folder. */
val android = File(System.getProperty("satchel.android"))

/** A Kotlin file of the app: the feature it belongs to, and what it imports. */
class Source(val file: File) {
    val name: String = file.name
    val feature: String = file.parentFile.name
    val imports: List<String> = file.readLines().filter { it.startsWith("import ") }.map { it.removePrefix("import ").substringBefore(" as ") }
}

val sources: List<Source> = File(android, "app/src/main/kotlin").walk().filter { it.extension == "kt" }.map(::Source).toList()
