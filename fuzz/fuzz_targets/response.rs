//! Whatever a card answers, the reader neither panics nor believes what is not proved.

#![no_main]

#[path = "../bodies/response.rs"]
mod response;

libfuzzer_sys::fuzz_target!(|input: &[u8]| response::run(input));
