//! Whatever a reader sends, the simulated card answers as a card does and changes nothing that it refuses.

#![no_main]

#[path = "../bodies/card_command.rs"]
mod card_command;

libfuzzer_sys::fuzz_target!(|input: &[u8]| card_command::run(input));
