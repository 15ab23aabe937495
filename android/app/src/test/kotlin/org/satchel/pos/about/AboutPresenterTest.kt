package org.satchel.pos.about

import org.junit.Assert.assertEquals
import org.junit.Test
import org.satchel.pos.core.CoreInfo

class AboutPresenterTest {
    @Test fun both_versions_are_told() {
        val presenter = AboutPresenter("1.2.3", FakeCoreInfo("1.2.4"))
        assertEquals(AboutState("1.2.3", "1.2.4"), presenter.state.value)
    }
}

private class FakeCoreInfo(override val version: String) : CoreInfo
