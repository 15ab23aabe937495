//! The fuzz targets' own code, over their committed seeds, so that neither can rot between two runs of the fuzzer.

#[path = "../../../fuzz/bodies/card_command.rs"]
mod card_command;
#[path = "../../../fuzz/bodies/response.rs"]
mod response;

use std::path::Path;

/// Inputs a target starts from at least.
const SEEDS_LEAST: usize = 12;

#[test]
fn the_response_target_runs_over_its_seeds() {
    run_over_seeds("response", response::run);
}

#[test]
fn the_card_command_target_runs_over_its_seeds() {
    run_over_seeds("card_command", card_command::run);
}

/// Runs a target over every seed, over every beginning of it, and with every byte turned over.
fn run_over_seeds(target: &str, run: fn(&[u8])) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/seeds").join(target);
    let seeds: Vec<_> = std::fs::read_dir(folder).expect("the target has seeds").collect();
    assert!(seeds.len() >= SEEDS_LEAST, "{target}: {} seeds", seeds.len());
    for seed in seeds {
        let input = std::fs::read(seed.expect("an entry").path()).expect("a seed");
        run(&input);
        for place in 0..input.len() {
            run(&input[..place]);
            let mut other = input.clone();
            other[place] ^= 0xFF;
            run(&other);
        }
    }
}
