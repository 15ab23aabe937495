package org.satchel.pos.about

import androidx.test.ext.junit.runners.AndroidJUnit4
import org.junit.Test
import org.junit.runner.RunWith
import org.satchel.pos.golden.golden

@RunWith(AndroidJUnit4::class)
class AboutGoldenTest {
    @Test fun versions() = golden("about", "versions") { AboutScreen(AboutState("1.2.3", "1.2.4")) }
}
