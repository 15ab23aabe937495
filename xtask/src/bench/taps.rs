//! Exchanges, bytes and modelled time of every operation, beside its budget, a lean tap and naive use.

use super::Measured;
use super::naive::{self, Step};
use super::report::{Figure, Goal, Line, Table};
use satchel_cards::record::Standing;
use satchel_chain::field::{Field, blank_card};
use satchel_chain::scene::{Errand, Scene, euros};
use satchel_chain::store::seeded;
use satchel_terminal::{Depth, Outcome, Refusal, Settled};
use satchel_transport::{Cut, Rate, Tally, Timing, Transport};
use std::time::Duration;

/// The exchange in which a sale's commit is sent, counted from 0.
const COMMIT: u32 = 8;

/// What an operation may cost at most: exchanges, and bytes of the APDUs both ways with six for each exchange.
#[derive(Debug, Clone, Copy)]
struct Budget {
    exchanges: u64,
    /// None where only the exchanges are limited.
    bytes: Option<u64>,
}

/// An operation, how it is run, and what it would be with a session for each thing done.
struct Operation {
    key: &'static str,
    what: &'static str,
    budget: Budget,
    run: fn() -> Measured<Tally>,
    naive: fn() -> Measured<Tally>,
}

const fn budget(exchanges: u64, bytes: u64) -> Budget {
    Budget { exchanges, bytes: Some(bytes) }
}

const OPERATIONS: [Operation; 13] = [
    Operation {
        key: "sale",
        what: "sale with points",
        budget: budget(9, 470),
        run: || errand(Errand::Sale),
        naive: || naive(Errand::Sale, &[Step::NewestRecord, Step::Take(23_45), Step::Points(23), Step::WriteRecord]),
    },
    Operation {
        key: "redemption",
        what: "redemption",
        budget: budget(9, 470),
        run: || errand(Errand::Redemption),
        naive: || {
            naive(Errand::Redemption, &[Step::NewestRecord, Step::Take(18_45), Step::Points(-482), Step::WriteRecord])
        },
    },
    Operation {
        key: "topup",
        what: "top-up",
        budget: budget(10, 515),
        run: || errand(Errand::TopUp),
        naive: || naive(Errand::TopUp, &[Step::NewestRecord, Step::Give(20_00), Step::WriteRecord]),
    },
    Operation {
        key: "topup_with_bonus",
        what: "top-up with bonus",
        budget: budget(11, 560),
        run: || errand(Errand::TopUpWithBonus),
        naive: || {
            naive(Errand::TopUpWithBonus, &[Step::NewestRecord, Step::Give(42_00), Step::Points(5), Step::WriteRecord])
        },
    },
    Operation {
        key: "undo_sale",
        what: "undo of a sale",
        budget: budget(11, 560),
        run: || errand(Errand::UndoSale),
        naive: || {
            naive(Errand::UndoSale, &[Step::NewestRecord, Step::Restore(12_34), Step::Points(-12), Step::WriteRecord])
        },
    },
    Operation {
        key: "undo_topup",
        what: "undo of a top-up",
        budget: budget(8, 420),
        run: undo_of_plain_top_up,
        naive: || naive(Errand::TopUp, &[Step::NewestRecord, Step::Take(20_00), Step::WriteRecord]),
    },
    Operation {
        key: "undo_topup_with_bonus",
        what: "undo of a top-up with bonus",
        budget: budget(9, 470),
        run: || errand(Errand::UndoTopUp),
        naive: || {
            naive(Errand::UndoTopUp, &[Step::NewestRecord, Step::Take(42_00), Step::Points(-5), Step::WriteRecord])
        },
    },
    Operation {
        key: "refund",
        what: "refund",
        budget: budget(11, 560),
        run: || errand(Errand::Refund),
        naive: || naive(Errand::Refund, &[Step::NewestRecord, Step::Give(5_00), Step::Points(-4), Step::WriteRecord]),
    },
    Operation {
        key: "block",
        what: "block",
        budget: budget(7, 375),
        run: || errand(Errand::Block),
        naive: || naive(Errand::Block, &[Step::NewestRecord, Step::WriteRecord]),
    },
    Operation {
        key: "inquiry",
        what: "inquiry",
        budget: Budget { exchanges: 5, bytes: None },
        run: inquiry,
        naive: || naive(Errand::Sale, &[Step::NewestRecordByInquiry, Step::Identity]),
    },
    Operation {
        key: "recovery",
        what: "recovery of a torn sale",
        budget: Budget { exchanges: 5, bytes: None },
        run: recovery,
        naive: || naive(Errand::Sale, &[Step::TmacFile, Step::NewestRecord]),
    },
    Operation {
        key: "sign_on",
        what: "sign-on",
        budget: budget(12, 700),
        run: sign_on,
        naive: || naive::sign_on(&mut Scene::with_card(Standing::Active)),
    },
    Operation {
        key: "personalisation",
        what: "personalisation",
        budget: budget(60, 2_600),
        run: personalisation,
        naive: || naive::personalisation(&mut Scene::with_card(Standing::Active)),
    },
];

/// How many operations are measured, for a progress bar.
pub const COUNT: u64 = OPERATIONS.len() as u64 + 1;

/// Measures every operation; `done` is told after each.
pub fn measure(done: &mut dyn FnMut()) -> Measured<Table> {
    let mut lines = Vec::with_capacity(OPERATIONS.len() + 1);
    for operation in &OPERATIONS {
        let tally = (operation.run)()?;
        let mut line = line(operation.key, operation.what, tally, Some((operation.naive)()?));
        line.goals.push(operation.budget.goal(tally));
        lines.push(line);
        done();
    }
    lines.push(line(
        "lean_tap",
        "reference: a lean purse tap",
        naive::lean_tap(&mut Scene::for_errand(Errand::Sale))?,
        None,
    ));
    done();
    Ok(Table {
        key: "taps",
        title: "Taps: exchanges, bytes (APDUs both ways and 6 an exchange), modelled milliseconds".to_owned(),
        remarks: vec![
            "air: bytes and answer delays; tap: with the card's own time; both are modelled".to_owned(),
            "naive: a session for each thing done; a personalisation resumed for each step".to_owned(),
            "the lean tap knows no points and no state of the card; its bytes alone take 33.6 ms at 106 kbit/s"
                .to_owned(),
        ],
        lines,
    })
}

fn line(key: &str, what: &str, tally: Tally, naive: Option<Tally>) -> Line {
    let ms = |us: u64| Duration::from_micros(us).as_secs_f64() * 1e3;
    let mut figures = vec![
        Figure::count("exchanges", tally.exchanges),
        Figure::count("bytes", tally.budget_bytes()),
        Figure::measured("air_106_ms", ms(tally.air_us(Rate::Kbit106)), 1),
        Figure::measured("air_848_ms", ms(tally.air_us(Rate::Kbit848)), 1),
        Figure::measured("tap_106_ms", ms(tally.total_us(Rate::Kbit106)), 1),
        Figure::measured("tap_848_ms", ms(tally.total_us(Rate::Kbit848)), 1),
    ];
    figures.extend(match naive {
        Some(naive) => [
            Figure::count("naive_exchanges", naive.exchanges),
            Figure::count("naive_bytes", naive.budget_bytes()),
            Figure::measured("naive_106_ms", ms(naive.total_us(Rate::Kbit106)), 1),
        ],
        None => ["naive_exchanges", "naive_bytes", "naive_106_ms"].map(Figure::none),
    });
    Line { key: key.to_owned(), what: what.to_owned(), figures, goals: Vec::new() }
}

impl Budget {
    fn goal(self, tally: Tally) -> Goal {
        let kept = tally.exchanges <= self.exchanges && self.bytes.is_none_or(|most| tally.budget_bytes() <= most);
        let what = match self.bytes {
            Some(bytes) => format!("≤ {} / {bytes}", self.exchanges),
            None => format!("≤ {} exchanges", self.exchanges),
        };
        Goal::budget(what, kept)
    }
}

/// Counts what the card in a scene is asked.
pub fn listen(
    scene: &mut Scene,
    cut: Option<Cut>,
    talk: impl FnOnce(&mut Scene, &mut dyn Transport) -> Measured<()>,
) -> Measured<Tally> {
    let mut card = std::mem::replace(&mut scene.card, blank_card(0));
    let mut line = Timing::new(Field::torn(&mut card, cut));
    let talked = talk(scene, &mut line);
    let tally = line.tally();
    drop(line);
    scene.card = card;
    talked.map(|()| tally)
}

fn errand(errand: Errand) -> Measured<Tally> {
    listen(&mut Scene::for_errand(errand), None, |scene, field| done(scene.errand(errand, field)))
}

fn naive(errand: Errand, steps: &[Step]) -> Measured<Tally> {
    naive::movement(&mut Scene::for_errand(errand), steps)
}

fn undo_of_plain_top_up() -> Measured<Tally> {
    let mut scene = Scene::with_card(Standing::Active);
    scene.expect_done(|scene, field| scene.terminals[0].top_up(field, euros(20), None));
    listen(&mut scene, None, |scene, field| done(scene.terminals[0].undo_top_up(field, None)))
}

fn inquiry() -> Measured<Tally> {
    listen(&mut Scene::with_card(Standing::Active), None, |scene, field| {
        scene.terminals[0].inquire(field, Depth::State)?;
        Ok(())
    })
}

fn recovery() -> Measured<Tally> {
    let mut scene = Scene::for_errand(Errand::Sale);
    listen(&mut scene, Some(Cut::AfterCard(COMMIT)), |scene, field| match scene.errand(Errand::Sale, field)? {
        Outcome::Indeterminate { .. } => Ok(()),
        other => Err(format!("a torn sale ended as {other:?}").into()),
    })?;
    listen(&mut scene, None, |scene, field| match scene.terminals[0].settle(field)? {
        Settled::Settled(_) => Ok(()),
        other => Err(format!("a torn sale is not settled: {other:?}").into()),
    })
}

fn sign_on() -> Measured<Tally> {
    let mut scene = Scene::with_card(Standing::Active);
    scene.card = std::mem::replace(&mut scene.office.operators[0].card, blank_card(0));
    let pin = scene.office.operators[0].pin();
    listen(&mut scene, None, |scene, field| {
        scene.terminals[0].sign_on(field, &pin)?;
        Ok(())
    })
}

fn personalisation() -> Measured<Tally> {
    let mut scene = Scene::with_card(Standing::Active);
    let plan = Scene::plan(&mut scene.office, Standing::Active);
    scene.card = blank_card(2);
    listen(&mut scene, None, |scene, field| {
        scene.office.issue(field, &plan, &mut *seeded(9), &mut |_| {})?;
        Ok(())
    })
}

fn done(outcome: Result<Outcome, Refusal>) -> Measured<()> {
    match outcome? {
        Outcome::Done(_) => Ok(()),
        other => Err(format!("a movement ended as {other:?}").into()),
    }
}
