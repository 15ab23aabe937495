use crate::enrolment::{in_use, note_signature_key};
use crate::office::{Entry, next};
use crate::places::{one_place, one_profile};
use crate::{Actor, Office, OfficeError, Permission};
use rand_core::CryptoRng;
use satchel_device::{Secrets, SetUp, SetUpCode};
use satchel_journal::JournalPublicKey;
use satchel_key_house::Desk;
use satchel_keys::{AgreementPublic, BundleContents, KeyBundle, PinCost, Role, RoleMaster, SlotFor};
use satchel_packages::{BlockList, Kind, Profile as ProfilePackage, Signed, Text};
use satchel_store::{Chain, Row, Work};
use satchel_values::{Date, Money, StoreId, TerminalId, Timestamp};

/// Days until an operator's slot in a key bundle expires.
const SLOT_DAYS: u16 = 30;

/// A terminal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Terminal {
    /// Its number.
    pub id: u32,
    /// Where it stands.
    pub place: i64,
    /// What it may do.
    pub profile: i64,
    /// How it stands.
    pub state: TerminalState,
    /// When it was enrolled.
    pub enrolled_at: Option<Timestamp>,
    /// The version of its key bundle.
    pub bundle_version: u32,
    /// What may be lost with it, at most, before head office hears of it: its offline limit.
    pub at_stake: Money,
    /// Counts the changes.
    pub revision: i64,
}

/// How a terminal stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TerminalState {
    /// Known, and not enrolled yet.
    Planned,
    /// In service.
    Enrolled,
    /// Lost or stolen.
    Lost,
    /// Out of service, everything of it collected.
    Retired,
}

/// What enrolling gives: a file for the device, and the code that opens it, which travels apart from it.
pub struct Enrolled {
    /// The set-up file.
    pub file: Vec<u8>,
    /// Its code, as printed.
    pub code: String,
}

impl TerminalState {
    /// As it is stored.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Planned => "planned",
            Self::Enrolled => "enrolled",
            Self::Lost => "lost",
            Self::Retired => "retired",
        }
    }

    fn parse(name: &str) -> Option<Self> {
        [Self::Planned, Self::Enrolled, Self::Lost, Self::Retired].into_iter().find(|state| state.name() == name)
    }
}

const COLUMNS: &str = "id, place, profile, state, enrolled_at, bundle_version, revision";

impl Office {
    /// Plans a terminal at a place.
    ///
    /// # Errors
    /// Not allowed, or there is no such place or profile.
    pub fn add_terminal(&self, actor: &Actor, place: i64, profile: i64) -> Result<u32, OfficeError> {
        self.allow(actor, Permission::RunPlaces, "terminal")?;
        self.database.write(|work| {
            let (place, profile) = (one_place(work, place)?, one_profile(work, profile)?);
            let id = 100 + next(work, "terminal")?;
            work.run(
                "INSERT INTO terminals VALUES ($1, $2, $3, NULL, NULL, 0, NULL, NULL, 'planned', NULL, 1)",
                &[id.into(), place.id.into(), profile.id.into()],
            )?;
            let entry = Entry::new(&actor.login, "terminal.planned", format!("terminal {id}"));
            entry.after(format!("{}, {}", place.name, profile.name)).write(work, Chain::Audit, self.now())?;
            u32::try_from(id).map_err(|_| OfficeError::State("there are no numbers left".to_owned()))
        })
    }

    /// Enrols a terminal: its keys, and every package it needs for a start. Enrolled again, what it had before is worth
    /// nothing to head office any more.
    ///
    /// # Errors
    /// Not allowed, it is lost or retired, entries of it are here already, or there are no keys yet.
    pub fn enrol(
        &self,
        actor: &Actor,
        desk: &Desk,
        id: u32,
        cost: PinCost,
        rng: &mut dyn CryptoRng,
    ) -> Result<Enrolled, OfficeError> {
        self.allow(actor, Permission::RunPlaces, &format!("terminal {id}"))?;
        let terminal = self.database.read(|work| one(work, id))?;
        in_use(&terminal)?;
        let secrets = Secrets::generate(&desk.ring(&[Role::OperatorTerminal, Role::OperatorPin]), rng);
        let (bundle_key, journal_key) = (secrets.bundle().public(), secrets.journal().public());
        let set_up = SetUp {
            terminal: TerminalId::new(id),
            secrets,
            office: desk.signer().public(),
            pin_cost: cost,
            packages: self.packages_for(desk, &terminal, &bundle_key, rng)?,
            catalogue: self.catalogue()?,
        };
        let code = SetUpCode::generate(rng);
        let file = set_up.to_file(&code, rng);
        self.enrolled(actor, &terminal, &bundle_key, &journal_key)?;
        Ok(Enrolled { file, code: code.printed() })
    }

    /// Every package that a terminal needs for a start, the next versions of them.
    pub(crate) fn packages_for(
        &self,
        desk: &Desk,
        terminal: &Terminal,
        bundle_key: &AgreementPublic,
        rng: &mut dyn CryptoRng,
    ) -> Result<Vec<Signed>, OfficeError> {
        let profile = self.database.read(|work| one_profile(work, terminal.profile))?;
        let store = StoreId::new(u32::try_from(terminal.place).unwrap_or_default());
        let mut packaged = ProfilePackage::new(store, self.charter()?.currency, profile.limits.clone());
        packaged.texts = self.texts()?;
        packaged.exchange = Some(desk.exchange().public().0.into());
        let bundle = (TerminalId::new(terminal.id), terminal.bundle_version + 1);
        Ok(vec![
            self.signed(desk, Kind::Operators, "", &self.operators()?)?,
            self.signed(desk, Kind::Profile, &format!("terminal {}", terminal.id), &packaged)?,
            self.signed(desk, Kind::Program, "", &self.program()?)?,
            self.signed(desk, Kind::BlockList, "", &BlockList::from_uids(self.blocked()?))?,
            self.key_bundle(desk, bundle, bundle_key, (&profile.roles, store), rng)?,
        ])
    }

    /// Writes down that a terminal has these keys now.
    pub(crate) fn enrolled(
        &self,
        actor: &Actor,
        terminal: &Terminal,
        bundle_key: &AgreementPublic,
        journal_key: &JournalPublicKey,
    ) -> Result<(), OfficeError> {
        self.database.write(|work| {
            no_other_journal(work, terminal.id, journal_key)?;
            work.change(
                "UPDATE terminals SET state = 'enrolled', journal_key = $2, bundle_key = $3, bundle_version = $4, \
                 enrolled_at = $5, invitation = NULL, answer = NULL, revision = revision + 1 WHERE id = $1 AND revision = $6",
                &[
                    terminal.id.into(),
                    journal_key.0.into(),
                    bundle_key.0.into(),
                    (terminal.bundle_version + 1).into(),
                    self.now().ms().into(),
                    terminal.revision.into(),
                ],
            )?;
            let entry = Entry::new(&actor.login, "terminal.enrolled", format!("terminal {}", terminal.id));
            entry.after(hex::encode(journal_key.0)).write(work, Chain::Audit, self.now())
        })
    }

    /// A terminal is lost: it gets no more keys, and its offline limit bounds what may be lost with it.
    ///
    /// # Errors
    /// Not allowed, or somebody else changed it meanwhile.
    pub fn terminal_lost(&self, actor: &Actor, id: u32, revision: i64) -> Result<Money, OfficeError> {
        let subject = format!("terminal {id}");
        self.allow(actor, Permission::RunPlaces, &subject)?;
        self.database.write(|work| {
            let terminal = one(work, id)?;
            work.change(
                "UPDATE terminals SET state = 'lost', revision = revision + 1 WHERE id = $1 AND revision = $2 \
                 AND state IN ('planned', 'enrolled')",
                &[id.into(), revision.into()],
            )?;
            let entry = Entry::new(&actor.login, "terminal.lost", &subject).before(terminal.state.name());
            entry.after(format!("at stake: {}", terminal.at_stake.get())).write(work, Chain::Audit, self.now())?;
            Ok(terminal.at_stake)
        })
    }

    /// All terminals.
    ///
    /// # Errors
    /// Not allowed, or the database fails.
    pub fn terminals(&self, actor: &Actor) -> Result<Vec<Terminal>, OfficeError> {
        self.allow(actor, Permission::Look, "terminals")?;
        self.database.read(|work| {
            let rows = work.rows(&format!("SELECT {COLUMNS} FROM terminals ORDER BY id"), &[])?;
            rows.iter().map(|row| terminal(work, row)).collect()
        })
    }

    fn key_bundle(
        &self,
        desk: &Desk,
        (terminal, version): (TerminalId, u32),
        public: &AgreementPublic,
        (roles, store): (&[Role], StoreId),
        rng: &mut dyn CryptoRng,
    ) -> Result<Signed, OfficeError> {
        let now = self.now();
        let last = now.date().unwrap_or_default().later_by_days(SLOT_DAYS);
        let shares = self.shares_at(desk, store)?;
        let slots: Vec<SlotFor<'_>> = shares
            .iter()
            .map(|(operator, share, until)| SlotFor { operator: *operator, share, expires: earlier(*until, last) })
            .collect();
        let revoked = self.revoked_roles()?;
        let taken = |master: &&RoleMaster| {
            revoked.iter().any(|(role, up_to)| master.role() == *role && master.version() <= *up_to)
        };
        let masters: Vec<&RoleMaster> = desk.masters(roles).into_iter().filter(|master| !taken(master)).collect();
        let contents = BundleContents { terminal, version, issued: now, masters: &masters };
        let bundle = KeyBundle::make(&contents, public, &slots, rng)
            .map_err(|error| OfficeError::State(format!("no key bundle can be made: {error}")))?;
        self.signed(desk, Kind::KeyBundle, &format!("terminal {terminal}"), &bundle)
    }

    /// Signs a package under the next version of its kind, and keeps it.
    pub(crate) fn signed<B: minicbor::Encode<()>>(
        &self,
        desk: &Desk,
        kind: Kind,
        scope: &str,
        body: &B,
    ) -> Result<Signed, OfficeError> {
        let now = self.now();
        self.database.write(|work| {
            note_signature_key(work, desk)?;
            let version = next(work, &format!("package {}", kind.code()))?;
            let number =
                u32::try_from(version).map_err(|_| OfficeError::State("there are no versions left".to_owned()))?;
            let signed = Signed::make(desk.signer(), kind, number, now, body);
            work.run(
                "INSERT INTO packages VALUES ($1, $2, $3, NULL, $4, $5)",
                &[kind.to_string().into(), version.into(), scope.into(), signed.to_bytes().into(), now.ms().into()],
            )?;
            Ok(signed)
        })
    }

    fn texts(&self) -> Result<Vec<Text>, OfficeError> {
        let published = self.published(crate::DraftKind::Texts)?;
        let Some(body) = published else { return Ok(Vec::new()) };
        let texts = body.as_object().into_iter().flatten();
        Ok(texts
            .filter_map(|(place, text)| Some(Text { place: place.clone(), text: text.as_str()?.to_owned() }))
            .collect())
    }
}

/// A movement's name, terminal and number, is for ever: a terminal whose journal is known goes on with that journal alone.
fn no_other_journal(work: &mut Work<'_>, id: u32, key: &JournalPublicKey) -> Result<(), OfficeError> {
    let sql = "SELECT journal_key FROM terminals JOIN journals ON terminal = id WHERE id = $1 AND sequence > 0";
    match work.row(sql, &[id.into()])? {
        Some(row) if row.array::<32>(0)? != key.0 => Err(OfficeError::State(format!(
            "entries of terminal {id} are here already, and another device would begin its journal anew: plan a new terminal"
        ))),
        _ => Ok(()),
    }
}

fn earlier(one: Date, other: Date) -> Date {
    if one.days() < other.days() { one } else { other }
}

pub(crate) fn one(work: &mut Work<'_>, id: u32) -> Result<Terminal, OfficeError> {
    let row = work.row(&format!("SELECT {COLUMNS} FROM terminals WHERE id = $1"), &[id.into()])?;
    terminal(work, &row.ok_or_else(|| OfficeError::not_found("terminal", id))?)
}

fn terminal(work: &mut Work<'_>, row: &Row) -> Result<Terminal, OfficeError> {
    let state = row.text(3)?;
    let profile = row.int(2)?;
    Ok(Terminal {
        id: row.number(0)?,
        place: row.int(1)?,
        profile,
        state: TerminalState::parse(&state)
            .ok_or_else(|| satchel_store::StoreError::Damaged(format!("the state {state}")))?,
        enrolled_at: row.maybe_int(4)?.map(Timestamp::from_ms),
        bundle_version: row.number(5)?,
        at_stake: one_profile(work, profile)?.limits.offline_total_max,
        revision: row.int(6)?,
    })
}
