//! What is held to a till's reader that is no card of ours, and cards of ours on a bad line: a name for each, and books
//! that agree with the card.

use satchel_cards::CardError;
use satchel_chain::field::{Field, blank_card};
use satchel_chain::scene::{Errand, Scene};
use satchel_desfire::{Error, Status};
use satchel_terminal::{Order, Outcome, Refusal, Settled};
use satchel_transport::{Transport, TransportError, is_pseudo_apdu};
use satchel_values::Money;

/// Something in the field that answers by a rule of its own.
struct Stranger(fn(&[u8]) -> Result<Vec<u8>, TransportError>);

impl Transport for Stranger {
    fn transceive(&mut self, command: &[u8]) -> Result<Vec<u8>, TransportError> {
        (self.0)(command)
    }

    fn reset(&mut self) -> Result<(), TransportError> {
        Ok(())
    }
}

/// A card that the reader knows the number of, and that says this to every command.
fn says(command: &[u8], response: &[u8]) -> Result<Vec<u8>, TransportError> {
    match command {
        [0xFF, 0xCA, 0x00, ..] => Ok(vec![4, 1, 2, 3, 4, 5, 6, 0x90, 0x00]),
        [0xFF, 0xCA, 0x01, ..] => Ok(vec![0x06, 0x75, 0x77, 0x81, 0x02, 0x80, 0x90, 0x00]),
        _ => Ok(response.to_vec()),
    }
}

#[test]
fn strangers_are_refused_by_name() {
    type Named = fn(&Refusal) -> bool;
    let mut scene = Scene::for_errand(Errand::Sale);
    let strangers: [(&str, Stranger, Named); 10] = [
        ("nothing", Stranger(|_| Err(TransportError::CardGone)), |refusal| matches!(refusal, Refusal::CardGone)),
        (
            "a reader that does not answer",
            Stranger(|_| Err(TransportError::TimedOut { waited_ms: 1_000 })),
            |refusal| matches!(refusal, Refusal::Card(CardError::Card(Error::Transport(_)))),
        ),
        (
            "a card with four bytes of number",
            Stranger(|command| {
                if is_pseudo_apdu(command) { Ok(vec![1, 2, 3, 4, 0x90, 0x00]) } else { says(command, &[0x6A, 0x82]) }
            }),
            |refusal| matches!(refusal, Refusal::Card(CardError::Card(Error::NotSevenByteUid(4)))),
        ),
        ("a payment card", Stranger(|command| says(command, &[0x6A, 0x82])), |refusal| {
            matches!(refusal, Refusal::Card(CardError::Card(Error::UnknownStatus(0x6A, 0x82))))
        }),
        ("a card without our application", Stranger(|command| says(command, &[0x91, 0xA0])), |refusal| {
            matches!(refusal, Refusal::NotOurs)
        }),
        ("a card that is disabled", Stranger(|command| says(command, &[0x91, 0xCD])), |refusal| {
            matches!(refusal, Refusal::Card(CardError::Card(Error::Card(Status::PiccDisabled))))
        }),
        ("a card that says yes to everything", Stranger(|command| says(command, &[0x91, 0x00])), |refusal| {
            matches!(refusal, Refusal::Card(CardError::Card(Error::Length { .. } | Error::Malformed(_))))
        }),
        ("a card that never ends", Stranger(|command| says(command, &[0, 0x91, 0xAF])), |refusal| {
            matches!(refusal, Refusal::Card(CardError::Card(Error::TooManyFrames(_))))
        }),
        (
            "a card set to LRP",
            Stranger(|command| match command[1] {
                0x71 => Ok([&[0x01; 17][..], &[0x91, 0xAF]].concat()),
                0x64 => says(command, &[1, 0x91, 0x00]),
                _ => says(command, &[0x91, 0x00]),
            }),
            |refusal| matches!(refusal, Refusal::Card(CardError::Card(Error::LrpNotSupported))),
        ),
        ("an answer longer than any", Stranger(|command| says(command, &[0; 300])), |refusal| {
            matches!(refusal, Refusal::Card(CardError::Card(Error::Length { .. })))
        }),
    ];
    for (what, mut stranger, named) in strangers {
        let before = scene.terminals[0].books().perpetual().clone();
        let refused = scene.terminals[0].sell(&mut stranger, &Order::plain(Money::new(1_00)), None);
        assert!(refused.as_ref().is_err_and(named), "{what}: {refused:?}");
        assert_eq!(*scene.terminals[0].books().perpetual(), before, "{what}");
        assert!(scene.terminals[0].books().unsettled().is_empty(), "{what}");
    }
}

/// A way to spoil one response.
type Spoil = fn(&mut Vec<u8>);

const SPOILS: [(&str, Spoil); 8] = [
    ("a bit of the first byte", |response| response[0] ^= 0x01),
    ("a bit in the middle", |response| {
        let middle = response.len() / 2;
        response[middle] ^= 0x10;
    }),
    ("a status of success for the whole", |response| *response = vec![0x91, 0x00]),
    ("a made-up refusal", |response| *response = vec![0x91, 0xBE]),
    ("an unknown status", |response| *response = vec![0x6F, 0x00]),
    ("nothing", Vec::clear),
    ("a byte less", |response| {
        response.remove(0);
    }),
    ("another frame announced", |response| {
        let last = response.len() - 1;
        response[last] = 0xAF;
    }),
];

/// A field in which one response is spoilt.
struct BadLine<'c> {
    field: Field<'c>,
    exchange: u32,
    spoil: Spoil,
    seen: u32,
    /// Whether the spoilt response is another than the card's.
    other: bool,
}

impl Transport for BadLine<'_> {
    fn transceive(&mut self, command: &[u8]) -> Result<Vec<u8>, TransportError> {
        let mut response = self.field.transceive(command)?;
        if !is_pseudo_apdu(command) {
            if self.seen == self.exchange {
                let said = response.clone();
                (self.spoil)(&mut response);
                self.other = response != said;
            }
            self.seen += 1;
        }
        Ok(response)
    }

    fn reset(&mut self) -> Result<(), TransportError> {
        self.field.reset()
    }
}

/// Spoils that one stage bears: the money on its card is enough for so many sales.
const SPOILS_A_STAGE: usize = 4;

#[test]
fn a_spoilt_response_at_any_exchange_leaves_card_and_books_agreed() {
    for errand in [Errand::Sale, Errand::TopUpWithBonus, Errand::UndoSale, Errand::UndoTopUp] {
        let mut exchange = 0;
        while spoilt_errands(errand, exchange) > exchange {
            exchange += 1;
        }
        assert!(exchange >= 8, "{errand:?} has {exchange} exchanges");
    }
}

/// Runs the errand once for every spoil of this exchange. How many exchanges the last of them had.
fn spoilt_errands(errand: Errand, exchange: u32) -> u32 {
    let mut seen = 0;
    for spoils in SPOILS.chunks(SPOILS_A_STAGE) {
        let mut scene = Scene::for_errand(errand);
        for (what, spoil) in spoils {
            match errand {
                Errand::UndoSale => scene.expect_done(|scene, field| scene.sell(field, 1_00)),
                Errand::UndoTopUp => scene.expect_done(|scene, field| scene.errand(Errand::TopUp, field)),
                _ => {}
            }
            seen = spoilt_errand(&mut scene, errand, exchange, *spoil, what);
        }
    }
    seen
}

/// Runs the errand with one response spoilt, holds the card again, and compares. How many exchanges there were.
fn spoilt_errand(scene: &mut Scene, errand: Errand, exchange: u32, spoil: Spoil, what: &str) -> u32 {
    let mut card = std::mem::replace(&mut scene.card, blank_card(0));
    let mut line = BadLine { field: Field::new(&mut card), exchange, spoil, seen: 0, other: false };
    let outcome = scene.errand(errand, &mut line);
    let (seen, other) = (line.seen, line.other);
    drop(line);
    scene.card = card;
    let at = format!("{errand:?}, exchange {exchange}: {what}");
    match outcome {
        Ok(Outcome::Indeterminate { .. }) => {
            let settled = scene.settle(0);
            assert!(matches!(settled, Ok(Settled::Settled(_))), "{at}: {settled:?}");
        }
        Ok(Outcome::Done(_)) => assert!(!other, "{at}: done, whatever the card said"),
        Ok(_) | Err(_) => {}
    }
    assert!(scene.terminals[0].books().unsettled().is_empty(), "{at}");
    let (told, state) = (scene.told(), scene.card_state());
    assert_eq!((told.movements, told.purse, told.points), (state.movements, state.purse, state.points), "{at}");
    seen
}
