//! Every command the card knows: how it is secured, who may give it, what it does.

mod applications;
mod data;
mod files;
mod keys;
mod picc;
mod records;
mod transactions;
mod values;

use crate::auth::AuthStep;
use crate::card::{Answer, Card};
use crate::file::{CommMode, Content, FREE, NEVER};
use crate::secure::{Channel, Session};
use crate::status::Status;

/// A native command.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Command {
    AuthenticateEv2First,
    AuthenticateEv2NonFirst,
    Authenticate,
    AuthenticateIso,
    SelectApplication,
    GetVersion,
    GetApplicationIds,
    GetDfNames,
    FreeMem,
    CreateApplication,
    DeleteApplication,
    FormatPicc,
    GetCardUid,
    SetConfiguration,
    GetKeySettings,
    GetKeyVersion,
    ChangeKey,
    ChangeKeySettings,
    GetFileIds,
    GetIsoFileIds,
    GetFileSettings,
    ChangeFileSettings,
    CreateStandardFile,
    CreateBackupFile,
    CreateValueFile,
    CreateLinearRecordFile,
    CreateCyclicRecordFile,
    CreateTmacFile,
    DeleteFile,
    ReadData,
    WriteData,
    GetValue,
    Credit,
    Debit,
    LimitedCredit,
    ReadRecords,
    WriteRecord,
    UpdateRecord,
    ClearRecordFile,
    CommitReaderId,
    CommitTransaction,
    AbortTransaction,
}

impl Command {
    pub(crate) const fn from_code(code: u8) -> Option<Self> {
        Some(match code {
            0x71 => Self::AuthenticateEv2First,
            0x77 => Self::AuthenticateEv2NonFirst,
            0x0A => Self::Authenticate,
            0x1A => Self::AuthenticateIso,
            0x5A => Self::SelectApplication,
            0x60 => Self::GetVersion,
            0x6A => Self::GetApplicationIds,
            0x6D => Self::GetDfNames,
            0x6E => Self::FreeMem,
            0xCA => Self::CreateApplication,
            0xDA => Self::DeleteApplication,
            0xFC => Self::FormatPicc,
            0x51 => Self::GetCardUid,
            0x5C => Self::SetConfiguration,
            0x45 => Self::GetKeySettings,
            0x64 => Self::GetKeyVersion,
            0xC4 => Self::ChangeKey,
            0x54 => Self::ChangeKeySettings,
            0x6F => Self::GetFileIds,
            0x61 => Self::GetIsoFileIds,
            0xF5 => Self::GetFileSettings,
            0x5F => Self::ChangeFileSettings,
            0xCD => Self::CreateStandardFile,
            0xCB => Self::CreateBackupFile,
            0xCC => Self::CreateValueFile,
            0xC1 => Self::CreateLinearRecordFile,
            0xC0 => Self::CreateCyclicRecordFile,
            0xCE => Self::CreateTmacFile,
            0xDF => Self::DeleteFile,
            0xBD | 0xAD => Self::ReadData,
            0x3D | 0x8D => Self::WriteData,
            0x6C => Self::GetValue,
            0x0C => Self::Credit,
            0xDC => Self::Debit,
            0x1C => Self::LimitedCredit,
            0xBB | 0xAB => Self::ReadRecords,
            0x3B | 0x8B => Self::WriteRecord,
            0xDB | 0xBA => Self::UpdateRecord,
            0xEB => Self::ClearRecordFile,
            0xC8 => Self::CommitReaderId,
            0xC7 => Self::CommitTransaction,
            0xA7 => Self::AbortTransaction,
            _ => return None,
        })
    }

    /// Bytes of the header: parameters that are never enciphered. All else is data.
    const fn header(self) -> usize {
        match self {
            Self::ReadData | Self::WriteData | Self::ReadRecords | Self::WriteRecord => 7,
            Self::UpdateRecord => 10,
            Self::GetValue
            | Self::Credit
            | Self::Debit
            | Self::LimitedCredit
            | Self::ChangeKey
            | Self::SetConfiguration
            | Self::ChangeFileSettings => 1,
            Self::CreateTmacFile => 5,
            _ => 0,
        }
    }

    /// Which nibbles of a file's rights let a key give this command; `None` for commands that are not about a file's
    /// content.
    const fn file_access(self) -> Option<Need> {
        match self {
            Self::ReadData | Self::ReadRecords => Some(Need::Read),
            Self::WriteData | Self::WriteRecord | Self::UpdateRecord | Self::LimitedCredit => Some(Need::Write),
            Self::GetValue | Self::Debit => Some(Need::Any),
            Self::Credit | Self::ClearRecordFile => Some(Need::ReadWrite),
            _ => None,
        }
    }
}

/// What kind of right a command needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Need {
    Read,
    Write,
    ReadWrite,
    Any,
}

/// A command's parts after its security is taken off.
pub(crate) struct Message {
    /// The command byte as it was sent.
    pub code: u8,
    pub header: Vec<u8>,
    pub data: Vec<u8>,
    /// How the answer travels.
    pub mode: CommMode,
}

/// Runs a command whose data is whole.
pub(crate) fn run(card: &mut Card, command: Command, code: u8, raw: &[u8]) -> Result<Answer, Status> {
    match command {
        Command::AuthenticateEv2First => return card.authenticate_ev2_first(raw),
        Command::AuthenticateEv2NonFirst => return card.authenticate_ev2_non_first(raw),
        Command::Authenticate => return card.authenticate_des(raw, AuthStep::D40),
        Command::AuthenticateIso => return card.authenticate_des(raw, AuthStep::IsoDes),
        Command::SelectApplication => return card.select_application(raw),
        Command::ChangeKey if card.in_des_session() => return card.change_key_in_des_session(raw),
        _ => {}
    }
    let message = card.open(command, code, raw)?;
    match command {
        Command::GetVersion => Ok(card.get_version()),
        Command::GetApplicationIds => card.get_application_ids(&message),
        Command::GetDfNames => card.get_df_names(&message),
        Command::FreeMem => card.free_mem(&message),
        Command::CreateApplication => card.create_application(&message),
        Command::DeleteApplication => card.delete_application(&message),
        Command::FormatPicc => card.format_picc(&message),
        Command::GetCardUid => card.get_card_uid(&message),
        Command::SetConfiguration => card.set_configuration(&message),
        Command::GetKeySettings => card.get_key_settings(&message),
        Command::GetKeyVersion => card.get_key_version(&message),
        Command::ChangeKey => card.change_key(&message),
        Command::ChangeKeySettings => card.change_key_settings(&message),
        Command::GetFileIds => card.get_file_ids(&message),
        Command::GetIsoFileIds => card.get_iso_file_ids(&message),
        Command::GetFileSettings => card.get_file_settings(&message),
        Command::ChangeFileSettings => card.change_file_settings(&message),
        Command::CreateStandardFile => card.create_data_file(&message, Content::Standard),
        Command::CreateBackupFile => card.create_data_file(&message, Content::Backup),
        Command::CreateValueFile => card.create_value_file(&message),
        Command::CreateLinearRecordFile => card.create_record_file(&message, crate::file::RecordKind::Linear),
        Command::CreateCyclicRecordFile => card.create_record_file(&message, crate::file::RecordKind::Cyclic),
        Command::CreateTmacFile => card.create_tmac_file(&message),
        Command::DeleteFile => card.delete_file(&message),
        Command::ReadData => card.read_data(&message),
        Command::WriteData => card.write_data(&message),
        Command::GetValue => card.get_value(&message),
        Command::Credit => card.credit(&message),
        Command::Debit => card.debit(&message),
        Command::LimitedCredit => card.limited_credit(&message),
        Command::ReadRecords => card.read_records(&message),
        Command::WriteRecord => card.write_record(&message),
        Command::UpdateRecord => card.update_record(&message),
        Command::ClearRecordFile => card.clear_record_file(&message),
        Command::CommitReaderId => card.commit_reader_id(&message),
        Command::CommitTransaction => card.commit_transaction(&message),
        Command::AbortTransaction => card.abort_transaction(&message),
        Command::AuthenticateEv2First
        | Command::AuthenticateEv2NonFirst
        | Command::Authenticate
        | Command::AuthenticateIso
        | Command::SelectApplication => Err(Status::IllegalCommand),
    }
}

impl Card {
    /// How many bytes a command with a length field has in all; `None` for commands that fit one frame.
    pub(crate) fn expected_length(&self, command: Command, raw: &[u8]) -> Result<Option<usize>, Status> {
        let (length_at, header) = match command {
            Command::WriteData | Command::WriteRecord => (4, 7),
            Command::UpdateRecord => (7, 10),
            _ => return Ok(None),
        };
        let Some(length) = raw.get(length_at..length_at + 3) else { return Err(Status::LengthError) };
        let plain = usize::try_from(number(length)).unwrap_or(usize::MAX);
        match plain {
            0 => return Err(Status::ParameterError),
            1..=8_192 => {}
            _ => return Err(Status::BoundaryError),
        }
        let mode = match self.ev2_session() {
            Some(_) => self.file_mode(command, raw)?,
            None => CommMode::Plain,
        };
        Ok(Some(match mode {
            CommMode::Plain => header + plain,
            CommMode::Mac => header + plain + 8,
            CommMode::Full => header + (plain + 1).next_multiple_of(16) + 8,
        }))
    }

    /// Checks who gives the command and takes its security off.
    fn open(&mut self, command: Command, code: u8, raw: &[u8]) -> Result<Message, Status> {
        let mode = self.mode(command, raw)?;
        if let Some(Session { channel: Channel::Ev2(ev2), .. }) = &self.volatile.session {
            let (header, data) = ev2.open(code, raw, command.header(), mode)?;
            return Ok(Message { code, header, data, mode });
        }
        if mode == CommMode::Full {
            // Nothing but an EV2 session can encipher it, and it never goes in clear.
            return Err(Status::AuthenticationError);
        }
        if let Some(Session { channel: Channel::IsoDes(iso), .. }) = &mut self.volatile.session {
            iso.note(code, raw);
        }
        let (header, data) = raw.split_at_checked(command.header()).ok_or(Status::LengthError)?;
        Ok(Message { code, header: header.to_vec(), data: data.to_vec(), mode: CommMode::Plain })
    }

    fn mode(&self, command: Command, raw: &[u8]) -> Result<CommMode, Status> {
        if command == Command::ClearRecordFile {
            // About a whole file and no content: always with a MAC, whatever the file's content travels in.
            return self.file_mode(command, raw).map(|_| CommMode::Mac);
        }
        if command.file_access().is_some() {
            return self.file_mode(command, raw);
        }
        match command {
            Command::ChangeKey
            | Command::ChangeKeySettings
            | Command::SetConfiguration
            | Command::CreateTmacFile
            | Command::GetCardUid => Ok(CommMode::Full),
            Command::ChangeFileSettings => self.change_settings_mode(raw),
            _ => Ok(CommMode::Mac),
        }
    }

    /// The mode in which the session's key may give this command to the file; an error if it may not.
    fn file_mode(&self, command: Command, raw: &[u8]) -> Result<CommMode, Status> {
        let need = command.file_access().ok_or(Status::IllegalCommand)?;
        let file = self.application()?.file(*raw.first().ok_or(Status::LengthError)?)?;
        let rights = file.rights;
        let mut allowed = match need {
            Need::Read => vec![rights.read, rights.read_write],
            // A transaction MAC is nobody's to write: its ReadWrite is the right to commit a reader id.
            Need::Write if matches!(file.content, Content::Tmac(_)) => vec![rights.write],
            Need::Write => vec![rights.write, rights.read_write],
            Need::ReadWrite => vec![rights.read_write],
            Need::Any => vec![rights.read, rights.write, rights.read_write],
        };
        if command == Command::GetValue && file.content.has_free_value() {
            allowed.push(FREE);
        }
        self.allow(&allowed, file.comm)
    }

    /// The mode if one of these nibbles is the session's key, plain if one is free. Where a key could help, its lack is
    /// an error of authentication (NT4H2421Gx data sheet, table 80).
    pub(crate) fn allow(&self, nibbles: &[u8], mode: CommMode) -> Result<CommMode, Status> {
        match &self.volatile.session {
            Some(session) if nibbles.contains(&session.key_number) => Ok(mode),
            _ if nibbles.contains(&FREE) => Ok(CommMode::Plain),
            None if nibbles.iter().any(|nibble| *nibble != NEVER) => Err(Status::AuthenticationError),
            _ => Err(Status::PermissionDenied),
        }
    }

    /// Refused without a session of the master key of what is selected.
    pub(crate) fn need_master(&self) -> Result<(), Status> {
        match &self.volatile.session {
            Some(session) if session.key_number == 0 => Ok(()),
            Some(_) => Err(Status::PermissionDenied),
            None => Err(Status::AuthenticationError),
        }
    }

    pub(crate) const fn ev2_session(&self) -> Option<&Session> {
        match &self.volatile.session {
            Some(session) if matches!(session.channel, Channel::Ev2(_)) => Some(session),
            _ => None,
        }
    }

    const fn in_des_session(&self) -> bool {
        matches!(&self.volatile.session, Some(Session { channel: Channel::D40(_) | Channel::IsoDes(_), .. }))
    }

    /// The transaction MAC's input grows by a command, if the application keeps one.
    pub(crate) fn account(&mut self, code: u8, parameters: &[u8], data: &[u8]) {
        let keeps_one = self
            .application()
            .is_ok_and(|application| application.files.values().any(|file| matches!(file.content, Content::Tmac(_))));
        if keeps_one {
            crate::tmac::add(&mut self.volatile.transaction.input, code, parameters, data);
        }
    }
}

impl Message {
    /// Header and data as one: for commands whose parameters are all plain.
    pub(crate) fn parameters(&self) -> Vec<u8> {
        [self.header.as_slice(), &self.data].concat()
    }

    /// Parameters of exactly this many bytes.
    pub(crate) fn exactly<const N: usize>(&self) -> Result<[u8; N], Status> {
        self.parameters().try_into().map_err(|_| Status::LengthError)
    }

    /// Nothing but the security, in the same mode.
    pub(crate) const fn done(&self) -> Answer {
        Answer::Data(Vec::new(), self.mode)
    }
}

/// A little-endian number of up to four bytes.
pub(crate) fn number(bytes: &[u8]) -> u32 {
    bytes.iter().rev().fold(0, |number, byte| number << 8 | u32::from(*byte))
}

/// A little-endian number in three bytes.
pub(crate) const fn triple(number: u32) -> [u8; 3] {
    let [a, b, c, _] = number.to_le_bytes();
    [a, b, c]
}
