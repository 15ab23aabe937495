use crate::blank::CutOff;
use crate::process::Served;
use satchel_card_tools::qualify::Verdict;
use satchel_transport::Transport;

/// CreateApplication 563412 with one AES key, which anybody may on a fresh card.
const CREATE: [u8; 11] = [0x90, 0xCA, 0, 0, 5, 0x12, 0x34, 0x56, 0x0F, 0x81, 0];
const LIST: [u8; 5] = [0x90, 0x6A, 0, 0, 0];

#[test]
fn what_the_card_has_answered_outlives_a_kill() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("card");
    let arguments = ["stdio", "--card", file.to_str().expect("a path of text")];
    let mut card = Served::start(&arguments);
    assert_eq!(card.transceive(&CREATE).expect("answered"), [0x91, 0x00]);
    drop(card);
    let mut card = Served::start(&arguments);
    assert_eq!(card.transceive(&LIST).expect("answered"), [0x12, 0x34, 0x56, 0x91, 0x00]);
}

#[test]
fn a_life_that_is_killed_half_way_is_cleaned_up_by_the_next_run() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("card");
    let arguments = ["stdio", "--card", file.to_str().expect("a path of text")];
    for exchanges in [20, 60, 150] {
        let mut cut_off = CutOff { card: Served::start(&arguments), left: exchanges };
        let report = crate::qualified(&mut cut_off);
        assert!(matches!(report.verdict, Verdict::NotJudged(_)), "{:?}", report.verdict);
        assert!(!report.left_on_card.is_empty(), "it is said that something is left");
        drop(cut_off);
    }
    let mut card = Served::start(&arguments);
    let report = crate::qualified(&mut card);
    assert_eq!(report.verdict, Verdict::Fit, "{}", crate::reasons(&report));
    assert!(report.steps.iter().flat_map(|step| &step.notes).any(|note| note.contains("an earlier run")));
    assert_eq!(card.transceive(&LIST).expect("answered"), [0x91, 0x00]);
}
