use super::fault::{Fault, ensure, offered};
use super::lab::Lab;
use super::subject::Subject;
use satchel_cards::member;
use satchel_desfire::{Identity, Session, Version};
use satchel_keys::Role;

/// Who the card is, by the reader and by itself.
pub(super) fn identify(lab: &mut Lab<'_>) -> Result<Identity, Fault> {
    lab.step("identify", |lab, notes| {
        lab.reset()?;
        let (field, _) = lab.reach();
        let identity = satchel_desfire::identify(&mut *field)?;
        let mut session = Session::new(field, identity.frame);
        let version = offered(session.get_version())?;
        let free = offered(session.free_mem())?;
        notes.push(format!("card {}, {} bytes of command data a frame", identity.uid, identity.frame.command_data()));
        match &identity.ats {
            Some(ats) => notes.push(format!("answer to select {}", hex::encode_upper(ats))),
            None => notes.push("the reader tells no answer to select: frames of 64 bytes assumed".to_owned()),
        }
        match version {
            Some(version) => {
                notes.push(chip(&version));
                same_number(&identity, &version)?;
            }
            None => notes.push("GetVersion not offered".to_owned()),
        }
        notes.push(free.map_or("FreeMem not offered".to_owned(), |bytes| format!("{bytes} bytes free")));
        Ok(identity)
    })
}

/// A card that tells its number in cipher must tell the same one. Service does without.
pub(super) fn number_in_cipher(lab: &mut Lab<'_>, subject: &mut Subject) -> Result<(), Fault> {
    lab.step("the number in cipher", |lab, notes| {
        let key = lab.key(&subject.identity.uid, Role::Sale);
        let (field, rng) = lab.reach();
        let mut session = Session::new(field, subject.identity.frame);
        session.select_application(member::AID)?;
        let session = session.authenticate_ev2_first(member::key::SALE, &key, rng)?;
        match offered(session.get_card_uid())? {
            Some((_, uid)) => ensure(uid == *subject.identity.uid.bytes(), || {
                format!("GetCardUID calls the card {}", hex::encode_upper(uid))
            }),
            None => {
                notes.push("GetCardUID not offered".to_owned());
                Ok(())
            }
        }
    })
}

/// Keys come from the number, so there must be only one.
fn same_number(identity: &Identity, version: &Version) -> Result<(), Fault> {
    ensure(version.uid == *identity.uid.bytes(), || {
        format!("the reader calls the card {}, GetVersion {}", identity.uid, hex::encode_upper(version.uid))
    })
}

fn chip(version: &Version) -> String {
    let generation = match version.hardware.major {
        0x12 => "DESFire EV2",
        0x33 => "DESFire EV3",
        _ => "a chip of a generation not known here",
    };
    let bytes = 1_u32.checked_shl(u32::from(version.hardware.storage >> 1)).unwrap_or(0);
    format!("{generation}, hardware {:02X}.{:02X}, {bytes} bytes", version.hardware.major, version.hardware.minor)
}
