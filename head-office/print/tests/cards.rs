//! Faces of cards as PDF.

#![allow(clippy::unwrap_used, reason = "a test")]

use satchel_print::{CardFace, Fonts, PrintError, card_faces};

fn face(name: &str) -> CardFace {
    CardFace {
        chain: "Corner Market".to_owned(),
        number: "2700 0000 0018".to_owned(),
        name: name.to_owned(),
        code: "SATCHEL:270000000018".to_owned(),
    }
}

#[test]
fn every_card_has_a_page_of_a_card_s_size() {
    let mut fonts = Fonts::of_system().unwrap();
    let names =
        ["Ada Brown", "José García", "", "A name that is much too long to stand beside a code on any card there is"];
    let printed = card_faces(&names.map(face), &mut fonts).unwrap();
    assert!(printed.starts_with(b"%PDF-"));
    let text = String::from_utf8_lossy(&printed);
    assert_eq!(text.matches("/MediaBox").count(), names.len(), "a page a card");
    assert!(text.contains("242.65") && text.contains("153.01"), "ID-1");
}

#[test]
fn a_letter_that_no_font_has_is_named_with_its_name() {
    let mut fonts = Fonts::of_system().unwrap();
    // A private letter, which nobody can have.
    let refused = card_faces(&[face("Ada \u{F8FF}\u{10FFFD}")], &mut fonts);
    assert!(matches!(refused, Err(PrintError::NoLetter { .. })), "{refused:?}");
}
