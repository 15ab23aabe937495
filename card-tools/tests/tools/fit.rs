use crate::process::SATCHEL_CARD;
use crate::{qualified, reasons};
use satchel_card_simulator::{Card, CardConfig, FactoryKey, Generation};
use satchel_card_tools::qualify::{Report, Verdict};
use satchel_transport::{Sim, Transport, TransportError};
use std::process::{Command, Output, Stdio};

/// `satchel-card qualify` with these arguments.
fn satchel_card_qualify(arguments: &[&str]) -> Output {
    Command::new(SATCHEL_CARD).arg("qualify").args(arguments).output().expect("the binary runs")
}

fn of(config: CardConfig) -> Report {
    qualified(&mut Sim::new(Card::new(config)))
}

#[test]
fn the_simulated_card_is_fit_in_every_make() {
    for picc_key in [FactoryKey::DesZeros, FactoryKey::AesZeros] {
        for generation in [Generation::Ev2, Generation::Ev3] {
            for frame_size in [16, 32, 64, 128, 256] {
                let report = of(CardConfig { picc_key, generation, frame_size, ..CardConfig::default() });
                assert_eq!(report.verdict, Verdict::Fit, "{picc_key:?} {frame_size}: {}", reasons(&report));
                assert!(report.left_on_card.is_empty(), "{:?}", report.left_on_card);
            }
        }
    }
}

#[test]
fn a_card_can_be_qualified_again_and_again() {
    let mut card = Sim::fresh(5);
    for _ in 0..3 {
        let report = qualified(&mut card);
        assert_eq!(report.verdict, Verdict::Fit, "{}", reasons(&report));
    }
}

#[test]
fn movements_cost_what_the_budgets_say() {
    let report = of(CardConfig::default());
    for (name, exchanges, bytes) in
        [("sale", 9, 470), ("top-up", 10, 515), ("undo the sale", 11, 560), ("block", 7, 375)]
    {
        let step = report.steps.iter().find(|step| step.name == name).expect(name);
        assert!(step.tally.exchanges <= exchanges && step.tally.budget_bytes() <= bytes, "{name}: {:?}", step.tally);
    }
}

#[test]
fn the_program_says_fit_and_its_exit_code_too() {
    let emulator = format!("exec:{SATCHEL_CARD} stdio --factory-key aes-zeros");
    for reader in ["sim", "sim:77", &emulator] {
        let output = satchel_card_qualify(&["--reader", reader]);
        let said = String::from_utf8(output.stdout).expect("text");
        assert!(said.trim_end().ends_with("fit for service"), "{said}");
        assert_eq!(output.status.code(), Some(0));
    }
}

#[test]
fn the_report_is_json_on_request() {
    let output = satchel_card_qualify(&["--reader", "sim", "--json", "-"]);
    let report: serde_json::Value = serde_json::from_slice(&output.stdout).expect("nothing but JSON");
    assert_eq!(report["verdict"], "fit");
    let steps = report["steps"].as_array().expect("a list");
    assert!(steps.iter().all(|step| step["good"] == true && step["measured_us"].is_u64()), "{report:#}");
    let exchanges: u64 = steps.iter().filter_map(|step| step["exchanges"].as_u64()).sum();
    assert_eq!(report["total"]["exchanges"], exchanges);
}

#[test]
fn nobody_who_reads_the_lines_is_no_reason_to_leave_a_card_half_made() {
    let mut child = Command::new(SATCHEL_CARD)
        .args(["qualify", "--reader", "sim"])
        .stdout(Stdio::piped())
        .spawn()
        .expect("the binary runs");
    drop(child.stdout.take());
    assert_eq!(child.wait().expect("it ends").code(), Some(0));
}

#[test]
fn a_reader_that_is_not_there_is_not_a_card_that_is_unfit() {
    for reader in ["tcp:127.0.0.1:1", "exec:true", "exec:echo nonsense"] {
        let output = satchel_card_qualify(&["--reader", reader]);
        assert_eq!(output.status.code(), Some(2), "{reader}");
        assert!(String::from_utf8_lossy(&output.stdout).contains("not judged"), "{reader}");
    }
    assert_eq!(satchel_card_qualify(&["--reader", "usb"]).status.code(), Some(2));
}

#[test]
fn a_card_that_is_too_small_is_unfit_and_blank_again() {
    let emulator = format!("exec:{SATCHEL_CARD} stdio --memory 700");
    let output = satchel_card_qualify(&["--reader", &emulator]);
    let said = String::from_utf8(output.stdout).expect("text");
    assert!(said.contains("unfit:") && said.contains("not enough free memory"), "{said}");
    assert!(!said.contains("left on the card"), "{said}");
    assert_eq!(output.status.code(), Some(1));
}

/// Another maker's emulator: AES only, no reader's questions, none of the commands that service does without.
struct Minimal {
    card: Card,
    refusal: [u8; 2],
}

impl Transport for Minimal {
    fn transceive(&mut self, command: &[u8]) -> Result<Vec<u8>, TransportError> {
        let missing = match command {
            [0xFF, ..] => return Ok(vec![0x6A, 0x81]),
            [0x90, 0x0A | 0x1A | 0xDA | 0xFC | 0x6E | 0x5C | 0x51 | 0x6D | 0xEB | 0xA7, ..] => true,
            _ => false,
        };
        Ok(if missing { self.refusal.to_vec() } else { self.card.transmit(command) })
    }

    fn reset(&mut self) -> Result<(), TransportError> {
        self.card.field_off();
        Ok(())
    }
}

#[test]
fn what_service_does_without_does_not_make_a_card_unfit() {
    for refusal in [[0x91, 0x1C], [0x91, 0xAE], [0x6D, 0x00]] {
        let config = CardConfig { picc_key: FactoryKey::AesZeros, ..CardConfig::default() };
        let mut minimal = Minimal { card: Card::new(config), refusal };
        let report = qualified(&mut minimal);
        assert_eq!(report.verdict, Verdict::Fit, "{}", reasons(&report));
        assert_eq!(report.left_on_card, ["the application 535401, with training keys"]);
        let notes: Vec<_> = report.steps.iter().flat_map(|step| &step.notes).collect();
        for command in ["DeleteApplication not offered", "AbortTransaction not offered"] {
            assert!(notes.iter().any(|note| *note == command), "{command}: {notes:?}");
        }
    }
}

/// Grants less than the rights table where service does without, and has a word of its own for what a file cannot do.
struct Sparing {
    card: Card,
    key: u8,
}

impl Transport for Sparing {
    fn transceive(&mut self, command: &[u8]) -> Result<Vec<u8>, TransportError> {
        if let [0x90, 0x71 | 0x77, _, _, _, key, ..] = command {
            self.key = *key;
        }
        Ok(match (command, self.key) {
            ([0x90, 0xDC, _, _, _, 3, ..], 3) => vec![0x91, 0x9D],
            ([0x90, 0x6C, _, _, _, 1, ..], _) => vec![0x91, 0x1D],
            _ => self.card.transmit(command),
        })
    }

    fn reset(&mut self) -> Result<(), TransportError> {
        self.card.field_off();
        Ok(())
    }
}

#[test]
fn what_is_odd_and_harmless_is_noted() {
    let mut sparing = Sparing { card: Card::new(CardConfig::default()), key: 0 };
    let report = qualified(&mut sparing);
    assert_eq!(report.verdict, Verdict::Fit, "{}", reasons(&report));
    let notes: Vec<_> = report.steps.iter().flat_map(|step| &step.notes).collect();
    for odd in [
        "Debit on the purse with key 3: refused although the table grants it",
        "GetValue on the identity with key 0: the card answered the unknown status 911D",
    ] {
        assert!(notes.iter().any(|note| note.starts_with(odd)), "{odd}: {notes:?}");
    }
}
