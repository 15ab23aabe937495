//! Corners of the data sheets where a reader of another make goes, and ours does not.

mod harness;

use harness::{AID, Command, Mode, Step, Trial};
use satchel_card_simulator::crypto;

const LENGTH_ERROR: u8 = 0x7E;
const INTEGRITY_ERROR: u8 = 0x1E;
const NO_CHANGES: u8 = 0x0C;
const PERMISSION_DENIED: u8 = 0x9D;
const PARAMETER_ERROR: u8 = 0x9E;
const AUTHENTICATION_ERROR: u8 = 0xAE;
const OK: u8 = 0x00;

/// Bytes of a MAC behind an answer.
const MAC: usize = 8;
/// A file that the card on trial does not have yet.
const NEW: u8 = 20;
/// The first key number that the application on trial does not have.
const NO_KEY: u8 = 3;

/// The application on trial with a session of this key.
fn session(key: u8) -> Trial {
    let mut trial = selected();
    trial.authenticate(key).expect("the keys are zeros");
    trial
}

/// The application on trial without a session.
fn selected() -> Trial {
    let mut trial = Trial::made();
    trial.take(&Step::Select(Some(AID)));
    trial
}

fn mac(code: u8, header: &[u8]) -> Command {
    Command::new(code, Mode::Mac, header, &[])
}

fn plain(code: u8, header: &[u8]) -> Command {
    Command::new(code, Mode::Plain, header, &[])
}

/// CreateStdDataFile of 16 bytes, plain.
fn standard_file(rights: [u8; 2]) -> Command {
    mac(0xCD, &[&[NEW, 0][..], &rights, &[16, 0, 0]].concat())
}

/// CreateTransactionMACFile.
fn tmac_file(mode: Mode) -> Command {
    Command::new(0xCE, mode, &[NEW, 1, 0x00, 0x0F, 0x02], &[7; 17])
}

#[test]
fn clearing_records_takes_a_mac_both_ways_whatever_the_file_s_mode() {
    // Free records, records in MAC and in full, and keyed records in plain.
    for file in [4, 5, 9, 10, NEW] {
        let keyed_and_plain = mac(0xC1, &[NEW, 0, 0x00, 0x00, 16, 0, 0, 4, 0, 0]);
        let mut trial = session(0);
        assert_eq!(trial.status(&keyed_and_plain), OK);
        assert_eq!(trial.protected(&mac(0xEB, &[file])).map(|answer| answer.len()), Some(MAC), "file {file}");
        assert_eq!(trial.status(&plain(0xEB, &[file])), LENGTH_ERROR, "file {file}");
    }
    assert_eq!(selected().protected(&plain(0xEB, &[4])), Some(Vec::new()));
}

#[test]
fn the_card_s_own_name_selects_the_card() {
    const NAME: [u8; 8] = [7, 0xD2, 0x76, 0x00, 0x00, 0x85, 0x01, 0x00];
    for (p2, le) in [(0x00, &[0x00][..]), (0x00, &[]), (0x0C, &[0x00]), (0x0C, &[])] {
        let mut trial = session(0);
        assert_eq!(trial.raw(&[&[0x00, 0xA4, 0x04, p2][..], &NAME, le].concat()), [0x90, 0x00]);
        // The card's own settings, and no MAC: the session is over.
        assert_eq!(trial.raw(&[0x90, 0x45, 0x00, 0x00, 0x00]), [0x0F, 0x81, 0x91, 0x00]);
    }
}

#[test]
fn a_card_that_hides_its_number_hides_it_in_the_version_too() {
    let mut trial = Trial::made();
    trial.authenticate(0).expect("the key is zeros");
    let uid = trial.enciphered(&Command::new(0x51, Mode::Full, &[], &[])).expect("in a session");
    let version = trial.protected(&mac(0x60, &[])).expect("free for all");
    assert_eq!(version[14..21], uid);
    assert_eq!(trial.status(&Command::new(0x5C, Mode::Full, &[0x00], &[0x02])), OK);
    trial.take(&Step::FieldOff);
    let version = trial.protected(&plain(0x60, &[])).expect("free for all");
    assert_eq!(version[14..21], [0; 7]);
    trial.authenticate(0).expect("the key is zeros");
    assert_eq!(trial.enciphered(&Command::new(0x51, Mode::Full, &[], &[])), Some(uid));
}

/// The ISO authentication of a blank card; the session key.
fn iso_authentication(trial: &mut Trial) -> [u8; 16] {
    const RND_A: [u8; 8] = *b"the die ";
    let challenge = trial.raw(&[0x90, 0x1A, 0x00, 0x00, 0x01, 0x00, 0x00]);
    let sent = *challenge.first_chunk::<8>().expect("a challenge");
    let rnd_b = crypto::des_decrypt(&[0; 16], &[0; 8], &sent);
    let token = [&RND_A[..], &crypto::rotate_left(&rnd_b)].concat();
    let token = crypto::des_encrypt(&[0; 16], &sent, &token);
    let proof = trial.raw(&[&[0x90, 0xAF, 0x00, 0x00, 0x10][..], &token, &[0x00]].concat());
    assert!(proof.ends_with(&[0x91, 0x00]));
    [&RND_A[..4], &rnd_b[..4]].concat().repeat(2).try_into().expect("sixteen bytes")
}

/// ChangeKey to an AES key of zeros, in a session of the ISO authentication.
fn change_key(session_key: &[u8; 16], iv: [u8; 8]) -> Vec<u8> {
    let key_and_version = [0; 17];
    let checksum = crypto::crc32(&[&[0xC4, 0x80][..], &key_and_version].concat()).to_le_bytes();
    let plain = [&key_and_version[..], &checksum, &[0; 3]].concat();
    let cryptogram = crypto::des_encrypt(session_key, &iv, &plain);
    [&[0x90, 0xC4, 0x00, 0x00, 0x19, 0x80][..], &cryptogram, &[0x00]].concat()
}

#[test]
fn after_the_iso_authentication_answers_carry_a_mac_and_move_the_iv_on() {
    let mut trial = Trial::blank();
    let key = iso_authentication(&mut trial);
    let command = crypto::des_cmac(&key, &[0; 8], &[0x64, 0x00]);
    let answer = crypto::des_cmac(&key, &command, &[0x00, 0x00]);
    let version = trial.raw(&[0x90, 0x64, 0x00, 0x00, 0x01, 0x00, 0x00]);
    assert_eq!(version, [&[0x00][..], &answer, &[0x91, 0x00]].concat());
    assert_eq!(trial.raw(&change_key(&key, answer)), [0x91, 0x00]);
}

#[test]
fn after_the_iso_authentication_an_iv_left_behind_is_refused() {
    let mut trial = Trial::blank();
    let key = iso_authentication(&mut trial);
    trial.raw(&[0x90, 0x64, 0x00, 0x00, 0x01, 0x00, 0x00]);
    assert_eq!(trial.raw(&change_key(&key, [0; 8])), [0x91, INTEGRITY_ERROR]);
}

#[test]
fn a_frame_chain_of_the_iso_authentication_s_session_has_one_mac_at_its_end() {
    let mut trial = Trial::blank();
    let key = iso_authentication(&mut trial);
    let version = trial.protected(&plain(0x60, &[])).expect("free for all");
    let (version, mac) = version.split_last_chunk::<8>().expect("a MAC");
    let command = crypto::des_cmac(&key, &[0; 8], &[0x60]);
    assert_eq!(*mac, crypto::des_cmac(&key, &command, &[version, &[0x00]].concat()));
    assert_eq!(version.len(), 28);
}

#[test]
fn what_must_be_enciphered_never_goes_in_clear() {
    let mut trial = Trial::blank();
    iso_authentication(&mut trial);
    assert_eq!(trial.status(&plain(0x54, &[0x0F])), AUTHENTICATION_ERROR);
    let mut trial = Trial::made();
    assert_eq!(trial.status(&plain(0x54, &[0x0F])), AUTHENTICATION_ERROR);
}

#[test]
fn a_free_value_is_plain_but_for_a_key_that_may_read_it_anyway() {
    let value = 77_i32.to_le_bytes();
    let limits = [0_i32, 1_000, 77].map(i32::to_le_bytes).concat();
    // Mode full, key 1 may, FreeGetValue.
    let create = mac(0xCC, &[&[NEW, 3, 0x10, 0x11][..], &limits, &[0x02]].concat());
    let mut trial = session(0);
    assert_eq!(trial.status(&create), OK);
    assert_eq!(trial.protected(&plain(0x6C, &[NEW])), Some(value.to_vec()), "with a key of no right");
    trial.take(&Step::Select(Some(AID)));
    assert_eq!(trial.protected(&plain(0x6C, &[NEW])), Some(value.to_vec()), "without a session");
    trial.authenticate(1).expect("the keys are zeros");
    assert_eq!(trial.enciphered(&mac(0x6C, &[NEW])), Some(value.to_vec()), "with a key that may");
}

#[test]
fn what_nobody_may_is_denied_and_what_a_key_could_asks_for_it() {
    let read = plain(0xAD, &[NEW, 0, 0, 0, 1, 0, 0]);
    let settings = Command::new(0x5F, Mode::Plain, &[NEW], &[0, 0x00, 0x00]);
    for (rights, read_status, settings_status) in [
        ([0xFF, 0xFF], PERMISSION_DENIED, PERMISSION_DENIED),
        ([0x1F, 0xFF], AUTHENTICATION_ERROR, PERMISSION_DENIED),
        ([0xF0, 0x1F], AUTHENTICATION_ERROR, AUTHENTICATION_ERROR),
        ([0xF0, 0xF1], PERMISSION_DENIED, AUTHENTICATION_ERROR),
    ] {
        let mut trial = session(0);
        assert_eq!(trial.status(&standard_file(rights)), OK);
        trial.take(&Step::Select(Some(AID)));
        assert_eq!(trial.status(&read), read_status, "{rights:02X?}");
        assert_eq!(trial.status(&settings), settings_status, "{rights:02X?}");
    }
}

#[test]
fn there_is_nothing_to_abort_before_anything_is_pending() {
    let debit = Command::new(0xDC, Mode::Plain, &[3], &5_i32.to_le_bytes());
    for mut trial in [session(0), selected()] {
        assert_eq!(trial.status(&debit), OK);
        assert_eq!(trial.status(&mac(0xA7, &[])), OK);
        assert_eq!(trial.status(&mac(0xA7, &[])), NO_CHANGES);
    }
    assert_eq!(session(0).status(&mac(0xA7, &[])), NO_CHANGES);
}

#[test]
fn no_frame_of_the_list_of_applications_ends_within_one() {
    let mut trial = Trial::blank();
    let aids: Vec<[u8; 3]> = (1..=20).map(|number| [number, 0x00, 0x01]).collect();
    for aid in &aids {
        assert_eq!(trial.status(&plain(0xCA, &[&aid[..], &[0x0F, 0x81]].concat())), OK);
    }
    let first = trial.raw(&[0x90, 0x6A, 0x00, 0x00, 0x00]);
    assert_eq!(first, [&aids[..19].concat()[..], &[0x91, 0xAF]].concat());
    let rest = trial.raw(&[0x90, 0xAF, 0x00, 0x00, 0x00]);
    assert_eq!(rest, [&aids[19..].concat()[..], &[0x91, 0x00]].concat());
}

#[test]
fn rights_name_keys_that_the_application_has() {
    let last = NO_KEY - 1;
    for place in 0..4 {
        let rights = |key: u8| {
            let [low, high] = (u16::from(key) << (4 * place)).to_be_bytes();
            [low, high]
        };
        let change = |key| Command::new(0x5F, Mode::Full, &[6], &[&[0][..], &rights(key)].concat());
        assert_eq!(session(0).status(&standard_file(rights(NO_KEY))), PARAMETER_ERROR);
        assert_eq!(session(0).status(&standard_file(rights(last))), OK);
        assert_eq!(session(0).status(&change(NO_KEY)), PARAMETER_ERROR);
        assert_eq!(session(0).status(&change(last)), OK);
    }
    let mut trial = session(0);
    assert_eq!(trial.status(&mac(0xDF, &[15])), OK);
    let tmac = Command::new(0xCE, Mode::Full, &[NEW, 1, NO_KEY << 4, 0x0F, 0x02], &[7; 17]);
    assert_eq!(trial.status(&tmac), PARAMETER_ERROR);
}

#[test]
fn a_transaction_mac_key_never_goes_in_clear() {
    let mut trial = session(0);
    assert_eq!(trial.status(&mac(0xDF, &[15])), OK);
    trial.take(&Step::Select(Some(AID)));
    // Other files may be made without a session here.
    assert_eq!(trial.status(&plain(0xCD, &[NEW + 1, 0, 0xEE, 0xEE, 16, 0, 0])), OK);
    assert_eq!(trial.status(&tmac_file(Mode::Plain)), AUTHENTICATION_ERROR);
    trial.authenticate(0).expect("the keys are zeros");
    assert_eq!(trial.status(&tmac_file(Mode::Full)), OK);
}

#[test]
fn the_right_to_commit_a_reader_id_is_no_right_to_write_the_transaction_mac() {
    let write = Command::new(0x8D, Mode::Mac, &[15, 0, 0, 0, 1, 0, 0], &[1]);
    assert_eq!(session(0).status(&Command::new(0xC8, Mode::Mac, &[], &[3; 16])), OK);
    assert_eq!(session(0).status(&write), PERMISSION_DENIED);
}

#[test]
fn an_empty_frame_does_not_continue_a_command() {
    let mut trial = selected();
    let began = trial.raw(&[0x90, 0x8D, 0x00, 0x00, 0x09, 1, 0, 0, 0, 5, 0, 0, 7, 7, 0x00]);
    assert_eq!(began, [0x91, 0xAF]);
    assert_eq!(trial.raw(&[0x90, 0xAF, 0x00, 0x00, 0x00]), [0x91, LENGTH_ERROR]);
    assert_eq!(trial.protected(&plain(0xAD, &[1, 0, 0, 0, 2, 0, 0])), Some(vec![0, 0]));
}

#[test]
fn nothing_cannot_be_written() {
    let nothing = |code, mode, file| Command::new(code, mode, &[file, 0, 0, 0, 0, 0, 0], &[]);
    for command in [
        nothing(0x8D, Mode::Plain, 6),
        nothing(0x3D, Mode::Mac, 7),
        nothing(0x8B, Mode::Mac, 9),
        nothing(0x3B, Mode::Full, 10),
        Command::new(0xDB, Mode::Full, &[10, 0, 0, 0, 0, 0, 0, 0, 0, 0], &[]),
    ] {
        assert_eq!(session(0).status(&command), PARAMETER_ERROR, "{command:02X?}");
    }
    let mut trial = session(0);
    let full = mac(0xCD, &[NEW, 3, 0x00, 0x00, 16, 0, 0]);
    assert_eq!(trial.status(&full), OK);
    assert_eq!(trial.status(&nothing(0x8D, Mode::Full, NEW)), PARAMETER_ERROR);
}

#[test]
fn the_card_itself_has_no_files() {
    let whole = [1, 0, 0, 0, 1, 0, 0];
    for (code, header, data) in [
        (0xAD, &whole[..], &[][..]),
        (0x8D, &whole, &[1]),
        (0x6C, &[1], &[]),
        (0x0C, &[1, 1, 0, 0, 0], &[]),
        (0xAB, &whole, &[]),
        (0x8B, &whole, &[1]),
        (0xEB, &[1], &[]),
        (0x5F, &[1, 0, 0, 0], &[]),
        (0xF5, &[1], &[]),
        (0x6F, &[], &[]),
        (0xCD, &[1, 0, 0xEE, 0xEE, 16, 0, 0], &[]),
        (0xDF, &[1], &[]),
        (0xC8, &[], &[0; 16]),
        (0xC7, &[], &[]),
        (0xA7, &[], &[]),
    ] {
        let command = Command::new(code, Mode::Plain, header, data);
        assert_eq!(Trial::made().status(&command), PERMISSION_DENIED, "{command:02X?}");
    }
}

#[test]
fn an_lc_of_zero_is_no_data() {
    let mut trial = selected();
    let first = trial.raw(&[0x90, 0xBD, 0x00, 0x00, 0x07, 1, 0, 0, 0, 0, 0, 0, 0x00]);
    assert!(first.ends_with(&[0x91, 0xAF]));
    let rest = trial.raw(&[0x90, 0xAF, 0x00, 0x00, 0x00, 0x00]);
    assert_eq!(first.len() - 2 + rest.len() - 2, 64);
    assert!(rest.ends_with(&[0x91, 0x00]));
}
