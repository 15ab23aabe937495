//! Every key, and what the rights table lets it do.

use super::fault::{Fault, is_refusal};
use super::issue;
use super::lab::Lab;
use super::movement::{self, Plan};
use super::proof::RECORD_SIZE;
use super::subject::Subject;
use super::training;
use satchel_cards::identity::IDENTITY_FILE;
use satchel_cards::member::{self, file, rights};
use satchel_desfire::{
    self as desfire, Access, Authenticated, CommMode, FileNo, KeyChange, KeyNo, Records, Rights, Session, Status,
};
use satchel_journal::CARD_RECORD;
use satchel_keys::Role;

/// The application's keys and their roles.
pub(super) const KEYS: [(KeyNo, Role); 6] = [
    (member::key::MASTER, Role::Master),
    (member::key::INQUIRY, Role::Inquiry),
    (member::key::SALE, Role::Sale),
    (member::key::LOAD, Role::Load),
    (member::key::REVERSAL, Role::Reversal),
    (member::key::CHANGE, Role::Change),
];

/// Findings that are told one by one.
const TOLD_MOST: usize = 5;
/// The settings of a finished application, as they are already.
const FROZEN_SETTINGS: u8 = 0x51;
/// A file number that the application does not use.
const SPARE_FILE: FileNo = FileNo::new(9);
const SPARE_FILE_SIZE: u32 = 16;

/// Tries every key with every operation on every file, and lets nothing of it be committed. The identity is written
/// at once, so it is written as it is.
pub(super) fn files(lab: &mut Lab<'_>, subject: &mut Subject) -> Result<(), Fault> {
    // After it LimitedCredit has something to give, so that a refusal is one of rights and not of amounts.
    movement::step(lab, subject, "one more sale", &Plan::sale(2_00, 0))?;
    lab.step("every key with every operation on every file", |lab, notes| {
        let identity = issue::identity(lab.at()).emit();
        let mut findings = Findings::default();
        for key in KEYS {
            for target in &TARGETS {
                for operation in Operation::ALL {
                    let expected = target.expects(operation, key.0);
                    if expected == Expected::Harm {
                        continue;
                    }
                    let outcome =
                        with_key(lab, subject, key, |session| operation.perform(session, target.number, &identity))?;
                    let what = format!("{operation:?} on the {} with key {}", target.name, key.0.get());
                    findings.add(&what, expected.judge(outcome)?);
                }
            }
        }
        findings.conclude(notes)
    })
}

/// Tries what would change keys and files, with every key that must not.
pub(super) fn keys(lab: &mut Lab<'_>, subject: &mut Subject) -> Result<(), Fault> {
    lab.step("only key 5 changes keys, nobody files and settings", |lab, notes| {
        let mut findings = Findings::default();
        for key in KEYS {
            for intrusion in Intrusion::ALL {
                let expected = intrusion.expects(key.0);
                if expected == Expected::Harm {
                    continue;
                }
                let target = if key.1 == Role::Inquiry { member::key::REVERSAL } else { member::key::INQUIRY };
                let same = lab.key(&subject.identity.uid, role_of(target));
                let as_it_is = KeyChange { key_no: target, old: &same, new: &same, version: training::VERSION };
                let outcome = with_key(lab, subject, key, |session| intrusion.perform(session, as_it_is))?;
                findings.add(&format!("{intrusion:?} with key {}", key.0.get()), expected.judge(outcome)?);
            }
        }
        findings.conclude(notes)
    })
}

/// A file of the application.
struct Target {
    name: &'static str,
    number: FileNo,
    rights: Rights,
    /// What can be done with its kind.
    operations: &'static [Operation],
    /// What the movements, their inquiry and personalisation do with it, and with which key.
    needed: &'static [(Operation, KeyNo)],
}

const TARGETS: [Target; 5] = [
    Target {
        name: "identity",
        number: file::IDENTITY,
        rights: rights::IDENTITY,
        operations: &[Operation::ReadData, Operation::WriteData],
        needed: &[(Operation::ReadData, member::key::INQUIRY), (Operation::WriteData, member::key::MASTER)],
    },
    Target {
        name: "history",
        number: file::HISTORY,
        rights: rights::HISTORY,
        operations: &[Operation::ReadRecords, Operation::WriteRecord, Operation::ClearRecordFile],
        needed: &[
            (Operation::ReadRecords, member::key::INQUIRY),
            (Operation::ReadRecords, member::key::SALE),
            (Operation::WriteRecord, member::key::SALE),
        ],
    },
    Target {
        name: "purse",
        number: file::PURSE,
        rights: rights::PURSE,
        operations: &[Operation::GetValue, Operation::Credit, Operation::Debit, Operation::LimitedCredit],
        needed: &[
            (Operation::Debit, member::key::SALE),
            (Operation::Credit, member::key::LOAD),
            (Operation::LimitedCredit, member::key::REVERSAL),
        ],
    },
    Target {
        name: "points",
        number: file::POINTS,
        rights: rights::POINTS,
        operations: &[Operation::GetValue, Operation::Credit, Operation::Debit],
        needed: &[(Operation::Credit, member::key::SALE), (Operation::Debit, member::key::SALE)],
    },
    Target {
        name: "transaction MAC file",
        number: file::TMAC,
        rights: rights::TMAC,
        operations: &[Operation::ReadData, Operation::CommitReaderId],
        needed: &[(Operation::ReadData, member::key::SALE), (Operation::CommitReaderId, member::key::SALE)],
    },
];

/// An operation on a file's content.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Operation {
    ReadData,
    WriteData,
    ReadRecords,
    WriteRecord,
    ClearRecordFile,
    GetValue,
    Credit,
    Debit,
    LimitedCredit,
    CommitReaderId,
}

/// A change of the application itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Intrusion {
    ChangeKey,
    ChangeKeySettings,
    ChangeFileSettings,
    CreateFile,
    DeleteFile,
}

/// What the card must answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Expected {
    /// The operation is done, and service needs it.
    Needed,
    /// The operation is done, though service does without.
    Granted,
    /// 919D: the key has not the right.
    Denied,
    /// Any refusal.
    Refused,
    /// Not to be tried, because it may be granted and would do harm.
    Harm,
}

/// What was found.
enum Finding {
    Good,
    /// Worth a note.
    Odd(String),
    /// Not fit for service.
    Bad(String),
}

impl Target {
    fn expects(&self, operation: Operation, key: KeyNo) -> Expected {
        if !self.operations.contains(&operation) {
            // The reader id is no content of any file: whoever may commit it may do so beside every file.
            return if operation == Operation::CommitReaderId { Expected::Harm } else { Expected::Refused };
        }
        match operation.needs(&self.rights).contains(&Access::Key(key)) {
            false => Expected::Denied,
            true if operation == Operation::ClearRecordFile => Expected::Harm,
            true if self.needed.contains(&(operation, key)) => Expected::Needed,
            true => Expected::Granted,
        }
    }
}

impl Operation {
    const ALL: [Self; 10] = [
        Self::ReadData,
        Self::WriteData,
        Self::ReadRecords,
        Self::WriteRecord,
        Self::ClearRecordFile,
        Self::GetValue,
        Self::Credit,
        Self::Debit,
        Self::LimitedCredit,
        Self::CommitReaderId,
    ];

    /// The rights of which one is needed.
    fn needs(self, rights: &Rights) -> Vec<Access> {
        match self {
            Self::ReadData | Self::ReadRecords => vec![rights.read, rights.read_write],
            Self::WriteData | Self::WriteRecord | Self::LimitedCredit => vec![rights.write, rights.read_write],
            Self::GetValue | Self::Debit => vec![rights.read, rights.write, rights.read_write],
            Self::Credit | Self::ClearRecordFile | Self::CommitReaderId => vec![rights.read_write],
        }
    }

    fn perform(
        self,
        session: Session<'_, Authenticated>,
        file: FileNo,
        identity: &[u8; IDENTITY_FILE],
    ) -> Result<(), desfire::Error> {
        const NEWEST: Records = Records { first: 0, count: 1 };
        let mode = CommMode::Full;
        match self {
            Self::ReadData => session.read_data(file, mode, 0, 0).map(drop),
            Self::WriteData => session.write_data(file, mode, 0, identity).map(drop),
            Self::ReadRecords => session.read_records(file, mode, NEWEST, RECORD_SIZE).map(drop),
            Self::WriteRecord => session.write_record(file, mode, 0, &[0; CARD_RECORD]).map(drop),
            Self::ClearRecordFile => session.clear_record_file(file).map(drop),
            Self::GetValue => session.get_value(file, mode).map(drop),
            Self::Credit => session.credit(file, mode, 1).map(drop),
            Self::Debit => session.debit(file, mode, 1).map(drop),
            Self::LimitedCredit => session.limited_credit(file, mode, 1).map(drop),
            Self::CommitReaderId => session.commit_reader_id(&[0; 16]).map(drop),
        }
    }
}

impl Intrusion {
    /// The most harmful last.
    const ALL: [Self; 5] =
        [Self::ChangeKey, Self::ChangeKeySettings, Self::ChangeFileSettings, Self::CreateFile, Self::DeleteFile];

    fn expects(self, key: KeyNo) -> Expected {
        match self {
            Self::ChangeKey if key == member::key::CHANGE => Expected::Needed,
            // The master key stays the master of the files: what it may do with them is not used in service.
            Self::ChangeFileSettings | Self::CreateFile | Self::DeleteFile if key == member::key::MASTER => {
                Expected::Harm
            }
            _ => Expected::Refused,
        }
    }

    fn perform(self, session: Session<'_, Authenticated>, as_it_is: KeyChange<'_>) -> Result<(), desfire::Error> {
        match self {
            Self::ChangeKey => session.change_key(as_it_is).map(drop),
            Self::ChangeKeySettings => session.change_key_settings(FROZEN_SETTINGS).map(drop),
            Self::ChangeFileSettings => {
                session.change_file_settings(file::IDENTITY, CommMode::Full, rights::IDENTITY).map(drop)
            }
            Self::CreateFile => {
                session.create_standard_file(SPARE_FILE, CommMode::Full, rights::IDENTITY, SPARE_FILE_SIZE).map(drop)
            }
            Self::DeleteFile => session.delete_file(file::POINTS).map(drop),
        }
    }
}

impl Expected {
    fn judge(self, outcome: Result<(), desfire::Error>) -> Result<Finding, Fault> {
        match outcome {
            Ok(()) => Ok(self.judge_success()),
            Err(desfire::Error::Transport(error)) => Err(error.into()),
            Err(error) if is_refusal(&error) => Ok(self.judge_refusal(&error)),
            Err(error) if self == Self::Granted => Ok(Finding::Odd(format!("not done: {error}"))),
            Err(error) => Ok(Finding::Bad(format!("no refusal: {error}"))),
        }
    }

    fn judge_success(self) -> Finding {
        match self {
            Self::Needed | Self::Granted | Self::Harm => Finding::Good,
            Self::Denied | Self::Refused => Finding::Bad("granted".to_owned()),
        }
    }

    fn judge_refusal(self, error: &desfire::Error) -> Finding {
        let status = error.status();
        match self {
            Self::Needed => Finding::Bad(format!("refused although service needs it: {error}")),
            Self::Granted | Self::Harm => Finding::Odd(format!("refused although the table grants it: {error}")),
            _ if status.is_none() => Finding::Odd(error.to_string()),
            Self::Refused => Finding::Good,
            Self::Denied => match status {
                Some(Status::PermissionDenied) => Finding::Good,
                Some(Status::AuthenticationError) => Finding::Odd("refused with 91AE instead of 919D".to_owned()),
                Some(Status::IllegalCommand) => Finding::Odd("not offered".to_owned()),
                _ => Finding::Bad(format!("refused for another reason than its rights: {error}")),
            },
        }
    }
}

#[derive(Default)]
struct Findings {
    tried: u32,
    bad: Vec<String>,
    odd: Vec<String>,
}

impl Findings {
    fn add(&mut self, what: &str, finding: Finding) {
        self.tried += 1;
        match finding {
            Finding::Good => {}
            Finding::Odd(why) => self.odd.push(format!("{what}: {why}")),
            Finding::Bad(why) => self.bad.push(format!("{what}: {why}")),
        }
    }

    fn conclude(self, notes: &mut Vec<String>) -> Result<(), Fault> {
        notes.push(format!("{} tried", self.tried));
        notes.extend(shortened(self.odd));
        if self.bad.is_empty() { Ok(()) } else { Err(Fault::Unfit(shortened(self.bad).join("; "))) }
    }
}

/// The first few, and how many more there are.
fn shortened(mut findings: Vec<String>) -> Vec<String> {
    let more = findings.len().saturating_sub(TOLD_MOST);
    findings.truncate(TOLD_MOST);
    if more > 0 {
        findings.push(format!("and {more} more"));
    }
    findings
}

/// What a command brings in a fresh session of a key. The key itself must open the application.
fn with_key(
    lab: &mut Lab<'_>,
    subject: &Subject,
    (number, role): (KeyNo, Role),
    act: impl FnOnce(Session<'_, Authenticated>) -> Result<(), desfire::Error>,
) -> Result<Result<(), desfire::Error>, Fault> {
    let key = lab.key(&subject.identity.uid, role);
    let (field, rng) = lab.reach();
    let mut session = Session::new(field, subject.identity.frame);
    session.select_application(member::AID)?;
    Ok(act(session.authenticate_ev2_first(number, &key, rng)?))
}

fn role_of(key: KeyNo) -> Role {
    KEYS.iter().find(|(number, _)| *number == key).map_or(Role::Inquiry, |(_, role)| *role)
}
