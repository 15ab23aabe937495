//! A day of the demo, as a test.

use satchel_chain::day::{self, Narrator};

struct Silent;

impl Narrator for Silent {
    fn begins(&mut self, _: &str, _: u32) {}
    fn step(&mut self) {}
}

#[test]
fn a_day_balances_to_the_unit_and_repeats_with_its_seed() {
    let live = |seed| {
        let folder = tempfile::tempdir().expect("a folder");
        day::live(seed, folder.path(), &mut Silent).expect("the day ends well")
    };
    let day = live(1);
    println!("{day:#?}");
    assert!(day.verdicts.balanced(), "{:?}", day.verdicts);
}
