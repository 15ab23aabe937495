package org.satchel.pos.golden

import androidx.activity.ComponentActivity
import androidx.activity.enableEdgeToEdge
import androidx.compose.foundation.layout.fillMaxSize
import androidx.compose.material3.Surface
import androidx.compose.runtime.Composable
import androidx.compose.ui.Modifier
import androidx.compose.ui.test.ExperimentalTestApi
import androidx.compose.ui.test.v2.runAndroidComposeUiTest
import com.github.takahirom.roborazzi.ExperimentalRoborazziApi
import com.github.takahirom.roborazzi.JvmImageIoFormat
import com.github.takahirom.roborazzi.RoborazziOptions
import com.github.takahirom.roborazzi.captureScreenRoboImage
import org.robolectric.RuntimeEnvironment
import org.satchel.pos.design.SatchelTheme
import java.io.File
import java.time.Duration

/**
 * Compares a screen in one state with its golden pictures, `android/screenshots/FEATURE/STATE-….png`, or writes them
 * (`cargo xtask app --record`). All variants are looked at before the first difference fails the test.
 *
 * What is drawn is the whole screen, dialogs and sheets included, [settled] after it came up: what slides or fades in has
 * arrived by then, and what turns for ever stands where it has got to.
 */
fun golden(
    feature: String,
    state: String,
    variants: List<Variant> = Variant.all + Variant.largeText,
    settled: Duration = Duration.ofSeconds(1),
    content: @Composable () -> Unit,
) {
    val failures = variants.mapNotNull { variant ->
        runCatching { capture("$feature/$state-${variant.name}.png", variant, settled, content) }.exceptionOrNull()
    }
    failures.firstOrNull()?.let { first ->
        failures.drop(1).forEach(first::addSuppressed)
        throw AssertionError("${failures.size} of ${variants.size} pictures fail; see target/android/app/roborazzi", first)
    }
}

private fun capture(picture: String, variant: Variant, settled: Duration, content: @Composable () -> Unit) {
    captures.appendText("$picture\n")
    RuntimeEnvironment.setQualifiers(variant.qualifiers)
    RuntimeEnvironment.setFontScale(variant.fontScale)
    @OptIn(ExperimentalTestApi::class, ExperimentalRoborazziApi::class)
    runAndroidComposeUiTest(ComponentActivity::class.java) {
        mainClock.autoAdvance = false
        runOnUiThread { activity!!.enableEdgeToEdge() }
        setContent { SatchelTheme { Surface(Modifier.fillMaxSize(), content = content) } }
        mainClock.advanceTimeBy(settled.toMillis())
        captureScreenRoboImage(File(screenshots, picture).path, options)
    }
}

private val screenshots = File(System.getProperty("satchel.android"), "screenshots")
private val captures = File(System.getProperty("satchel.captures"))

private val options = RoborazziOptions(
    recordOptions = RoborazziOptions.RecordOptions(
        imageIoFormat = JvmImageIoFormat(awtImageWriter = { file, _, image -> writeSmall(file, image) }),
    ),
    compareOptions = RoborazziOptions.CompareOptions(
        outputDirectoryPath = System.getProperty("roborazzi.output.dir"),
        imageComparator = AsKept,
        changeThreshold = 0f,
    ),
)
