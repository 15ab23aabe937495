package org.satchel.pos.app

import org.satchel.pos.core.CoreInfo
import org.satchel.pos.core.Counter
import org.satchel.pos.core.Counters
import org.satchel.pos.core.FakeCounter
import org.satchel.pos.core.FakePreferences
import org.satchel.pos.core.PracticeTexts
import org.satchel.pos.core.SystemClock
import org.satchel.pos.core.Terminals
import org.satchel.pos.core.euro
import org.satchel.pos.design.FakeFeedback
import org.satchel.pos.nfc.NfcReader

/** What the app is made of, with nothing of the device's. */
fun aGraph(terminals: Terminals, counter: Counter = FakeCounter()) = AppGraph(
    appVersion = "1.2.3",
    core = object : CoreInfo { override val version = "1.2.4" },
    terminals = terminals,
    preferences = FakePreferences(),
    nfc = NfcReader(null),
    feedback = FakeFeedback(),
    clock = SystemClock,
    practiceTexts = { PracticeTexts("Manager", "Cashier", euro) },
    printing = noPrinting(),
    counters = Counters(counter, FakeCounter()),
)
