package org.satchel.pos.receipts

import org.satchel.pos.core.Block
import org.satchel.pos.core.Document

/** A document for a message: a block a line. */
fun Document.asText(): String = blocks.joinToString("\n") { block ->
    when (block) {
        is Block.Text -> block.text
        is Block.Pair -> "${block.name}: ${block.amount}"
        Block.Rule -> "—".repeat(RULE)
        Block.Space -> ""
        is Block.Code -> block.data
    }
}

private const val RULE = 12
