use super::Message;
use crate::card::{Answer, Card, Transaction};
use crate::file::{CommMode, Content, NEVER, TmacFile};
use crate::status::Status;
use crate::tmac;

impl Card {
    /// C8: the reader names itself; in a session the card answers with the last one's name, enciphered.
    pub(crate) fn commit_reader_id(&mut self, message: &Message) -> Result<Answer, Status> {
        let reader_id = message.exactly::<16>()?;
        let (_, rights, file) = self.tmac_file()?.ok_or(Status::PermissionDenied)?;
        if self.volatile.transaction.reader_id.is_some() {
            return Err(Status::PermissionDenied);
        }
        self.allow(&[rights], CommMode::Mac)?;
        let previous = tmac::enciphered_previous(file, &self.config.uid);
        self.volatile.transaction.reader_id = Some(reader_id);
        if self.ev2_session().is_none() {
            self.account(message.code, &reader_id, &[]);
            return Ok(message.done());
        }
        self.account(message.code, &[reader_id.as_slice(), &previous].concat(), &[]);
        Ok(Answer::Data(previous, CommMode::Mac))
    }

    /// C7: everything pending becomes so, at once. Option 01 asks for counter and value of the transaction MAC.
    pub(crate) fn commit_transaction(&mut self, message: &Message) -> Result<Answer, Status> {
        let tmac_wanted = match message.parameters().as_slice() {
            [] | [0x00] => false,
            [0x01] => true,
            [_] => return Err(Status::ParameterError),
            _ => return Err(Status::LengthError),
        };
        let tmac_file = self.tmac_file()?.map(|(number, rights, file)| (number, rights, file.clone()));
        self.need_pending()?;
        match &tmac_file {
            None if tmac_wanted => return Err(Status::ParameterError),
            Some((_, rights, _)) if *rights != NEVER && self.volatile.transaction.reader_id.is_none() => {
                return Err(Status::PermissionDenied);
            }
            _ => {}
        }
        let proof = tmac_file.map(|(number, _, file)| self.close_tmac(number, &file)).transpose()?;
        let Transaction { changes, .. } = std::mem::take(&mut self.volatile.transaction);
        let application = self.application_mut()?;
        for (number, change) in changes {
            if let Some(file) = application.files.get_mut(&number) {
                file.apply(change);
            }
        }
        let answer = proof.filter(|_| tmac_wanted).unwrap_or_default();
        Ok(Answer::Data(answer, CommMode::Mac))
    }

    /// A7: nothing pending becomes so.
    pub(crate) fn abort_transaction(&mut self, message: &Message) -> Result<Answer, Status> {
        message.exactly::<0>()?;
        self.application()?;
        self.need_pending()?;
        self.volatile.transaction = Transaction::default();
        Ok(message.done())
    }

    /// Refused where there is nothing to commit and nothing to abort. What was only read is something where it enters
    /// the transaction MAC.
    fn need_pending(&self) -> Result<(), Status> {
        let Transaction { changes, input, .. } = &self.volatile.transaction;
        if changes.is_empty() && input.is_empty() { Err(Status::NoChanges) } else { Ok(()) }
    }

    /// The next counter and the value, in the file and for the answer.
    fn close_tmac(&mut self, number: u8, file: &TmacFile) -> Result<Vec<u8>, Status> {
        let tmc = file.tmc.checked_add(1).ok_or(Status::BoundaryError)?;
        let tmv = tmac::value(&file.key, &self.config.uid, tmc, &self.volatile.transaction.input);
        let previous_reader_id = self.volatile.transaction.reader_id.unwrap_or(file.previous_reader_id);
        let stored = self.application_mut()?.files.get_mut(&number);
        if let Some(stored) = stored {
            stored.content = Content::Tmac(TmacFile { tmc, tmv, previous_reader_id, ..file.clone() });
        }
        Ok([tmc.to_le_bytes().as_slice(), &tmv].concat())
    }

    /// The application's transaction MAC file: its number, its ReadWrite right, its content.
    fn tmac_file(&self) -> Result<Option<(u8, u8, &TmacFile)>, Status> {
        let application = self.application()?;
        Ok(application.files.iter().find_map(|(number, file)| match &file.content {
            Content::Tmac(tmac) => Some((*number, file.rights.read_write, tmac)),
            _ => None,
        }))
    }
}
