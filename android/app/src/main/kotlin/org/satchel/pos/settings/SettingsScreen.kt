package org.satchel.pos.settings

import androidx.annotation.DrawableRes
import androidx.annotation.StringRes
import androidx.compose.foundation.ScrollState
import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.FlowRow
import androidx.compose.foundation.layout.Row
import androidx.compose.foundation.layout.fillMaxSize
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.heightIn
import androidx.compose.foundation.layout.padding
import androidx.compose.foundation.rememberScrollState
import androidx.compose.foundation.selection.toggleable
import androidx.compose.foundation.verticalScroll
import androidx.compose.material3.FilterChip
import androidx.compose.material3.LinearProgressIndicator
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.Switch
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.ui.Modifier
import androidx.compose.ui.platform.LocalConfiguration
import androidx.compose.ui.res.pluralStringResource
import androidx.compose.ui.res.stringResource
import androidx.compose.ui.semantics.Role
import org.satchel.pos.R
import org.satchel.pos.core.Language
import org.satchel.pos.core.PackageState
import org.satchel.pos.core.PackageStatus
import org.satchel.pos.core.TextSize
import org.satchel.pos.design.ListRow
import org.satchel.pos.design.LocalFormat
import org.satchel.pos.design.Notice
import org.satchel.pos.design.Pair
import org.satchel.pos.design.Satchel
import org.satchel.pos.design.ScreenFrame
import org.satchel.pos.design.SectionHeader
import org.satchel.pos.design.Space
import org.satchel.pos.design.TouchLeast
import org.satchel.pos.design.TroubleBanner
import org.satchel.pos.design.WithWidth
import org.satchel.pos.design.words

/** What a person does here that leads out of the screen. */
class SettingsWays(
    val back: () -> Unit,
    val setUp: () -> Unit,
    val training: () -> Unit,
    val about: () -> Unit,
    /** Lets a place for the journal be chosen. */
    val export: () -> Unit,
    /** Closes the way to other apps, or opens it. */
    val keepToApp: (Boolean) -> Unit,
)

/**
 * What is of the device, and what is of the till: one above the other on a phone, side by side on a POS.
 *
 * @param kiosk whether the device keeps to this app
 * @param scroll how far a phone is scrolled
 */
@Composable
fun SettingsScreen(
    state: SettingsState,
    kiosk: Boolean,
    on: (SettingsEvent) -> Unit,
    ways: SettingsWays,
    scroll: ScrollState = rememberScrollState(),
) {
    ScreenFrame(stringResource(R.string.place_settings), onBack = ways.back) { inside ->
        WithWidth(Modifier.padding(inside)) { wide ->
            if (wide) {
                Row(Modifier.fillMaxSize().padding(horizontal = Space.large), Arrangement.spacedBy(Space.huge)) {
                    Column(Modifier.weight(1f).scrolled(rememberScrollState())) { OfDevice(state, kiosk, on, ways) }
                    Column(Modifier.weight(1f).scrolled(rememberScrollState())) { OfTill(state, on, ways) }
                }
            } else {
                Column(Modifier.fillMaxSize().scrolled(scroll).padding(horizontal = Space.small)) {
                    OfDevice(state, kiosk, on, ways)
                    OfTill(state, on, ways)
                }
            }
        }
    }
}

private fun Modifier.scrolled(scroll: ScrollState) = verticalScroll(scroll).padding(bottom = Space.large)

@Composable
private fun OfDevice(state: SettingsState, kiosk: Boolean, on: (SettingsEvent) -> Unit, ways: SettingsWays) {
    val choices = state.choices
    SectionHeader(stringResource(R.string.settings_language))
    Chips(Language.entries, choices.language, { it.words() }) { on(SettingsEvent.Speak(it)) }
    SectionHeader(stringResource(R.string.settings_text_size))
    Chips(TextSize.entries, choices.textSize, { stringResource(it.words) }) { on(SettingsEvent.Write(it)) }
    Text(
        stringResource(R.string.settings_look),
        Modifier.padding(horizontal = Space.small).padding(top = Space.small),
        style = MaterialTheme.typography.bodyMedium,
        color = MaterialTheme.colorScheme.onSurfaceVariant,
    )
    SectionHeader(stringResource(R.string.settings_signals))
    SwitchRow(R.string.settings_sounds, R.string.settings_sounds_text, R.drawable.sound, choices.sounds) { on(SettingsEvent.Sound(it)) }
    SwitchRow(R.string.settings_vibration, null, R.drawable.phone_nfc, choices.vibration) { on(SettingsEvent.Vibrate(it)) }
    SectionHeader(stringResource(R.string.settings_device))
    SwitchRow(R.string.settings_kiosk, R.string.settings_kiosk_text, R.drawable.lock, kiosk, ways.keepToApp)
}

@Composable
private fun OfTill(state: SettingsState, on: (SettingsEvent) -> Unit, ways: SettingsWays) {
    SectionHeader(stringResource(R.string.settings_till))
    Facts(state)
    Row(R.string.place_training, R.string.settings_training_text, R.drawable.training, ways.training)
    Row(R.string.place_set_up, R.string.settings_set_up_text, R.drawable.qr, ways.setUp)
    Row(R.string.about_title, null, R.drawable.info, ways.about)
    SectionHeader(stringResource(R.string.settings_journal))
    JournalPart(state, on, ways)
    SectionHeader(stringResource(R.string.settings_packages))
    Packages(state.till)
}

@Composable
private fun Facts(state: SettingsState) = Column(
    Modifier.padding(horizontal = Space.small, vertical = Space.small),
    verticalArrangement = Arrangement.spacedBy(Space.small),
) {
    Pair(stringResource(R.string.settings_terminal), state.till.terminal.toString())
    Pair(stringResource(R.string.settings_store), state.till.store?.toString() ?: stringResource(R.string.settings_none))
    Pair(stringResource(R.string.settings_app_version), state.appVersion)
    Pair(stringResource(R.string.settings_core_version), state.coreVersion)
}

@Composable
private fun Packages(till: TillFacts) {
    if (till.training) {
        Text(
            stringResource(R.string.settings_packages_none),
            Modifier.padding(horizontal = Space.small),
            style = MaterialTheme.typography.bodyLarge,
        )
    } else {
        till.packages.forEach { ListRow(it.title(), text = it.words(), icon = it.icon) }
    }
}

@Composable
private fun PackageStatus.title(): String {
    val locale = LocalConfiguration.current.locales[0]
    return kind.words().replaceFirstChar { it.titlecase(locale) }
}

@Composable
private fun PackageStatus.words(): String {
    val days = ageDays?.toInt()
    val which = listOfNotNull(
        version?.let { stringResource(R.string.settings_package_version, it.toString()) },
        days?.let { pluralStringResource(R.plurals.settings_package_age, it, it) },
    )
    val trouble = state.words?.let { stringResource(it) }
    return listOfNotNull(which.joinToString(" · ").ifEmpty { null }, trouble).joinToString("\n")
}

@get:StringRes
private val PackageState.words: Int?
    get() = when (this) {
        PackageState.GOOD -> null
        PackageState.TOO_OLD_FOR_TOP_UPS -> R.string.settings_package_old_top_ups
        PackageState.TOO_OLD_FOR_SALES -> R.string.settings_package_old_sales
        PackageState.MISSING -> R.string.settings_package_missing
    }

@get:DrawableRes
private val PackageStatus.icon: Int get() = if (state == PackageState.GOOD) R.drawable.check else R.drawable.warning

@Composable
private fun JournalPart(state: SettingsState, on: (SettingsEvent) -> Unit, ways: SettingsWays) {
    val free = !state.journal.goesOn
    JournalResult(state.journal)
    Row(R.string.settings_verify, R.string.settings_verify_text, R.drawable.journal, { on(SettingsEvent.Verify) }, free)
    if (!state.till.training) {
        Row(R.string.settings_export, R.string.settings_export_text, R.drawable.share, ways.export, free)
    }
}

@Composable
private fun JournalResult(work: JournalWork) {
    val tones = Satchel.tones
    val format = LocalFormat.current
    when (work) {
        JournalWork.None -> Unit
        is JournalWork.Verifying -> Going(
            stringResource(R.string.settings_verifying, format.count(work.done), format.count(work.total)),
            if (work.total == 0L) 0f else work.done.toFloat() / work.total,
        )
        JournalWork.Exporting -> Going(stringResource(R.string.settings_exporting), done = null)
        is JournalWork.Holds -> Notice(
            tones.done, R.drawable.check, stringResource(R.string.settings_verified),
            text = stringResource(
                R.string.settings_verified_text,
                format.count(work.verified.entries), format.count(work.verified.checkpoints), work.verified.head.hash,
            ),
        )
        is JournalWork.WrittenOut -> WrittenOut(work)
        is JournalWork.Failed -> TroubleBanner(work.trouble)
    }
}

@Composable
private fun WrittenOut(work: JournalWork.WrittenOut) {
    val entries = LocalFormat.current.count(work.exported.entries)
    val bad = work.exported.firstUnreadable
    Notice(
        if (bad == null) Satchel.tones.done else Satchel.tones.undecided,
        if (bad == null) R.drawable.check else R.drawable.warning,
        stringResource(R.string.settings_exported),
        text = if (bad == null) stringResource(R.string.settings_exported_text, entries)
        else stringResource(R.string.settings_exported_part, entries, bad.toString()),
    )
}

/** @param done how much of it, from nought to one; null if nobody knows */
@Composable
private fun Going(text: String, done: Float?) = Column(
    Modifier.padding(Space.small),
    verticalArrangement = Arrangement.spacedBy(Space.small),
) {
    Text(text, style = MaterialTheme.typography.bodyLarge)
    if (done == null) LinearProgressIndicator(Modifier.fillMaxWidth()) else LinearProgressIndicator({ done }, Modifier.fillMaxWidth())
}

@Composable
private fun Row(@StringRes title: Int, @StringRes text: Int?, @DrawableRes icon: Int, onClick: () -> Unit, free: Boolean = true) =
    ListRow(stringResource(title), text = text?.let { stringResource(it) }, icon = icon, onClick = if (free) onClick else null)

@Composable
private fun SwitchRow(@StringRes title: Int, @StringRes text: Int?, @DrawableRes icon: Int, on: Boolean, onChange: (Boolean) -> Unit) =
    ListRow(
        stringResource(title),
        Modifier.toggleable(on, role = Role.Switch, onValueChange = onChange),
        text = text?.let { stringResource(it) },
        icon = icon,
        trailing = { Switch(on, onCheckedChange = null) },
    )

@Composable
private fun <T> Chips(all: List<T>, chosen: T, words: @Composable (T) -> String, onChoose: (T) -> Unit) = FlowRow(
    Modifier.padding(horizontal = Space.small),
    horizontalArrangement = Arrangement.spacedBy(Space.small),
    verticalArrangement = Arrangement.spacedBy(Space.hair),
) {
    all.forEach { one ->
        FilterChip(
            selected = one == chosen,
            onClick = { onChoose(one) },
            label = { Text(words(one)) },
            modifier = Modifier.heightIn(min = TouchLeast),
        )
    }
}

/** Each in itself: whoever cannot read this screen finds theirs. */
@Composable
private fun Language.words(): String = stringResource(
    when (this) {
        Language.OfDevice -> R.string.settings_language_device
        Language.English -> R.string.settings_language_english
        Language.Chinese -> R.string.settings_language_chinese
        Language.German -> R.string.settings_language_german
        Language.Spanish -> R.string.settings_language_spanish
        Language.Arabic -> R.string.settings_language_arabic
    },
)

@get:StringRes
private val TextSize.words: Int
    get() = when (this) {
        TextSize.Normal -> R.string.settings_text_normal
        TextSize.Larger -> R.string.settings_text_larger
        TextSize.Large -> R.string.settings_text_large
        TextSize.Largest -> R.string.settings_text_largest
    }
