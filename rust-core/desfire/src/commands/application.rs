use super::{code, maced};
use crate::apdu::exactly;
use crate::session::{Authenticated, Plain, Session};
use crate::{Aid, Error};

/// An application to be made, with AES keys.
#[derive(Debug, Clone, Copy)]
pub struct NewApplication<'a> {
    /// Its identifier.
    pub aid: Aid,
    /// Its key settings byte.
    pub key_settings: u8,
    /// How many keys it has, 1 to 14.
    pub keys: u8,
    /// Its ISO 7816 file identifier.
    pub iso_file_id: Option<u16>,
    /// Its ISO 7816 name, 1 to 16 bytes; only together with a file identifier.
    pub iso_name: Option<&'a [u8]>,
}

impl NewApplication<'_> {
    const AES_KEYS: u8 = 0x80;
    const MOST_KEYS: u8 = 14;
    const LONGEST_NAME: usize = 16;

    fn wire(&self) -> Result<Vec<u8>, Error> {
        if !(1..=Self::MOST_KEYS).contains(&self.keys) {
            return Err(Error::Invalid("an application has 1 to 14 keys"));
        }
        let mut data = Vec::with_capacity(7 + Self::LONGEST_NAME);
        data.extend_from_slice(self.aid.bytes());
        data.extend_from_slice(&[self.key_settings, Self::AES_KEYS | self.keys]);
        data.extend(self.iso_file_id.iter().flat_map(|id| id.to_le_bytes()));
        match self.iso_name {
            Some(_) if self.iso_file_id.is_none() => return Err(Error::Invalid("an ISO name needs an ISO file id")),
            Some(name) if name.is_empty() || name.len() > Self::LONGEST_NAME => {
                return Err(Error::Invalid("an ISO name has 1 to 16 bytes"));
            }
            name => data.extend_from_slice(name.unwrap_or_default()),
        }
        Ok(data)
    }
}

impl Session<'_, Plain> {
    /// Selects an application, or the card itself with [`Aid::PICC`] (SelectApplication). The card drops whatever was
    /// pending.
    pub fn select_application(&mut self, aid: Aid) -> Result<(), Error> {
        self.link.selected = Aid::PICC;
        exactly::<0>(&self.ask(code::SELECT_APPLICATION, aid.bytes())?)?;
        self.link.selected = aid;
        Ok(())
    }

    /// The applications on the card (GetApplicationIDs), where the card's settings let anybody list them.
    pub fn get_application_ids(&mut self) -> Result<Vec<Aid>, Error> {
        parse_ids(&self.ask(code::GET_APPLICATION_IDS, &[])?)
    }

    /// Makes an application (CreateApplication), where the card's settings let anybody do so.
    pub fn create_application(&mut self, application: &NewApplication<'_>) -> Result<(), Error> {
        exactly::<0>(&self.ask(code::CREATE_APPLICATION, &application.wire()?)?)?;
        Ok(())
    }
}

impl Session<'_, Authenticated> {
    /// The applications on the card (GetApplicationIDs, CommMode.MAC); with the card's master key.
    pub fn get_application_ids(self) -> Result<(Self, Vec<Aid>), Error> {
        let (session, answer) = self.call(&maced(code::GET_APPLICATION_IDS, &[]))?;
        Ok((session, parse_ids(&answer)?))
    }

    /// Makes an application (CreateApplication, CommMode.MAC); with the card's master key.
    pub fn create_application(self, application: &NewApplication<'_>) -> Result<Self, Error> {
        self.tell(&maced(code::CREATE_APPLICATION, &application.wire()?))
    }

    /// Deletes an application with all it holds (DeleteApplication, CommMode.MAC); with the card's master key.
    pub fn delete_application(self, aid: Aid) -> Result<Self, Error> {
        self.tell(&maced(code::DELETE_APPLICATION, aid.bytes()))
    }
}

fn parse_ids(answer: &[u8]) -> Result<Vec<Aid>, Error> {
    let (ids, rest) = answer.as_chunks::<3>();
    if !rest.is_empty() {
        return Err(Error::Length { expected: ids.len() * 3, got: answer.len() });
    }
    Ok(ids.iter().copied().map(Aid::new).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    const APPLICATION: NewApplication<'_> = NewApplication {
        aid: Aid::new([1, 2, 3]),
        key_settings: 0x0F,
        keys: 6,
        iso_file_id: Some(0xE101),
        iso_name: Some(b"NAME"),
    };

    #[test]
    fn an_application_travels_least_significant_byte_first() {
        let wire = APPLICATION.wire().expect("six keys and a short name are allowed");
        assert_eq!(wire, [&[1, 2, 3, 0x0F, 0x86, 0x01, 0xE1], &b"NAME"[..]].concat());
        let plain = NewApplication { iso_file_id: None, iso_name: None, ..APPLICATION };
        assert_eq!(plain.wire().expect("ISO names are optional"), [1, 2, 3, 0x0F, 0x86]);
    }

    #[test]
    fn impossible_applications_are_not_sent() {
        let wrong = [
            NewApplication { keys: 0, ..APPLICATION },
            NewApplication { keys: 15, ..APPLICATION },
            NewApplication { iso_file_id: None, ..APPLICATION },
            NewApplication { iso_name: Some(b""), ..APPLICATION },
            NewApplication { iso_name: Some(&[0; 17]), ..APPLICATION },
        ];
        assert!(wrong.iter().all(|application| matches!(application.wire(), Err(Error::Invalid(_)))));
    }
}
