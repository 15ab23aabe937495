//! Whatever a reader sends, the simulated card answers as a card does and changes nothing that it refuses.
//!
//! The input is a list of steps: a byte that chooses what is done, a length, and as many bytes. Commands are given the
//! open session's protection where the choice says so, so that what lies behind the MAC is reached too.

#[path = "../../card-simulator/tests/harness/mod.rs"]
mod harness;

use harness::{AID, Command, Mode, Step, Trial};

/// Steps in one run at most.
const STEPS_MOST: usize = 256;

/// Puts a card on trial with the steps that the input describes.
pub fn run(input: &[u8]) {
    let [kind, steps @ ..] = input else { return };
    let mut trial = if kind % 4 == 0 { Trial::blank() } else { Trial::made() };
    if kind % 4 > 1 {
        trial.take(&Step::Select(Some(AID)));
        trial.take(&Step::Authenticate(0));
    }
    let mut rest = steps;
    for _ in 0..STEPS_MOST {
        let Some((step, behind)) = next(rest) else { break };
        trial.take(&step);
        rest = behind;
    }
    trial.assert_still_works();
}

/// The next step, and what is behind it.
fn next(input: &[u8]) -> Option<(Step, &[u8])> {
    let [choice, length, rest @ ..] = input else { return None };
    let (bytes, rest) = rest.split_at(usize::from(*length).min(rest.len()));
    let step = match choice % 8 {
        0 => Step::Raw(bytes.to_vec()),
        1 => Step::Bare(command(bytes, Mode::Plain)?),
        2 | 3 => Step::Protected(command(bytes, Mode::Full)?),
        4 => Step::Protected(command(bytes, Mode::Mac)?),
        5 => Step::Protected(command(bytes, Mode::Plain)?),
        6 => Step::Authenticate(bytes.first().copied().unwrap_or_default()),
        _ => Step::Select(bytes.first_chunk().copied()),
    };
    Some((step, rest))
}

/// Code, length of the header, header, data.
fn command(bytes: &[u8], mode: Mode) -> Option<Command> {
    let [code, header, rest @ ..] = bytes else { return None };
    let (header, data) = rest.split_at(usize::from(header % 16).min(rest.len()));
    Some(Command::new(*code, mode, header, data))
}
