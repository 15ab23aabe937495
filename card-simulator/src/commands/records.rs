use super::data::place;
use super::{Message, triple};
use crate::card::{Answer, Card};
use crate::file::{Change, Content, RecordKind, Records, RecordsChange};
use crate::status::Status;

impl Card {
    /// BB, AB: from record `first` (0 is the newest), `count` of them back in time; the answer has the oldest first.
    /// Count 0 reads them all.
    pub(crate) fn read_records(&mut self, message: &Message) -> Result<Answer, Status> {
        let [file, ..] = message.exactly::<7>()?;
        let (first, count) = (place(&message.header[1..4])?, place(&message.header[4..])?);
        let records = &self.record_file(file)?.records;
        let there = records.len().checked_sub(first).filter(|there| *there > 0).ok_or(Status::BoundaryError)?;
        let count = if count == 0 { there } else { count };
        let from = there.checked_sub(count).ok_or(Status::BoundaryError)?;
        let read = records[from..there].concat();
        let count = triple(u32::try_from(count).unwrap_or(0));
        self.account(message.code, &[&message.header[..4], &count].concat(), &read);
        Ok(Answer::Data(read, message.mode))
    }

    /// 3B, 8B: into a new record, which the commit appends. A second write before the commit edits the same one.
    pub(crate) fn write_record(&mut self, message: &Message) -> Result<Answer, Status> {
        let [file, ..] = *message.header.as_slice() else { return Err(Status::LengthError) };
        let offset = place(&message.header[1..4])?;
        let records = self.record_file(file)?;
        check_length(&message.header[4..], message, offset, records)?;
        let mut change = self.records_change(file);
        if records.kind == RecordKind::Linear
            && !change.cleared
            && records.records.len() >= usize::try_from(records.max).unwrap_or(usize::MAX)
        {
            return Err(Status::BoundaryError);
        }
        let size = usize::try_from(records.size).map_err(|_| Status::BoundaryError)?;
        let record = change.new.get_or_insert_with(|| vec![0; size]);
        record[offset..offset + message.data.len()].copy_from_slice(&message.data);
        self.volatile.transaction.changes.insert(file, Change::Records(change));
        self.account(message.code, &message.header, &message.data);
        Ok(message.done())
    }

    /// DB, BA: into record `first`, with the commit.
    pub(crate) fn update_record(&mut self, message: &Message) -> Result<Answer, Status> {
        let [file, ..] = *message.header.as_slice() else { return Err(Status::LengthError) };
        let (first, offset) = (place(&message.header[1..4])?, place(&message.header[4..7])?);
        let records = self.record_file(file)?;
        check_length(&message.header[7..], message, offset, records)?;
        let at = records.records.len().checked_sub(first + 1).ok_or(Status::BoundaryError)?;
        let number = u32::try_from(at).map_err(|_| Status::BoundaryError)?;
        let mut change = self.records_change(file);
        if change.cleared {
            return Err(Status::BoundaryError);
        }
        let pending = change.edited.iter().position(|(place, _)| *place == number);
        let mut record = match pending {
            Some(pending) => change.edited.swap_remove(pending).1,
            None => records.records[at].clone(),
        };
        record[offset..offset + message.data.len()].copy_from_slice(&message.data);
        change.edited.push((number, record));
        self.volatile.transaction.changes.insert(file, Change::Records(change));
        self.account(message.code, &message.header, &message.data);
        Ok(message.done())
    }

    /// EB: every record is gone, with the commit.
    pub(crate) fn clear_record_file(&mut self, message: &Message) -> Result<Answer, Status> {
        let [file] = message.exactly()?;
        self.record_file(file)?;
        let change = RecordsChange { cleared: true, ..RecordsChange::default() };
        self.volatile.transaction.changes.insert(file, Change::Records(change));
        self.account(message.code, &[file], &[]);
        Ok(message.done())
    }

    fn record_file(&self, file: u8) -> Result<&Records, Status> {
        match &self.selected_file(file)?.content {
            Content::Records(records) => Ok(records),
            _ => Err(Status::ParameterError),
        }
    }

    fn records_change(&self, file: u8) -> RecordsChange {
        match self.volatile.transaction.changes.get(&file) {
            Some(Change::Records(change)) => change.clone(),
            _ => RecordsChange::default(),
        }
    }
}

fn check_length(length: &[u8], message: &Message, offset: usize, records: &Records) -> Result<(), Status> {
    if place(length)? != message.data.len() {
        return Err(Status::LengthError);
    }
    let size = usize::try_from(records.size).map_err(|_| Status::BoundaryError)?;
    if offset + message.data.len() > size { Err(Status::BoundaryError) } else { Ok(()) }
}
