//! Whether a card is blank, and how it becomes so again.

use super::fault::{Fault, ensure, offered};
use super::lab::Lab;
use super::training;
use satchel_cards::member;
use satchel_desfire::{self as desfire, Aid, Authenticated, Identity, KeyNo, Session, Status};
use satchel_hazmat::{AesKey, DesKey};
use satchel_keys::Role;

/// The card's master key.
const MASTER: KeyNo = KeyNo::new(0);
/// Key settings of a card as the factory makes it: anybody makes and lists applications.
const FACTORY_SETTINGS: u8 = 0x0F;
/// The version byte of a factory's key.
const FACTORY_VERSION: u8 = 0;

/// A card without anything of anybody's on it, and how that is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Blank {
    key: MasterKey,
    listing: Listing,
}

/// The card's master key, by whose it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum MasterKey {
    DesZeros,
    AesZeros,
    Training,
}

/// Whether the card lists its applications, and so has certainly none of anybody else's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Listing {
    Offered,
    NotOffered,
}

/// Makes sure that the card is blank. One that an earlier run left half-way is cleaned up; any other that is in use is
/// refused, untouched.
pub(super) fn need_blank(lab: &mut Lab<'_>, card: &Identity) -> Result<Blank, Fault> {
    let found = lab.step("look whether it is blank", |lab, notes| {
        let found = look(lab, card)?;
        notes.push(match found.key {
            MasterKey::DesZeros => "its master key is DES zeros".to_owned(),
            MasterKey::AesZeros => "its master key is AES zeros".to_owned(),
            MasterKey::Training => "its master key is the training key: an earlier run was interrupted".to_owned(),
        });
        if found.key == MasterKey::AesZeros && key_version(lab, card)? != FACTORY_VERSION {
            open(lab, card, &AesKey::zeros())?.change_own_key(&AesKey::zeros(), FACTORY_VERSION)?;
            notes.push("its version byte is set to 0, as a factory's is".to_owned());
        }
        if found.listing == Listing::NotOffered {
            notes.push("GetApplicationIDs not offered: FormatPICC will not be used".to_owned());
        }
        Ok(found)
    })?;
    if found.key == MasterKey::Training {
        return_to_blank(lab, card, found)?;
        if lab.has_left_something() {
            return Err(Fault::NotBlank("what an earlier run left on it cannot be taken off".to_owned()));
        }
        return Ok(Blank { key: MasterKey::AesZeros, ..found });
    }
    Ok(found)
}

/// Takes the application off the card, and gives it the master key of zeros again. What a card does not offer for this
/// does not make it unfit; what is left on it is said.
pub(super) fn return_to_blank(lab: &mut Lab<'_>, card: &Identity, found: Blank) -> Result<(), Fault> {
    let result = lab.step("return to blank", |lab, notes| {
        lab.reset()?;
        if key_version(lab, card)? != training::version().get() {
            notes.push("the card never got the training key".to_owned());
            return Ok(());
        }
        remove_application(lab, card, found.listing, notes)?;
        restore_settings(lab, card)?;
        restore_key(lab, card)?;
        if found.key == MasterKey::DesZeros {
            notes.push("its master key, once DES zeros, is AES zeros now".to_owned());
        }
        Ok(())
    });
    if result.is_err() {
        lab.leave("all that was made; run this again to clean it up");
    }
    result
}

fn look(lab: &mut Lab<'_>, card: &Identity) -> Result<Blank, Fault> {
    let for_all = applications(lab, card)?;
    let key = master_key(lab, card)?;
    let listed = match (for_all, key) {
        (Some(listed), _) => Some(listed),
        (None, MasterKey::DesZeros) => {
            return Err(Fault::NotBlank("its settings hide which applications it has".to_owned()));
        }
        (None, MasterKey::AesZeros) => applications_as_master(lab, card, &AesKey::zeros())?,
        (None, MasterKey::Training) => applications_as_master(lab, card, &lab.key(&card.uid, Role::Picc))?,
    };
    let ours = |aid: &Aid| key == MasterKey::Training && *aid == member::AID;
    match listed {
        Some(mut listed) => {
            listed.retain(|aid| !ours(aid));
            if !listed.is_empty() {
                let names: Vec<_> = listed.iter().map(Aid::to_string).collect();
                return Err(Fault::NotBlank(format!("it holds the applications {}", names.join(", "))));
            }
            Ok(Blank { key, listing: Listing::Offered })
        }
        None if has_member_application(lab, card)? && key != MasterKey::Training => {
            Err(Fault::NotBlank("it is a member card".to_owned()))
        }
        None => Ok(Blank { key, listing: Listing::NotOffered }),
    }
}

/// Whose the card's master key is, by trying.
fn master_key(lab: &mut Lab<'_>, card: &Identity) -> Result<MasterKey, Fault> {
    let version = key_version(lab, card)?;
    if version == training::version().get() && opens(lab, card, &lab.key(&card.uid, Role::Picc))? {
        return Ok(MasterKey::Training);
    }
    if opens(lab, card, &AesKey::zeros())? {
        return Ok(MasterKey::AesZeros);
    }
    if opens_with_des_zeros(lab, card)? {
        return Ok(MasterKey::DesZeros);
    }
    Err(Fault::NotBlank(format!("its master key, version {version}, is neither zeros nor the training key")))
}

fn key_version(lab: &mut Lab<'_>, card: &Identity) -> Result<u8, Fault> {
    let (field, _) = lab.reach();
    let mut session = Session::new(field, card.frame);
    session.select_application(Aid::PICC)?;
    Ok(session.get_key_version(MASTER)?)
}

fn opens(lab: &mut Lab<'_>, card: &Identity, key: &AesKey) -> Result<bool, Fault> {
    let (field, rng) = lab.reach();
    let mut session = Session::new(field, card.frame);
    session.select_application(Aid::PICC)?;
    match session.authenticate_ev2_first(MASTER, key, rng) {
        Ok(_) => Ok(true),
        Err(refused) => is_another_key(refused.error),
    }
}

fn opens_with_des_zeros(lab: &mut Lab<'_>, card: &Identity) -> Result<bool, Fault> {
    let (field, rng) = lab.reach();
    let mut session = Session::new(field, card.frame);
    session.select_application(Aid::PICC)?;
    match session.authenticate_legacy(MASTER, &DesKey::zeros(), rng) {
        Ok(_) => Ok(true),
        Err(error) => is_another_key(error),
    }
}

/// A card with another key, or one that does not know the command at all, answers a status of its choice.
fn is_another_key(error: desfire::Error) -> Result<bool, Fault> {
    match error {
        desfire::Error::Transport(_) | desfire::Error::LrpNotSupported => Err(error.into()),
        _ => Ok(false),
    }
}

/// The applications, if the card lists them to anybody.
fn applications(lab: &mut Lab<'_>, card: &Identity) -> Result<Option<Vec<Aid>>, Fault> {
    let (field, _) = lab.reach();
    let mut session = Session::new(field, card.frame);
    session.select_application(Aid::PICC)?;
    offered(session.get_application_ids())
}

/// The applications, if the card lists them to its master.
fn applications_as_master(lab: &mut Lab<'_>, card: &Identity, key: &AesKey) -> Result<Option<Vec<Aid>>, Fault> {
    let listed = offered(open(lab, card, key)?.get_application_ids())?;
    Ok(listed.map(|(_, applications)| applications))
}

fn has_member_application(lab: &mut Lab<'_>, card: &Identity) -> Result<bool, Fault> {
    let (field, _) = lab.reach();
    match Session::new(field, card.frame).select_application(member::AID) {
        Ok(()) => Ok(true),
        Err(error) if error.status() == Some(Status::ApplicationNotFound) => Ok(false),
        Err(error) => Err(error.into()),
    }
}

fn open<'s>(lab: &'s mut Lab<'_>, card: &Identity, key: &AesKey) -> Result<Session<'s, Authenticated>, Fault> {
    let (field, rng) = lab.reach();
    let mut session = Session::new(field, card.frame);
    session.select_application(Aid::PICC)?;
    Ok(session.authenticate_ev2_first(MASTER, key, rng)?)
}

fn as_master<'s>(lab: &'s mut Lab<'_>, card: &Identity) -> Result<Session<'s, Authenticated>, Fault> {
    let key = lab.key(&card.uid, Role::Picc);
    open(lab, card, &key)
}

/// Deletes the application, and gives its memory back.
fn remove_application(
    lab: &mut Lab<'_>,
    card: &Identity,
    listing: Listing,
    notes: &mut Vec<String>,
) -> Result<(), Fault> {
    if has_member_application(lab, card)? && offered(as_master(lab, card)?.delete_application(member::AID))?.is_none() {
        notes.push("DeleteApplication not offered".to_owned());
    }
    if listing == Listing::Offered && offered(as_master(lab, card)?.format_picc())?.is_none() {
        notes.push("FormatPICC not offered: the memory of the application stays used".to_owned());
    }
    if has_member_application(lab, card)? {
        lab.leave(format!("the application {}, with training keys", member::AID));
    }
    Ok(())
}

fn restore_settings(lab: &mut Lab<'_>, card: &Identity) -> Result<(), Fault> {
    if offered(as_master(lab, card)?.change_key_settings(FACTORY_SETTINGS))?.is_none() {
        lab.leave("key settings that let only the master key make applications");
    }
    Ok(())
}

fn restore_key(lab: &mut Lab<'_>, card: &Identity) -> Result<(), Fault> {
    if offered(as_master(lab, card)?.change_own_key(&AesKey::zeros(), FACTORY_VERSION))?.is_none() {
        lab.leave("the training master key");
        return Ok(());
    }
    ensure(opens(lab, card, &AesKey::zeros())?, || "the master key that the card took does not open it".to_owned())
}
