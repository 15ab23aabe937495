//! The transaction MAC as the card computes it.

use crate::crypto;
use crate::file::TmacFile;

/// Adds a command to the transaction MAC's input: its code and parameters, then its data, each up to a whole block
/// with zeros (MF2DL(H)x0 data sheet §10.3.4.2).
pub(crate) fn add(input: &mut Vec<u8>, code: u8, parameters: &[u8], data: &[u8]) {
    input.push(code);
    input.extend(parameters);
    input.resize(input.len().next_multiple_of(16), 0);
    input.extend(data);
    input.resize(input.len().next_multiple_of(16), 0);
}

/// The MAC's value for a transaction that brings the counter to `tmc`.
pub(crate) fn value(key: &[u8; 16], uid: &[u8; 7], tmc: u32, input: &[u8]) -> [u8; 8] {
    let (mac_key, _) = crypto::tmac_session_keys(key, uid, tmc);
    crypto::mac_t(&mac_key, input)
}

/// The reader id of the last transaction, enciphered for this one.
pub(crate) fn enciphered_previous(file: &TmacFile, uid: &[u8; 7]) -> Vec<u8> {
    let (_, enc_key) = crypto::tmac_session_keys(&file.key, uid, file.tmc.wrapping_add(1));
    crypto::encrypt(&enc_key, &crypto::ZERO_IV, &file.previous_reader_id)
}
