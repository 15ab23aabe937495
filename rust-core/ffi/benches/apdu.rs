//! What one APDU through the foreign trait costs on Rust's side: lowered, through the table of functions that Kotlin
//! fills, and lifted again. `cargo bench -p satchel-ffi`. What Java adds is measured from Kotlin.

#![allow(unsafe_code, reason = "it stands where the generated Kotlin stands")]

use satchel::{CardTransport, TransportFault, UniFfiTag};
use std::hint::black_box;
use std::ptr::NonNull;
use std::sync::Arc;
use std::time::Instant;
use uniffi::{Handle, Lift, RustBuffer, RustCallStatus};

const ROUNDS: usize = 200;
const CALLS: u32 = 1_000;
/// A WriteRecord in full mode is the longest command of a sale, 64 bytes with its header.
const COMMAND: [u8; 64] = [0x8B; 64];
const RESPONSE: [u8; 10] = [0x91; 10];
/// The lowest bit tells a foreign object from one of ours.
const FOREIGN: u64 = 1;

/// The table as the generated Kotlin lays it out: free, clone, and the methods in the order of the trait.
#[repr(C)]
struct Table {
    free: extern "C" fn(u64),
    clone: extern "C" fn(u64) -> u64,
    uid: extern "C" fn(u64, &mut RustBuffer, &mut RustCallStatus),
    transceive: extern "C" fn(u64, RustBuffer, &mut RustBuffer, &mut RustCallStatus),
}

static TABLE: Table = Table { free, clone, uid, transceive };

unsafe extern "C" {
    fn uniffi_satchel_fn_init_callback_vtable_cardtransport(table: NonNull<Table>);
}

extern "C" fn free(_: u64) {}

extern "C" fn clone(handle: u64) -> u64 {
    handle
}

extern "C" fn uid(_: u64, answer: &mut RustBuffer, _: &mut RustCallStatus) {
    *answer = buffer(&[4; 7]);
}

extern "C" fn transceive(_: u64, apdu: RustBuffer, answer: &mut RustBuffer, _: &mut RustCallStatus) {
    black_box(apdu.destroy_into_vec());
    *answer = buffer(&RESPONSE);
}

/// Bytes as UniFFI passes them: their number, then they.
fn buffer(bytes: &[u8]) -> RustBuffer {
    let length = i32::try_from(bytes.len()).expect("an APDU is short");
    RustBuffer::from_vec([length.to_be_bytes().as_slice(), bytes].concat())
}

/// The same without a bridge.
struct Native;

impl CardTransport for Native {
    fn uid(&self) -> Result<Vec<u8>, TransportFault> {
        Ok(vec![4; 7])
    }

    fn transceive(&self, apdu: Vec<u8>) -> Result<Vec<u8>, TransportFault> {
        black_box(apdu);
        Ok(RESPONSE.to_vec())
    }
}

fn main() {
    // SAFETY: the table is laid out as the generated one and lives as long as the program.
    unsafe { uniffi_satchel_fn_init_callback_vtable_cardtransport(NonNull::from(&TABLE)) };
    let handle = Handle::from_raw_unchecked(FOREIGN);
    let foreign = <Arc<dyn CardTransport> as Lift<UniFfiTag>>::try_lift(handle).expect("a foreign handle");
    assert_eq!(foreign.transceive(COMMAND.to_vec()).expect("an answer"), RESPONSE);
    report("a trait object in Rust", &Native);
    report("through the foreign trait", &*foreign);
}

fn report(what: &str, card: &dyn CardTransport) {
    let mut nanoseconds: Vec<u128> = (0..ROUNDS).map(|_| round(card)).collect();
    nanoseconds.sort_unstable();
    let (least, median, most) = (nanoseconds[0], nanoseconds[ROUNDS / 2], nanoseconds[ROUNDS - 1]);
    println!("{what:28} {least:>6} {median:>6} {most:>6} ns an APDU (least, median, most of {ROUNDS} rounds)");
}

fn round(card: &dyn CardTransport) -> u128 {
    let began = Instant::now();
    for _ in 0..CALLS {
        black_box(card.transceive(COMMAND.to_vec()).expect("an answer"));
    }
    began.elapsed().as_nanos() / u128::from(CALLS)
}
