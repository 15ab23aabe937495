use super::Message;
use crate::application::{APPLICATIONS_MOST, Application};
use crate::card::{Answer, Card};
use crate::status::Status;
use std::collections::BTreeMap;

/// Bytes of an application's identifier.
const AID_SIZE: usize = 3;
/// Settings bit: lists may be read without the master key.
pub(super) const FREE_LISTING: u8 = 0x02;
/// Settings bit: applications or files may be made and deleted without the master key.
pub(super) const FREE_MAKING: u8 = 0x04;

impl Card {
    /// 6A: the identifiers of all applications.
    pub(crate) fn get_application_ids(&self, message: &Message) -> Result<Answer, Status> {
        message.exactly::<0>()?;
        self.may_list_applications()?;
        let ids = self.picc.applications.iter().flat_map(|application| application.aid).collect();
        Ok(Answer::Items(ids, AID_SIZE))
    }

    /// 6D: a frame for each application that has an ISO name.
    pub(crate) fn get_df_names(&self, message: &Message) -> Result<Answer, Status> {
        message.exactly::<0>()?;
        self.may_list_applications()?;
        let named = self.picc.applications.iter().filter(|application| !application.iso_name.is_empty());
        let frames: Vec<Vec<u8>> = named
            .map(|application| {
                let id = application.iso_id.unwrap_or_default().to_le_bytes();
                [application.aid.as_slice(), &id, &application.iso_name].concat()
            })
            .collect();
        Ok(if frames.is_empty() { message.done() } else { Answer::Frames(frames) })
    }

    /// CA: AID, KeySett1, KeySett2, then an ISO file identifier and a name if there are any.
    pub(crate) fn create_application(&mut self, message: &Message) -> Result<Answer, Status> {
        if !self.on_picc_level() {
            return Err(Status::PermissionDenied);
        }
        if self.picc.settings & FREE_MAKING == 0 {
            self.need_master()?;
        }
        let application = self.new_application(&message.parameters())?;
        if self.picc.application(application.aid).is_ok() {
            return Err(Status::DuplicateError);
        }
        if self.picc.applications.len() >= APPLICATIONS_MOST {
            return Err(Status::CountError);
        }
        self.within_memory(|card| {
            card.picc.applications.push(application);
            Ok(())
        })?;
        Ok(message.done())
    }

    /// DA: by the card's master key, or by the application's own.
    pub(crate) fn delete_application(&mut self, message: &Message) -> Result<Answer, Status> {
        let aid = message.exactly::<3>()?;
        self.picc.application(aid)?;
        let own = self.volatile.selected == aid;
        if !self.on_picc_level() && !own {
            return Err(Status::PermissionDenied);
        }
        if own || self.picc.settings & FREE_MAKING == 0 {
            self.need_master()?;
        }
        self.picc.applications.retain(|application| application.aid != aid);
        if own {
            self.select([0; 3]);
            return Ok(Answer::Bare(Vec::new(), Status::Ok));
        }
        Ok(message.done())
    }

    fn new_application(&self, parameters: &[u8]) -> Result<Application, Status> {
        let [a, b, c, settings, keys, rest @ ..] = parameters else { return Err(Status::LengthError) };
        let count = usize::from(keys & 0x0F);
        if [*a, *b, *c] == [0; 3] || keys >> 6 != 0x02 || keys & 0x10 != 0 || !(1..=14).contains(&count) {
            // Only AES applications, with no third byte of settings.
            return Err(Status::ParameterError);
        }
        let (iso_id, iso_name) = match rest {
            [] => (None, &[][..]),
            [low, high, name @ ..] if name.len() <= 16 => (Some(u16::from_le_bytes([*low, *high])), name),
            _ => return Err(Status::LengthError),
        };
        let taken = |application: &Application| {
            iso_id.is_some() && application.iso_id == iso_id || !iso_name.is_empty() && application.iso_name == iso_name
        };
        if self.picc.applications.iter().any(taken) {
            return Err(Status::DuplicateError);
        }
        Ok(Application {
            aid: [*a, *b, *c],
            settings: *settings,
            keys: vec![self.picc.default_key.clone(); count],
            files: BTreeMap::new(),
            iso_id,
            iso_name: iso_name.to_vec(),
            iso_files: keys & 0x20 != 0,
        })
    }

    fn may_list_applications(&self) -> Result<(), Status> {
        if !self.on_picc_level() {
            return Err(Status::PermissionDenied);
        }
        if self.picc.settings & FREE_LISTING == 0 { self.need_master() } else { Ok(()) }
    }
}
