package org.satchel.pos.core

/** Keeps the terminal's secrets at rest. Its methods block. */
interface KeyVault {
    /** @throws VaultFault if it cannot; there is no other way to store the secret then. */
    fun seal(secret: ByteArray): ByteArray

    /** What [seal] made, opened. @throws VaultFault */
    fun unseal(sealed: ByteArray): ByteArray
}

/** Why a secret was not sealed or opened. */
sealed class VaultFault(message: String) : Exception(message) {
    /** The key store does not work, or has the key no more. */
    class Unavailable(val detail: String) : VaultFault(detail)

    /** What was sealed is damaged, or another device's. */
    class Damaged : VaultFault("it was sealed by another device, or is damaged")
}
