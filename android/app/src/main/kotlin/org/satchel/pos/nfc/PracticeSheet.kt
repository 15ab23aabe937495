package org.satchel.pos.nfc

import androidx.annotation.DrawableRes
import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.FlowRow
import androidx.compose.foundation.layout.heightIn
import androidx.compose.material3.FilterChip
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.runtime.getValue
import androidx.compose.runtime.mutableStateOf
import androidx.compose.runtime.remember
import androidx.compose.runtime.setValue
import androidx.compose.ui.Modifier
import androidx.compose.ui.res.stringResource
import org.satchel.pos.R
import org.satchel.pos.core.PracticeCard
import org.satchel.pos.core.PracticeKind
import org.satchel.pos.core.leftToRight
import org.satchel.pos.design.ListRow
import org.satchel.pos.design.Sheet
import org.satchel.pos.design.Space
import org.satchel.pos.design.TouchLeast

/** Asks the trainee which practice card is held, and for how long. */
@Composable
fun PracticeSheet(cards: List<PracticeCard>, onHold: (PracticeCard, Until) -> Unit, onDismiss: () -> Unit) {
    var until by remember { mutableStateOf(Until.Done) }
    Sheet(stringResource(R.string.practice_which), onDismiss) {
        UntilChoice(until) { until = it }
        Column {
            cards.forEach { card ->
                ListRow(card.title(), text = card.text(), icon = card.kind.icon, onClick = { onHold(card, until) })
            }
        }
    }
}

@Composable
private fun UntilChoice(chosen: Until, onChoose: (Until) -> Unit) = Column(verticalArrangement = Arrangement.spacedBy(Space.hair)) {
    Text(stringResource(R.string.practice_until), style = MaterialTheme.typography.labelLarge)
    FlowRow(horizontalArrangement = Arrangement.spacedBy(Space.small), verticalArrangement = Arrangement.spacedBy(Space.hair)) {
        Until.entries.forEach { until ->
            FilterChip(
                selected = until == chosen,
                onClick = { onChoose(until) },
                label = { Text(stringResource(until.words)) },
                modifier = Modifier.heightIn(min = TouchLeast),
            )
        }
    }
}

private val Until.words: Int
    get() = when (this) {
        Until.Done -> R.string.practice_until_done
        Until.BeforeChange -> R.string.practice_until_before
        Until.AfterChange -> R.string.practice_until_after
    }

@Composable
fun PracticeCard.title(): String = name ?: stringResource(kind.words)

/** What one must know to use it: the PIN of an operator's, the number of a member's. */
@Composable
fun PracticeCard.text(): String? = pin?.let { stringResource(R.string.practice_pin, it) } ?: number?.let(::leftToRight)

private val PracticeKind.words: Int
    get() = when (this) {
        PracticeKind.MANAGER -> R.string.practice_kind_manager
        PracticeKind.CASHIER -> R.string.practice_kind_cashier
        PracticeKind.MEMBER -> R.string.practice_kind_member
        PracticeKind.MEMBER_LITTLE_LEFT -> R.string.practice_kind_little
        PracticeKind.NOT_ACTIVATED -> R.string.practice_kind_new
        PracticeKind.BLOCKED -> R.string.practice_kind_blocked
        PracticeKind.EXPIRED -> R.string.practice_kind_expired
        PracticeKind.LISTED -> R.string.practice_kind_listed
        PracticeKind.FOREIGN -> R.string.practice_kind_foreign
    }

@get:DrawableRes
val PracticeKind.icon: Int
    get() = when (this) {
        PracticeKind.MANAGER, PracticeKind.CASHIER -> R.drawable.lock
        PracticeKind.MEMBER, PracticeKind.MEMBER_LITTLE_LEFT, PracticeKind.NOT_ACTIVATED -> R.drawable.card
        PracticeKind.BLOCKED, PracticeKind.EXPIRED, PracticeKind.LISTED, PracticeKind.FOREIGN -> R.drawable.block
    }
