//! How often a sale waits for the disk, counted by the disk.

use super::super::report::{Figure, Goal, Line};
use super::super::{Measured, Sizes};
use satchel_cards::record::Standing;
use satchel_chain::field::{Field, blank_card};
use satchel_chain::scene::{FLOAT, Scene};
use satchel_chain::store::sign_on;
use satchel_faulty_disk::Disk;
use satchel_journal::OpenOptions;
use satchel_terminal::Outcome;

/// Syncs of one sale at most.
const MOST: u64 = 3;
/// What each sale takes from a card of 100.00: little enough for a thousand of them.
const PRICE_MINOR: i64 = 10;

/// Whole sales at a terminal whose journal lies on a disk that counts. Between two customers the terminal folds its
/// write-ahead log into the file, as the app has it do, so that no sale ever waits for that.
pub fn of_a_sale(sizes: &Sizes) -> Measured<Line> {
    let mut syncs = count(sizes.sales_counted)?;
    syncs.sort_unstable();
    let usual = syncs.get(syncs.len() / 2).copied().unwrap_or_default();
    let most = syncs.last().copied().unwrap_or_default();
    let over = syncs.iter().filter(|count| **count > MOST).count();
    Ok(Line {
        key: "fsyncs".to_owned(),
        what: "fsyncs of a sale".to_owned(),
        figures: vec![
            Figure::count("usual", usual),
            Figure::count("most", most),
            Figure::count("sales_over", u64::try_from(over).unwrap_or(u64::MAX)),
            Figure::count("sales", sizes.sales_counted.into()),
        ],
        goals: vec![Goal::budget(format!("≤ {MOST}"), most <= MOST)],
    })
}

/// The syncs of each sale, one after the other.
fn count(sales: u32) -> Measured<Vec<u64>> {
    let disk = Disk::new();
    let mut scene = Scene::with_card(Standing::Active);
    drop(scene.terminals.remove(0));
    let store = &mut scene.stores[0];
    let journal = store.open_journal(OpenOptions { vfs: Some(disk.vfs()), ..OpenOptions::default() })?;
    let mut terminal = store.start_with(journal, Box::new(scene.clock.clone()))?;
    sign_on(&mut terminal, &mut scene.office.operators[0])?;
    terminal.open_shift(FLOAT)?;
    scene.terminals.insert(0, terminal);
    let mut card = std::mem::replace(&mut scene.card, blank_card(0));
    let mut counts = Vec::new();
    for _ in 0..sales {
        let before = disk.syncs();
        match scene.sell(&mut Field::new(&mut card), PRICE_MINOR)? {
            Outcome::Done(_) => counts.push(disk.syncs() - before),
            other => return Err(format!("a sale ended as {other:?}").into()),
        }
        scene.terminals[0].tidy()?;
    }
    Ok(counts)
}
