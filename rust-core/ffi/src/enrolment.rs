//! A device joins a chain by two codes, with no secret in either.

use crate::seal::AppSeal;
use crate::till::rng;
use crate::{KeySeal, Trouble};
use satchel_device::{Answer, Folder, Handed, Invitation, Mode, handed};
use std::path::PathBuf;
use std::sync::Arc;

/// What head office handed out, told by how it begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Enum)]
pub enum HandedOut {
    /// To be answered by [`answer_invitation`].
    Invitation,
    /// For [`crate::Till::admit`].
    Admission,
    /// For [`crate::Till::set_up`], with its code; or nothing of head office's at all.
    SetUp,
}

/// An invitation that was answered, for both to see.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct Joining {
    /// The terminal that this device is to be.
    pub terminal: u32,
    /// The chain.
    pub chain: String,
    /// The place.
    pub place: String,
    /// What it is to do there.
    pub profile: String,
    /// The text of the code to show head office.
    pub answer: String,
    /// Six digits that head office shows as well.
    pub check: String,
}

/// What a file or the text of a code is.
#[uniffi::export]
#[expect(clippy::needless_pass_by_value, reason = "bytes come over by value")]
pub fn handed_out(bytes: Vec<u8>) -> HandedOut {
    match handed(&bytes) {
        Handed::Invitation => HandedOut::Invitation,
        Handed::Admission => HandedOut::Admission,
        Handed::SetUp => HandedOut::SetUp,
    }
}

/// Answers head office's invitation; the same one is answered alike however often it is scanned.
#[uniffi::export]
pub fn answer_invitation(folder: String, text: &str, seal: Arc<dyn KeySeal>) -> Result<Joining, Trouble> {
    let invitation = Invitation::from_text(text)?;
    let folder = Folder::new(PathBuf::from(folder), Mode::Service);
    let answer = folder.answer(&invitation, &AppSeal(seal), &mut rng())?;
    Ok(joining(invitation, &answer))
}

/// The invitation that was answered and is still open.
#[uniffi::export]
pub fn answered_invitation(folder: String, seal: Arc<dyn KeySeal>) -> Result<Option<Joining>, Trouble> {
    let open = Folder::new(PathBuf::from(folder), Mode::Service).answered(&AppSeal(seal))?;
    Ok(open.map(|(invitation, answer)| joining(invitation, &answer)))
}

fn joining(invitation: Invitation, answer: &Answer) -> Joining {
    let Invitation { terminal, chain, place, profile, .. } = invitation;
    Joining { terminal: terminal.get(), chain, place, profile, answer: answer.to_text(), check: answer.check() }
}
