use satchel_keys::Role;
use std::io;

/// Why a key was not made, kept or used.
#[derive(Debug, thiserror::Error)]
pub enum KeyHouseError {
    /// A file of the key store.
    #[error("the key store's file {path}: {error}")]
    File {
        /// Which.
        path: String,
        /// What the system says.
        error: io::Error,
    },
    /// The key store's file is not what was written.
    #[error("the key store's file is damaged ({0}): restore it from its backup")]
    Damaged(&'static str),
    /// Not an officer of this key store, or not their password.
    #[error("the key store does not open for {0}: check the login and the password")]
    NotOpened(String),
    /// One officer is not enough.
    #[error("this needs two officers of the key store, and both signed on")]
    TwoNeeded,
    /// Twice the same officer.
    #[error("this needs two different officers: {0} cannot be both")]
    SameOfficer(String),
    /// A key that is not there.
    #[error("the key store holds no {role:?} master of version {version}: has that version been retired?")]
    NotHeld {
        /// What for.
        role: Role,
        /// Of which version of the control key.
        version: u8,
    },
    /// There is a control key of this version.
    #[error("there is a control key of version {0} already")]
    VersionTaken(u8),
    /// The security module.
    #[error("the security module does not answer as it should ({0}): check that it is plugged in, then begin anew")]
    Token(String),
    /// Who contributes to a key contributes too little.
    #[error(
        "{custodian}'s contribution is too short to be worth anything: at least {least} characters, or 50 throws of a die"
    )]
    TooLittle {
        /// Who.
        custodian: String,
        /// Characters at least.
        least: usize,
    },
    /// A number of shares that cannot be.
    #[error("{threshold} of {count} shares cannot be: from 2 of 2 to 16 of 16")]
    Shares {
        /// How many open it.
        threshold: u8,
        /// How many there are.
        count: u8,
    },
    /// A component that is not what its check value says.
    #[error("component {number} has the check value {found}, not {expected}: read it again")]
    Component {
        /// Which, from 1.
        number: usize,
        /// As typed.
        expected: String,
        /// As computed.
        found: String,
    },
    /// The key put together is another.
    #[error("the key put together has the check value {found}, not {expected}: nothing was kept")]
    Kcv {
        /// As told.
        expected: String,
        /// As computed.
        found: String,
    },
    /// A share.
    #[error("{0}")]
    Share(#[from] crate::ShareError),
    /// The verifier.
    #[error("the verifier does not answer ({0}): start it with `satchel verifier`")]
    Verifier(String),
    /// The system has no randomness.
    #[error("the system gives no randomness: {0}")]
    Randomness(String),
}
