use crate::ExchangeError;
use minicbor::bytes::ByteArray;
use minicbor::{Decode, Encode};
use satchel_packages::{OfficeKey, OfficePublicKey};
use satchel_values::{Sequence, TerminalId, Timestamp};

/// Gaps named in one receipt at most.
const GAPS_MOST: usize = 64;
/// Bytes of a receipt at most.
const RECEIPT_MOST: usize = 4_096;
const PURPOSE: &str = "receipt 1";

/// What head office has of a terminal's journal.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct Receipt {
    /// Whose journal.
    #[n(0)]
    pub terminal: TerminalId,
    /// The last entry without a gap before it; 0 for none.
    #[n(1)]
    pub up_to: Sequence,
    /// Its hash, by which the terminal knows that head office has its own entries.
    #[n(2)]
    pub head: ByteArray<32>,
    /// Runs that are missing before entries that are here.
    #[n(3)]
    pub missing: Vec<(Sequence, Sequence)>,
    /// When it was given, by head office's clock.
    #[n(4)]
    pub at: Timestamp,
}

/// A receipt with head office's signature.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct SignedReceipt {
    #[cbor(n(0), with = "minicbor::bytes")]
    receipt: Vec<u8>,
    #[n(1)]
    signature: ByteArray<64>,
}

impl Receipt {
    /// Signs it.
    pub fn sign(mut self, key: &OfficeKey) -> SignedReceipt {
        self.missing.truncate(GAPS_MOST);
        let receipt = minicbor::to_vec(&self).expect("encoding into memory cannot fail");
        let signature = key.attest(PURPOSE, &receipt).into();
        SignedReceipt { receipt, signature }
    }
}

impl SignedReceipt {
    /// For a carrier.
    pub fn to_bytes(&self) -> Vec<u8> {
        minicbor::to_vec(self).expect("encoding into memory cannot fail")
    }

    /// From a carrier.
    ///
    /// # Errors
    /// It is no receipt.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, ExchangeError> {
        if bytes.len() > RECEIPT_MOST {
            return Err(ExchangeError::TooLarge(RECEIPT_MOST));
        }
        minicbor::decode(bytes).map_err(|_| ExchangeError::Unreadable("receipt"))
    }

    /// The receipt, if head office signed it and it is for this terminal.
    ///
    /// # Errors
    /// It did not, or it is another terminal's.
    pub fn open(&self, key: &OfficePublicKey, terminal: TerminalId) -> Result<Receipt, ExchangeError> {
        if !key.attests(PURPOSE, &self.receipt, &self.signature) {
            return Err(ExchangeError::NotForUs);
        }
        let receipt: Receipt = minicbor::decode(&self.receipt).map_err(|_| ExchangeError::Unreadable("receipt"))?;
        if receipt.terminal == terminal { Ok(receipt) } else { Err(ExchangeError::NotForUs) }
    }
}
