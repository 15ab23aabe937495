//! The bytes that `docs/exchange-format.md` describes, for whoever writes them with other programs. They never change.

use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;
use satchel_cards::record::{HistoryRecord, Standing};
use satchel_exchange::{Bundle, Sealed, pieces};
use satchel_journal::{
    Basket, CommitSent, Confirmed, Evidence, Follower, Intent, Journal, JournalKey, Operation, Proof, Record,
    ShiftOpened,
};
use satchel_keys::AgreementSecret;
use satchel_values::{Date, Money, OperatorId, Points, SaleId, Sequence, TerminalId, Tier, Timestamp, Uid};
use std::fmt::Write;

const TERMINAL: TerminalId = TerminalId::new(101);
const START: Timestamp = Timestamp::from_ms(1_795_518_415_250);

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02x}").expect("writing into memory cannot fail");
        text
    })
}

/// A shift is opened, and 12.50 are sold to a card with 100.00 and 40 points.
fn records() -> Vec<(i64, Record)> {
    let read = HistoryRecord {
        operation: Operation::TopUp,
        standing: Standing::Active,
        tier: Tier::new(1),
        expiry: Date::from_days(21_900),
        id: SaleId { terminal: TerminalId::new(102), sequence: Sequence::new(77) },
        at: Timestamp::from_ms(1_795_432_015_000),
        amount: Money::new(20_00),
        balance: Money::new(100_00),
        points: Points::new(40),
        tmc_low: 6,
    };
    let written = HistoryRecord {
        operation: Operation::Sale,
        id: SaleId { terminal: TERMINAL, sequence: Sequence::new(2) },
        at: Timestamp::from_ms(1_795_518_440_000),
        amount: Money::new(-12_50),
        balance: Money::new(87_50),
        points: Points::new(52),
        tmc_low: 7,
        ..read
    };
    let intent = Intent {
        operation: Operation::Sale,
        card: Uid::new([0x04, 1, 2, 3, 4, 5, 6]),
        operator: OperatorId::new(9),
        approver: None,
        purse: Money::new(-12_50),
        points: Points::new(12),
        read: read.emit().expect("it fits").into(),
        written: written.emit().expect("it fits").into(),
        cash: Money::ZERO,
        basket: Some(Basket { gross: Money::new(12_50), ..Basket::default() }),
        undoes: None,
        redeemed: Points::ZERO,
        bonus: Money::ZERO,
        key_version: 1,
    };
    let number = Sequence::new(2);
    let proof = Proof { tmc: 7, tmv: [0xA0; 8].into() };
    vec![
        (0, Record::ShiftOpened(ShiftOpened { shift: 1, operator: OperatorId::new(9), float: Money::new(50_00) })),
        (24_750, Record::Intent(Box::new(intent))),
        (24_790, Record::CommitSent(CommitSent { intent: number, enc_tmri: [0xE7; 16].into() })),
        (24_802, Record::Confirmed(Confirmed { intent: number, evidence: Evidence::Answer, proof: Some(proof) })),
    ]
}

#[test]
fn the_published_example_is_what_is_written_and_read() {
    let folder = tempfile::tempdir().expect("a folder");
    let key = || JournalKey::take(&mut [1; 32]);
    let mut journal = Journal::open(&folder.path().join("journal.db"), TERMINAL, key()).expect("a new one");
    for (after, record) in records() {
        journal.append(Timestamp::from_ms(START.ms() + after), record).expect("written");
    }
    let entries = journal.written(Sequence::new(1), 10).expect("read");
    let bundle = Bundle::make(TERMINAL, &key(), &entries, Timestamp::from_ms(START.ms() + 60_000)).expect("a bundle");
    let office = AgreementSecret::take(&mut [2; 32]);
    let sealed = bundle.seal(&office.public(), &mut ChaCha20Rng::seed_from_u64(1)).expect("sealed").to_bytes();
    let mut said = String::new();
    for entry in &entries {
        writeln!(said, "entry {} at {} {}", entry.sequence.get(), entry.at.ms(), hex(&entry.body)).expect("memory");
        writeln!(said, "hash {}", hex(&entry.hash)).expect("memory");
    }
    writeln!(said, "sealed {}", hex(&sealed)).expect("memory");
    for piece in pieces(&sealed, 150).expect("pieces") {
        writeln!(said, "piece {}", hex(&piece.to_bytes())).expect("memory");
    }
    let published = include_str!("../../../tests/vectors/exchange.txt");
    let published: String =
        published.lines().filter(|line| !line.starts_with('#')).fold(String::new(), |all, line| all + line + "\n");
    assert_eq!(said, published, "the published bytes:\n{said}");
    let opened = Sealed::from_bytes(&sealed).expect("ours").open(&office).expect("it opens");
    opened.check(&key().public()).expect("it is signed");
    let followed = opened.follow(&mut Follower::new(TERMINAL, key().public())).expect("it follows");
    assert_eq!(followed.last().map(|followed| followed.entry.hash), entries.last().map(|entry| entry.hash));
}
