//! What binds entries together: hashes and signatures.

use ed25519_dalek::{Signature, Signer, SigningKey, VerifyingKey};
use satchel_values::{Sequence, TerminalId, Timestamp};
use sha2::{Digest, Sha256};
use std::fmt;
use zeroize::Zeroize;

/// The end of a chain: the last entry's number and hash.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Head {
    /// The last entry's number; 0 if there is none.
    pub sequence: Sequence,
    /// Its hash; the chain's own beginning if there is none.
    pub hash: [u8; 32],
}

/// The key a terminal signs its journal with (Ed25519). Wiped when dropped, never printed.
pub struct JournalKey(SigningKey);

/// The public half of a [`JournalKey`]: it names the terminal to whoever checks its journal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct JournalPublicKey(pub [u8; 32]);

impl JournalKey {
    /// Takes over 32 bytes; the caller's copy is wiped.
    pub fn take(bytes: &mut [u8; 32]) -> Self {
        let key = Self(SigningKey::from_bytes(bytes));
        bytes.zeroize();
        key
    }

    /// A new one.
    pub fn generate(rng: &mut (impl rand_core::CryptoRng + ?Sized)) -> Self {
        let mut bytes = [0; 32];
        rng.fill_bytes(&mut bytes);
        Self::take(&mut bytes)
    }

    /// The public half.
    pub fn public(&self) -> JournalPublicKey {
        JournalPublicKey(self.0.verifying_key().to_bytes())
    }

    /// Signs something else than the journal, such as an answer to head office.
    ///
    /// # Arguments
    /// `purpose` keeps signatures of one kind from being taken for another's.
    pub fn attest(&self, purpose: &str, message: &[u8]) -> [u8; 64] {
        self.sign(&attested(purpose, message))
    }

    pub(crate) fn sign(&self, message: &[u8; 32]) -> [u8; 64] {
        self.0.sign(message).to_bytes()
    }
}

impl fmt::Debug for JournalKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JournalKey(hidden)")
    }
}

impl JournalPublicKey {
    /// Whether this terminal signed a message for a purpose: see [`JournalKey::attest`].
    pub fn attests(&self, purpose: &str, message: &[u8], signature: &[u8; 64]) -> bool {
        self.verifies(&attested(purpose, message), signature)
    }

    /// Whether the signature is this key's over the message.
    pub(crate) fn verifies(&self, message: &[u8; 32], signature: &[u8; 64]) -> bool {
        VerifyingKey::from_bytes(&self.0)
            .is_ok_and(|key| key.verify_strict(message, &Signature::from_bytes(signature)).is_ok())
    }
}

fn attested(purpose: &str, message: &[u8]) -> [u8; 32] {
    let length = u32::try_from(purpose.len()).unwrap_or(u32::MAX);
    Sha256::new()
        .chain_update(b"satchel terminal 1")
        .chain_update(length.to_be_bytes())
        .chain_update(purpose)
        .chain_update(message)
        .finalize()
        .into()
}

/// What the first entry hashes in place of an entry before it.
pub(crate) fn beginning(terminal: TerminalId, key: &JournalPublicKey) -> [u8; 32] {
    Sha256::new()
        .chain_update(b"satchel journal 1")
        .chain_update(terminal.get().to_be_bytes())
        .chain_update(key.0)
        .finalize()
        .into()
}

/// An entry as it is hashed.
pub(crate) struct Link<'a> {
    pub terminal: TerminalId,
    pub before: &'a [u8; 32],
    pub sequence: Sequence,
    pub at: Timestamp,
    pub kind: u8,
    pub body: &'a [u8],
}

impl Link<'_> {
    pub(crate) fn hash(&self) -> [u8; 32] {
        let length = u32::try_from(self.body.len()).unwrap_or(u32::MAX);
        Sha256::new()
            .chain_update(b"satchel entry 1")
            .chain_update(self.terminal.get().to_be_bytes())
            .chain_update(self.before)
            .chain_update(self.sequence.get().to_be_bytes())
            .chain_update(self.at.ms().to_be_bytes())
            .chain_update([self.kind])
            .chain_update(length.to_be_bytes())
            .chain_update(self.body)
            .finalize()
            .into()
    }
}

/// What a checkpoint signs: its place in the chain, and the books.
pub(crate) fn checkpoint_message(
    terminal: TerminalId,
    sequence: Sequence,
    before: &[u8; 32],
    books: &[u8],
) -> [u8; 32] {
    Sha256::new()
        .chain_update(b"satchel checkpoint 1")
        .chain_update(terminal.get().to_be_bytes())
        .chain_update(sequence.get().to_be_bytes())
        .chain_update(before)
        .chain_update(books)
        .finalize()
        .into()
}
