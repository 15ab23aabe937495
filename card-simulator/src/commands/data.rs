use super::{Message, number};
use crate::card::{Answer, Card};
use crate::file::{Change, Content};
use crate::status::Status;

impl Card {
    /// BD, AD: from a data file, or the transaction MAC file. Length 0 reads to the end.
    pub(crate) fn read_data(&mut self, message: &Message) -> Result<Answer, Status> {
        let [file, offset @ .., _, _, _] = message.exactly::<7>()?;
        let offset = place(&offset)?;
        let wanted = place(&message.header[4..])?;
        let (content, accounted) = match &self.selected_file(file)?.content {
            Content::Standard(data) | Content::Backup(data) => (data.clone(), true),
            Content::Tmac(tmac) => ([tmac.tmc.to_le_bytes().as_slice(), &tmac.tmv].concat(), false),
            Content::Value(_) | Content::Records(_) => return Err(Status::ParameterError),
        };
        let rest = content.get(offset..).filter(|rest| !rest.is_empty()).ok_or(Status::BoundaryError)?;
        let read = if wanted == 0 { rest } else { rest.get(..wanted).ok_or(Status::BoundaryError)? }.to_vec();
        if accounted {
            let length = super::triple(u32::try_from(read.len()).unwrap_or(0));
            self.account(message.code, &[&message.header[..4], &length].concat(), &read);
        }
        Ok(Answer::Data(read, message.mode))
    }

    /// 3D, 8D: into a standard file at once, into a backup file with the commit.
    pub(crate) fn write_data(&mut self, message: &Message) -> Result<Answer, Status> {
        let [file, ..] = *message.header.as_slice() else { return Err(Status::LengthError) };
        let offset = place(&message.header[1..4])?;
        if place(&message.header[4..])? != message.data.len() {
            return Err(Status::LengthError);
        }
        let range = offset..offset + message.data.len();
        let pending = self.volatile.transaction.changes.get(&file);
        match (&self.selected_file(file)?.content, pending) {
            (Content::Standard(data), _) if range.end <= data.len() => {
                let file = self.application_mut()?.files.get_mut(&file);
                if let Some(Content::Standard(data)) = file.map(|file| &mut file.content) {
                    data[range].copy_from_slice(&message.data);
                }
            }
            (Content::Backup(data), pending) if range.end <= data.len() => {
                let mut new = match pending {
                    Some(Change::Backup(new)) => new.clone(),
                    _ => data.clone(),
                };
                new[range].copy_from_slice(&message.data);
                self.volatile.transaction.changes.insert(file, Change::Backup(new));
            }
            (Content::Standard(_) | Content::Backup(_), _) => return Err(Status::BoundaryError),
            _ => return Err(Status::ParameterError),
        }
        self.account(message.code, &message.header, &message.data);
        Ok(message.done())
    }

    pub(crate) fn selected_file(&self, file: u8) -> Result<&crate::file::File, Status> {
        self.application()?.file(file)
    }
}

/// A three-byte offset or length.
pub(super) fn place(bytes: &[u8]) -> Result<usize, Status> {
    usize::try_from(number(bytes)).map_err(|_| Status::BoundaryError)
}
