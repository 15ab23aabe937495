//! What the app does for the core.
//!
//! Every method may fail, and an exception that none of them names becomes one of these errors: UniFFI would end the
//! call otherwise.

use uniffi::UnexpectedUniFFICallbackError;

/// The way to the card in the field.
#[uniffi::export(rust, foreign)]
pub trait CardTransport: Send + Sync {
    /// The identifier the card showed when it came into the field (`Tag.getId()`); empty if it is not known.
    fn uid(&self) -> Result<Vec<u8>, TransportFault>;

    /// Sends one command APDU and returns the response APDU: data and the two status bytes.
    fn transceive(&self, apdu: Vec<u8>) -> Result<Vec<u8>, TransportFault>;
}

/// Why an exchange brought no response. Whether the card acted is unknown.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, uniffi::Error)]
pub enum TransportFault {
    /// The card left the field (`TagLostException`).
    #[error("the card left the field")]
    CardGone,
    /// Anything else.
    #[error("{detail}")]
    Failed {
        /// What, for the log.
        detail: String,
    },
}

/// Keeps the terminal's secrets at rest: the Android Keystore.
#[uniffi::export(rust, foreign)]
pub trait KeySeal: Send + Sync {
    /// Encrypts a secret for storage.
    fn seal(&self, secret: Vec<u8>) -> Result<Vec<u8>, SealFault>;

    /// Decrypts what `seal` made.
    fn unseal(&self, sealed: Vec<u8>) -> Result<Vec<u8>, SealFault>;
}

/// Why a secret was not sealed or not unsealed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, uniffi::Error)]
pub enum SealFault {
    /// The key store does not work, or holds the key no more.
    #[error("{detail}")]
    Unavailable {
        /// What, for the log.
        detail: String,
    },
    /// What was sealed is damaged, or another device's.
    #[error("it was sealed by another device, or is damaged")]
    Damaged,
}

/// The machine's clock.
#[uniffi::export(rust, foreign)]
pub trait Clock: Send + Sync {
    /// Milliseconds since 1970-01-01T00:00:00 UTC.
    fn now_ms(&self) -> Result<i64, ClockFault>;
}

/// Why the clock told no time.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, uniffi::Error)]
pub enum ClockFault {
    /// It failed.
    #[error("{detail}")]
    Failed {
        /// What, for the log.
        detail: String,
    },
}

/// Somebody who is told how far a long task has come.
#[uniffi::export(rust, foreign)]
pub trait Progress: Send + Sync {
    /// So many of so many steps are done.
    fn step(&self, done: u64, total: u64) -> Result<(), ProgressFault>;
}

/// Why somebody could not be told. The task goes on.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, uniffi::Error)]
pub enum ProgressFault {
    /// They failed.
    #[error("{detail}")]
    Failed {
        /// What, for the log.
        detail: String,
    },
}

impl From<UnexpectedUniFFICallbackError> for TransportFault {
    fn from(error: UnexpectedUniFFICallbackError) -> Self {
        Self::Failed { detail: error.reason }
    }
}

impl From<UnexpectedUniFFICallbackError> for SealFault {
    fn from(error: UnexpectedUniFFICallbackError) -> Self {
        Self::Unavailable { detail: error.reason }
    }
}

impl From<UnexpectedUniFFICallbackError> for ClockFault {
    fn from(error: UnexpectedUniFFICallbackError) -> Self {
        Self::Failed { detail: error.reason }
    }
}

impl From<UnexpectedUniFFICallbackError> for ProgressFault {
    fn from(error: UnexpectedUniFFICallbackError) -> Self {
        Self::Failed { detail: error.reason }
    }
}
