use super::Message;
use crate::card::{Answer, Card, Generation};
use crate::file::CommMode;
use crate::status::Status;

impl Card {
    /// 5A: one application, or the card itself. A second application in the same command is not offered.
    pub(crate) fn select_application(&mut self, data: &[u8]) -> Result<Answer, Status> {
        let aid: [u8; 3] = data.try_into().map_err(|_| Status::LengthError)?;
        self.drop_session();
        if aid != [0; 3] {
            self.picc.application(aid)?;
        }
        self.select(aid);
        Ok(Answer::Bare(Vec::new(), Status::Ok))
    }

    /// 60: hardware, software and production data in three frames. A card that shows a random identifier tells zeros
    /// for its own here (NT4H2421Gx data sheet, table 58).
    pub(crate) fn get_version(&self) -> Answer {
        let (hardware, software) = match self.config.generation {
            Generation::Ev2 => (0x12, 0x02),
            Generation::Ev3 => (0x33, 0x03),
        };
        let storage = match self.config.memory_bytes {
            0..=2_048 => 0x16,
            2_049..=4_096 => 0x18,
            4_097..=8_192 => 0x1A,
            _ => 0x1C,
        };
        let version = |major| vec![0x04, 0x01, 0x01, major, 0x00, storage, 0x05];
        let uid = if self.picc.hides_uid() { [0; 7] } else { self.config.uid };
        let production = [uid.as_slice(), &[0xBA, 0x65, 0x94, 0x84, 0x20], &[0x12, 0x21]].concat();
        Answer::Frames(vec![version(hardware), version(software), production])
    }

    /// 6E: bytes that are free.
    pub(crate) fn free_mem(&self, message: &Message) -> Result<Answer, Status> {
        message.exactly::<0>()?;
        let free = self.config.memory_bytes.saturating_sub(self.picc.memory());
        Ok(Answer::Data(super::triple(free).to_vec(), CommMode::Mac))
    }

    /// FC: every application is gone; keys and settings stay.
    pub(crate) fn format_picc(&mut self, message: &Message) -> Result<Answer, Status> {
        message.exactly::<0>()?;
        self.need_picc_master()?;
        if self.picc.configuration & 0x01 != 0 {
            return Err(Status::PermissionDenied);
        }
        self.picc.applications.clear();
        Ok(message.done())
    }

    /// 51: the fixed identifier, enciphered.
    pub(crate) fn get_card_uid(&self, message: &Message) -> Result<Answer, Status> {
        message.exactly::<0>()?;
        Ok(Answer::Data(self.config.uid.to_vec(), CommMode::Full))
    }

    /// 5C: options of the whole card. Once a restriction is on, it stays.
    pub(crate) fn set_configuration(&mut self, message: &Message) -> Result<Answer, Status> {
        self.need_picc_master()?;
        match (message.header.as_slice(), message.data.as_slice()) {
            ([0x00], [configuration]) => self.picc.configuration |= configuration & 0x03,
            ([0x01], data) if data.len() == 25 => {
                self.picc.default_key.bytes.copy_from_slice(&data[..16]);
                self.picc.default_key.version = data[24];
            }
            ([0x00 | 0x01], _) => return Err(Status::LengthError),
            _ => return Err(Status::ParameterError),
        }
        Ok(message.done())
    }

    /// Refused without a session of the card's own master key.
    pub(crate) fn need_picc_master(&self) -> Result<(), Status> {
        if !self.on_picc_level() {
            return Err(Status::PermissionDenied);
        }
        self.need_master()
    }

    /// Refused if what is added does not fit the memory; `change` is undone then.
    pub(crate) fn within_memory(&mut self, change: impl FnOnce(&mut Self) -> Result<(), Status>) -> Result<(), Status> {
        let before = self.picc.applications.clone();
        change(self)?;
        if self.picc.memory() > self.config.memory_bytes {
            self.picc.applications = before;
            return Err(Status::OutOfMemory);
        }
        Ok(())
    }
}
