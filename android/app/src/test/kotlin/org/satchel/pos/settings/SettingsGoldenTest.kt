package org.satchel.pos.settings

import androidx.compose.foundation.ScrollState
import androidx.test.ext.junit.runners.AndroidJUnit4
import org.junit.Test
import org.junit.runner.RunWith
import org.satchel.pos.core.Choices
import org.satchel.pos.core.Exported
import org.satchel.pos.core.HeadMark
import org.satchel.pos.core.PackageKind
import org.satchel.pos.core.PackageState
import org.satchel.pos.core.PackageStatus
import org.satchel.pos.core.Trouble
import org.satchel.pos.core.Verified
import org.satchel.pos.core.euro
import org.satchel.pos.design.Written
import org.satchel.pos.golden.Variant
import org.satchel.pos.golden.golden

@RunWith(AndroidJUnit4::class)
class SettingsGoldenTest {
    @Test fun settings() = photograph("settings", state())
    @Test fun kiosk() = photograph("kiosk", state(), kiosk = true, Variant.all)
    @Test fun training() = photograph("training", state().copy(till = TillFacts(1, null, training = true, emptyList())), variants = Variant.all)
    @Test fun packages() = photograph("packages", state(), scrolled = Int.MAX_VALUE)
    @Test fun verifying() = photograph("verifying", state(JournalWork.Verifying(412, 1_024)))
    @Test fun verified() = photograph("verified", state(JournalWork.Holds(Verified(1_024, 3, HeadMark(1_024, "5f3a90c1")))))
    @Test fun damaged() = photograph("damaged", state(JournalWork.Failed(Trouble.JournalDamaged(17))))
    @Test fun exported() = photograph("exported", state(JournalWork.WrittenOut(Exported(1_024, null))))
    @Test fun exported_in_part() = photograph("exported_in_part", state(JournalWork.WrittenOut(Exported(1_016, 1_017))))

    private fun state(journal: JournalWork = JournalWork.None) =
        SettingsState(Choices(), TillFacts(12, 3, training = false, packages), "1.0.0", "0.1.0", journal)

    private fun photograph(
        name: String,
        state: SettingsState,
        kiosk: Boolean = false,
        variants: List<Variant> = Variant.all + Variant.largeText,
        scrolled: Int = if (state.journal == JournalWork.None) 0 else TO_THE_JOURNAL,
    ) = golden("settings", name, variants) {
        Written(euro) { SettingsScreen(state, kiosk, {}, SettingsWays({}, {}, {}, {}, {}, {}), ScrollState(scrolled)) }
    }
}

/** As far down as a phone shows all of the journal's part, in pixels. */
private const val TO_THE_JOURNAL = 1_150

private val packages = listOf(
    PackageStatus(PackageKind.OPERATORS, 7, 1, PackageState.GOOD),
    PackageStatus(PackageKind.PROFILE, 2, 90, PackageState.GOOD),
    PackageStatus(PackageKind.BLOCK_LIST, 41, 9, PackageState.TOO_OLD_FOR_TOP_UPS),
    PackageStatus(PackageKind.PROGRAM, 5, 31, PackageState.TOO_OLD_FOR_SALES),
    PackageStatus(PackageKind.KEY_BUNDLE, null, null, PackageState.MISSING),
)
