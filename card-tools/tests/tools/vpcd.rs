use crate::process::Served;
use crate::{qualified, reasons};
use satchel_card_tools::qualify::Verdict;
use satchel_transport::{Transport, TransportError};
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};

const POWER_OFF: u8 = 0;
const POWER_ON: u8 = 1;
const RESET: u8 = 2;
const GET_ATR: u8 = 4;

/// The virtual reader's side of the protocol, and the card in it.
struct VirtualReader {
    card: TcpStream,
    _program: Served,
}

impl VirtualReader {
    fn with_card(arguments: &[&str]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = listener.local_addr().expect("bound").to_string();
        let program = Served::start(&[&["vpcd", "--connect", &address], arguments].concat());
        let (card, _) = listener.accept().expect("the card comes");
        Self { card, _program: program }
    }

    fn send(&mut self, message: &[u8]) {
        let length = u16::try_from(message.len()).expect("a short message").to_be_bytes();
        self.card.write_all(&[&length, message].concat()).expect("sent");
    }

    fn receive(&mut self) -> Vec<u8> {
        let mut length = [0; 2];
        self.card.read_exact(&mut length).expect("a length");
        let mut message = vec![0; usize::from(u16::from_be_bytes(length))];
        self.card.read_exact(&mut message).expect("a message");
        message
    }

    fn ask(&mut self, message: &[u8]) -> Vec<u8> {
        self.send(message);
        self.receive()
    }
}

impl Transport for VirtualReader {
    fn transceive(&mut self, command: &[u8]) -> Result<Vec<u8>, TransportError> {
        Ok(self.ask(command))
    }

    fn reset(&mut self) -> Result<(), TransportError> {
        self.send(&[POWER_OFF]);
        self.send(&[POWER_ON]);
        Ok(())
    }
}

#[test]
fn the_card_answers_to_reset_as_a_contactless_card_does() {
    let mut reader = VirtualReader::with_card(&[]);
    reader.send(&[POWER_ON]);
    let atr = reader.ask(&[GET_ATR]);
    assert_eq!(atr, [0x3B, 0x81, 0x80, 0x01, 0x80, 0x80]);
    assert_eq!(atr[1..].iter().fold(0, |sum, byte| sum ^ byte), 0, "the check byte");
}

#[test]
fn power_off_and_reset_are_a_field_lost() {
    for loss in [POWER_OFF, POWER_ON, RESET] {
        let mut reader = VirtualReader::with_card(&["--factory-key", "aes-zeros"]);
        assert_eq!(reader.ask(&[0x90, 0x71, 0, 0, 2, 0, 0, 0])[16..], [0x91, 0xAF]);
        reader.send(&[loss]);
        assert_eq!(reader.ask(&[&[0x90, 0xAF, 0, 0, 32][..], &[7; 32], &[0]].concat()), [0x91, 0x1C]);
    }
}

#[test]
fn a_whole_life_in_the_virtual_reader() {
    let report = qualified(&mut VirtualReader::with_card(&[]));
    assert_eq!(report.verdict, Verdict::Fit, "{}", reasons(&report));
}
