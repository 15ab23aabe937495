use crate::process::Served;
use crate::{qualified, reasons};
use satchel_card_tools::qualify::Verdict;
use satchel_transport::{Tcp, Transport};
use std::io::{BufRead, BufReader, Write};
use std::net::TcpStream;

/// A card on a free port, and its address.
fn served(arguments: &[&str]) -> (Served, String) {
    let mut card = Served::start(&[&["tcp", "--listen", "127.0.0.1:0"], arguments].concat());
    let said = card.hear();
    let address = said.strip_prefix("listening at ").expect("it says where").to_owned();
    (card, address)
}

#[test]
fn a_whole_life_over_tcp() {
    let (_card, address) = served(&[]);
    let report = qualified(&mut Tcp::connect(&address).expect("it listens"));
    assert_eq!(report.verdict, Verdict::Fit, "{}", reasons(&report));
}

#[test]
fn each_client_finds_the_card_in_a_field_of_its_own() {
    let (_card, address) = served(&["--factory-key", "aes-zeros"]);
    let mut first = Tcp::connect(&address).expect("it listens");
    assert_eq!(first.transceive(&[0x90, 0x71, 0, 0, 2, 0, 0, 0]).expect("answered")[16..], [0x91, 0xAF]);
    drop(first);
    let mut second = Tcp::connect(&address).expect("it listens");
    let proof = [&[0x90, 0xAF, 0, 0, 32][..], &[7; 32], &[0]].concat();
    assert_eq!(second.transceive(&proof).expect("answered"), [0x91, 0x1C]);
}

#[test]
fn a_client_that_says_nothing_gives_way_to_one_that_waits() {
    let (_card, address) = served(&["--patience-ms", "1"]);
    let mut silent = Tcp::connect(&address).expect("it listens");
    silent.transceive(&[0x90, 0x6E, 0, 0, 0]).expect("answered");
    let mut waiting = Tcp::connect(&address).expect("it listens");
    assert_eq!(waiting.transceive(&[0x90, 0x6E, 0, 0, 0]).expect("answered"), [0x00, 0x20, 0x00, 0x91, 0x00]);
}

#[test]
fn a_client_that_never_ends_its_line_gives_way_too() {
    let (_card, address) = served(&["--patience-ms", "1"]);
    let mut endless = TcpStream::connect(&address).expect("it listens");
    let writer = std::thread::spawn(move || while endless.write_all(&[b'9'; 1_024]).is_ok() {});
    let mut waiting = Tcp::connect(&address).expect("it listens");
    assert_eq!(waiting.transceive(&[0x90, 0x6E, 0, 0, 0]).expect("answered"), [0x00, 0x20, 0x00, 0x91, 0x00]);
    writer.join().expect("it was shown out");
}

#[test]
fn garbage_on_the_socket_is_answered_like_garbage_on_a_pipe() {
    let (_card, address) = served(&[]);
    let mut to = TcpStream::connect(&address).expect("it listens");
    let mut from = BufReader::new(to.try_clone().expect("a socket"));
    to.write_all(b"\xFF\xFE\n\n9060000000x\n906e000000\n").expect("sent");
    let answers: Vec<_> = (&mut from).lines().take(4).map(|line| line.expect("text")).collect();
    assert!(answers[..3].iter().all(|answer| answer.starts_with("error: ")), "{answers:?}");
    assert_eq!(answers[3], "0020009100");
}
