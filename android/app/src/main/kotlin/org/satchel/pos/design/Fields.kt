package org.satchel.pos.design

import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.text.KeyboardActions
import androidx.compose.foundation.text.KeyboardOptions
import androidx.compose.material3.Icon
import androidx.compose.material3.IconButton
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.OutlinedTextField
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.ui.Modifier
import androidx.compose.ui.res.painterResource
import androidx.compose.ui.res.stringResource
import androidx.compose.ui.text.input.ImeAction
import androidx.compose.ui.text.input.KeyboardType
import org.satchel.pos.R

/** A line to type into. @param fault what is wrong with it; null if nothing is */
@Composable
fun TextLine(
    value: String,
    onChange: (String) -> Unit,
    label: String,
    modifier: Modifier = Modifier,
    fault: String? = null,
    keyboard: KeyboardOptions = KeyboardOptions(imeAction = ImeAction.Next),
    actions: KeyboardActions = KeyboardActions.Default,
) {
    OutlinedTextField(
        value,
        onChange,
        modifier.fillMaxWidth(),
        label = { Text(label) },
        isError = fault != null,
        supportingText = fault?.let { { Text(it) } },
        singleLine = true,
        keyboardOptions = keyboard,
        keyboardActions = actions,
        shape = MaterialTheme.shapes.medium,
    )
}

/** As [TextLine], for digits: whatever else is typed or pasted is left out. Digits of every script count. */
@Composable
fun NumberField(
    value: String,
    onChange: (String) -> Unit,
    label: String,
    modifier: Modifier = Modifier,
    fault: String? = null,
    onDone: () -> Unit = {},
) {
    TextLine(
        value,
        { typed -> onChange(asciiDigits(typed)) },
        label,
        modifier,
        fault,
        KeyboardOptions(keyboardType = KeyboardType.Number, imeAction = ImeAction.Done),
        KeyboardActions(onDone = { onDone() }),
    )
}

private fun asciiDigits(typed: String): String =
    typed.mapNotNull { char -> Character.digit(char, 10).takeIf { it >= 0 } }.joinToString("")

/** Looks for something while it is typed. @param onEnter it is complete */
@Composable
fun SearchField(value: String, onChange: (String) -> Unit, hint: String, modifier: Modifier = Modifier, onEnter: () -> Unit = {}) {
    OutlinedTextField(
        value,
        onChange,
        modifier.fillMaxWidth(),
        placeholder = { Text(hint, maxLines = 1) },
        leadingIcon = { Icon(painterResource(R.drawable.search), contentDescription = null) },
        trailingIcon = {
            if (value.isNotEmpty()) {
                IconButton({ onChange("") }) { Icon(painterResource(R.drawable.close), stringResource(R.string.clear)) }
            }
        },
        singleLine = true,
        keyboardOptions = KeyboardOptions(imeAction = ImeAction.Search),
        keyboardActions = KeyboardActions(onSearch = { onEnter() }),
        shape = MaterialTheme.shapes.extraLarge,
    )
}
