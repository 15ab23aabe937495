//! The reader's own time in a sale, beside the AES blocks it cannot do without.
//!
//! The card's answers are replayed, so its work does not count; neither does the journal, except where it is named.

use super::report::{Figure, Line, Table};
use super::rounds::Rounds;
use super::{Measured, Sizes};
use aes::cipher::{BlockCipherDecrypt, BlockCipherEncrypt, KeyInit};
use aes::{Aes128Dec, Aes128Enc};
use satchel_cards::CardKeys;
use satchel_cards::member::{self, Commit, Lead, Movement, Presented, Tap};
use satchel_cards::record::HistoryRecord;
use satchel_chain::field::{Field, blank_card};
use satchel_chain::scene::{Errand, Scene, euros};
use satchel_chain::store::seeded;
use satchel_terminal::Outcome;
use satchel_transport::{Record, Replay, Tally, Timing, Transport};
use satchel_values::{Money, Points};
use std::hint::black_box;
use std::time::{Duration, Instant};

/// Steps for a progress bar.
pub const COUNT: u64 = 2;

const TAKEN: Money = Money::new(23_45);
const EARNED: Points = Points::new(23);
const READER_ID: [u8; 16] = [0x5A; 16];
/// What the challenges of the recorded tap come from; the replayed ones must be the same.
const SEED: u64 = 4;

/// Measures a sale's tap, and a terminal's whole sale; `done` is told after each.
pub fn measure(sizes: &Sizes, done: &mut dyn FnMut()) -> Measured<Table> {
    let tap = tap(sizes)?;
    done();
    let sale = sale(sizes)?;
    done();
    let bill = Bill::of_sale();
    Ok(Table {
        key: "reader_cpu",
        title: "The reader's own time in a sale with points".to_owned(),
        remarks: vec![
            format!(
                "{} AES blocks and {} key expansions are needed, the card's key derived from its master ({} and {}) included",
                bill.blocks(),
                bill.expansions(),
                DERIVATION.blocks(),
                DERIVATION.expansions()
            ),
            "the card's answers are replayed; \"bare\" is that many AES blocks, one after the other, with the same crate"
                .to_owned(),
        ],
        lines: vec![tap, sale],
    })
}

/// AES work: blocks by direction, and keys expanded by direction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Bill {
    encrypted: u32,
    decrypted: u32,
    encryptors: u32,
    decryptors: u32,
}

/// AN10922: a CMAC of two blocks and its subkey, under the master.
const DERIVATION: Bill = Bill { encrypted: 3, decrypted: 0, encryptors: 1, decryptors: 0 };

/// EV2First: the card's challenge deciphered (1), both enciphered (2), the proof deciphered (2), two session keys of
/// two blocks each and their one subkey (5). The card's key goes both ways; each session key is expanded to encipher,
/// the enciphering one also to decipher the record.
const AUTHENTICATION: Bill = Bill { encrypted: 7, decrypted: 3, encryptors: 3, decryptors: 2 };

/// The subkey of the session's MAC key.
const SESSION_SUBKEY: Bill = Bill { encrypted: 1, decrypted: 0, encryptors: 0, decryptors: 0 };

/// A command of a session: bytes of its header in clear, of its data before and of its answer after protection.
#[derive(Debug, Clone, Copy)]
struct Message {
    header: u32,
    data: u32,
    answer: u32,
    mode: Mode,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mode {
    Mac,
    Full,
}

/// A sale with points: ReadRecords, Debit, Credit, WriteRecord, CommitReaderID, CommitTransaction.
const SALE: [Message; 6] = [
    Message { header: 7, data: 0, answer: 31, mode: Mode::Full },
    Message { header: 1, data: 4, answer: 0, mode: Mode::Full },
    Message { header: 1, data: 4, answer: 0, mode: Mode::Full },
    Message { header: 7, data: 31, answer: 0, mode: Mode::Full },
    Message { header: 0, data: 16, answer: 16, mode: Mode::Mac },
    Message { header: 1, data: 0, answer: 12, mode: Mode::Mac },
];

/// Bytes of the APDUs before the session: SelectApplication and both steps of EV2First, with their answers.
const BEFORE_SESSION: u32 = (9 + 2) + (8 + 18) + (38 + 34);
/// Bytes of an APDU besides its data: header, Lc and Le out, the status word back.
const APDU: u32 = 4 + 1 + 1 + 2;
const MAC: u32 = 8;
const BLOCK: u32 = 16;
/// What a MAC covers besides the payload: code, counter, transaction identifier.
const MAC_PREFIX: u32 = 7;

impl Bill {
    fn of_sale() -> Self {
        SALE.iter().map(|message| message.bill()).fold(DERIVATION.plus(AUTHENTICATION).plus(SESSION_SUBKEY), Self::plus)
    }

    const fn plus(self, other: Self) -> Self {
        Self {
            encrypted: self.encrypted + other.encrypted,
            decrypted: self.decrypted + other.decrypted,
            encryptors: self.encryptors + other.encryptors,
            decryptors: self.decryptors + other.decryptors,
        }
    }

    const fn blocks(self) -> u32 {
        self.encrypted + self.decrypted
    }

    const fn expansions(self) -> u32 {
        self.encryptors + self.decryptors
    }

    /// The work itself. Each block depends on the one before, as in CBC and CMAC.
    fn pay(self, block: &mut aes::Block) {
        let mut encryptor = Aes128Enc::new(&[1; 16].into());
        for number in 1..self.encryptors {
            black_box(&encryptor);
            encryptor = Aes128Enc::new(&[number.to_le_bytes()[0]; 16].into());
        }
        (0..self.encrypted).for_each(|_| encryptor.encrypt_block(block));
        let mut decryptor = Aes128Dec::new(&[1; 16].into());
        for number in 1..self.decryptors {
            black_box(&decryptor);
            decryptor = Aes128Dec::new(&[number.to_le_bytes()[0]; 16].into());
        }
        (0..self.decrypted).for_each(|_| decryptor.decrypt_block(block));
    }
}

impl Message {
    /// The command's MAC and the answer's, an IV and the blocks of whatever is enciphered.
    fn bill(self) -> Bill {
        let macs = blocks(MAC_PREFIX + self.header + self.sent()) + blocks(MAC_PREFIX + self.answered());
        let (sent, answered) = match self.mode {
            Mode::Mac => (0, 0),
            Mode::Full => (self.sent() / BLOCK, self.answered() / BLOCK),
        };
        let ivs = u32::from(sent > 0) + u32::from(answered > 0);
        Bill { encrypted: macs + ivs + sent, decrypted: answered, encryptors: 0, decryptors: 0 }
    }

    /// Bytes on the wire, both ways.
    fn wire(self) -> u32 {
        APDU + self.header + self.sent() + MAC + self.answered() + MAC
    }

    fn sent(self) -> u32 {
        self.protected(self.data)
    }

    fn answered(self) -> u32 {
        self.protected(self.answer)
    }

    /// Padding always adds a byte, and makes whole blocks.
    fn protected(self, length: u32) -> u32 {
        match self.mode {
            Mode::Full if length > 0 => (length + 1).next_multiple_of(BLOCK),
            _ => length,
        }
    }
}

fn blocks(bytes: u32) -> u32 {
    bytes.div_ceil(BLOCK)
}

/// The tap alone: keys, secure messaging, layouts.
fn tap(sizes: &Sizes) -> Measured<Line> {
    let mut scene = Scene::for_errand(Errand::Sale);
    let recorded = record_tap(&mut scene)?;
    let ours = || {
        let mut replays = replays(&recorded, sizes.taps)?;
        let mut rngs: Vec<_> = replays.iter().map(|_| seeded(SEED)).collect();
        let started = Instant::now();
        for (replay, rng) in replays.iter_mut().zip(&mut rngs) {
            run_tap(&scene, replay, &mut **rng)?;
        }
        let took = started.elapsed();
        match replays.iter().all(Replay::is_finished) {
            true => Ok(took),
            false => Err("a replayed tap ended early".into()),
        }
    };
    let rounds = Rounds::run(sizes.rounds, ours, || Ok(bare(sizes.taps)))?;
    Ok(line("tap", "tap: keys, secure messaging, layouts", &rounds, sizes.taps))
}

/// The terminal's whole sale: rules, limits, block list, a journal that is not waited for, and the tap.
fn sale(sizes: &Sizes) -> Measured<Line> {
    let (mut talking, mut replaying) = (Scene::for_errand(Errand::Sale), Scene::for_errand(Errand::Sale));
    // Both terminals have lived the same life, so the one says to the recorded answers what the other said.
    let mut run = |sell: &mut dyn FnMut(&mut Scene, &mut dyn Transport) -> Measured<()>| -> Measured<Duration> {
        let mut card = std::mem::replace(&mut talking.card, blank_card(0));
        let mut recording = Record::new(Field::new(&mut card));
        let talked = sell(&mut talking, &mut recording);
        let text = recording.text().to_owned();
        drop(recording);
        talking.card = card;
        talked?;
        let mut replay = Replay::parse(&text)?;
        let started = Instant::now();
        sell(&mut replaying, &mut replay)?;
        Ok(started.elapsed())
    };
    let sales = sizes.taps.min(PURSE_SALES / (sizes.rounds + 1)).max(1);
    run(&mut |scene, card| finished(scene.terminals[0].top_up(card, euros(200), None)?))?;
    run(&mut |scene, card| finished(scene.terminals[0].top_up(card, euros(190), None)?))?;
    let ours = || {
        (0..sales)
            .try_fold(Duration::ZERO, |sum, _| Ok(sum + run(&mut |scene, card| finished(scene.sell(card, 1_00)?))?))
    };
    let rounds = Rounds::run(sizes.rounds, ours, || Ok(bare(sales)))?;
    Ok(line("sale", "sale: the terminal's rules and a journal not waited for", &rounds, sales))
}

/// Sales of 1.00 that a purse filled to its limit pays for on one day.
const PURSE_SALES: usize = 390;

fn line(key: &str, what: &str, rounds: &Rounds, taps: usize) -> Line {
    let per_tap_us = |ns: f64| ns / 1e3 / f64::from(u32::try_from(taps).unwrap_or(u32::MAX));
    Line {
        key: key.to_owned(),
        what: what.to_owned(),
        figures: vec![
            Figure::measured("ours_us", per_tap_us(rounds.ours_ns()), 2),
            Figure::measured("bare_us", per_tap_us(rounds.reference_ns()), 2),
            Figure::measured("times_bare", rounds.times_as_long(), 1),
            Figure::count("aes_blocks", Bill::of_sale().blocks().into()),
            Figure::count("key_expansions", Bill::of_sale().expansions().into()),
        ],
        goals: Vec::new(),
    }
}

/// Records a tap, and checks that the bill is of what really went over the line.
fn record_tap(scene: &mut Scene) -> Measured<String> {
    let mut card = std::mem::replace(&mut scene.card, blank_card(0));
    let mut line = Timing::new(Record::new(Field::new(&mut card)));
    run_tap(scene, &mut line, &mut *seeded(SEED))?;
    let Tally { bytes, .. } = line.tally();
    let billed = BEFORE_SESSION + SALE.iter().map(|message| message.wire()).sum::<u32>();
    if bytes != u64::from(billed) {
        return Err(format!("the bill is of a sale of {billed} bytes, and the sale has {bytes}").into());
    }
    Ok(line.into_inner().text().to_owned())
}

fn replays(text: &str, count: usize) -> Measured<Vec<Replay>> {
    Ok((0..count).map(|_| Replay::parse(text)).collect::<Result<_, _>>()?)
}

fn run_tap(scene: &Scene, transport: &mut dyn Transport, rng: &mut dyn rand_core::CryptoRng) -> Measured<()> {
    let identity = satchel_desfire::identify(transport)?;
    let keys = CardKeys::new(scene.office.ring(), identity.uid, *member::AID.bytes());
    let tap = Tap::open(Presented { transport, identity: &identity, keys: &keys, rng }, Lead::None)?;
    let newest = *tap.newest();
    let written = HistoryRecord {
        amount: TAKEN.negated()?,
        balance: newest.balance.minus(TAKEN)?,
        points: newest.points.plus(EARNED)?,
        tmc_low: newest.tmc_low.wrapping_add(1),
        ..newest
    };
    let record = written.emit()?;
    let movement = Movement { take: TAKEN, points: EARNED, record: &record, reader_id: &READER_ID };
    match tap.prepare(&movement)?.commit() {
        Commit::Done { .. } => Ok(()),
        Commit::Unknown(error) => Err(error.into()),
    }
}

/// The AES work of so many sales and nothing else.
fn bare(sales: usize) -> Duration {
    let bill = black_box(Bill::of_sale());
    let mut block = aes::Block::default();
    let started = Instant::now();
    (0..sales).for_each(|_| bill.pay(&mut block));
    black_box(block);
    started.elapsed()
}

fn finished(outcome: Outcome) -> Measured<()> {
    match outcome {
        Outcome::Done(_) => Ok(()),
        other => Err(format!("a movement ended as {other:?}").into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sale_s_bill_is_forty_five_blocks_and_six_expansions() {
        let bill = Bill::of_sale();
        assert_eq!((bill.encrypted, bill.decrypted), (40, 5));
        assert_eq!((bill.encryptors, bill.decryptors), (4, 2));
    }
}
