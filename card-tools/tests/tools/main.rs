//! The binary as other programs meet it, and the qualification against cards that are in order and cards that are not.

mod blank;
mod durable;
mod fit;
mod flawed;
mod lines;
#[cfg(feature = "pcsc")]
mod pcsc;
mod process;
mod tcp;
mod tree;
mod unfit;
mod vpcd;

use satchel_card_tools::qualify::{Report, Tools, Verdict, qualify};
use satchel_transport::Transport;
use satchel_values::Timestamp;

/// Qualifies what a transport reaches, with challenges that are always the same.
fn qualified(transport: &mut dyn Transport) -> Report {
    let mut rng = <rand_chacha::ChaCha8Rng as rand_chacha::rand_core::SeedableRng>::seed_from_u64(1);
    let at = Timestamp::from_ms(1_795_510_800_000);
    qualify(transport, Tools { rng: &mut rng, at, told: &mut |_| {} })
}

/// Every reason in one text; empty for a card that is fit.
fn reasons(report: &Report) -> String {
    match &report.verdict {
        Verdict::Fit => String::new(),
        Verdict::Unfit(reasons) => reasons.join("\n"),
        Verdict::NotJudged(reason) => reason.clone(),
    }
}
