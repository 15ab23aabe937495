use crate::process::Served;
use crate::qualified;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};
use satchel_card_tools::qualify::Verdict;
use satchel_transport::{Transport, TransportError};

/// A card in whose line somebody shouts before every command.
struct Noisy {
    card: Served,
    rng: ChaCha8Rng,
    shouted: u32,
}

impl Noisy {
    fn shout(&mut self) {
        let line = garbage(&mut self.rng);
        let answer = self.card.ask(&line);
        assert!(answer.starts_with("error: "), "{line:?} was answered {answer}");
        self.shouted += 1;
    }
}

impl Transport for Noisy {
    fn transceive(&mut self, command: &[u8]) -> Result<Vec<u8>, TransportError> {
        self.shout();
        self.card.transceive(command)
    }

    fn reset(&mut self) -> Result<(), TransportError> {
        self.shout();
        self.card.reset()
    }
}

/// A line that is no command: bytes of every kind, odd hex, hex with something in it, endless hex, nothing.
fn garbage(rng: &mut ChaCha8Rng) -> Vec<u8> {
    let length = usize::try_from(rng.next_u32() % 200).expect("below 200");
    let mut line = vec![0; length];
    rng.fill_bytes(&mut line);
    match rng.next_u32() % 6 {
        0 => line.push(0xFF),
        1 => line = hex::encode(&line).into_bytes()[..(2 * length).saturating_sub(1)].to_vec(),
        2 => line = [hex::encode(&line).as_bytes(), b"xy"].concat(),
        3 => line = hex::encode(vec![0x90; 2_049 + 300 * length]).into_bytes(),
        4 => line = vec![b' '; length],
        _ => line = [b"9060000000; reset ".as_slice(), &line].concat(),
    }
    line.retain(|byte| *byte != b'\n');
    line
}

#[test]
fn garbage_between_any_two_commands_changes_nothing_in_a_whole_life() {
    let card = Served::start(&["stdio"]);
    let mut noisy = Noisy { card, rng: ChaCha8Rng::seed_from_u64(3), shouted: 0 };
    let report = qualified(&mut noisy);
    assert_eq!(report.verdict, Verdict::Fit);
    assert!(noisy.shouted >= 1_000, "{} lines of garbage", noisy.shouted);
}

#[test]
fn garbage_in_the_middle_of_an_authentication_leaves_it_open() {
    let mut card = Served::start(&["stdio", "--factory-key", "aes-zeros"]);
    let challenge = card.ask(b"9071000002000000");
    assert!(challenge.ends_with("91AF"), "{challenge}");
    let mut rng = ChaCha8Rng::seed_from_u64(4);
    for _ in 0..1_000 {
        let line = garbage(&mut rng);
        assert!(card.ask(&line).starts_with("error: "), "{line:?}");
    }
    // The card has decided on this answer only now: a wrong one is refused as a wrong key, not as out of place.
    assert_eq!(card.ask(&hex::encode([&[0x90, 0xAF, 0, 0, 32][..], &[7; 32], &[0]].concat()).into_bytes()), "91AE");
}

#[test]
fn a_reset_is_a_field_lost() {
    let mut card = Served::start(&["stdio", "--factory-key", "aes-zeros"]);
    assert!(card.ask(b"9071000002000000").ends_with("91AF"));
    assert_eq!(card.ask(b"reset"), "ok");
    assert_eq!(card.ask(&hex::encode([&[0x90, 0xAF, 0, 0, 32][..], &[7; 32], &[0]].concat()).into_bytes()), "911C");
}

#[test]
fn the_reader_s_own_questions_are_answered() {
    let mut card = Served::start(&["stdio", "--uid", "04112233445566", "--frame-size", "128"]);
    assert_eq!(card.ask(b"FFCA000000"), "041122334455669000");
    assert_eq!(card.ask(b"ffca010000"), "0677778102809000");
}

#[test]
fn the_end_of_the_input_ends_it_well_and_the_last_line_needs_no_end() {
    let mut card = Served::start(&["stdio"]);
    assert_eq!(card.ask(b"90 6e 00 00 00\r"), "00200091 00".replace(' ', ""));
    let (rest, status) = card.finish();
    assert_eq!(rest, "");
    assert!(status.success());
}

/// The example in `docs/line-protocol.md` is what the program says.
#[test]
fn the_documented_dialogue_is_a_true_one() {
    let text = include_str!("../../../docs/line-protocol.md");
    let dialogue = text.split("```text").nth(1).and_then(|rest| rest.split("```").next()).expect("the example");
    let mut lines = dialogue.lines().filter(|line| !line.is_empty());
    let command = lines.next().and_then(|line| line.strip_prefix("$ satchel-card ")).expect("how it is started");
    let mut card = Served::start(&command.split(' ').collect::<Vec<_>>());
    let mut asked = 0;
    while let Some(line) = lines.next() {
        let question = line.strip_prefix("> ").expect("a question");
        let answer = lines.next().and_then(|line| line.strip_prefix("< ")).expect("its answer");
        assert_eq!(card.ask(question.as_bytes()), answer, "to {question}");
        asked += 1;
    }
    assert!(asked >= 8, "the example is a short one");
}
