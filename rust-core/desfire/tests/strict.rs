//! Every command against every kind of wrong answer: a named error, never a panic, never success.

mod common;

use common::commands::{FILE, RIGHTS, Run, VALUE, authenticated, run, shown};
use common::{Answer, PaperCard, Script, key, rng};
use proptest::prelude::*;
use satchel_desfire::{
    Access, Authenticated, CommMode, Error, FrameSize, Integrity, KeyChange, KeyNo, Records, Rights, Session, Status,
    ValueFile,
};
use satchel_hazmat::AesKey;
use satchel_transport::TransportError;

#[test]
fn every_command_accepts_a_right_answer() {
    for case in authenticated() {
        let mut card = PaperCard::with([case.answer]);
        run(&mut card, case.run).unwrap_or_else(|error| panic!("{}: {error}", case.name));
    }
}

#[test]
fn every_bit_of_every_answer_matters() {
    for case in authenticated() {
        let mut card = PaperCard::with([case.answer]);
        run(&mut card, case.run).expect("the right answer is accepted");
        for (exchange, (_, bytes)) in card.exchanged.iter().copied().enumerate() {
            for bit in 0..bytes * 8 {
                let mut damaged = PaperCard::damaged([case.answer], move |number, mut response| {
                    if number == exchange {
                        response[bit / 8] ^= 1 << (bit % 8);
                    }
                    response
                });
                assert!(run(&mut damaged, case.run).is_err(), "{}: exchange {exchange}, bit {bit}", case.name);
            }
        }
    }
}

#[test]
fn every_status_but_success_is_a_named_refusal() {
    for case in authenticated() {
        for code in 1..=0xFF_u8 {
            let mut card = PaperCard::damaged([case.answer], move |number, response| match number {
                2 => vec![0x91, code],
                _ => response,
            });
            let error = run(&mut card, case.run).expect_err("the card refused");
            match Status::ALL.iter().find(|status| status.code() == code) {
                // It announces another frame; the next answer is then out of order.
                Some(Status::AdditionalFrame) => {}
                Some(status) => assert_eq!(error.status(), Some(*status), "{}", case.name),
                None => assert!(matches!(error, Error::UnknownStatus(0x91, got) if got == code), "{}", case.name),
            }
        }
    }
}

#[test]
fn an_answer_without_its_mac_ends_the_session_by_name() {
    for case in authenticated() {
        if matches!(case.answer, Answer::Bare(_)) {
            continue;
        }
        let mut card = PaperCard::damaged([case.answer], |number, response| match number {
            2 => vec![0x91, 0x00],
            _ => response,
        });
        let error = run(&mut card, case.run).expect_err("nothing was proved");
        assert!(matches!(error, Error::Integrity(Integrity::MissingMac)), "{}: {error}", case.name);
        assert!(!error.refused(), "the card may have acted");
    }
}

#[test]
fn a_right_mac_on_an_answer_of_a_wrong_length_helps_nothing() {
    fn leaked(mut data: Vec<u8>, change: fn(&mut Vec<u8>)) -> &'static [u8] {
        change(&mut data);
        data.leak()
    }
    for case in authenticated() {
        // One takes any length, the other is answered in an authentication's way.
        if ["get_file_ids", "authenticate_ev2_non_first"].contains(&case.name) {
            continue;
        }
        let longer: fn(&mut Vec<u8>) = |data| data.push(0);
        let shorter: fn(&mut Vec<u8>) = |data| data.truncate(data.len().saturating_sub(1));
        for change in [longer, shorter] {
            let wrong = match case.answer {
                Answer::Maced(data) => Answer::Maced(leaked(data.to_vec(), change)),
                Answer::Full(data) => Answer::Full(leaked(data.to_vec(), change)),
                Answer::Bare(data) => Answer::Bare(leaked(data.to_vec(), change)),
            };
            if wrong == case.answer {
                continue;
            }
            let error = run(&mut PaperCard::with([wrong]), case.run).expect_err("the length is wrong");
            let named = matches!(error, Error::Length { .. } | Error::Integrity(Integrity::Padding));
            assert!(named, "{}: {error}", case.name);
        }
    }
}

#[test]
fn other_numbers_of_records_than_asked_for_are_refused() {
    for records in [&[7; 62][..], &[7; 124]] {
        let mut card = PaperCard::with([Answer::Full(records.to_vec().leak())]);
        let three = |s: Session<'_, Authenticated>| {
            s.read_records(FILE, CommMode::Full, Records { first: 0, count: 3 }, 31).map(shown)
        };
        let error = run(&mut card, three).expect_err("three were asked for");
        assert!(matches!(error, Error::Length { expected: 93, .. }), "{error}");
    }
}

#[test]
fn a_response_longer_than_any_apdu_is_refused() {
    let mut response = vec![0; 257];
    response.extend_from_slice(&[0x91, 0x00]);
    let error = Session::new(&mut Script::of([response]), FrameSize::default()).get_file_ids().expect_err("too long");
    assert!(matches!(error, Error::Length { expected: 258, got: 259 }));
}

#[test]
fn an_endless_answer_is_cut_off() {
    let mut card = Script::of(std::iter::repeat_n(vec![1, 2, 3, 0x91, 0xAF], 5000));
    let error = Session::new(&mut card, FrameSize::default()).get_application_ids().expect_err("it does not end");
    assert!(matches!(error, Error::TooManyFrames(_)));
    assert!(card.sent.len() < 2000);
}

#[test]
fn what_cannot_be_expressed_is_not_sent() {
    let refusals: [Run; 7] = [
        |s| s.debit(FILE, CommMode::Full, -1).map(shown),
        |s| s.write_data(FILE, CommMode::Full, 0, &[]).map(shown),
        |s| s.write_data(FILE, CommMode::Full, 1 << 24, &[1]).map(shown),
        |s| s.read_records(FILE, CommMode::Full, Records { first: 0, count: 1 << 24 }, 31).map(shown),
        |s| s.create_value_file(FILE, CommMode::Full, RIGHTS, ValueFile { value: 101, ..VALUE }).map(shown),
        |s| {
            let rights = Rights { read: Access::Key(KeyNo::new(14)), ..RIGHTS };
            s.create_standard_file(FILE, CommMode::Full, rights, 32).map(shown)
        },
        |s| {
            let (old, new) = (&AesKey::zeros(), &key());
            s.change_key(KeyChange { key_no: KeyNo::new(0), old, new, version: 1 }).map(shown)
        },
    ];
    for command in refusals {
        let mut card = PaperCard::with([]);
        let error = run(&mut card, command).expect_err("it cannot be sent");
        assert!(matches!(error, Error::Invalid(_)) && error.refused(), "{error}");
        assert_eq!(card.exchanged.len(), 2, "nothing followed the authentication");
    }
}

#[test]
fn a_silent_card_is_not_a_refusal() {
    let mut card = Script::default();
    let error = Session::new(&mut card, FrameSize::default()).free_mem().expect_err("it is gone");
    assert!(matches!(error, Error::Transport(TransportError::CardGone)) && !error.refused());
}

#[test]
fn a_session_ends_before_its_counter_repeats() {
    let answers = std::iter::repeat_n(Answer::Bare(&[1, 0, 0, 0]), 0xFFFF);
    let mut card = PaperCard::with(answers);
    let session = Session::new(&mut card, FrameSize::default());
    let mut session = session.authenticate_ev2_first(KeyNo::new(0), &key(), &mut rng()).expect("the key is right");
    for _ in 0..0xFFFF {
        session = session.get_value(FILE, CommMode::Plain).expect("plain commands count too").0;
    }
    assert!(matches!(session.get_value(FILE, CommMode::Plain), Err(Error::CounterExhausted)));
    assert_eq!(card.exchanged.len(), 2 + 0xFFFF, "the last command was not sent");
}

/// Ways to spoil a response.
#[derive(Debug, Clone)]
enum Spoil {
    Cut(usize),
    Grow(Vec<u8>),
    Insert(usize, Vec<u8>),
    Overwrite(usize, Vec<u8>),
    Replace(Vec<u8>),
}

impl Spoil {
    fn apply(&self, mut response: Vec<u8>) -> Vec<u8> {
        let place = |at: usize, length: usize| at % (length + 1);
        match self {
            Self::Cut(at) => response.truncate(at % response.len()),
            Self::Grow(more) => response.extend_from_slice(more),
            Self::Insert(at, more) => {
                let at = place(*at, response.len());
                response.splice(at..at, more.iter().copied());
            }
            Self::Overwrite(at, with) => {
                let at = place(*at, response.len());
                let end = response.len().min(at + with.len());
                response.splice(at..end, with.iter().copied());
            }
            Self::Replace(with) => response.clone_from(with),
        }
        response
    }
}

fn spoil() -> impl Strategy<Value = Spoil> {
    let bytes = || proptest::collection::vec(any::<u8>(), 1..80);
    prop_oneof![
        any::<usize>().prop_map(Spoil::Cut),
        bytes().prop_map(Spoil::Grow),
        (any::<usize>(), bytes()).prop_map(|(at, bytes)| Spoil::Insert(at, bytes)),
        (any::<usize>(), bytes()).prop_map(|(at, bytes)| Spoil::Overwrite(at, bytes)),
        proptest::collection::vec(any::<u8>(), 0..300).prop_map(Spoil::Replace),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn a_spoilt_answer_is_never_success(spoil in spoil(), exchange in 0_usize..3) {
        for case in authenticated() {
            let spoil = spoil.clone();
            let changed = std::rc::Rc::new(std::cell::Cell::new(false));
            let seen = changed.clone();
            let mut card = PaperCard::damaged([case.answer], move |number, response| {
                if number != exchange {
                    return response;
                }
                let spoilt = spoil.apply(response.clone());
                seen.set(spoilt != response);
                spoilt
            });
            let result = run(&mut card, case.run);
            prop_assert_eq!(result.is_err(), changed.get(), "{}: {:?}", case.name, result);
        }
    }

    #[test]
    fn any_answers_at_all_are_survived_by_plain_commands(
        answers in proptest::collection::vec(proptest::collection::vec(any::<u8>(), 0..70), 0..8),
        framed in any::<bool>(),
    ) {
        let answers = answers.into_iter().map(|mut answer| {
            if framed {
                answer.extend_from_slice(&[0x91, if answer.len() % 3 == 0 { 0xAF } else { 0x00 }]);
            }
            answer
        });
        let answers: Vec<Vec<u8>> = answers.collect();
        let script = || Script::of(answers.clone());
        let frame = FrameSize::default();
        let _ = satchel_desfire::identify(&mut script());
        let _ = Session::new(&mut script(), frame).get_version();
        let _ = Session::new(&mut script(), frame).get_key_settings();
        let _ = Session::new(&mut script(), frame).get_key_version(KeyNo::new(0));
        let _ = Session::new(&mut script(), frame).get_application_ids();
        let _ = Session::new(&mut script(), frame).get_file_ids();
        let _ = Session::new(&mut script(), frame).get_file_settings(FILE);
        let _ = Session::new(&mut script(), frame).get_value(FILE);
        let _ = Session::new(&mut script(), frame).read_data(FILE, 0, 0);
        let _ = Session::new(&mut script(), frame).free_mem();
        let _ = FrameSize::from_ats(answers.first().map(Vec::as_slice).unwrap_or_default()).command_data();
        let legacy = satchel_hazmat::DesKey::zeros();
        let mut card = script();
        let refused = Session::new(&mut card, frame).authenticate_legacy(KeyNo::new(0), &legacy, &mut rng());
        prop_assert!(refused.is_err(), "no made-up answer proves a key");
        let mut card = script();
        let refused = Session::new(&mut card, frame).authenticate_ev2_first(KeyNo::new(0), &key(), &mut rng());
        prop_assert!(refused.is_err(), "no made-up answer proves a key");
    }
}
