//! Whole dialogues, byte by byte: the published traces through the typed commands, chaining, the legacy session, and
//! what a sale costs.

mod common;

use common::fresh::FreshCard;
use common::{Answer, Chosen, PaperCard, Script, key, rng};
use satchel_desfire::tmac::{self, Tmi};
use satchel_desfire::{
    Aid, CommMode, Error, FileNo, FrameSize, Integrity, KeyChange, KeyNo, Records, Session, Status, identify,
};
use satchel_hazmat::{AesKey, DesKey};
use satchel_values::Uid;
use serde_json::Value;

const FILE: FileNo = FileNo::new(1);

/// The published vectors by name.
struct Vectors(Vec<Value>);

impl Vectors {
    fn load() -> Self {
        let text = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/vectors/desfire.json"));
        Self(serde_json::from_str(&text.expect("the vector file is part of the project")).expect("it is JSON"))
    }

    fn bytes(&self, id: &str, side: &str, field: &str) -> Vec<u8> {
        let vector = self.0.iter().find(|vector| vector["id"] == id).expect("the vector is in the file");
        hex::decode(vector[side][field].as_str().expect("the field is text")).expect("it is hexadecimal")
    }

    fn key(&self, id: &str) -> AesKey {
        AesKey::take(&mut self.bytes(id, "inputs", "key").try_into().expect("16 bytes"))
    }

    fn reader_random(&self, id: &str) -> Chosen {
        Chosen(self.bytes(id, "inputs", "rnda"))
    }

    /// The card's side of an authentication and of commands after it.
    fn card(&self, authentication: &str, commands: &[&str]) -> Script {
        let first = ["rapdu1", "rapdu2"].map(|field| self.bytes(authentication, "inputs", field));
        Script::of(first.into_iter().chain(commands.iter().map(|id| self.bytes(id, "inputs", "rapdu"))))
    }

    /// What a reader must have sent.
    fn sent(&self, authentication: &str, commands: &[&str]) -> Vec<Vec<u8>> {
        let first = ["capdu1", "capdu2"].map(|field| self.bytes(authentication, "expected", field));
        first.into_iter().chain(commands.iter().map(|id| self.bytes(id, "expected", "capdu"))).collect()
    }
}

#[test]
fn a_published_transaction_is_sent_byte_by_byte_and_its_mac_verifies() {
    // AN12343 table 32, a real card.
    let vectors = Vectors::load();
    let commands = ["an12343-t32-writerecord-full", "an12343-t32-commitreaderid", "an12343-t32-committransaction-tmac"];
    let mut card = vectors.card("an12343-t32-auth", &commands);
    let record = vectors.bytes(commands[0], "inputs", "cmd_data_plain");
    let reader_id = vectors.bytes(commands[1], "inputs", "cmd_data_plain").try_into().expect("16 bytes");
    let session = Session::new(&mut card, FrameSize::default())
        .authenticate_ev2_first(
            KeyNo::new(1),
            &vectors.key("an12343-t32-auth"),
            &mut vectors.reader_random("an12343-t32-auth"),
        )
        .expect("the trace's card holds the key");
    let session = session.write_record(FILE, CommMode::Full, 0, &record).expect("the trace's card accepts it");
    let (session, enc_tmri) = session.commit_reader_id(&reader_id).expect("the trace's card accepts it");
    let (_, tmac) = session.commit_transaction_with_tmac().expect("the trace's card commits");
    assert_eq!(card.sent, vectors.sent("an12343-t32-auth", &commands));

    let mut tmi = Tmi::new();
    tmi.write_record(FILE, 0, &record);
    tmi.commit_reader_id(&reader_id, &enc_tmri);
    let silicon = |field| vectors.bytes("an12343-t32-tmv", "inputs", field);
    let tmac_key = AesKey::take(&mut silicon("app_transaction_mac_key").try_into().expect("16 bytes"));
    let uid = Uid::new(silicon("uid").try_into().expect("7 bytes"));
    assert_eq!(tmac.tmc, 4);
    assert!(tmac::verify(&tmac_key, &uid, tmac.tmc, &tmi, &tmac.tmv));
    assert!(!tmac::verify(&tmac_key, &uid, tmac.tmc + 1, &tmi, &tmac.tmv));
    tmi.debit(FILE, 0);
    assert!(!tmac::verify(&tmac_key, &uid, tmac.tmc, &tmi, &tmac.tmv));
}

#[test]
fn published_key_changes_are_sent_byte_by_byte() {
    // AN12343 tables 39 (another key) and 40 (the session's own).
    let vectors = Vectors::load();
    let mut new = [0; 16];
    new.copy_from_slice(&vectors.bytes("an12343-t40-changekey-case2", "inputs", "cmd_data_plain")[..16]);
    let new = AesKey::take(&mut new);

    let mut card = vectors.card("an12343-t39-auth", &["an12343-t39-changekey-case1"]);
    let random = &mut vectors.reader_random("an12343-t39-auth");
    Session::new(&mut card, FrameSize::default())
        .authenticate_ev2_first(KeyNo::new(0), &vectors.key("an12343-t39-auth"), random)
        .expect("the trace's card holds the key")
        .change_key(KeyChange { key_no: KeyNo::new(1), old: &AesKey::zeros(), new: &new, version: 0 })
        .expect("the trace's card accepts it");
    assert_eq!(card.sent, vectors.sent("an12343-t39-auth", &["an12343-t39-changekey-case1"]));

    let mut card = Script::of([vec![0x91, 0x00]]);
    card.answers.extend(vectors.card("an12343-t40-auth", &["an12343-t40-changekey-case2"]).answers);
    let mut session = Session::new(&mut card, FrameSize::default());
    session.select_application(Aid::new([1, 2, 3])).expect("the trace's card has one");
    let random = &mut vectors.reader_random("an12343-t40-auth");
    session
        .authenticate_ev2_first(KeyNo::new(0), &vectors.key("an12343-t40-auth"), random)
        .expect("the trace's card holds the key")
        .change_own_key(&new, 0)
        .expect("the trace's card accepts it");
    assert_eq!(card.sent[1..], vectors.sent("an12343-t40-auth", &["an12343-t40-changekey-case2"]));
}

#[test]
fn a_sale_with_points_takes_nine_exchanges_and_470_bytes() {
    const MAC_ONLY: Answer = Answer::Maced(&[]);
    let answers = [
        Answer::Bare(&[]),
        Answer::Full(&[7; 31]),
        MAC_ONLY,
        MAC_ONLY,
        MAC_ONLY,
        Answer::Maced(&[1; 16]),
        Answer::Maced(&[2; 12]),
    ];
    let (history, purse, points) = (FileNo::new(2), FileNo::new(3), FileNo::new(4));
    let mut card = PaperCard::with(answers);
    let mut session = Session::new(&mut card, FrameSize::default());
    session.select_application(Aid::new([1, 0x54, 0x53])).expect("the card has it");
    let session = session.authenticate_ev2_first(KeyNo::new(2), &key(), &mut rng()).expect("the key is right");
    let newest = Records { first: 0, count: 1 };
    let (session, _) = session.read_records(history, CommMode::Full, newest, 31).expect("the paper says so");
    let session = session.debit(purse, CommMode::Full, 900).expect("the paper says so");
    let session = session.credit(points, CommMode::Full, 9).expect("the paper says so");
    let session = session.write_record(history, CommMode::Full, 0, &[8; 31]).expect("the paper says so");
    let (session, _) = session.commit_reader_id(&[3; 16]).expect("the paper says so");
    let (_, tmac) = session.commit_transaction_with_tmac().expect("the paper says so");
    assert_eq!((tmac.tmc, tmac.tmv), (0x0202_0202, [2; 8]));
    let expected = [(9, 2), (8, 18), (38, 34), (21, 42), (31, 10), (31, 10), (53, 10), (30, 26), (15, 22)];
    assert_eq!(card.exchanged, expected);
    assert!(card.exchanged.iter().map(|(out, back)| out + back + 6).sum::<usize>() <= 470);
}

#[test]
fn long_messages_are_cut_by_91af_both_ways() {
    let more = || vec![0x91, 0xAF];
    let mut card = Script::of([vec![1, 2, 3, 0x91, 0xAF], vec![4, 5, 6, 0x91, 0xAF], vec![7, 0x91, 0x00]]);
    let data = Session::new(&mut card, FrameSize::default()).read_data(FILE, 0, 7).expect("seven bytes came");
    assert_eq!(data, [1, 2, 3, 4, 5, 6, 7]);
    assert_eq!(card.sent[0], [0x90, 0xAD, 0, 0, 7, 1, 0, 0, 0, 7, 0, 0, 0]);
    assert_eq!(card.sent[1..], [[0x90, 0xAF, 0, 0, 0], [0x90, 0xAF, 0, 0, 0]]);

    // 7 bytes of header, 112 enciphered, 8 of MAC: 54 + 54 + 19.
    let mut damaged = PaperCard::damaged([Answer::Maced(&[]); 3], move |number, response| match number {
        2 | 3 => more(),
        _ => response,
    });
    let session = Session::new(&mut damaged, FrameSize::default());
    let session = session.authenticate_ev2_first(KeyNo::new(0), &key(), &mut rng()).expect("the key is right");
    let lost = session.write_data(FILE, CommMode::Full, 0, &[5; 100]).expect_err("the paper counts every frame");
    assert!(matches!(lost, Error::Integrity(Integrity::WrongMac)));
    assert_eq!(damaged.exchanged.iter().map(|(out, _)| *out).collect::<Vec<_>>()[2..], [60, 60, 25]);

    let mut eager = PaperCard::with([Answer::Maced(&[])]);
    let session = Session::new(&mut eager, FrameSize::default());
    let session = session.authenticate_ev2_first(KeyNo::new(0), &key(), &mut rng()).expect("the key is right");
    let early = session.write_data(FILE, CommMode::Full, 0, &[5; 100]).expect_err("only a half was sent");
    assert!(matches!(early, Error::Malformed(_)));

    let mut talkative = PaperCard::damaged([Answer::Maced(&[]); 3], move |number, response| match number {
        2 => vec![0xEE, 0x91, 0xAF],
        3 => more(),
        _ => response,
    });
    let session = Session::new(&mut talkative, FrameSize::default());
    let session = session.authenticate_ev2_first(KeyNo::new(0), &key(), &mut rng()).expect("the key is right");
    let early = session.write_data(FILE, CommMode::Full, 0, &[5; 100]).expect_err("only a half was sent");
    assert!(matches!(early, Error::Malformed(_)));
}

#[test]
fn outside_applications_a_key_change_says_that_the_key_stays_aes() {
    for (aid, header) in [(Aid::PICC, 0x80), (Aid::new([1, 2, 3]), 0x00)] {
        let mut card = PaperCard::with([Answer::Bare(&[]), Answer::Bare(&[])]);
        let mut session = Session::new(&mut card, FrameSize::default());
        session.select_application(aid).expect("the paper says so");
        let session = session.authenticate_ev2_first(KeyNo::new(0), &key(), &mut rng()).expect("the key is right");
        session.change_own_key(&AesKey::zeros(), 1).expect("the paper says so");
        assert_eq!(card.sent[3][..6], [0x90, 0xC4, 0, 0, 41, header]);
    }
}

#[test]
fn larger_frames_carry_long_commands_whole() {
    let frame = FrameSize::from_ats(&[0x06, 0x78, 0x77, 0x81, 0x02, 0x80]);
    let mut card = PaperCard::with([Answer::Maced(&[])]);
    let session = Session::new(&mut card, frame);
    let session = session.authenticate_ev2_first(KeyNo::new(0), &key(), &mut rng()).expect("the key is right");
    session.write_data(FILE, CommMode::Full, 0, &[5; 100]).expect("one frame is enough");
    assert_eq!(card.exchanged[2..], [(5 + 7 + 112 + 8 + 1, 10)]);
}

#[test]
fn a_transaction_goes_on_as_another_key() {
    let answers = [Answer::Maced(&[]), Answer::Full(&[7; 31]), Answer::Maced(&[])];
    let mut card = PaperCard::with(answers);
    let session = Session::new(&mut card, FrameSize::default());
    let session = session.authenticate_ev2_first(KeyNo::new(3), &key(), &mut rng()).expect("the key is right");
    let session = session.credit(FILE, CommMode::Full, 5).expect("the paper says so");
    let session = session.authenticate_ev2_non_first(KeyNo::new(2), &key(), &mut rng()).expect("the key is right");
    let newest = Records { first: 0, count: 1 };
    let (session, _) = session.read_records(FILE, CommMode::Full, newest, 31).expect("the counter went on");
    session.commit_transaction().expect("the counter went on");
    assert_eq!(card.exchanged[3..5], [(7, 18), (38, 18)]);
}

#[test]
fn after_a_refused_authentication_the_card_can_be_asked_again() {
    let wrong = AesKey::zeros();
    let mut card = PaperCard::with([Answer::Bare(&[1])]);
    let session = Session::new(&mut card, FrameSize::default());
    let refused = session.authenticate_ev2_first(KeyNo::new(0), &wrong, &mut rng()).expect_err("the key is wrong");
    assert_eq!(refused.error.status(), Some(Status::AuthenticationError));
    let mut session = refused.session;
    assert_eq!(session.get_key_version(KeyNo::new(0)).expect("no session is needed"), 1);
    session.authenticate_ev2_first(KeyNo::new(0), &key(), &mut rng()).expect("the other key is right");
}

#[test]
fn lrp_cards_are_refused_by_name() {
    let mut challenge = vec![0x01; 17];
    challenge.extend_from_slice(&[0x91, 0xAF]);
    let mut card = Script::of([challenge]);
    let session = Session::new(&mut card, FrameSize::default());
    let refused = session.authenticate_ev2_first(KeyNo::new(0), &key(), &mut rng()).expect_err("LRP is another flow");
    assert!(matches!(refused.error, Error::LrpNotSupported));

    let mut card = PaperCard::with([]);
    card.capability = 0x02;
    let session = Session::new(&mut card, FrameSize::default());
    let refused = session.authenticate_ev2_first(KeyNo::new(0), &key(), &mut rng()).expect_err("it wants LRP");
    assert!(matches!(refused.error, Error::LrpNotSupported));
}

#[test]
fn a_card_that_cannot_prove_its_key_is_named() {
    let mut card = PaperCard::damaged([], |number, mut response| {
        if number == 1 {
            response[3] ^= 1;
        }
        response
    });
    let session = Session::new(&mut card, FrameSize::default());
    let refused = session.authenticate_ev2_first(KeyNo::new(0), &key(), &mut rng()).expect_err("its proof is wrong");
    assert!(matches!(refused.error, Error::WrongKey));
}

#[test]
fn the_card_is_identified_by_the_reader_or_by_itself() {
    let ok = |data: &[u8]| [data, &[0x90, 0x00]].concat();
    let ats = [0x06, 0x78, 0x77, 0x81, 0x02, 0x80];
    let mut card = Script::of([ok(&[4, 1, 2, 3, 4, 5, 6]), ok(&ats)]);
    let identity = identify(&mut card).expect("the reader says");
    assert_eq!(identity.uid, Uid::new([4, 1, 2, 3, 4, 5, 6]));
    assert_eq!((identity.ats.as_deref(), identity.frame), (Some(&ats[..]), FrameSize::from_ats(&ats)));

    let version = |uid: [u8; 7]| {
        let third = [&uid[..], &[0; 5], &[0x25, 0x26, 0x91, 0x00]].concat();
        [
            vec![0x6E, 0x00],
            vec![0x6D, 0x00],
            [&[4; 7][..], &[0x91, 0xAF]].concat(),
            vec![4, 4, 4, 4, 4, 4, 4, 0x91, 0xAF],
            third,
        ]
    };
    let mut emulator = Script::of(version([4, 9, 9, 9, 9, 9, 9]));
    let identity = identify(&mut emulator).expect("the card says");
    assert_eq!(identity.uid, Uid::new([4, 9, 9, 9, 9, 9, 9]));
    assert_eq!((identity.ats, identity.frame), (None, FrameSize::default()));

    assert!(matches!(identify(&mut Script::of(version([0; 7]))), Err(Error::RandomUid)));
    let mut random = Script::of([ok(&[8, 1, 2, 3]), ok(&ats)]);
    assert!(matches!(identify(&mut random), Err(Error::RandomUid)));
    let mut other = Script::of([ok(&[4, 1, 2, 3]), ok(&ats)]);
    assert!(matches!(identify(&mut other), Err(Error::NotSevenByteUid(4))));
}

#[test]
fn a_fresh_card_s_master_key_becomes_aes_in_either_scheme() {
    for scheme in [0x1A, 0x0A] {
        let mut card = FreshCard::new(scheme);
        Session::new(&mut card, FrameSize::default())
            .authenticate_legacy(KeyNo::new(0), &DesKey::zeros(), &mut rng())
            .expect("the key of zeros is right")
            .change_picc_key_to_aes(&key(), 7)
            .expect("the card takes it");
        assert_eq!(card.given, Some((common::KEY, 7)), "scheme {scheme:02X}");
    }
}

#[test]
fn a_fresh_card_that_cannot_prove_its_key_is_named() {
    for scheme in [0x1A, 0x0A] {
        let mut card = FreshCard::new(scheme);
        card.flaw = 1;
        let session = Session::new(&mut card, FrameSize::default());
        let refused = session.authenticate_legacy(KeyNo::new(0), &DesKey::zeros(), &mut rng());
        assert!(matches!(refused, Err(Error::WrongKey)));
    }
}

#[test]
fn a_card_that_is_aes_already_refuses_the_legacy_session_by_status() {
    for status in [Status::AuthenticationError, Status::PermissionDenied, Status::IllegalCommand, Status::NoSuchKey] {
        let mut card = Script::of([vec![0x91, status.code()], vec![0x91, status.code()]]);
        let session = Session::new(&mut card, FrameSize::default());
        let error = session.authenticate_legacy(KeyNo::new(0), &DesKey::zeros(), &mut rng()).expect_err("it is AES");
        assert_eq!(error.status(), Some(status));
        assert_eq!([card.sent[0][1], card.sent[1][1]], [0x1A, 0x0A]);
    }
}

#[test]
fn the_legacy_session_changes_only_the_card_s_own_key() {
    struct Selected(FreshCard);
    impl satchel_transport::Transport for Selected {
        fn transceive(&mut self, command: &[u8]) -> Result<Vec<u8>, satchel_transport::TransportError> {
            if command[1] == 0x5A { Ok(vec![0x91, 0x00]) } else { self.0.transceive(command) }
        }
        fn reset(&mut self) -> Result<(), satchel_transport::TransportError> {
            Ok(())
        }
    }
    let mut card = Selected(FreshCard::new(0x1A));
    let mut session = Session::new(&mut card, FrameSize::default());
    session.select_application(Aid::new([1, 2, 3])).expect("the card has it");
    let session = session.authenticate_legacy(KeyNo::new(0), &DesKey::zeros(), &mut rng()).expect("zeros are right");
    assert!(matches!(session.change_picc_key_to_aes(&key(), 1), Err(Error::Invalid(_))));
    assert_eq!(card.0.given, None);
}

#[test]
fn nothing_secret_shows_in_debug_output() {
    let mut card = PaperCard::with([]);
    let session = Session::new(&mut card, FrameSize::default());
    let session = session.authenticate_ev2_first(KeyNo::new(0), &key(), &mut rng()).expect("the key is right");
    assert_eq!(format!("{session:?}"), "Session<Authenticated>(application 000000)");
}
