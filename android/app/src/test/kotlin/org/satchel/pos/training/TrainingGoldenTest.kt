package org.satchel.pos.training

import androidx.compose.foundation.layout.Box
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.WindowInsets
import androidx.compose.foundation.layout.consumeWindowInsets
import androidx.compose.foundation.layout.statusBars
import androidx.compose.foundation.layout.windowInsetsPadding
import androidx.compose.ui.Modifier
import androidx.test.ext.junit.runners.AndroidJUnit4
import org.junit.Test
import org.junit.runner.RunWith
import org.satchel.pos.core.PracticeCard
import org.satchel.pos.core.PracticeKind
import org.satchel.pos.core.Trouble
import org.satchel.pos.core.euro
import org.satchel.pos.design.TrainingRibbon
import org.satchel.pos.design.Written
import org.satchel.pos.golden.golden
import org.satchel.pos.signon.Purpose
import org.satchel.pos.signon.SignOnScreen
import org.satchel.pos.signon.SignOnState

@RunWith(AndroidJUnit4::class)
class TrainingGoldenTest {
    @Test fun in_earnest() = photograph("in_earnest", TrainingState(null))
    @Test fun in_training() = photograph("in_training", TrainingState(cards))
    @Test fun start_over() = photograph("start_over", TrainingState(cards, asking = true))
    @Test fun refused() = photograph("refused", TrainingState(cards, trouble = Trouble.StorageReadOnly))
    @Test fun help() = golden("training", "help") { Written(euro) { TrainingHelpSheet(TrainingState(cards), {}, {}) } }
    @Test fun hint() = golden("training", "hint") {
        Written(euro) {
            Column {
                TrainingRibbon(Modifier.windowInsetsPadding(WindowInsets.statusBars))
                Column(Modifier.weight(1f).consumeWindowInsets(WindowInsets.statusBars)) {
                    TrainingHint(cards, {})
                    Box(Modifier.weight(1f)) { SignOnScreen(SignOnState(Purpose.SignOn()), {}, {}) }
                }
            }
        }
    }

    private fun photograph(name: String, state: TrainingState) = golden("training", name) {
        Written(euro) { TrainingScreen(state, {}, {}) }
    }
}

private val cards = PracticeKind.entries.mapIndexed { index, kind ->
    when (kind) {
        PracticeKind.MANAGER -> PracticeCard(index, kind, null, "111111", null)
        PracticeKind.CASHIER -> PracticeCard(index, kind, null, "222222", null)
        PracticeKind.FOREIGN -> PracticeCard(index, kind, null, null, null)
        else -> PracticeCard(index, kind, null, null, "9912 0000 0000 00${index}7")
    }
}
