//! A scene whose first terminal keeps its journal on a disk that fails.

#![allow(dead_code, reason = "each test uses what it needs of it")]

use satchel_card_simulator::Card;
use satchel_chain::field::Field;
use satchel_chain::scene::{Errand, Scene};
use satchel_chain::store::sign_on;
use satchel_faulty_disk::{Disk, Files};
use satchel_journal::{Journal, JournalError, OpenOptions};
use satchel_terminal::{Outcome, Refusal, Settled};
use satchel_transport::{Transport, TransportError, is_pseudo_apdu};

/// The scene, its disk, and everything as it was before the first attempt.
pub struct Stage {
    pub scene: Scene,
    pub disk: Disk,
    before: Files,
    card: Vec<u8>,
}

impl Stage {
    /// Moves the first terminal's journal onto the disk and starts the terminal on it.
    pub fn set(errand: Errand) -> Self {
        let mut scene = Scene::for_errand(errand);
        drop(scene.terminals.remove(0));
        let path = scene.stores[0].journal_path();
        let journal = std::fs::read(&path).expect("a stopped terminal leaves one whole file");
        let path = path.to_str().expect("temporary folders have plain names").to_owned();
        let before = Files::from([(path, journal)]);
        let card = scene.card.save();
        let mut stage = Self { scene, disk: Disk::new(), before, card };
        stage.disk.load(&stage.before);
        stage.start().expect("the terminal starts");
        stage
    }

    /// Everything as it was before the first attempt, with the terminal started.
    pub fn reset(&mut self) {
        self.stop();
        self.disk.load(&self.before);
        self.scene.card = Card::load(&self.card).expect("its own image");
        self.start().expect("the terminal starts");
    }

    /// Ends the terminal's software, if it runs.
    pub fn stop(&mut self) {
        if self.scene.terminals.len() == 2 {
            drop(self.scene.terminals.remove(0));
        }
    }

    /// Opens the first terminal's journal as a terminal does.
    pub fn open(&self) -> Result<Journal, JournalError> {
        self.scene.stores[0].open_journal(OpenOptions { vfs: Some(self.disk.vfs()), ..OpenOptions::default() })
    }

    /// Starts the first terminal, with somebody on duty.
    pub fn start(&mut self) -> Result<(), Refusal> {
        let journal = self.open()?;
        self.start_on(journal)
    }

    /// Starts the first terminal on a journal that is open, with somebody on duty.
    pub fn start_on(&mut self, journal: Journal) -> Result<(), Refusal> {
        let mut terminal = self.scene.stores[0].start_with(journal, Box::new(self.scene.clock.clone()))?;
        sign_on(&mut terminal, &mut self.scene.office.operators[0])?;
        self.scene.terminals.insert(0, terminal);
        Ok(())
    }

    /// Runs an errand, and counts its exchanges with the card. The reader has the terminal's power: when the disk
    /// loses it, the field is gone too.
    pub fn run(&mut self, errand: Errand, power: Power) -> (Result<Outcome, Refusal>, u32) {
        let mut card = std::mem::replace(&mut self.scene.card, satchel_chain::field::blank_card(0));
        let mut reader = Reader { field: Field::new(&mut card), disk: self.disk.clone(), power, exchanges: 0 };
        let outcome = self.scene.errand(errand, &mut reader);
        let exchanges = reader.exchanges;
        drop(reader);
        self.scene.card = card;
        (outcome, exchanges)
    }

    /// Holds the card again if something of it is open; then card, journals and totals agree.
    pub fn settle(&mut self, context: &str) {
        if !self.scene.terminals[0].books().unsettled().is_empty() {
            let settled = self.scene.settle(0).unwrap_or_else(|refusal| panic!("{context}: {refusal}"));
            assert!(matches!(settled, Settled::Settled(_)), "{context}: {settled:?}");
        }
        self.agree(context);
    }

    /// Head office can prove every movement. One whose `CommitSent` went with the power is proved by the card's next.
    pub fn prove(&mut self, context: &str) {
        let verdicts = self.scene.audit();
        assert!(verdicts.balanced() && verdicts.settled_by_card == 0, "{context}: {verdicts:?}");
    }

    /// Card, journals and totals agree, and nothing is open.
    pub fn agree(&mut self, context: &str) {
        let scene = &mut self.scene;
        let (told, card) = (scene.told(), scene.card_state());
        assert_eq!(told.movements, card.movements, "{context}: movements");
        assert_eq!((told.purse, told.points), (card.purse, card.points), "{context}: purse and points");
        let mut changed = scene.issued.intent.purse;
        for terminal in &scene.terminals {
            assert!(terminal.books().unsettled().is_empty(), "{context}: unsettled");
            let change = terminal.books().perpetual().purse_change().expect("in range");
            changed = changed.plus(change).expect("in range");
        }
        assert_eq!(changed, card.purse, "{context}: totals");
    }
}

/// When the reader's power goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Power {
    /// With the disk's.
    OfDisk,
    /// Before the card hears this exchange.
    UntilBefore(u32),
    /// When the card has done this exchange, before its answer is heard.
    UntilAfter(u32),
}

/// A reader that has one power supply with the disk.
struct Reader<'c> {
    field: Field<'c>,
    disk: Disk,
    power: Power,
    /// With the card; what the reader is asked is none.
    exchanges: u32,
}

impl Reader<'_> {
    fn check_power(&self) -> Result<(), TransportError> {
        if self.disk.is_off() { Err(TransportError::CardGone) } else { Ok(()) }
    }
}

impl Transport for Reader<'_> {
    fn transceive(&mut self, command: &[u8]) -> Result<Vec<u8>, TransportError> {
        if is_pseudo_apdu(command) {
            self.check_power()?;
            return self.field.transceive(command);
        }
        if self.power == Power::UntilBefore(self.exchanges) {
            self.disk.lose_power();
        }
        self.check_power()?;
        let answer = self.field.transceive(command)?;
        if self.power == Power::UntilAfter(self.exchanges) {
            self.disk.lose_power();
        }
        self.check_power()?;
        self.exchanges += 1;
        Ok(answer)
    }

    fn reset(&mut self) -> Result<(), TransportError> {
        self.check_power()?;
        self.field.reset()
    }
}
