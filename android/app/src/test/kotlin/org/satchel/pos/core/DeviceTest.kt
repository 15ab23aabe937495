package org.satchel.pos.core

import android.content.Context
import androidx.test.core.app.ApplicationProvider
import androidx.test.ext.junit.runners.AndroidJUnit4
import org.junit.Assert.assertEquals
import org.junit.Assert.assertThrows
import org.junit.Test
import org.junit.runner.RunWith

@RunWith(AndroidJUnit4::class)
class DeviceTest {
    private val context: Context = ApplicationProvider.getApplicationContext()
    private val file = context.getSharedPreferences("choices", Context.MODE_PRIVATE)

    /** There is no Android Keystore on this machine: what a device without a working one does. */
    @Test fun without_a_key_store_nothing_is_sealed() {
        val vault = KeystoreVault(context)
        assertThrows(VaultFault.Unavailable::class.java) { vault.seal(byteArrayOf(1, 2, 3)) }
        assertThrows(VaultFault.Unavailable::class.java) { vault.unseal(ByteArray(64)) }
    }

    @Test fun what_is_too_short_to_have_been_sealed_is_damaged() {
        assertThrows(VaultFault.Damaged::class.java) { KeystoreVault(context).unseal(ByteArray(27)) }
    }

    @Test fun choices_are_kept() {
        val chosen = Choices(Language.Arabic, TextSize.Larger, sounds = false, vibration = false, training = true)
        StoredPreferences(file).change { chosen }
        assertEquals(chosen, StoredPreferences(file).choices.value)
    }

    @Test fun a_choice_this_version_does_not_know_counts_as_not_made() {
        file.edit().putString("language", "Klingon").commit()
        assertEquals(Choices(), StoredPreferences(file).choices.value)
    }
}
