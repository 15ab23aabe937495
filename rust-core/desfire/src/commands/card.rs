use super::{code, full, maced};
use crate::apdu::exactly;
use crate::session::{Authenticated, Plain, Session};
use crate::{Error, Version};

impl Session<'_, Plain> {
    /// What the chip is (GetVersion). Three exchanges.
    pub fn get_version(&mut self) -> Result<Version, Error> {
        Version::parse(&self.ask(code::GET_VERSION, &[])?)
    }

    /// Free memory in bytes (FreeMem).
    pub fn free_mem(&mut self) -> Result<u32, Error> {
        parse_free(&self.ask(code::FREE_MEMORY, &[])?)
    }
}

impl Session<'_, Authenticated> {
    /// Free memory in bytes (FreeMem, CommMode.MAC).
    pub fn free_mem(self) -> Result<(Self, u32), Error> {
        let (session, answer) = self.call(&maced(code::FREE_MEMORY, &[]))?;
        Ok((session, parse_free(&answer)?))
    }

    /// The card's fixed number (GetCardUID, answered in CommMode.Full).
    pub fn get_card_uid(self) -> Result<(Self, [u8; 7]), Error> {
        let (session, answer) = self.call(&full(code::GET_CARD_UID, &[], &[]))?;
        Ok((session, exactly(&answer)?))
    }

    /// Deletes every application and gives all memory back (FormatPICC, CommMode.MAC); with the card's master key.
    pub fn format_picc(self) -> Result<Self, Error> {
        self.tell(&maced(code::FORMAT_PICC, &[]))
    }

    /// Configures the card or the application (SetConfiguration, CommMode.Full). What `option` and `data` mean stands
    /// in MF3D(H)x3 §"SetConfiguration"; some settings cannot be taken back.
    pub fn set_configuration(self, option: u8, data: &[u8]) -> Result<Self, Error> {
        self.tell(&full(code::SET_CONFIGURATION, &[option], data))
    }
}

fn parse_free(answer: &[u8]) -> Result<u32, Error> {
    let [low, middle, high] = exactly(answer)?;
    Ok(u32::from_le_bytes([low, middle, high, 0]))
}
