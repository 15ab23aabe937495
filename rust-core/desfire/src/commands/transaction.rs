use super::{code, maced};
use crate::apdu::exactly;
use crate::fields::Fields;
use crate::secure::Command;
use crate::session::{Authenticated, Session};
use crate::{CommMode, Error};

/// What a commit answers where there is a transaction MAC file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tmac {
    /// The transaction counter, this transaction counted.
    pub tmc: u32,
    /// The transaction's MAC.
    pub tmv: [u8; 8],
}

/// The commit answers counter and MAC.
const WITH_TMAC: u8 = 0x01;

impl Session<'_, Authenticated> {
    /// Puts the reader's identifier under the transaction's MAC (CommitReaderID, CommMode.MAC); with the transaction
    /// MAC file's read-write right. Returns EncTMRI, the previous reader id as enciphered for whoever holds the
    /// transaction MAC key.
    pub fn commit_reader_id(self, reader_id: &[u8; 16]) -> Result<(Self, [u8; 16]), Error> {
        let command = Command { ins: code::COMMIT_READER_ID, header: &[], data: reader_id, mode: CommMode::Mac };
        let (session, answer) = self.call(&command)?;
        Ok((session, exactly(&answer)?))
    }

    /// Makes all that is pending so, at once (CommitTransaction, CommMode.MAC).
    ///
    /// Ask an error with [`Error::refused`] before believing that nothing happened.
    pub fn commit_transaction(self) -> Result<Self, Error> {
        self.tell(&maced(code::COMMIT_TRANSACTION, &[]))
    }

    /// The same, answered with the transaction's counter and MAC; refused where there is no transaction MAC file.
    pub fn commit_transaction_with_tmac(self) -> Result<(Self, Tmac), Error> {
        let (session, answer) = self.call(&maced(code::COMMIT_TRANSACTION, &[WITH_TMAC]))?;
        Ok((session, parse_tmac(&answer)?))
    }

    /// Drops all that is pending (AbortTransaction, CommMode.MAC).
    pub fn abort_transaction(self) -> Result<Self, Error> {
        self.tell(&maced(code::ABORT_TRANSACTION, &[]))
    }
}

/// TMC (4, little-endian) ‖ TMV (8): the commit's answer, and the transaction MAC file's content.
pub(crate) fn parse_tmac(answer: &[u8]) -> Result<Tmac, Error> {
    let mut fields = Fields::new(answer);
    let tmac = Tmac { tmc: fields.take().map(u32::from_le_bytes)?, tmv: fields.take()? };
    fields.end()?;
    Ok(tmac)
}
