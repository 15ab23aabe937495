use super::applications::{FREE_LISTING, FREE_MAKING};
use super::{Message, number, triple};
use crate::application::{Application, FILES_MOST};
use crate::card::{Answer, Card};
use crate::file::{CommMode, Content, File, NEVER, RecordKind, Records, Rights, TmacFile, Value};
use crate::status::Status;

/// Bytes in one file at most.
const FILE_MOST: u32 = 8_192;

/// What every creation begins with.
struct Head {
    number: u8,
    iso_id: Option<u16>,
    comm: CommMode,
    rights: Rights,
}

impl Card {
    /// 6F: the numbers of all files.
    pub(crate) fn get_file_ids(&self, message: &Message) -> Result<Answer, Status> {
        message.exactly::<0>()?;
        let application = self.may_list_files()?;
        Ok(Answer::Data(application.files.keys().copied().collect(), CommMode::Mac))
    }

    /// 61: the ISO identifiers of all files that have one.
    pub(crate) fn get_iso_file_ids(&self, message: &Message) -> Result<Answer, Status> {
        message.exactly::<0>()?;
        let application = self.may_list_files()?;
        let ids = application.files.values().filter_map(|file| file.iso_id).flat_map(u16::to_le_bytes).collect();
        Ok(Answer::Data(ids, CommMode::Mac))
    }

    /// F5: kind, communication settings, rights, and what the kind has besides.
    pub(crate) fn get_file_settings(&self, message: &Message) -> Result<Answer, Status> {
        let [wanted] = message.exactly()?;
        let application = self.may_list_files()?;
        let file = application.file(wanted)?;
        let mut settings = vec![kind(&file.content), file.comm.byte()];
        settings.extend(file.rights.bytes());
        match &file.content {
            Content::Standard(data) | Content::Backup(data) => {
                settings.extend(triple(u32::try_from(data.len()).unwrap_or(0)));
            }
            Content::Value(value) => {
                settings.extend(value.lower.to_le_bytes());
                settings.extend(value.upper.to_le_bytes());
                settings.extend(value.allowance.to_le_bytes());
                settings.push(value.options);
            }
            Content::Records(records) => {
                settings.extend(triple(records.size));
                settings.extend(triple(records.max));
                settings.extend(triple(u32::try_from(records.records.len()).unwrap_or(0)));
            }
            Content::Tmac(tmac) => settings.extend([tmac.key_option, tmac.version]),
        }
        Ok(Answer::Data(settings, CommMode::Mac))
    }

    /// In which mode ChangeFileSettings travels: enciphered under the key that may, plain if all may.
    pub(super) fn change_settings_mode(&self, raw: &[u8]) -> Result<CommMode, Status> {
        let file = self.application()?.file(*raw.first().ok_or(Status::LengthError)?)?;
        self.allow(&[file.rights.change], CommMode::Full)
    }

    /// 5F: other communication settings and rights.
    pub(crate) fn change_file_settings(&mut self, message: &Message) -> Result<Answer, Status> {
        let [wanted, comm, low, high] = message.exactly()?;
        let comm = CommMode::from_byte(comm)?;
        let rights = Rights::from_bytes([low, high]);
        self.check_keys_exist(rights)?;
        let file = self.application_mut()?.files.get_mut(&wanted);
        let file = file.ok_or(Status::FileNotFound)?;
        if matches!(file.content, Content::Tmac(_)) && rights.write != NEVER {
            return Err(Status::ParameterError);
        }
        file.comm = comm;
        file.rights = rights;
        Ok(message.done())
    }

    /// CD and CB: a data file of zeros.
    pub(crate) fn create_data_file(
        &mut self,
        message: &Message,
        content: fn(Vec<u8>) -> Content,
    ) -> Result<Answer, Status> {
        let parameters = message.parameters();
        let (head, rest) = self.creation_head(&parameters)?;
        let size = size(rest)?;
        let zeros = vec![0; usize::try_from(size).map_err(|_| Status::ParameterError)?];
        self.create(&head, content(zeros))?;
        Ok(message.done())
    }

    /// CC: lower and upper limit, value, options.
    pub(crate) fn create_value_file(&mut self, message: &Message) -> Result<Answer, Status> {
        let parameters = message.parameters();
        let [number, comm, low, high, rest @ ..] = parameters.as_slice() else { return Err(Status::LengthError) };
        let rest: &[u8; 13] = rest.try_into().map_err(|_| Status::LengthError)?;
        let signed = |at: usize| i32::from_le_bytes([rest[at], rest[at + 1], rest[at + 2], rest[at + 3]]);
        let value = Value { lower: signed(0), upper: signed(4), value: signed(8), options: rest[12], allowance: 0 };
        if value.lower > value.upper || !(value.lower..=value.upper).contains(&value.value) || value.options > 3 {
            return Err(Status::ParameterError);
        }
        let head = Head {
            number: *number,
            iso_id: None,
            comm: CommMode::from_byte(*comm)?,
            rights: Rights::from_bytes([*low, *high]),
        };
        self.create(&head, Content::Value(value))?;
        Ok(message.done())
    }

    /// C1 and C0: record size and number of records.
    pub(crate) fn create_record_file(&mut self, message: &Message, kind: RecordKind) -> Result<Answer, Status> {
        let parameters = message.parameters();
        let (head, rest) = self.creation_head(&parameters)?;
        let (size, max) = rest.split_at_checked(3).ok_or(Status::LengthError)?;
        let size = self::size(size)?;
        if max.len() != 3 {
            return Err(Status::LengthError);
        }
        let max = number(max);
        let least = if kind == RecordKind::Cyclic { 2 } else { 1 };
        if max < least || size.saturating_mul(max) > FILE_MOST * 4 {
            return Err(Status::ParameterError);
        }
        self.create(&head, Content::Records(Records { kind, size, max, records: Vec::new() }))?;
        Ok(message.done())
    }

    /// CE: the one file that keeps the transaction MAC.
    pub(crate) fn create_tmac_file(&mut self, message: &Message) -> Result<Answer, Status> {
        let [number, comm, low, high, key_option] = message.header.as_slice() else { return Err(Status::LengthError) };
        let data: &[u8; 17] = message.data.as_slice().try_into().map_err(|_| Status::LengthError)?;
        let rights = Rights::from_bytes([*low, *high]);
        if rights.write != NEVER || key_option & 0x03 != 0x02 {
            return Err(Status::ParameterError);
        }
        let application = self.application()?;
        if application.files.values().any(|file| matches!(file.content, Content::Tmac(_))) {
            return Err(Status::DuplicateError);
        }
        let mut key = [0; 16];
        key.copy_from_slice(&data[..16]);
        let tmac = TmacFile {
            key,
            version: data[16],
            tmc: 0,
            tmv: [0; 8],
            previous_reader_id: [0; 16],
            key_option: *key_option,
        };
        let head = Head { number: *number, iso_id: None, comm: CommMode::from_byte(*comm)?, rights };
        self.create(&head, Content::Tmac(tmac))?;
        Ok(message.done())
    }

    /// DF: the file and what it holds are gone.
    pub(crate) fn delete_file(&mut self, message: &Message) -> Result<Answer, Status> {
        let [wanted] = message.exactly()?;
        self.may_make_files()?;
        self.application_mut()?.files.remove(&wanted).ok_or(Status::FileNotFound)?;
        self.volatile.transaction.changes.remove(&wanted);
        Ok(message.done())
    }

    fn create(&mut self, head: &Head, content: Content) -> Result<(), Status> {
        self.may_make_files()?;
        self.check_keys_exist(head.rights)?;
        if usize::from(head.number) >= FILES_MOST {
            return Err(Status::ParameterError);
        }
        let application = self.application()?;
        let iso_taken = |file: &File| head.iso_id.is_some() && file.iso_id == head.iso_id;
        if application.files.contains_key(&head.number) || application.files.values().any(iso_taken) {
            return Err(Status::DuplicateError);
        }
        let file = File { comm: head.comm, rights: head.rights, content, iso_id: head.iso_id };
        let number = head.number;
        self.within_memory(|card| {
            card.application_mut()?.files.insert(number, file);
            Ok(())
        })
    }

    /// Number, ISO identifier where the application has them, communication settings, rights.
    fn creation_head<'p>(&self, parameters: &'p [u8]) -> Result<(Head, &'p [u8]), Status> {
        let (number, rest) = parameters.split_first().ok_or(Status::LengthError)?;
        let (iso_id, rest) = if self.application()?.iso_files {
            let (id, rest) = rest.split_first_chunk::<2>().ok_or(Status::LengthError)?;
            (Some(u16::from_le_bytes(*id)), rest)
        } else {
            (None, rest)
        };
        let ([comm, low, high], rest) = rest.split_first_chunk::<3>().ok_or(Status::LengthError)?;
        let rights = Rights::from_bytes([*low, *high]);
        Ok((Head { number: *number, iso_id, comm: CommMode::from_byte(*comm)?, rights }, rest))
    }

    fn may_make_files(&self) -> Result<(), Status> {
        let settings = self.application()?.settings;
        if settings & FREE_MAKING == 0 { self.need_master() } else { Ok(()) }
    }

    /// Refused if the rights name a key that the application does not have.
    fn check_keys_exist(&self, rights: Rights) -> Result<(), Status> {
        let keys = self.application()?.keys.len();
        if rights.name_keys_below(keys) { Ok(()) } else { Err(Status::ParameterError) }
    }

    fn may_list_files(&self) -> Result<&Application, Status> {
        let application = self.application()?;
        if application.settings & FREE_LISTING == 0 {
            self.need_master()?;
        }
        Ok(application)
    }
}

const fn kind(content: &Content) -> u8 {
    match content {
        Content::Standard(_) => 0,
        Content::Backup(_) => 1,
        Content::Value(_) => 2,
        Content::Records(Records { kind: RecordKind::Linear, .. }) => 3,
        Content::Records(Records { kind: RecordKind::Cyclic, .. }) => 4,
        Content::Tmac(_) => 5,
    }
}

fn size(bytes: &[u8]) -> Result<u32, Status> {
    if bytes.len() != 3 {
        return Err(Status::LengthError);
    }
    match number(bytes) {
        0 => Err(Status::ParameterError),
        size if size > FILE_MOST => Err(Status::OutOfMemory),
        size => Ok(size),
    }
}
