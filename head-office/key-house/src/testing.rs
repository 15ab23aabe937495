//! For tests of whoever uses keys.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};

/// Which of the secrets are somewhere in a process's memory. Takes the right to look there, as a parent has it.
///
/// # Panics
/// The process is not there.
pub fn hunt(process: u32, secrets: &[(String, [u8; 16])]) -> Vec<String> {
    let maps = std::fs::read_to_string(format!("/proc/{process}/maps")).expect("it runs");
    let mut memory = File::open(format!("/proc/{process}/mem")).expect("it may be looked into");
    let mut found = Vec::new();
    for map in maps.lines().filter(|map| map.split(' ').nth(1).is_some_and(|rights| rights.starts_with("rw"))) {
        let (from, to) = map.split(' ').next().and_then(|range| range.split_once('-')).expect("a range of addresses");
        let address = |digits| u64::from_str_radix(digits, 16).expect("an address");
        let (from, to) = (address(from), address(to));
        let mut bytes = vec![0; usize::try_from(to - from).expect("it fits")];
        if memory.seek(SeekFrom::Start(from)).is_err() || memory.read_exact(&mut bytes).is_err() {
            continue;
        }
        for (name, secret) in secrets {
            let places = bytes.windows(16).filter(|window| window == secret).count();
            if places > 0 {
                found.push(name.clone());
                eprintln!("{name}: {places} times in {}", map.split(' ').next_back().unwrap_or_default());
            }
        }
    }
    found
}
