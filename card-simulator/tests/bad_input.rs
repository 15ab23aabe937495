//! Whatever a reader sends, the card never panics, answers in the length of a response, changes nothing that it
//! refuses, and goes on with the next good command.

mod harness;

use harness::{AID, Command, Mode, Step, Trial};
use proptest::collection::vec;
use proptest::prelude::*;

const ZEROS: [u8; 16] = [0; 16];

/// Good commands to the card on trial, in an order in which each is done. All in a session with key 0.
fn good_commands() -> Vec<Command> {
    use Mode::{Full, Mac, Plain};
    // Key 1 stays zeros: XOR of new and old, version, CRC-32 without the final complement.
    let key_change = [&ZEROS[..], &[1], &satchel_card_simulator::crypto::crc32(&ZEROS).to_le_bytes()].concat();
    let amount = 5_i32.to_le_bytes();
    let limits = [0_i32, 9, 4].map(i32::to_le_bytes).concat();
    let record = |file: u8| [file, 0, 0, 0, 16, 0, 0];
    let newest = |file: u8| [file, 0, 0, 0, 1, 0, 0];
    let command = Command::new;
    vec![
        command(0x60, Mac, &[], &[]),
        command(0x64, Mac, &[1], &[]),
        command(0x45, Mac, &[], &[]),
        command(0x54, Full, &[], &[0x0F]),
        command(0x6E, Mac, &[], &[]),
        command(0x51, Full, &[], &[]),
        command(0x6F, Mac, &[], &[]),
        command(0x61, Mac, &[], &[]),
        command(0xF5, Mac, &[8], &[]),
        command(0x5F, Full, &[6], &[0x00, 0x00, 0x00]),
        command(0xC4, Full, &[1], &key_change),
        command(0xCD, Mac, &[20, 0, 0x00, 0x00, 32, 0, 0], &[]),
        command(0xCB, Mac, &[21, 1, 0x00, 0x00, 32, 0, 0], &[]),
        command(0xCC, Mac, &[&[22, 3, 0x00, 0x00][..], &limits, &[0x01]].concat(), &[]),
        command(0xC1, Mac, &[23, 1, 0x00, 0x00, 16, 0, 0, 4, 0, 0], &[]),
        command(0xC0, Mac, &[24, 3, 0x00, 0x00, 16, 0, 0, 4, 0, 0], &[]),
        command(0x3D, Plain, &[6, 0, 0, 0, 3, 0, 0], &[1, 2, 3]),
        command(0xBD, Plain, &[6, 0, 0, 0, 0, 0, 0], &[]),
        command(0x8D, Mac, &[7, 4, 0, 0, 60, 0, 0], &[9; 60]),
        command(0xAD, Mac, &[7, 0, 0, 0, 64, 0, 0], &[]),
        command(0x6C, Full, &[8], &[]),
        command(0xDC, Full, &[8], &amount),
        command(0x0C, Full, &[8], &amount),
        command(0x8B, Mac, &record(9), &[1; 16]),
        command(0x3B, Full, &record(10), &[2; 16]),
        command(0xC8, Mac, &[], &[3; 16]),
        command(0xC7, Mac, &[0x01], &[]),
        command(0x1C, Full, &[8], &amount),
        command(0xDB, Mac, &[9, 0, 0, 0, 0, 0, 0, 16, 0, 0], &[4; 16]),
        command(0xAB, Full, &newest(10), &[]),
        command(0xA7, Mac, &[], &[]),
        command(0xBB, Mac, &newest(9), &[]),
        command(0xEB, Mac, &[9], &[]),
        command(0xAD, Mac, &[15, 0, 0, 0, 12, 0, 0], &[]),
        command(0xDF, Mac, &[20], &[]),
    ]
}

#[test]
fn the_good_commands_are_good() {
    let mut trial = Trial::made();
    trial.take(&Step::Select(Some(AID)));
    trial.authenticate(0).expect("the key is zeros");
    for command in good_commands() {
        assert!(trial.protected(&command).is_some(), "{command:02X?}");
    }
    trial.assert_still_works();
}

/// What goes wrong with a good command.
#[derive(Debug, Clone)]
enum Spoil {
    Nothing,
    Header(usize),
    Data(usize),
    Byte(prop::sample::Index, u8),
    Mode(Mode),
    Code(u8),
}

impl Spoil {
    fn apply(&self, mut command: Command) -> Command {
        match self {
            Self::Nothing => {}
            Self::Header(length) => command.header.resize(*length, 0),
            Self::Data(length) => command.data.resize(*length, 0),
            Self::Byte(place, byte) => {
                let place = place.index(command.header.len() + command.data.len() + 1);
                if let Some(spoilt) = command.header.iter_mut().chain(&mut command.data).nth(place) {
                    *spoilt = *byte;
                }
            }
            Self::Mode(mode) => command.mode = *mode,
            Self::Code(code) => command.code = *code,
        }
        command
    }
}

fn spoil() -> impl Strategy<Value = Spoil> {
    let mode = prop_oneof![Just(Mode::Plain), Just(Mode::Mac), Just(Mode::Full)];
    prop_oneof![
        4 => Just(Spoil::Nothing),
        1 => (0_usize..24).prop_map(Spoil::Header),
        1 => (0_usize..300).prop_map(Spoil::Data),
        2 => any::<(prop::sample::Index, u8)>().prop_map(|(place, byte)| Spoil::Byte(place, byte)),
        1 => mode.prop_map(Spoil::Mode),
        1 => any::<u8>().prop_map(Spoil::Code),
    ]
}

fn spoilt() -> impl Strategy<Value = Command> {
    (prop::sample::select(good_commands()), spoil()).prop_map(|(command, spoil)| spoil.apply(command))
}

fn any_step() -> impl Strategy<Value = Step> {
    let native = (any::<u8>(), vec(any::<u8>(), 0..255))
        .prop_map(|(code, data)| Step::Bare(Command { code, mode: Mode::Plain, header: Vec::new(), data }));
    prop_oneof![
        12 => spoilt().prop_map(Step::Protected),
        2 => spoilt().prop_map(Step::Bare),
        2 => native,
        1 => wrapped().prop_map(Step::Raw),
        1 => vec(any::<u8>(), 0..300).prop_map(Step::Raw),
        3 => Just(Step::Authenticate(0)),
        1 => any::<u8>().prop_map(Step::Authenticate),
        2 => Just(Step::Select(Some(AID))),
        1 => Just(Step::Select(None)),
        1 => Just(Step::FieldOff),
    ]
}

/// A known command in the right wrapping but for one length or byte.
fn wrapped() -> impl Strategy<Value = Vec<u8>> {
    (prop::sample::select(good_commands()), 0_u8..=255, -2_i16..3, any::<bool>()).prop_map(
        |(command, le, off, ends)| {
            let data = [&command.header[..], &command.data].concat();
            let length = u8::try_from((i16::try_from(data.len()).unwrap_or(0) + off).clamp(0, 255)).unwrap_or(0);
            let mut apdu = [&[0x90, command.code, 0x00, 0x00, length][..], &data].concat();
            if ends {
                apdu.push(le);
            }
            apdu
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn any_bytes_are_answered_by_a_blank_card(apdus in vec(vec(any::<u8>(), 0..300), 1..40)) {
        let mut trial = Trial::blank();
        apdus.into_iter().for_each(|apdu| trial.take(&Step::Raw(apdu)));
        trial.assert_still_works();
    }

    #[test]
    fn any_native_commands_are_answered_without_a_session(
        commands in vec((any::<u8>(), 0_u8..16, vec(any::<u8>(), 0..60)), 1..40),
    ) {
        let mut trial = Trial::made();
        for (code, file, mut data) in commands {
            if let Some(first) = data.first_mut() {
                *first = file;
            }
            trial.take(&Step::Bare(Command { code, mode: Mode::Plain, header: Vec::new(), data }));
        }
        trial.assert_still_works();
    }

    #[test]
    fn good_commands_gone_wrong_change_nothing_they_are_refused(steps in vec(any_step(), 1..60)) {
        let mut trial = Trial::made();
        trial.take(&Step::Select(Some(AID)));
        trial.take(&Step::Authenticate(0));
        steps.iter().for_each(|step| trial.take(step));
        trial.assert_still_works();
    }
}
