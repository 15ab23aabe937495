package org.satchel.pos.app

import android.content.Context
import android.nfc.NfcAdapter
import org.satchel.pos.R
import org.satchel.pos.core.Clock
import org.satchel.pos.core.Core
import org.satchel.pos.core.CoreInfo
import org.satchel.pos.core.Counters
import org.satchel.pos.core.Currency
import org.satchel.pos.core.KeystoreVault
import org.satchel.pos.core.PracticeTexts
import org.satchel.pos.core.Preferences
import org.satchel.pos.core.RustTerminals
import org.satchel.pos.core.StoredPreferences
import org.satchel.pos.core.SystemClock
import org.satchel.pos.core.Terminals
import org.satchel.pos.design.DeviceFeedback
import org.satchel.pos.design.Feedback
import org.satchel.pos.nfc.NfcReader

/** Everything the presenters are made from; made once, in [SatchelApplication]. Tests make one of fakes. */
class AppGraph(
    /** As the package manager knows it. */
    val appVersion: String,
    val core: CoreInfo,
    val terminals: Terminals,
    val preferences: Preferences,
    val nfc: NfcReader,
    val feedback: Feedback,
    val clock: Clock,
    /** In the device's language at the time of asking. */
    val practiceTexts: () -> PracticeTexts,
    val printing: Printing,
    val counters: Counters,
) {
    val desk = Desk(terminals, nfc, preferences, practiceTexts)

    companion object {
        /** The real one. */
        fun of(context: Context): AppGraph {
            val preferences = StoredPreferences(context.getSharedPreferences("choices", Context.MODE_PRIVATE))
            return AppGraph(
                appVersion = context.packageManager.getPackageInfo(context.packageName, 0).versionName.orEmpty(),
                core = Core,
                terminals = RustTerminals(context.filesDir, KeystoreVault(context)),
                preferences = preferences,
                nfc = NfcReader(NfcAdapter.getDefaultAdapter(context)),
                feedback = DeviceFeedback(context, preferences),
                clock = SystemClock,
                practiceTexts = { practiceTexts(context) },
                printing = Printing.of(context),
                counters = Counters.of(context.filesDir) { context.resources.openRawResource(R.raw.practice_goods) },
            )
        }
    }
}

private fun practiceTexts(context: Context) = PracticeTexts(
    manager = context.getString(R.string.practice_manager),
    cashier = context.getString(R.string.practice_cashier),
    currency = Currency("EUR", 2),
)
