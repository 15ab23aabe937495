package org.satchel.pos.design

import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.fillMaxSize
import androidx.compose.foundation.layout.padding
import androidx.compose.foundation.rememberScrollState
import androidx.compose.foundation.verticalScroll
import androidx.compose.material3.Surface
import androidx.compose.runtime.Composable
import androidx.compose.ui.Modifier
import androidx.test.ext.junit.runners.AndroidJUnit4
import org.junit.Test
import org.junit.runner.RunWith
import org.satchel.pos.R
import org.satchel.pos.core.Authority
import org.satchel.pos.core.Limit
import org.satchel.pos.core.Money
import org.satchel.pos.core.PracticeCard
import org.satchel.pos.core.PracticeKind
import org.satchel.pos.core.Trouble
import org.satchel.pos.core.aCard
import org.satchel.pos.core.euro
import org.satchel.pos.golden.golden
import org.satchel.pos.nfc.PracticeSheet

@RunWith(AndroidJUnit4::class)
class DesignGoldenTest {
    @Test fun torn() = photograph("torn") { TornCardGuard(Torn(aCard(), Money(12_50)), {}, {}) }

    @Test fun torn_other_card() = photograph("torn_other_card") {
        TornCardGuard(Torn(aCard(number = null), amount = null, otherCard = true), {}, {})
    }

    @Test fun torn_working() = photograph("torn_working") { TornCardGuard(Torn(aCard(), Money(12_50), working = true), {}, {}) }

    @Test fun undecided_and_refused() = photograph("verdicts") {
        Page {
            CardSpot(Spot.Done(Money(12_50).shown))
            CardSpot(Spot.Refused(Trouble.CardBlocked.title()), detail = Trouble.CardBlocked.advice())
        }
    }

    @Test fun amount_pad() = photograph("amount_pad") {
        Page {
            AmountDisplay(Money(1_234_567_89))
            AmountPad({}, {}, {})
        }
    }

    @Test fun trouble_sheet() = photograph("trouble_sheet") {
        Page {}
        TroubleSheet(Trouble.NotEnough(Money(3_20), Money(12_50)), {})
    }

    @Test fun troubles() = photograph("troubles") {
        Page {
            TroubleBanner(Trouble.OverLimit(Limit.PER_SALE, 50_00))
            TroubleBanner(Trouble.AskSomebodyWhoMay(Authority.UNDO))
            TroubleBanner(Trouble.Internal("entry 7"))
            StatusChip(Trouble.CardListed.title(), Satchel.tones.refused, icon = R.drawable.block)
        }
    }

    @Test fun practice_cards() = photograph("practice_cards") {
        Page { TrainingRibbon(onHoldCard = {}) }
        PracticeSheet(practiceCards, { _, _ -> }, {})
    }

    private fun photograph(name: String, content: @Composable () -> Unit) = golden("design", name) { Written(euro, content) }
}

private val practiceCards = PracticeKind.entries.mapIndexed { index, kind ->
    val isOperator = kind == PracticeKind.MANAGER || kind == PracticeKind.CASHIER
    PracticeCard(index, kind, name = null, pin = if (isOperator) "111111" else null, number = "1000 0000 0000 001$index".takeIf { !isOperator })
}

@Composable
private fun Page(content: @Composable () -> Unit) = Surface(Modifier.fillMaxSize()) {
    Column(
        Modifier.verticalScroll(rememberScrollState()).padding(Space.large),
        verticalArrangement = Arrangement.spacedBy(Space.large),
    ) { content() }
}
