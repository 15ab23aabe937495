package org.satchel.pos.core

import android.content.Context
import android.content.pm.PackageManager
import android.os.Build
import android.security.keystore.KeyGenParameterSpec
import android.security.keystore.KeyProperties
import android.security.keystore.StrongBoxUnavailableException
import androidx.annotation.RequiresApi
import java.security.GeneralSecurityException
import java.security.KeyStore
import java.security.ProviderException
import javax.crypto.AEADBadTagException
import javax.crypto.Cipher
import javax.crypto.KeyGenerator
import javax.crypto.SecretKey
import javax.crypto.spec.GCMParameterSpec

/**
 * The Android Keystore: AES-256-GCM under a key that never leaves the device's secure hardware; StrongBox where there is
 * one. Sealed bytes are the nonce (12), then ciphertext and tag (16).
 *
 * The key needs no unlocking by its user: a terminal opens before anybody has signed on, and what it seals is useless
 * without an operator's card.
 */
class KeystoreVault(private val context: Context) : KeyVault {
    override fun seal(secret: ByteArray): ByteArray = available {
        val cipher = Cipher.getInstance(CIPHER)
        cipher.init(Cipher.ENCRYPT_MODE, storedKey() ?: newKey())
        cipher.iv + cipher.doFinal(secret)
    }

    override fun unseal(sealed: ByteArray): ByteArray = available {
        if (sealed.size < NONCE_BYTES + TAG_BITS / 8) throw VaultFault.Damaged()
        val key = storedKey() ?: throw VaultFault.Unavailable("the key is gone")
        val cipher = Cipher.getInstance(CIPHER)
        cipher.init(Cipher.DECRYPT_MODE, key, GCMParameterSpec(TAG_BITS, sealed, 0, NONCE_BYTES))
        opened(cipher, sealed)
    }

    private fun opened(cipher: Cipher, sealed: ByteArray): ByteArray = try {
        cipher.doFinal(sealed, NONCE_BYTES, sealed.size - NONCE_BYTES)
    } catch (_: AEADBadTagException) {
        throw VaultFault.Damaged()
    }

    private fun storedKey(): SecretKey? {
        val store = KeyStore.getInstance(STORE).apply { load(null) }
        return store.getKey(ALIAS, null) as SecretKey?
    }

    private fun newKey(): SecretKey =
        if (hasStrongBox()) keyInStrongBox() else generated(parameters().build())

    private fun hasStrongBox() = Build.VERSION.SDK_INT >= Build.VERSION_CODES.P &&
        context.packageManager.hasSystemFeature(PackageManager.FEATURE_STRONGBOX_KEYSTORE)

    /** In StrongBox; in the ordinary secure hardware if StrongBox has no room for it. */
    @RequiresApi(Build.VERSION_CODES.P)
    private fun keyInStrongBox(): SecretKey = try {
        generated(parameters().setIsStrongBoxBacked(true).build())
    } catch (_: StrongBoxUnavailableException) {
        generated(parameters().build())
    }

    private fun parameters() =
        KeyGenParameterSpec.Builder(ALIAS, KeyProperties.PURPOSE_ENCRYPT or KeyProperties.PURPOSE_DECRYPT)
            .setBlockModes(KeyProperties.BLOCK_MODE_GCM)
            .setEncryptionPaddings(KeyProperties.ENCRYPTION_PADDING_NONE)
            .setKeySize(256)
            .setUserAuthenticationRequired(false)

    private fun generated(parameters: KeyGenParameterSpec): SecretKey {
        val generator = KeyGenerator.getInstance(KeyProperties.KEY_ALGORITHM_AES, STORE)
        generator.init(parameters)
        return generator.generateKey()
    }
}

/** Names every way in which the Keystore fails; makers' Keystores throw more than its documentation lists. */
private inline fun <T> available(work: () -> T): T = try {
    work()
} catch (fault: GeneralSecurityException) {
    throw VaultFault.Unavailable(fault.toString())
} catch (fault: ProviderException) {
    throw VaultFault.Unavailable(fault.toString())
}

private const val STORE = "AndroidKeyStore"
private const val ALIAS = "terminal"
private const val CIPHER = "AES/GCM/NoPadding"
private const val NONCE_BYTES = 12
private const val TAG_BITS = 128
