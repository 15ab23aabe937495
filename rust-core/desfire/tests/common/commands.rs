//! Every command there is, each with a card that answers it rightly. A test elsewhere sees to it that none is missing.

use super::fresh::FreshCard;
use super::{Answer, PaperCard, Script, key, rng};
use satchel_desfire::{
    Access, Aid, Authenticated, CommMode, Error, FileNo, FrameSize, KeyChange, KeyNo, NewApplication, Plain, Records,
    Rights, Session, TmacKey, ValueFile, identify,
};
use satchel_hazmat::{AesKey, DesKey};
use satchel_transport::Transport;

pub const FILE: FileNo = FileNo::new(3);
pub const RIGHTS: Rights = Rights {
    read: Access::Key(KeyNo::new(2)),
    write: Access::Never,
    read_write: Access::Key(KeyNo::new(2)),
    change: Access::Key(KeyNo::new(0)),
};
pub const VALUE: ValueFile = ValueFile { lower: 0, upper: 100, value: 5, limited_credit: true, free_get_value: false };
const APPLICATION: NewApplication<'static> = NewApplication {
    aid: Aid::new([1, 2, 3]),
    key_settings: 0x0F,
    keys: 6,
    iso_file_id: Some(0xE101),
    iso_name: Some(b"NAME"),
};

/// What a command brings, as text.
pub type Brought = Result<String, Error>;

pub fn shown<T: std::fmt::Debug>(brought: T) -> String {
    format!("{brought:?}")
}

pub type Run = fn(Session<'_, Authenticated>) -> Brought;

/// A command of an authenticated session, and what a card answers it. Its name begins with the method's.
pub struct Case {
    pub name: &'static str,
    pub run: Run,
    pub answer: Answer,
}

macro_rules! case {
    ($name:literal, $answer:expr, |$session:ident| $run:expr) => {
        Case { name: $name, answer: $answer, run: |$session| $run.map(shown) }
    };
}

/// Every command of an authenticated session.
pub fn authenticated() -> Vec<Case> {
    const MAC_ONLY: Answer = Answer::Maced(&[]);
    const FULL: CommMode = CommMode::Full;
    const MAC: CommMode = CommMode::Mac;
    const NEWEST: Records = Records { first: 0, count: 1 };
    const ALL: Records = Records { first: 0, count: 0 };
    vec![
        case!("free_mem", Answer::Maced(&[0, 8, 0]), |s| s.free_mem()),
        case!("get_card_uid", Answer::Full(&[4, 1, 2, 3, 4, 5, 6]), |s| s.get_card_uid()),
        case!("format_picc", MAC_ONLY, |s| s.format_picc()),
        case!("set_configuration", MAC_ONLY, |s| s.set_configuration(0, &[0])),
        case!("get_application_ids", Answer::Maced(&[1, 2, 3, 4, 5, 6]), |s| s.get_application_ids()),
        case!("create_application", MAC_ONLY, |s| s.create_application(&APPLICATION)),
        case!("delete_application", MAC_ONLY, |s| s.delete_application(APPLICATION.aid)),
        case!("get_key_version", Answer::Maced(&[7]), |s| s.get_key_version(KeyNo::new(1))),
        case!("get_key_settings", Answer::Maced(&[0x0F, 0x86]), |s| s.get_key_settings()),
        case!("change_key_settings", MAC_ONLY, |s| s.change_key_settings(9)),
        case!("change_key", MAC_ONLY, |s| {
            let (old, new) = (&AesKey::zeros(), &key());
            s.change_key(KeyChange { key_no: KeyNo::new(1), old, new, version: 1 })
        }),
        case!("change_own_key", Answer::Bare(&[]), |s| s.change_own_key(&key(), 1)),
        case!("get_file_ids", Answer::Maced(&[1, 2, 3]), |s| s.get_file_ids()),
        case!("get_file_settings", Answer::Maced(&[0, 3, 0x20, 0x1F, 32, 0, 0]), |s| s.get_file_settings(FILE)),
        case!("change_file_settings", MAC_ONLY, |s| s.change_file_settings(FILE, FULL, RIGHTS)),
        case!("create_standard_file", MAC_ONLY, |s| s.create_standard_file(FILE, FULL, RIGHTS, 32)),
        case!("create_backup_file", MAC_ONLY, |s| s.create_backup_file(FILE, FULL, RIGHTS, 32)),
        case!("create_value_file", MAC_ONLY, |s| s.create_value_file(FILE, FULL, RIGHTS, VALUE)),
        case!("create_linear_record_file", MAC_ONLY, |s| s.create_linear_record_file(FILE, FULL, RIGHTS, 31, 11)),
        case!("create_cyclic_record_file", MAC_ONLY, |s| s.create_cyclic_record_file(FILE, FULL, RIGHTS, 31, 11)),
        case!("create_transaction_mac_file", MAC_ONLY, |s| {
            s.create_transaction_mac_file(FILE, FULL, RIGHTS, TmacKey { key: &key(), version: 1 })
        }),
        case!("delete_file", MAC_ONLY, |s| s.delete_file(FILE)),
        case!("get_value", Answer::Full(&[9, 0, 0, 0]), |s| s.get_value(FILE, FULL)),
        case!("get_value, MAC", Answer::Maced(&[9, 0, 0, 0]), |s| s.get_value(FILE, MAC)),
        case!("credit", MAC_ONLY, |s| s.credit(FILE, FULL, 5)),
        case!("debit", MAC_ONLY, |s| s.debit(FILE, FULL, 5)),
        case!("limited_credit", MAC_ONLY, |s| s.limited_credit(FILE, MAC, 5)),
        case!("read_data", Answer::Full(&[7; 32]), |s| s.read_data(FILE, FULL, 0, 32)),
        case!("read_data, MAC", Answer::Maced(&[7; 32]), |s| s.read_data(FILE, MAC, 0, 32)),
        case!("read_data, long", Answer::Full(&[7; 48]), |s| s.read_data(FILE, FULL, 0, 48)),
        case!("write_data", MAC_ONLY, |s| s.write_data(FILE, FULL, 0, &[7; 31])),
        case!("write_data, long", MAC_ONLY, |s| s.write_data(FILE, MAC, 0, &[7; 32])),
        case!("read_records", Answer::Full(&[7; 31]), |s| s.read_records(FILE, FULL, NEWEST, 31)),
        case!("read_records, all", Answer::Full(&[7; 62]), |s| s.read_records(FILE, FULL, ALL, 31)),
        case!("write_record", MAC_ONLY, |s| s.write_record(FILE, FULL, 0, &[7; 31])),
        case!("write_record, long", MAC_ONLY, |s| s.write_record(FILE, MAC, 0, &[7; 32])),
        case!("clear_record_file", MAC_ONLY, |s| s.clear_record_file(FILE)),
        case!("commit_reader_id", Answer::Maced(&[7; 16]), |s| s.commit_reader_id(&[1; 16])),
        case!("commit_transaction", MAC_ONLY, |s| s.commit_transaction()),
        case!("commit_transaction_with_tmac", Answer::Maced(&[7; 12]), |s| s.commit_transaction_with_tmac()),
        case!("abort_transaction", MAC_ONLY, |s| s.abort_transaction()),
        case!("authenticate_ev2_non_first", Answer::Bare(&[]), |s| {
            s.authenticate_ev2_non_first(KeyNo::new(1), &key(), &mut rng()).map_err(Error::from)
        }),
    ]
}

/// Opens a session with the card and runs the command in it.
pub fn run(card: &mut dyn Transport, command: Run) -> Brought {
    let session = Session::new(card, FrameSize::default());
    command(session.authenticate_ev2_first(KeyNo::new(0), &key(), &mut rng())?)
}

/// What stands behind the answers of a conversation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Proof {
    /// Nothing: whoever sits between card and reader can say anything in them.
    None,
    /// A key: every byte of them is proved, or is the empty answer that ends a session.
    Key,
}

type MakeCard = dyn Fn() -> Box<dyn Transport>;
type RunWhole = dyn Fn(&mut dyn Transport) -> Brought;

/// A whole conversation about one command, from the first byte to what it brings.
pub struct Conversation {
    /// The type of session the command belongs to, and its name.
    pub of: (&'static str, &'static str),
    pub proof: Proof,
    /// A card that answers rightly.
    pub card: Box<MakeCard>,
    pub run: Box<RunWhole>,
}

impl Conversation {
    /// The method that it is about.
    pub fn method(&self) -> &'static str {
        self.of.1.split(',').next().unwrap_or_default()
    }
}

/// Every command of every kind of session.
pub fn all() -> Vec<Conversation> {
    let in_a_session = authenticated().into_iter().map(|case| Conversation {
        of: ("Authenticated", case.name),
        proof: Proof::Key,
        card: Box::new(move || Box::new(PaperCard::with([case.answer]))),
        run: Box::new(move |card| run(card, case.run)),
    });
    in_a_session.chain(in_the_clear()).chain(authentications()).chain(identifications()).collect()
}

/// The commands of a plain session.
fn in_the_clear() -> Vec<Conversation> {
    type RunPlain = fn(&mut Session<'_, Plain>) -> Brought;
    let plain = |name, frames: &'static [&'static [u8]], command: RunPlain| Conversation {
        of: ("Plain", name),
        proof: Proof::None,
        card: Box::new(|| Box::new(Script::frames(frames))),
        run: Box::new(move |card| command(&mut Session::new(card, FrameSize::default()))),
    };
    macro_rules! shown {
        (|$session:ident| $run:expr) => {
            |$session| $run.map(shown)
        };
    }
    const FRAMES_OF_A_VERSION: &[&[u8]] = &[&[4; 7], &[4; 7], &[4, 1, 2, 3, 4, 5, 6, 9, 9, 9, 9, 9, 0x25, 0x26]];
    vec![
        plain("select_application", &[&[]], shown!(|s| s.select_application(APPLICATION.aid))),
        plain("get_application_ids", &[&[1, 2, 3, 4, 5, 6]], shown!(|s| s.get_application_ids())),
        plain("create_application", &[&[]], shown!(|s| s.create_application(&APPLICATION))),
        plain("get_version", FRAMES_OF_A_VERSION, shown!(|s| s.get_version())),
        plain("free_mem", &[&[0, 8, 0]], shown!(|s| s.free_mem())),
        plain("get_key_version", &[&[7]], shown!(|s| s.get_key_version(KeyNo::new(1)))),
        plain("get_key_settings", &[&[0x0F, 0x86]], shown!(|s| s.get_key_settings())),
        plain("get_file_ids", &[&[1, 2, 3]], shown!(|s| s.get_file_ids())),
        plain("get_file_settings", &[&[0, 3, 0x20, 0x1F, 32, 0, 0]], shown!(|s| s.get_file_settings(FILE))),
        plain("read_data", &[&[7; 32]], shown!(|s| s.read_data(FILE, 0, 32))),
        plain("read_data, all", &[&[7; 59], &[7; 9]], shown!(|s| s.read_data(FILE, 0, 0))),
        plain("get_value", &[&[9, 0, 0, 0]], shown!(|s| s.get_value(FILE))),
    ]
}

/// What opens a session, and the one command of a legacy session.
fn authentications() -> Vec<Conversation> {
    let first = Conversation {
        of: ("Plain", "authenticate_ev2_first"),
        proof: Proof::Key,
        card: Box::new(|| Box::new(PaperCard::with([]))),
        run: Box::new(|card| {
            let session = Session::new(card, FrameSize::default());
            Ok(shown(session.authenticate_ev2_first(KeyNo::new(0), &key(), &mut rng())?))
        }),
    };
    let legacy = |of, scheme, change: bool| Conversation {
        of,
        proof: Proof::Key,
        card: Box::new(move || Box::new(FreshCard::new(scheme))),
        run: Box::new(move |card| {
            let session = Session::new(card, FrameSize::default());
            let session = session.authenticate_legacy(KeyNo::new(0), &DesKey::zeros(), &mut rng())?;
            Ok(if change { shown(session.change_picc_key_to_aes(&key(), 7)?) } else { shown(session) })
        }),
    };
    vec![
        first,
        legacy(("Plain", "authenticate_legacy"), 0x1A, false),
        legacy(("Plain", "authenticate_legacy, native"), 0x0A, false),
        legacy(("Legacy", "change_picc_key_to_aes"), 0x1A, true),
        legacy(("Legacy", "change_picc_key_to_aes, native"), 0x0A, true),
    ]
}

/// Who the card is, as the reader says or as the card itself does.
fn identifications() -> Vec<Conversation> {
    let identification = |name, responses: &'static [&'static [u8]]| Conversation {
        of: ("", name),
        proof: Proof::None,
        card: Box::new(|| Box::new(Script::of(responses.iter().map(|response| response.to_vec())))),
        run: Box::new(|card| Ok(shown(identify(card)?))),
    };
    vec![
        identification(
            "identify",
            &[&[4, 1, 2, 3, 4, 5, 6, 0x90, 0x00], &[0x06, 0x75, 0x77, 0x81, 0x02, 0x80, 0x90, 0x00]],
        ),
        identification(
            "identify, by the card",
            &[
                &[0x6A, 0x81],
                &[0x6A, 0x81],
                &[4, 4, 4, 4, 4, 4, 4, 0x91, 0xAF],
                &[4, 4, 4, 4, 4, 4, 4, 0x91, 0xAF],
                &[4, 1, 2, 3, 4, 5, 6, 9, 9, 9, 9, 9, 0x25, 0x26, 0x91, 0x00],
            ],
        ),
    ]
}
