package org.satchel.pos.core

/**
 * Numbers that are names (of cards, movements) run from the left in every script. Within text that runs from the right they
 * must be set apart, or their groups change places. For screens; printers get the bare text.
 */
fun leftToRight(text: String): String = "$ISOLATE$text$POP"

/** Unicode's LEFT-TO-RIGHT ISOLATE, and the POP DIRECTIONAL ISOLATE that ends it. */
private const val ISOLATE = '\u2066'
private const val POP = '\u2069'
