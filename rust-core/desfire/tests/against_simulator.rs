//! Every command against the software card, which shares no code with the reader but the published ciphers.

use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng;
use satchel_card_simulator::{Card, CardConfig, FactoryKey};
use satchel_desfire::tmac::{self, TmacSessionKeys, Tmi};
use satchel_desfire::{
    Access, Aid, Authenticated, CommMode, Error, FileKind, FileNo, FrameSize, Identity, KeyChange, KeyNo, KeyType,
    NewApplication, Plain, Records, Rights, Session, Status, Tmac, TmacKey, ValueFile, identify,
};
use satchel_hazmat::{AesKey, DesKey};
use satchel_transport::{Transport, TransportError};

const AID: Aid = Aid::new([0x01, 0x54, 0x53]);
const MASTER: KeyNo = KeyNo::new(0);
const USER: KeyNo = KeyNo::new(1);
const OTHER: KeyNo = KeyNo::new(2);

const STANDARD: FileNo = FileNo::new(1);
const BACKUP: FileNo = FileNo::new(2);
const VALUE: FileNo = FileNo::new(3);
const LINEAR: FileNo = FileNo::new(4);
const CYCLIC: FileNo = FileNo::new(5);
const TMAC: FileNo = FileNo::new(15);

const RECORD: u32 = 31;
const NEWEST: Records = Records { first: 0, count: 1 };
const ALL: Records = Records { first: 0, count: 0 };
const MODES: [CommMode; 3] = [CommMode::Plain, CommMode::Mac, CommMode::Full];

const APPLICATION: NewApplication<'static> = NewApplication {
    aid: AID,
    key_settings: 0x0F,
    keys: 3,
    iso_file_id: Some(0xE101),
    iso_name: Some(b"\xF0SATCHEL\x01"),
};

/// Everything with the user's key; the settings with the master's.
const RIGHTS: Rights = Rights {
    read: Access::Key(USER),
    write: Access::Key(USER),
    read_write: Access::Key(USER),
    change: Access::Key(MASTER),
};
const TMAC_RIGHTS: Rights = Rights { write: Access::Never, ..RIGHTS };

struct Field {
    card: Card,
    /// A command code that this field's card does not know.
    unknown: Option<u8>,
    commands: Vec<u8>,
}

impl Field {
    fn with(config: CardConfig) -> Self {
        Self { card: Card::new(config), unknown: None, commands: Vec::new() }
    }

    fn fresh() -> Self {
        Self::with(CardConfig::default())
    }

    fn aes() -> Self {
        Self::with(CardConfig { picc_key: FactoryKey::AesZeros, ..CardConfig::default() })
    }

    fn identity(&mut self) -> Identity {
        identify(self).expect("the simulator tells who it is")
    }

    fn session(&mut self) -> Session<'_, Plain> {
        let frame = self.identity().frame;
        Session::new(self, frame)
    }

    fn selected(&mut self) -> Session<'_, Plain> {
        let mut session = self.session();
        session.select_application(AID).expect("the application was made");
        session
    }

    fn as_key(&mut self, number: KeyNo) -> Session<'_, Authenticated> {
        let key = AesKey::zeros();
        self.selected().authenticate_ev2_first(number, &key, &mut rng()).expect("the key is still zeros")
    }
}

impl Transport for Field {
    fn transceive(&mut self, command: &[u8]) -> Result<Vec<u8>, TransportError> {
        self.commands.push(command[1]);
        if self.unknown == Some(command[1]) {
            return Ok(vec![0x91, 0x1C]);
        }
        Ok(self.card.transmit(command))
    }

    fn reset(&mut self) -> Result<(), TransportError> {
        self.card.field_off();
        Ok(())
    }
}

fn rng() -> ChaCha20Rng {
    ChaCha20Rng::seed_from_u64(7)
}

fn key(byte: u8) -> AesKey {
    AesKey::take(&mut [byte; 16])
}

/// A card whose application has every kind of file, in one mode, and no transaction MAC.
fn made(config: &CardConfig, mode: CommMode) -> Field {
    let mut field = Field::with(CardConfig { picc_key: FactoryKey::AesZeros, ..config.clone() });
    field.session().create_application(&APPLICATION).expect("a fresh card lets anybody make one");
    let value = ValueFile { lower: -10, upper: 1000, value: 100, limited_credit: true, free_get_value: true };
    field
        .as_key(MASTER)
        .create_standard_file(STANDARD, mode, RIGHTS, 400)
        .and_then(|s| s.create_backup_file(BACKUP, mode, RIGHTS, 200))
        .and_then(|s| s.create_value_file(VALUE, mode, RIGHTS, value))
        .and_then(|s| s.create_linear_record_file(LINEAR, mode, RIGHTS, RECORD, 3))
        .and_then(|s| s.create_cyclic_record_file(CYCLIC, mode, RIGHTS, RECORD, 11))
        .expect("the master key makes files");
    field
}

fn with_tmac(mut field: Field, key: &AesKey) -> Field {
    let key = TmacKey { key, version: 3 };
    field
        .as_key(MASTER)
        .create_transaction_mac_file(TMAC, CommMode::Full, TMAC_RIGHTS, key)
        .expect("the master key makes files");
    field
}

#[test]
fn a_fresh_card_s_master_key_moves_from_des_to_aes_in_either_scheme() {
    for unknown in [None, Some(0x1A)] {
        let mut field = Field::fresh();
        field.unknown = unknown;
        let refused = field.session().authenticate_ev2_first(MASTER, &AesKey::zeros(), &mut rng());
        refused.expect_err("the key is a DES key");
        field
            .session()
            .authenticate_legacy(MASTER, &DesKey::zeros(), &mut rng())
            .expect("a fresh card has zeros")
            .change_picc_key_to_aes(&key(9), 4)
            .expect("it takes the key");
        assert!(field.commands.contains(&if unknown.is_some() { 0x0A } else { 0x1A }));

        let mut session = field.session();
        assert_eq!(session.get_key_version(MASTER).expect("anybody may ask"), 4);
        assert_eq!(session.get_key_settings().expect("anybody may ask").key_type, KeyType::Aes);
        let session = session.authenticate_ev2_first(MASTER, &key(9), &mut rng()).expect("the key is ours");
        session.change_own_key(&key(8), 5).expect("the master key changes itself");
        let session = field.session().authenticate_ev2_first(MASTER, &key(8), &mut rng());
        session.expect("the key is the new one");
    }
}

#[test]
fn an_aes_card_refuses_the_legacy_session_and_takes_ev2_with_zeros() {
    let mut field = Field::aes();
    let refused = field.session().authenticate_legacy(MASTER, &DesKey::zeros(), &mut rng());
    assert!(refused.expect_err("the key is an AES key").status().is_some());
    let session = field.session().authenticate_ev2_first(MASTER, &AesKey::zeros(), &mut rng());
    session.expect("zeros").change_own_key(&key(1), 1).expect("the master key changes itself");
}

#[test]
fn the_card_tells_of_itself_with_and_without_a_session() {
    let mut field = Field::aes();
    let identity = field.identity();
    assert_eq!(identity.uid.bytes(), field.card.uid());
    assert_eq!(identity.frame, FrameSize::default());
    field.unknown = Some(0xCA);
    assert_eq!(field.identity().uid, identity.uid, "the card is asked where the reader refuses");
    field.unknown = None;

    let mut session = field.session();
    let version = session.get_version().expect("anybody may ask");
    assert_eq!((version.hardware.vendor, version.hardware.kind), (4, 1));
    assert_eq!(&version.uid, identity.uid.bytes());
    let free = session.free_mem().expect("anybody may ask");
    assert_eq!(session.get_application_ids().expect("a fresh card lets anybody list"), []);
    let settings = session.get_key_settings().expect("a fresh card lets anybody ask");
    assert_eq!((settings.settings, settings.max_keys), (0x0F, 1));

    let session = session.authenticate_ev2_first(MASTER, &AesKey::zeros(), &mut rng()).expect("zeros");
    let (session, uid) = session.get_card_uid().expect("a session is open");
    assert_eq!(&uid, identity.uid.bytes());
    let (session, again) = session.free_mem().expect("a session is open");
    assert_eq!(again, free);
    let (session, version) = session.get_key_version(MASTER).expect("the key exists");
    assert_eq!(version, 0);
    let session = session.set_configuration(0, &[0]).expect("the master key configures");
    let session = session.change_key_settings(0x0B).expect("the master key sets");
    let (session, settings) = session.get_key_settings().expect("the master key may ask");
    assert_eq!(settings.settings, 0x0B);
    let mut session = session.leave();
    session.select_application(Aid::PICC).expect("the card itself is always there");
    assert_eq!(session.get_key_settings().expect("the settings let anybody ask").settings, 0x0B);
}

#[test]
fn applications_are_made_listed_and_deleted() {
    let mut field = Field::aes();
    let session = field.session().authenticate_ev2_first(MASTER, &AesKey::zeros(), &mut rng()).expect("zeros");
    let session = session.create_application(&APPLICATION).expect("the card is empty");
    let mut session = session;
    let mut expected = vec![AID];
    for number in 1..=24 {
        let aid = Aid::new([number, 0, 0x10]);
        let bare = NewApplication { aid, iso_file_id: None, iso_name: None, ..APPLICATION };
        session = session.create_application(&bare).expect("there is room");
        expected.push(aid);
    }
    let (session, mut listed) = session.get_application_ids().expect("the master key lists, in several frames");
    listed.sort_by_key(|aid| *aid.bytes());
    expected.sort_by_key(|aid| *aid.bytes());
    assert_eq!(listed, expected);
    let twice = session.create_application(&APPLICATION).expect_err("it is there already");
    assert_eq!(twice.status(), Some(Status::DuplicateError));

    let session = field.session().authenticate_ev2_first(MASTER, &AesKey::zeros(), &mut rng()).expect("zeros");
    let session = session.delete_application(AID).expect("it is there");
    let gone = session.delete_application(AID).expect_err("it was there");
    assert_eq!(gone.status(), Some(Status::ApplicationNotFound));
    let session = field.session().authenticate_ev2_first(MASTER, &AesKey::zeros(), &mut rng()).expect("zeros");
    let session = session.format_picc().expect("the master key formats");
    let (_, listed) = session.get_application_ids().expect("the session goes on");
    assert_eq!(listed, []);
    let gone = field.session().select_application(AID).expect_err("it was there");
    assert_eq!(gone.status(), Some(Status::ApplicationNotFound));
}

#[test]
fn keys_change_one_another_and_themselves() {
    let mut field = made(&CardConfig::default(), CommMode::Full);
    let session = field.as_key(MASTER);
    let change = KeyChange { key_no: USER, old: &AesKey::zeros(), new: &key(1), version: 7 };
    let session = session.change_key(change).expect("the master key changes others");
    let (session, version) = session.get_key_version(USER).expect("the session goes on");
    assert_eq!(version, 7);
    let change = KeyChange { key_no: USER, old: &key(1), new: &key(2), version: 8 };
    let session = session.change_key(change).expect("from a key that is not zeros too");
    let wrong = KeyChange { key_no: USER, old: &key(3), new: &key(4), version: 9 };
    let refused = session.change_key(wrong).expect_err("the old key is another");
    assert_eq!(refused.status(), Some(Status::IntegrityError));

    field.as_key(MASTER).change_own_key(&key(5), 1).expect("the master key changes itself");
    let mut session = field.selected();
    assert_eq!(session.get_key_version(MASTER).expect("anybody may ask"), 1);
    let refused = session.authenticate_ev2_first(MASTER, &AesKey::zeros(), &mut rng()).expect_err("zeros are gone");
    assert_eq!(refused.error.status(), Some(Status::AuthenticationError));
    let mut session = refused.session;
    session.select_application(AID).expect("the card is still there");
    session.authenticate_ev2_first(USER, &key(2), &mut rng()).expect("the user's key is the last one given");
    let missing = field.selected().authenticate_ev2_first(KeyNo::new(9), &key(2), &mut rng());
    assert_eq!(missing.expect_err("there are three keys").error.status(), Some(Status::NoSuchKey));
}

#[test]
fn every_kind_of_file_tells_what_it_is() {
    let mut field = with_tmac(made(&CardConfig::default(), CommMode::Full), &key(7));
    let (session, mut files) = field.as_key(MASTER).get_file_ids().expect("the master key lists");
    files.sort_unstable();
    assert_eq!(files, [STANDARD, BACKUP, VALUE, LINEAR, CYCLIC, TMAC]);
    let (session, standard) = session.get_file_settings(STANDARD).expect("it is there");
    assert_eq!((standard.mode, standard.rights), (CommMode::Full, RIGHTS));
    assert_eq!(standard.kind, FileKind::Standard { size: 400 });
    let (session, backup) = session.get_file_settings(BACKUP).expect("it is there");
    assert_eq!(backup.kind, FileKind::Backup { size: 200 });
    let (session, value) = session.get_file_settings(VALUE).expect("it is there");
    assert!(matches!(value.kind, FileKind::Value { lower: -10, upper: 1000, limited_credit: 0, .. }));
    let (session, linear) = session.get_file_settings(LINEAR).expect("it is there");
    assert!(matches!(linear.kind, FileKind::LinearRecord(records) if (records.size, records.most) == (RECORD, 3)));
    let (session, cyclic) = session.get_file_settings(CYCLIC).expect("it is there");
    assert!(matches!(cyclic.kind, FileKind::CyclicRecord(records) if (records.most, records.now) == (11, 0)));
    let (session, tmac) = session.get_file_settings(TMAC).expect("it is there");
    assert_eq!((tmac.kind, tmac.rights), (FileKind::TransactionMac { key_option: 2, key_version: 3 }, TMAC_RIGHTS));

    let locked = Rights { read: Access::Key(OTHER), write: Access::Never, ..RIGHTS };
    let session = session.change_file_settings(STANDARD, CommMode::Mac, locked).expect("the master key may");
    let (session, changed) = session.get_file_settings(STANDARD).expect("it is there");
    assert_eq!((changed.mode, changed.rights), (CommMode::Mac, locked));
    let session = session.delete_file(LINEAR).expect("the master key deletes");
    let gone = session.get_file_settings(LINEAR).expect_err("it is gone");
    assert_eq!(gone.status(), Some(Status::FileNotFound));
    let mut session = field.selected();
    assert_eq!(session.get_file_ids().expect("the settings let anybody list").len(), 5);
    assert!(session.get_file_settings(CYCLIC).is_ok(), "the settings let anybody ask");
}

#[test]
fn data_files_carry_any_length_in_any_mode_and_frame_size() {
    for mode in MODES {
        for frame_size in [64, 128, 256] {
            let mut field = made(&CardConfig { frame_size, ..CardConfig::default() }, mode);
            let mut session = field.as_key(USER);
            for length in [1_u8, 15, 16, 31, 32, 38, 39, 46, 47, 48, 54, 55, 100, 112, 200] {
                let data: Vec<u8> = (0..length).map(|byte| byte ^ length).collect();
                let (at, length) = (u32::from(length), u32::from(length));
                session = session.write_data(STANDARD, mode, at, &data).expect("it fits the file");
                let (next, read) = session.read_data(STANDARD, mode, at, length).expect("it was written");
                assert_eq!(read, data, "{mode:?} {frame_size} {length}");
                session = next.write_data(BACKUP, mode, 0, &data).expect("it fits the file");
            }
            let (session, whole) = session.read_data(STANDARD, mode, 0, 0).expect("length 0 is all");
            assert_eq!(whole.len(), 400);
            let (session, before) = session.read_data(BACKUP, mode, 0, 200).expect("it is there");
            assert_eq!(before, [0; 200], "a backup file changes with the commit");
            let session = session.commit_transaction().expect("something is pending");
            let (session, after) = session.read_data(BACKUP, mode, 0, 0).expect("it is there");
            assert_eq!(after[199], 199 ^ 200);
            let beyond = session.read_data(STANDARD, mode, 399, 2).expect_err("the file ends");
            assert_eq!(beyond.status(), Some(Status::BoundaryError));
        }
    }
}

#[test]
fn a_free_file_is_read_without_a_session() {
    let mut field = made(&CardConfig::default(), CommMode::Plain);
    let free = Rights { read: Access::Free, ..RIGHTS };
    field.as_key(MASTER).create_standard_file(FileNo::new(9), CommMode::Plain, free, 100).expect("there is room");
    let data: Vec<u8> = (0..100).collect();
    field.as_key(USER).write_data(FileNo::new(9), CommMode::Plain, 0, &data).expect("the user's key writes");
    let mut session = field.selected();
    assert_eq!(session.read_data(FileNo::new(9), 0, 0).expect("anybody may"), data);
    assert_eq!(session.read_data(FileNo::new(9), 5, 3).expect("anybody may"), [5, 6, 7]);
    let keyed = session.read_data(STANDARD, 0, 5).expect_err("it has a key");
    assert_eq!(keyed.status(), Some(Status::AuthenticationError));
    assert_eq!(session.get_value(VALUE).expect("it was made with FreeGetValue"), 100);
}

#[test]
fn values_change_with_the_commit_and_only_then() {
    for mode in MODES {
        let mut field = made(&CardConfig::default(), mode);
        let session = field.as_key(USER).debit(VALUE, mode, 30).expect("there is enough");
        let (session, value) = session.get_value(VALUE, mode).expect("the key may");
        assert_eq!(value, 100, "pending");
        let session = session.commit_transaction().expect("something is pending");
        let (session, value) = session.get_value(VALUE, mode).expect("the key may");
        assert_eq!(value, 70);
        let session = session.limited_credit(VALUE, mode, 30).expect("that much was debited");
        let session = session.commit_transaction().expect("something is pending");
        let session = session.credit(VALUE, mode, 500).expect("there is room");
        let session = session.abort_transaction().expect("something is pending");
        let (session, value) = session.get_value(VALUE, mode).expect("the key may");
        assert_eq!(value, 100);
        let nothing = session.commit_transaction().map(drop).err().and_then(|error| error.status());
        assert!(matches!(nothing, None | Some(Status::NothingToCommit)), "{nothing:?}");
        let over = field.as_key(USER).credit(VALUE, mode, 901).expect_err("the limit is 1000");
        assert_eq!(over.status(), Some(Status::BoundaryError));
        assert!(over.refused());
        let twice = field.as_key(USER).limited_credit(VALUE, mode, 1).expect_err("it was given back already");
        assert_eq!(twice.status(), Some(Status::BoundaryError));
        let denied = field.as_key(OTHER).debit(VALUE, mode, 1).expect_err("another key");
        assert_eq!(denied.status(), Some(Status::PermissionDenied));
    }
}

#[test]
fn records_are_kept_newest_first_and_answered_oldest_first() {
    for mode in MODES {
        let mut field = made(&CardConfig::default(), mode);
        let mut session = field.as_key(USER);
        for number in 1..=12_u8 {
            session = session.write_record(CYCLIC, mode, 0, &[number; 31]).expect("it fits");
            session = session.write_record(CYCLIC, mode, 30, &[0xEE]).expect("the same record is edited");
            session = session.commit_transaction().expect("something is pending");
        }
        let (session, newest) = session.read_records(CYCLIC, mode, NEWEST, RECORD).expect("there are some");
        assert_eq!((newest[0], newest[30]), (12, 0xEE));
        let (session, all) = session.read_records(CYCLIC, mode, ALL, RECORD).expect("there are some");
        let numbers: Vec<u8> = all.chunks(31).map(|record| record[0]).collect();
        assert_eq!(numbers, (3..=12).collect::<Vec<u8>>(), "eleven records keep ten");
        let (session, two) = session.read_records(CYCLIC, mode, Records { first: 1, count: 2 }, RECORD).expect("some");
        assert_eq!((two[0], two[31]), (10, 11));
        drop(session);
        let mut session = field.as_key(USER);
        for number in 1..=3 {
            session = session.write_record(LINEAR, mode, 0, &[number; 31]).expect("it fits");
            session = session.commit_transaction().expect("something is pending");
        }
        let full = session.write_record(LINEAR, mode, 0, &[4; 31]).expect_err("three fit");
        assert_eq!(full.status(), Some(Status::BoundaryError));
    }
}

#[test]
fn a_cleared_record_file_is_empty_after_the_commit() {
    let mode = CommMode::Mac;
    let mut field = made(&CardConfig::default(), mode);
    let session = field.as_key(USER).write_record(CYCLIC, mode, 0, &[1; 31]).expect("it fits");
    let session = session.commit_transaction().expect("something is pending");
    let session = session.clear_record_file(CYCLIC).expect("the key may");
    let (session, record) = session.read_records(CYCLIC, mode, NEWEST, RECORD).expect("not cleared yet");
    assert_eq!(record, [1; 31]);
    let session = session.commit_transaction().expect("something is pending");
    let empty = session.read_records(CYCLIC, mode, NEWEST, RECORD).expect_err("it is empty");
    assert_eq!(empty.status(), Some(Status::BoundaryError));
}

/// What a transaction with every accounted command leaves for the verifier.
struct Accounted {
    tmi: Tmi,
    tmac: Tmac,
    enc_tmri: [u8; 16],
}

fn transaction(session: Session<'_, Authenticated>, mode: CommMode, reader_id: &[u8; 16]) -> Accounted {
    let mut tmi = Tmi::new();
    let session = session.credit(VALUE, mode, 5).expect("there is room");
    tmi.credit(VALUE, 5);
    let session = session.authenticate_ev2_non_first(USER, &AesKey::zeros(), &mut rng()).expect("zeros");
    let session = session.debit(VALUE, mode, 7).expect("there is enough");
    tmi.debit(VALUE, 7);
    let (session, value) = session.get_value(VALUE, mode).expect("the key may");
    tmi.get_value(VALUE, value);
    let (session, data) = session.read_data(STANDARD, mode, 3, 20).expect("it is there");
    tmi.read_data(STANDARD, 3, &data);
    let (session, data) = session.read_data(BACKUP, mode, 0, 0).expect("it is there");
    tmi.read_data_to_end(BACKUP, 0, &data);
    let session = session.write_data(BACKUP, mode, 2, &[6; 90]).expect("it fits");
    tmi.write_data(BACKUP, 2, &[6; 90]);
    let session = session.write_data(STANDARD, mode, 1, &[9; 9]).expect("it fits");
    tmi.write_data(STANDARD, 1, &[9; 9]);
    let session = session.write_record(CYCLIC, mode, 0, &[5; 31]).expect("it fits");
    tmi.write_record(CYCLIC, 0, &[5; 31]);
    let (session, enc_tmri) = session.commit_reader_id(reader_id).expect("it is enabled");
    tmi.commit_reader_id(reader_id, &enc_tmri);
    let (session, _) = session.read_data(TMAC, CommMode::Full, 0, 12).expect("reading it is not accounted");
    let (session, tmac) = session.commit_transaction_with_tmac().expect("all is well");
    let (_, proof) = session.read_data(TMAC, CommMode::Full, 0, 12).expect("it is there");
    assert_eq!(proof, [&tmac.tmc.to_le_bytes()[..], &tmac.tmv].concat(), "the file holds the last proof");
    Accounted { tmi, tmac, enc_tmri }
}

#[test]
fn the_verifier_tells_every_transaction_s_mac_from_what_the_reader_did() {
    for mode in MODES {
        let mut field = with_tmac(made(&CardConfig::default(), mode), &key(7));
        let uid = field.identity().uid;
        let first = transaction(field.as_key(USER), mode, b"the first reader");
        assert_eq!(first.tmac.tmc, 1);
        assert!(tmac::verify(&key(7), &uid, 1, &first.tmi, &first.tmac.tmv), "{mode:?}");
        assert!(!tmac::verify(&key(6), &uid, 1, &first.tmi, &first.tmac.tmv), "another key");
        let second = transaction(field.as_key(USER), mode, b"another reader..");
        assert_eq!(second.tmac.tmc, 2);
        assert!(tmac::verify(&key(7), &uid, 2, &second.tmi, &second.tmac.tmv));
        assert!(!tmac::verify(&key(7), &uid, 2, &first.tmi, &second.tmac.tmv), "another transaction");
        let keys = TmacSessionKeys::derive(&key(7), &uid, 2);
        assert_eq!(&keys.previous_reader_id(&second.enc_tmri), b"the first reader");
        assert_eq!(keys.encrypt_reader_id(b"the first reader"), second.enc_tmri);
    }
}

#[test]
fn records_read_together_and_cleared_are_accounted_as_sent() {
    let mode = CommMode::Mac;
    let mut field = with_tmac(made(&CardConfig::default(), mode), &key(7));
    let uid = field.identity().uid;
    for _ in 0..3 {
        transaction(field.as_key(USER), mode, &[1; 16]);
    }
    let mut tmi = Tmi::new();
    let session = field.as_key(USER);
    let (session, one) = session.read_records(CYCLIC, mode, NEWEST, RECORD).expect("there are three");
    tmi.read_records(CYCLIC, NEWEST, &one);
    let two = Records { first: 1, count: 2 };
    let (session, read) = session.read_records(CYCLIC, mode, two, RECORD).expect("there are three");
    tmi.read_records(CYCLIC, two, &read);
    let (session, all) = session.read_records(CYCLIC, mode, ALL, RECORD).expect("there are three");
    tmi.read_all_records(CYCLIC, Records { first: 0, count: 3 }, &all);
    let session = session.clear_record_file(CYCLIC).expect("the key may");
    tmi.clear_record_file(CYCLIC);
    let session = session.limited_credit(VALUE, mode, 2).expect("that much was debited");
    tmi.limited_credit(VALUE, 2);
    let (session, enc_tmri) = session.commit_reader_id(&[2; 16]).expect("it is enabled");
    tmi.commit_reader_id(&[2; 16], &enc_tmri);
    let (_, tmac) = session.commit_transaction_with_tmac().expect("all is well");
    assert_eq!(tmac.tmc, 4);
    assert!(tmac::verify(&key(7), &uid, 4, &tmi, &tmac.tmv));
}

#[test]
fn a_commit_without_the_reader_id_is_refused_and_nothing_happens() {
    let mut field = with_tmac(made(&CardConfig::default(), CommMode::Full), &key(7));
    let session = field.as_key(USER).debit(VALUE, CommMode::Full, 5).expect("there is enough");
    let refused = session.commit_transaction_with_tmac().expect_err("the reader id is missing");
    assert!(refused.status().is_some() && refused.refused(), "{refused}");
    let (_, value) = field.as_key(USER).get_value(VALUE, CommMode::Full).expect("the key may");
    assert_eq!(value, 100);
}

#[test]
fn an_error_ends_the_session_and_drops_what_is_pending() {
    let mut field = made(&CardConfig::default(), CommMode::Full);
    let session = field.as_key(USER).debit(VALUE, CommMode::Full, 5).expect("there is enough");
    let missing = session.get_file_settings(FileNo::new(30)).expect_err("there is none");
    assert_eq!(missing.status(), Some(Status::FileNotFound));
    let session = field.as_key(USER);
    let nothing = session.commit_transaction().expect_err("nothing is pending any more");
    assert_eq!(nothing.status(), Some(Status::NothingToCommit));
}

#[test]
fn a_full_card_is_named() {
    let mut field = made(&CardConfig { memory_bytes: 2048, ..CardConfig::default() }, CommMode::Full);
    let full = field.as_key(MASTER).create_standard_file(FileNo::new(9), CommMode::Full, RIGHTS, 8000);
    let full = full.expect_err("there is no room");
    assert_eq!(full.status(), Some(Status::OutOfMemory));
    assert!(matches!(full, Error::Card(_)));
}
