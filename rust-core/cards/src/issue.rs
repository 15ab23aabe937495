//! Personalisation: from a blank card, or one torn away at any exchange before, to a finished card.
//!
//! Each step looks at what the card already has and does what is missing, so the same call begins, resumes and, on a
//! finished card, changes nothing. Money comes last: it exists only when every key is the card's own and the
//! transaction MAC file stands.

use crate::identity::{CollectionIdentity, MemberIdentity, OperatorIdentity};
use crate::member::{self, Commit, Depth, Lead, Movement, Presented, Recall};
use crate::record::{HistoryRecord, Standing};
use crate::{CardError, CardKeys, KeySource, collection, operator};
use rand_core::CryptoRng;
use satchel_desfire::{
    Aid, Authenticated, CommMode, FileKind, FileNo, Identity, KeyChange, KeyNo, NewApplication, NotAuthenticated,
    Plain, Session, Status, TmacKey, ValueFile,
};
use satchel_hazmat::{AesKey, DesKey};
use satchel_journal::{CARD_RECORD, Intent, Operation, Proof};
use satchel_keys::{KeyVersion, OperatorShare, Role};
use satchel_transport::Transport;
use satchel_values::{Arithmetic, Date, Money, OperatorId, Points, SaleId, Tier, Timestamp};

/// Settings of a finished application: keys 1 to 4 changed with key 5, the master key changeable, all else frozen.
const MEMBER_SETTINGS: u8 = 0x51;
/// Settings of a finished operator or collection application: every key changed with key 0, the rest frozen.
const OFFICE_SETTINGS: u8 = 0x01;
/// Settings while an application is made: keys changed with key 0, everything changeable, nothing without key 0.
const MAKING_SETTINGS: u8 = 0x09;
/// Settings of a finished card: applications are made and listed with the master key only.
const PICC_SETTINGS: u8 = 0x09;
/// Settings of a card as the factory makes it: anybody makes and lists applications.
const FACTORY_SETTINGS: u8 = 0x0F;

/// Marks a PIN key as set; the PIN itself has no versions.
const PIN_KEY_VERSION: u8 = 1;
/// The version of every key of a fresh application, and of a fresh card's master key.
const FRESH: u8 = 0;

/// What personalisation is doing; one call per step, for a progress bar.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// The card's master key.
    CardKey,
    /// The application.
    Application,
    /// The application's keys.
    Keys,
    /// The files.
    Files,
    /// The identity.
    Identity,
    /// The transaction MAC file.
    TransactionMac,
    /// The settings.
    Settings,
    /// The first transaction.
    FirstTransaction,
}

/// What a new member card is to hold.
#[derive(Debug, Clone)]
pub struct MemberPlan {
    /// Who it belongs to.
    pub identity: MemberIdentity,
    /// The first money; zero for none.
    pub amount: Money,
    /// The first points; zero for none.
    pub points: Points,
    /// The tier.
    pub tier: Tier,
    /// The last day; day 0 for none.
    pub expiry: Date,
    /// Ready for use, or waiting for a member.
    pub standing: Standing,
    /// The most its purse may ever hold.
    pub purse_max: Money,
    /// The desk and the number of this issue in the desk's records.
    pub id: SaleId,
    /// Who issues it.
    pub operator: OperatorId,
    /// When.
    pub at: Timestamp,
}

/// What issuing a member card brought: enough to verify its first transaction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MemberIssued {
    /// Which issue of which desk.
    pub id: SaleId,
    /// The first transaction, in the form every movement has.
    pub intent: Intent,
    /// Its counter and MAC.
    pub proof: Proof,
    /// The version of the card's transaction MAC key, which stays with the card for its life.
    pub tmac_version: KeyVersion,
}

/// The desk: the way to the card, all keys, randomness, and who is told of progress.
pub struct Desk<'t, 'k> {
    /// The way to the card.
    pub transport: &'t mut dyn Transport,
    /// Where keys come from; every role of the card is needed.
    pub keys: &'k dyn KeySource,
    /// For challenges.
    pub rng: &'k mut dyn CryptoRng,
    /// Told before each step.
    pub progress: &'k mut dyn FnMut(Step),
}

/// An operator's secrets on their card.
#[derive(Clone, Copy)]
pub struct OperatorSecrets<'s> {
    /// The key derived from the card's UID and the operator's PIN.
    pub pin_key: &'s AesKey,
    /// What head office keeps for this operator's slots in key bundles.
    pub share: &'s OperatorShare,
}

/// Makes or finishes a member card.
///
/// A finished card whose first transaction is another plan's is refused with [`CardError::AlreadyIssued`].
pub fn issue_member(desk: &mut Desk<'_, '_>, card: &Identity, plan: &MemberPlan) -> Result<MemberIssued, CardError> {
    let intent = first_intent(card, plan).map_err(|_| CardError::PurseLimit)?;
    if let Some(proof) = already_issued(desk, card, &intent)? {
        let tmac_version = tmac_version(desk, card)?;
        return Ok(MemberIssued { id: plan.id, intent, proof, tmac_version });
    }
    make_application(desk, card, &MEMBER, None)?;
    (desk.progress)(Step::Files);
    let keys = CardKeys::new(desk.keys, card.uid, *member::AID.bytes());
    let presented = Presented { transport: &mut *desk.transport, identity: card, keys: &keys, rng: &mut *desk.rng };
    let session = as_owner(presented, member::AID, MEMBER.keys[0])?;
    let session = make_member_files(session, plan.purse_max)?;
    (desk.progress)(Step::Identity);
    let session = session.write_data(member::file::IDENTITY, CommMode::Full, 0, &plan.identity.emit())?;
    (desk.progress)(Step::TransactionMac);
    let (session, tmac_version) = make_tmac_file(session, &keys)?;
    (desk.progress)(Step::Settings);
    freeze(session, MEMBER.settings)?;
    finish_card(desk, card)?;
    (desk.progress)(Step::FirstTransaction);
    let proof = first_transaction(desk, card, plan, &intent)?;
    Ok(MemberIssued { id: plan.id, intent, proof, tmac_version })
}

/// Makes or finishes an operator card.
pub fn issue_operator(
    desk: &mut Desk<'_, '_>,
    card: &Identity,
    identity: &OperatorIdentity,
    secrets: OperatorSecrets<'_>,
) -> Result<(), CardError> {
    make_application(desk, card, &OPERATOR, Some(secrets.pin_key))?;
    (desk.progress)(Step::Files);
    let keys = CardKeys::new(desk.keys, card.uid, *operator::AID.bytes());
    let presented = Presented { transport: &mut *desk.transport, identity: card, keys: &keys, rng: &mut *desk.rng };
    let session = as_owner(presented, operator::AID, OPERATOR.keys[0])?;
    let session = make_operator_files(session)?;
    (desk.progress)(Step::Identity);
    let session = session.write_data(operator::file::IDENTITY, CommMode::Full, 0, &identity.emit())?;
    let session = session.write_data(operator::file::SHARE, CommMode::Full, 0, secrets.share.expose())?;
    (desk.progress)(Step::Settings);
    freeze(session, OPERATOR.settings)?;
    finish_card(desk, card)
}

/// Makes or finishes a collection card.
pub fn issue_collection(
    desk: &mut Desk<'_, '_>,
    card: &Identity,
    identity: &CollectionIdentity,
) -> Result<(), CardError> {
    make_application(desk, card, &COLLECTION, None)?;
    (desk.progress)(Step::Files);
    let keys = CardKeys::new(desk.keys, card.uid, *collection::AID.bytes());
    let presented = Presented { transport: &mut *desk.transport, identity: card, keys: &keys, rng: &mut *desk.rng };
    let session = as_owner(presented, collection::AID, COLLECTION.keys[0])?;
    let session = make_collection_files(session)?;
    (desk.progress)(Step::Identity);
    let session = session.write_data(collection::file::IDENTITY, CommMode::Full, 0, &identity.emit())?;
    (desk.progress)(Step::Settings);
    freeze(session, COLLECTION.settings)?;
    finish_card(desk, card)
}

/// From one PIN key to the next.
#[derive(Clone, Copy)]
pub struct PinChange<'p> {
    /// The key of the PIN so far.
    pub old: &'p AesKey,
    /// The key of the new PIN.
    pub new: &'p AesKey,
    /// The version that the new key gets, by which a card torn away in between tells whether it has it.
    pub version: u8,
}

/// The version of a PIN key on a card that is new.
pub const FIRST_PIN_VERSION: u8 = PIN_KEY_VERSION;

/// The version of the PIN key that an operator card has: two exchanges.
pub fn pin_version(transport: &mut dyn Transport, card: &Identity) -> Result<u8, CardError> {
    let mut session = Session::new(transport, card.frame);
    session.select_application(operator::AID).map_err(member::not_ours)?;
    Ok(session.get_key_version(operator::key::PIN)?)
}

/// Gives an operator card another PIN and all its tries. Head office does it, for a PIN that was forgotten or is blocked.
pub fn change_pin(desk: &mut Desk<'_, '_>, card: &Identity, change: PinChange<'_>) -> Result<(), CardError> {
    let keys = CardKeys::new(desk.keys, card.uid, *operator::AID.bytes());
    let presented = Presented { transport: &mut *desk.transport, identity: card, keys: &keys, rng: &mut *desk.rng };
    let session = as_owner(presented, operator::AID, OPERATOR.keys[0])?;
    let PinChange { old, new, version } = change;
    session.change_key(KeyChange { key_no: operator::key::PIN, old, new, version })?;
    let presented = Presented { transport: &mut *desk.transport, identity: card, keys: &keys, rng: &mut *desk.rng };
    let session = as_owner(presented, operator::AID, OPERATOR.keys[1])?;
    let (_, tries) = session.get_value(operator::file::TRIES, CommMode::Full)?;
    let missing = i32::from(operator::TRIES) - tries;
    if missing > 0 {
        let mut session = Session::new(&mut *desk.transport, card.frame);
        session.select_application(operator::AID)?;
        let session = session.authenticate_ev2_first(operator::key::PIN, new, desk.rng);
        let session = session.map_err(|refused| member::not_ours(refused.error))?;
        session.credit(operator::file::TRIES, CommMode::Full, missing)?.commit_transaction()?;
    }
    Ok(())
}

/// Takes our application off a card and gives it the master key of zeros again, whatever state it is in. What the
/// card held is gone.
pub fn return_to_blank(desk: &mut Desk<'_, '_>, card: &Identity, aid: Aid) -> Result<(), CardError> {
    let session = as_card_master(desk, card)?;
    let (session, applications) = session.get_application_ids()?;
    let session = if applications.contains(&aid) { session.delete_application(aid)? } else { session };
    let session = session.change_key_settings(FACTORY_SETTINGS)?;
    session.change_own_key(&AesKey::zeros(), FRESH)?;
    Ok(())
}

/// One of our applications, as far as making it goes.
struct Application {
    new: NewApplication<'static>,
    /// The keys with masters; the first is the application's own.
    keys: &'static [(KeyNo, Role)],
    /// The settings when finished.
    settings: u8,
}

const MEMBER: Application = Application {
    new: NewApplication {
        aid: member::AID,
        key_settings: MAKING_SETTINGS,
        keys: 6,
        iso_file_id: Some(member::ISO_FILE_ID),
        iso_name: Some(member::ISO_NAME),
    },
    keys: &[
        (member::key::MASTER, Role::Master),
        (member::key::INQUIRY, Role::Inquiry),
        (member::key::SALE, Role::Sale),
        (member::key::LOAD, Role::Load),
        (member::key::REVERSAL, Role::Reversal),
        (member::key::CHANGE, Role::Change),
    ],
    settings: MEMBER_SETTINGS,
};

const OPERATOR: Application = Application {
    new: NewApplication {
        aid: operator::AID,
        key_settings: MAKING_SETTINGS,
        keys: 3,
        iso_file_id: Some(operator::ISO_FILE_ID),
        iso_name: Some(operator::ISO_NAME),
    },
    keys: &[(operator::key::OFFICE, Role::OperatorOffice), (operator::key::TERMINAL, Role::OperatorTerminal)],
    settings: OFFICE_SETTINGS,
};

const COLLECTION: Application = Application {
    new: NewApplication {
        aid: collection::AID,
        key_settings: MAKING_SETTINGS,
        keys: 2,
        iso_file_id: Some(collection::ISO_FILE_ID),
        iso_name: Some(collection::ISO_NAME),
    },
    keys: &[(collection::key::OFFICE, Role::CollectionOffice), (collection::key::TERMINAL, Role::CollectionTerminal)],
    settings: OFFICE_SETTINGS,
};

/// The first transaction's proof if the card is finished; `None` if there is something left to make.
fn already_issued(desk: &mut Desk<'_, '_>, card: &Identity, intent: &Intent) -> Result<Option<Proof>, CardError> {
    let keys = CardKeys::new(desk.keys, card.uid, *member::AID.bytes());
    let presented = Presented { transport: &mut *desk.transport, identity: card, keys: &keys, rng: &mut *desk.rng };
    match member::last_transaction(presented) {
        Ok((0, _)) | Err(CardError::NotOurs) => return Ok(None),
        Err(error) if error.status() == Some(Status::FileNotFound) => return Ok(None),
        Err(error) => return Err(error),
        Ok(_) => {}
    }
    let presented = Presented { transport: &mut *desk.transport, identity: card, keys: &keys, rng: &mut *desk.rng };
    let Recall { tmc, tmv, records } = member::recall(presented, Depth::State)?;
    if records.first() == Some(&*intent.written) {
        return Ok(Some(Proof { tmc, tmv: tmv.into() }));
    }
    Err(CardError::AlreadyIssued)
}

/// The card's key, the application and its keys.
fn make_application(
    desk: &mut Desk<'_, '_>,
    card: &Identity,
    application: &Application,
    pin_key: Option<&AesKey>,
) -> Result<(), CardError> {
    (desk.progress)(Step::CardKey);
    make_card_key(desk, card)?;
    (desk.progress)(Step::Application);
    create_application(desk, card, application)?;
    (desk.progress)(Step::Keys);
    make_keys(desk, card, application, pin_key)
}

/// Moves the card's master key from the factory's to ours, if it is not ours already. A used card may carry any
/// version with its key of zeros, so a version proves nothing.
fn make_card_key(desk: &mut Desk<'_, '_>, card: &Identity) -> Result<(), CardError> {
    let keys = CardKeys::new(desk.keys, card.uid, *Aid::PICC.bytes());
    let newest = keys.newest(Role::Picc)?;
    let ours = keys.key(Role::Picc, newest)?;
    let mut session = Session::new(&mut *desk.transport, card.frame);
    session.select_application(Aid::PICC)?;
    let version = session.get_key_version(KeyNo::new(0))?;
    if let Some(held) = KeyVersion::new(version).filter(|version| desk.keys.versions(Role::Picc).contains(version)) {
        match session.authenticate_ev2_first(KeyNo::new(0), &keys.key(Role::Picc, held)?, desk.rng) {
            Ok(_) => return Ok(()),
            Err(refused) => session = selected_again(refused)?,
        }
    }
    let session = match session.authenticate_ev2_first(KeyNo::new(0), &AesKey::zeros(), desk.rng) {
        Ok(authenticated) => {
            authenticated.change_own_key(&ours, newest.get())?;
            return Ok(());
        }
        Err(refused) => selected_again(refused)?,
    };
    let session = session.authenticate_legacy(KeyNo::new(0), &DesKey::zeros(), desk.rng).map_err(member::not_ours)?;
    session.change_picc_key_to_aes(&ours, newest.get())?;
    Ok(())
}

/// The card itself selected again after a key that it does not accept, by whatever word it says so.
fn selected_again(refused: NotAuthenticated<'_>) -> Result<Session<'_, Plain>, CardError> {
    if matches!(refused.error, satchel_desfire::Error::Transport(_)) {
        return Err(refused.error.into());
    }
    let mut session = refused.session;
    session.select_application(Aid::PICC)?;
    Ok(session)
}

fn create_application(desk: &mut Desk<'_, '_>, card: &Identity, application: &Application) -> Result<(), CardError> {
    let mut session = Session::new(&mut *desk.transport, card.frame);
    match session.select_application(application.new.aid) {
        Ok(()) => return Ok(()),
        Err(error) if error.status() == Some(Status::ApplicationNotFound) => {}
        Err(error) => return Err(error.into()),
    }
    let session = as_card_master(desk, card)?;
    session.create_application(&application.new).map_err(out_of_memory)?;
    Ok(())
}

/// Sets whichever keys are still the factory's; the application's own comes last, because it ends the session.
fn make_keys(
    desk: &mut Desk<'_, '_>,
    card: &Identity,
    application: &Application,
    pin_key: Option<&AesKey>,
) -> Result<(), CardError> {
    let keys = CardKeys::new(desk.keys, card.uid, *application.new.aid.bytes());
    let mut session = Session::new(&mut *desk.transport, card.frame);
    session.select_application(application.new.aid)?;
    let (own_number, own_role) = application.keys[0];
    let own_version = session.get_key_version(own_number)?;
    let mut missing = Vec::new();
    for (number, role) in &application.keys[1..] {
        if session.get_key_version(*number)? == FRESH {
            let version = keys.newest(*role)?;
            missing.push((*number, keys.key(*role, version)?, version.get()));
        }
    }
    let pin_missing = match pin_key {
        Some(_) => session.get_key_version(operator::key::PIN)? == FRESH,
        None => false,
    };
    let own = match own_version {
        FRESH => AesKey::zeros(),
        version => keys.key(own_role, KeyVersion::new(version).ok_or(CardError::NotOurs)?)?,
    };
    let mut session = session
        .authenticate_ev2_first(own_number, &own, desk.rng)
        .map_err(|refused| member::not_ours(refused.error))?;
    for (number, key, version) in &missing {
        session = set_key(session, *number, key, *version)?;
    }
    if let Some(pin_key) = pin_key.filter(|_| pin_missing) {
        session = set_key(session, operator::key::PIN, pin_key, PIN_KEY_VERSION)?;
    }
    if own_version == FRESH {
        let version = keys.newest(own_role)?;
        session.change_own_key(&keys.key(own_role, version)?, version.get())?;
    }
    Ok(())
}

fn set_key<'t>(
    session: Session<'t, Authenticated>,
    key_no: KeyNo,
    new: &AesKey,
    version: u8,
) -> Result<Session<'t, Authenticated>, CardError> {
    Ok(session.change_key(KeyChange { key_no, old: &AesKey::zeros(), new, version })?)
}

fn make_member_files(
    session: Session<'_, Authenticated>,
    purse_max: Money,
) -> Result<Session<'_, Authenticated>, CardError> {
    use member::{file, rights};
    let upper = purse_max.to_card().map_err(|_| CardError::PurseLimit)?;
    let purse = ValueFile { lower: 0, upper, value: 0, limited_credit: true, free_get_value: false };
    let points = ValueFile { lower: 0, upper: i32::MAX, value: 0, limited_credit: false, free_get_value: false };
    let (mut session, have) = session.get_file_ids()?;
    let missing = |file: FileNo| !have.contains(&file);
    if missing(file::IDENTITY) {
        let size = u32::try_from(crate::identity::IDENTITY_FILE).expect("32 fits");
        session = session
            .create_standard_file(file::IDENTITY, CommMode::Full, rights::IDENTITY, size)
            .map_err(out_of_memory)?;
    }
    if missing(file::HISTORY) {
        let (size, records) = (member::RECORD_SIZE, member::HISTORY_RECORDS);
        session = session
            .create_cyclic_record_file(file::HISTORY, CommMode::Full, rights::HISTORY, size, records)
            .map_err(out_of_memory)?;
    }
    if missing(file::PURSE) {
        session =
            session.create_value_file(file::PURSE, CommMode::Full, rights::PURSE, purse).map_err(out_of_memory)?;
    }
    if missing(file::POINTS) {
        session =
            session.create_value_file(file::POINTS, CommMode::Full, rights::POINTS, points).map_err(out_of_memory)?;
    }
    Ok(session)
}

fn make_operator_files(session: Session<'_, Authenticated>) -> Result<Session<'_, Authenticated>, CardError> {
    use operator::{file, rights};
    let full = i32::from(operator::TRIES);
    let tries = ValueFile { lower: 0, upper: full, value: full, limited_credit: false, free_get_value: false };
    let (mut session, have) = session.get_file_ids()?;
    let missing = |file: FileNo| !have.contains(&file);
    if missing(file::IDENTITY) {
        let size = u32::try_from(crate::identity::IDENTITY_FILE).expect("32 fits");
        session = session
            .create_standard_file(file::IDENTITY, CommMode::Full, rights::IDENTITY, size)
            .map_err(out_of_memory)?;
    }
    if missing(file::SHARE) {
        session = session
            .create_standard_file(file::SHARE, CommMode::Full, rights::SHARE, operator::SHARE_FILE)
            .map_err(out_of_memory)?;
    }
    if missing(file::TRIES) {
        session =
            session.create_value_file(file::TRIES, CommMode::Full, rights::TRIES, tries).map_err(out_of_memory)?;
    }
    Ok(session)
}

fn make_collection_files(session: Session<'_, Authenticated>) -> Result<Session<'_, Authenticated>, CardError> {
    use collection::{DOWN, HEAD, UP, file, rights};
    let (mut session, have) = session.get_file_ids()?;
    let identity = u32::try_from(crate::identity::IDENTITY_FILE).expect("32 fits");
    let areas = [
        (file::IDENTITY, rights::FROM_OFFICE, identity),
        (file::UP, rights::FROM_TERMINALS, UP),
        (file::DOWN, rights::FROM_OFFICE, DOWN),
    ];
    for (file, rights, size) in areas.into_iter().filter(|(file, ..)| !have.contains(file)) {
        session = session.create_standard_file(file, CommMode::Full, rights, size).map_err(out_of_memory)?;
    }
    let heads = [(file::UP_HEAD, rights::FROM_TERMINALS), (file::DOWN_HEAD, rights::FROM_OFFICE)];
    for (file, rights) in heads.into_iter().filter(|(file, _)| !have.contains(file)) {
        session = session.create_backup_file(file, CommMode::Full, rights, HEAD).map_err(out_of_memory)?;
    }
    Ok(session)
}

fn make_tmac_file<'t>(
    session: Session<'t, Authenticated>,
    keys: &CardKeys<'_>,
) -> Result<(Session<'t, Authenticated>, KeyVersion), CardError> {
    let (session, have) = session.get_file_ids()?;
    if have.contains(&member::file::TMAC) {
        return read_tmac_version(session);
    }
    let version = keys.newest(Role::Tmac)?;
    let key = keys.key(Role::Tmac, version)?;
    let session = session
        .create_transaction_mac_file(
            member::file::TMAC,
            CommMode::Full,
            member::rights::TMAC,
            TmacKey { key: &key, version: version.get() },
        )
        .map_err(out_of_memory)?;
    Ok((session, version))
}

/// The version of the transaction MAC key of a finished card.
fn tmac_version(desk: &mut Desk<'_, '_>, card: &Identity) -> Result<KeyVersion, CardError> {
    let keys = CardKeys::new(desk.keys, card.uid, *member::AID.bytes());
    let presented = Presented { transport: &mut *desk.transport, identity: card, keys: &keys, rng: &mut *desk.rng };
    let session = as_owner(presented, member::AID, MEMBER.keys[0])?;
    Ok(read_tmac_version(session)?.1)
}

fn read_tmac_version(
    session: Session<'_, Authenticated>,
) -> Result<(Session<'_, Authenticated>, KeyVersion), CardError> {
    let (session, settings) = session.get_file_settings(member::file::TMAC)?;
    match settings.kind {
        FileKind::TransactionMac { key_version, .. } => KeyVersion::new(key_version).map(|version| (session, version)),
        _ => None,
    }
    .ok_or(CardError::Damaged("transaction MAC file"))
}

/// Ends the making of an application: from here on its settings stay.
fn freeze(session: Session<'_, Authenticated>, settings: u8) -> Result<(), CardError> {
    let (session, now) = session.get_key_settings()?;
    if now.settings != settings {
        session.change_key_settings(settings)?;
    }
    Ok(())
}

/// Closes the card itself: applications are made and listed with its master key only.
fn finish_card(desk: &mut Desk<'_, '_>, card: &Identity) -> Result<(), CardError> {
    freeze(as_card_master(desk, card)?, PICC_SETTINGS)
}

fn first_intent(card: &Identity, plan: &MemberPlan) -> Result<Intent, Arithmetic> {
    let record = HistoryRecord {
        operation: Operation::Issue,
        standing: plan.standing,
        tier: plan.tier,
        expiry: plan.expiry,
        id: plan.id,
        at: plan.at,
        amount: plan.amount,
        balance: plan.amount,
        points: plan.points,
        tmc_low: 1,
    };
    Ok(Intent {
        operation: Operation::Issue,
        card: card.uid,
        operator: plan.operator,
        approver: None,
        purse: plan.amount,
        points: plan.points,
        read: [0; CARD_RECORD].into(),
        written: record.emit()?.into(),
        cash: Money::ZERO,
        basket: None,
        undoes: None,
        redeemed: Points::ZERO,
        bonus: Money::ZERO,
        key_version: 0,
    })
}

/// The history is empty before it, so no record is read.
fn first_transaction(
    desk: &mut Desk<'_, '_>,
    card: &Identity,
    plan: &MemberPlan,
    intent: &Intent,
) -> Result<Proof, CardError> {
    let keys = CardKeys::new(desk.keys, card.uid, *member::AID.bytes());
    let lead = if plan.amount.is_positive() { Lead::Credit(plan.amount) } else { Lead::None };
    let presented = Presented { transport: &mut *desk.transport, identity: card, keys: &keys, rng: &mut *desk.rng };
    let movement = Movement {
        take: Money::ZERO,
        points: plan.points,
        record: &intent.written,
        reader_id: &intent.reader_id(plan.id),
    };
    match member::prepare_first(presented, lead, &movement)?.commit() {
        Commit::Done { tmc, tmv } => Ok(Proof { tmc, tmv: tmv.into() }),
        Commit::Unknown(error) => Err(error),
    }
}

/// A session with the card's own master key.
fn as_card_master<'s>(desk: &'s mut Desk<'_, '_>, card: &Identity) -> Result<Session<'s, Authenticated>, CardError> {
    let keys = CardKeys::new(desk.keys, card.uid, *Aid::PICC.bytes());
    let presented = Presented { transport: &mut *desk.transport, identity: card, keys: &keys, rng: &mut *desk.rng };
    as_owner(presented, Aid::PICC, (KeyNo::new(0), Role::Picc))
}

/// A session with the master key of what `aid` selects, in whatever version the card has it.
fn as_owner<'t>(
    presented: Presented<'t, '_>,
    aid: Aid,
    (number, role): (KeyNo, Role),
) -> Result<Session<'t, Authenticated>, CardError> {
    let Presented { transport, identity, keys, rng } = presented;
    let mut session = Session::new(transport, identity.frame);
    session.select_application(aid)?;
    let version = KeyVersion::new(session.get_key_version(number)?).ok_or(CardError::NotOurs)?;
    let key = keys.key(role, version)?;
    session.authenticate_ev2_first(number, &key, rng).map_err(|refused| member::not_ours(refused.error))
}

fn out_of_memory(error: satchel_desfire::Error) -> CardError {
    match error.status() {
        Some(Status::OutOfMemory) => CardError::OutOfMemory,
        _ => error.into(),
    }
}
