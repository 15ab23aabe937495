use crate::office::{Entry, charter};
use crate::places::{one_place, one_profile};
use crate::terminals::{Terminal, TerminalState, one};
use crate::{Actor, Office, OfficeError, Permission};
use rand_core::CryptoRng;
use satchel_device::{Admitted, Answer, DeviceError, Invitation, Invited};
use satchel_key_house::Desk;
use satchel_keys::{PinCost, Role};
use satchel_packages::OfficePublicKey;
use satchel_store::{Chain, StoreError, Work};
use satchel_values::TerminalId;

/// An invitation of a terminal, and how it stands with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Enrolling {
    /// The text of the code for the device to scan.
    pub invitation: String,
    /// The six digits of the answer, once it has come: the device shows the same.
    pub check: Option<String>,
}

/// What admits a device. It serves no other, so it may travel in the open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Admission {
    /// The file.
    pub file: Vec<u8>,
    /// The text of a code that holds the same, where it fits one.
    pub code: Option<String>,
}

/// Where head office's public signature key is, for those who have no desk.
const SIGNATURE_KEY: &str = "signature_key";

impl Office {
    /// Invites a device to become a terminal. An invitation before it is worth nothing any more.
    ///
    /// # Errors
    /// Not allowed, the terminal is lost or retired, or nothing was ever signed here.
    pub fn invite(&self, actor: &Actor, id: u32, rng: &mut dyn CryptoRng) -> Result<Enrolling, OfficeError> {
        let subject = format!("terminal {id}");
        self.allow(actor, Permission::RunPlaces, &subject)?;
        self.database.write(|work| {
            let terminal = one(work, id)?;
            in_use(&terminal)?;
            let invited = Invited {
                chain: charter(work)?.chain,
                place: one_place(work, terminal.place)?.name,
                profile: one_profile(work, terminal.profile)?.name,
            };
            let invitation = Invitation::new(TerminalId::new(id), signature_key(work)?, invited, rng).to_text();
            work.run(
                "UPDATE terminals SET invitation = $2, answer = NULL, revision = revision + 1 WHERE id = $1",
                &[id.into(), (&invitation).into()],
            )?;
            Entry::new(&actor.login, "terminal.invited", &subject).write(work, Chain::Audit, self.now())?;
            Ok(Enrolling { invitation, check: None })
        })
    }

    /// The invitation of a terminal, if it has one.
    ///
    /// # Errors
    /// Not allowed, or there is no such terminal.
    pub fn enrolling(&self, actor: &Actor, id: u32) -> Result<Option<Enrolling>, OfficeError> {
        self.allow(actor, Permission::RunPlaces, &format!("terminal {id}"))?;
        let Some((invitation, answer)) = self.database.read(|work| open_invitation(work, id))? else { return Ok(None) };
        Ok(Some(Enrolling { invitation: invitation.to_text(), check: answer.map(|answer| answer.check()) }))
    }

    /// Takes what a device answered: the text of its code. Gives the six digits that the device shows.
    ///
    /// # Errors
    /// Not allowed, nobody invited it, or it is no answer to the newest invitation.
    pub fn take_answer(&self, actor: &Actor, id: u32, text: &str) -> Result<String, OfficeError> {
        let subject = format!("terminal {id}");
        self.allow(actor, Permission::RunPlaces, &subject)?;
        self.database.write(|work| {
            in_use(&one(work, id)?)?;
            let (invitation, _) = open_invitation(work, id)?.ok_or_else(not_invited)?;
            let answer = Answer::from_text(text, &invitation).map_err(|error| answer_wrong(&error))?;
            work.run(
                "UPDATE terminals SET answer = $2, revision = revision + 1 WHERE id = $1",
                &[id.into(), answer.to_text().into()],
            )?;
            let entry = Entry::new(&actor.login, "terminal.answered", &subject);
            let entry = entry.after(format!("{}, check {}", hex::encode(answer.journal_key().0), answer.check()));
            entry.write(work, Chain::Audit, self.now())?;
            Ok(answer.check())
        })
    }

    /// Admits the device that answered. With it the terminal is enrolled, and what it
    /// had before is worth nothing to head office any more.
    ///
    /// # Errors
    /// Not allowed, no answer has come, or there are no keys yet.
    pub fn admit(
        &self,
        actor: &Actor,
        desk: &Desk,
        id: u32,
        cost: PinCost,
        rng: &mut dyn CryptoRng,
    ) -> Result<Admission, OfficeError> {
        self.allow(actor, Permission::RunPlaces, &format!("terminal {id}"))?;
        let (terminal, open) =
            self.database.read(|work| Ok::<_, OfficeError>((one(work, id)?, open_invitation(work, id)?)))?;
        in_use(&terminal)?;
        let (_, answer) = open.ok_or_else(not_invited)?;
        let answer = answer.ok_or_else(|| OfficeError::State(format!("terminal {id} has not answered yet")))?;
        let packages = self.packages_for(desk, &terminal, &answer.bundle_key(), rng)?;
        let sign_on = desk.ring(&[Role::OperatorTerminal, Role::OperatorPin]);
        let file = Admitted::new(&sign_on, cost, packages, self.catalogue()?)
            .to_file(&answer, desk.signer(), rng)
            .map_err(|error| OfficeError::State(error.to_string()))?;
        self.enrolled(actor, &terminal, &answer.bundle_key(), &answer.journal_key())?;
        Ok(Admission { code: Admitted::qr_text(&file), file })
    }
}

/// Kept where whoever invites finds it.
pub(crate) fn note_signature_key(work: &mut Work<'_>, desk: &Desk) -> Result<(), StoreError> {
    let key = hex::encode(desk.signer().public().0);
    let sql = "INSERT INTO settings VALUES ($1, $2, 1) ON CONFLICT (name) DO NOTHING";
    work.run(sql, &[SIGNATURE_KEY.into(), key.into()]).map(|_| ())
}

fn signature_key(work: &mut Work<'_>) -> Result<OfficePublicKey, OfficeError> {
    let row = work.row("SELECT value FROM settings WHERE name = $1", &[SIGNATURE_KEY.into()])?;
    let row =
        row.ok_or_else(|| OfficeError::State("nothing was signed here yet: begin with `satchel publish`".into()))?;
    let mut key = [0; 32];
    hex::decode_to_slice(row.text(0)?, &mut key)
        .map_err(|_| StoreError::Damaged(format!("the setting {SIGNATURE_KEY}")))?;
    Ok(OfficePublicKey(key))
}

pub(crate) fn in_use(terminal: &Terminal) -> Result<(), OfficeError> {
    if matches!(terminal.state, TerminalState::Lost | TerminalState::Retired) {
        let (id, state) = (terminal.id, terminal.state.name());
        return Err(OfficeError::State(format!("terminal {id} is {state}: plan a new one")));
    }
    Ok(())
}

fn open_invitation(work: &mut Work<'_>, id: u32) -> Result<Option<(Invitation, Option<Answer>)>, OfficeError> {
    let row = work.row("SELECT invitation, answer FROM terminals WHERE id = $1", &[id.into()])?;
    let row = row.ok_or_else(|| OfficeError::not_found("terminal", id))?;
    let Some(invitation) = row.maybe_text(0)? else { return Ok(None) };
    let damaged = |error: DeviceError| StoreError::Damaged(format!("the invitation of terminal {id}: {error}"));
    let invitation = Invitation::from_text(&invitation).map_err(damaged)?;
    let answer = row.maybe_text(1)?.map(|text| Answer::from_text(&text, &invitation)).transpose().map_err(damaged)?;
    Ok(Some((invitation, answer)))
}

fn not_invited() -> OfficeError {
    OfficeError::State("this terminal is not invited: invite it first".to_owned())
}

fn answer_wrong(error: &DeviceError) -> OfficeError {
    OfficeError::invalid("answer", error.to_string())
}
