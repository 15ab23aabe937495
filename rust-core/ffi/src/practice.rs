//! The training mode: a till of its own, and cards that live in files.

use crate::names::same_variants;
use crate::till::Origin;
use crate::{CardTransport, Clock, Currency, Till, TransportFault, Trouble};
use satchel_training::Hold;
use satchel_transport::{Cut, Transport};
use satchel_values::Timestamp;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

/// What an ISO 14443-4 card of this kind tells as its historical bytes.
const HISTORICAL_BYTES: [u8; 1] = [0x80];

/// The training mode. Its keys are published, and its money is worth nothing.
#[derive(uniffi::Object)]
pub struct Practice {
    inner: Arc<satchel_training::Practice>,
    till: Arc<Till>,
}

/// What training is called in the trainee's language, and what money looks like there.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct PracticeTexts {
    /// The name of the operator who may do everything.
    pub manager: String,
    /// The name of the one who may not.
    pub cashier: String,
    /// The currency.
    pub currency: Currency,
}

/// A practice card, as the trainee sees it.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct PracticeCard {
    /// By what it is brought into the field.
    pub index: u32,
    /// What it is for.
    pub kind: PracticeKind,
    /// The operator's name, on an operator's card.
    pub name: Option<String>,
    /// The operator's PIN, on an operator's card: shown to the trainee, and worth nothing.
    pub pin: Option<String>,
    /// The number printed on it, on a member's card.
    pub number: Option<String>,
    /// Its identifier, as anticollision shows it.
    pub uid: Vec<u8>,
    /// Its historical bytes, as `IsoDep` gives them.
    pub historical_bytes: Vec<u8>,
}

same_variants! {
    /// What a practice card is for.
    PracticeKind from satchel_training::PracticeKind {
        /// An operator who may do everything.
        Manager,
        /// An operator who needs approval for undoing, refunding, blocking and high discounts.
        Cashier,
        /// A member with money and points.
        Member,
        /// A member with next to nothing.
        MemberLittleLeft,
        /// A pre-issued card.
        NotActivated,
        /// A card blocked by its own record.
        Blocked,
        /// A card past its last day.
        Expired,
        /// A card on the block list.
        Listed,
        /// Another enterprise's card.
        Foreign,
    }
}

/// Where a practice card is torn away. Exchanges are counted from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Enum)]
pub enum PracticeTear {
    /// Before the card sees this command.
    BeforeCard {
        /// Which.
        exchange: u32,
    },
    /// After the card acted on this command, before its answer is heard.
    AfterCard {
        /// Which.
        exchange: u32,
    },
}

/// Deletes a training folder, so that the next start begins anew. Any other folder is refused.
#[uniffi::export]
pub fn forget_practice(folder: &str) -> Result<(), Trouble> {
    Ok(satchel_training::Practice::forget(Path::new(folder))?)
}

#[uniffi::export]
impl Practice {
    /// Opens the training mode in a folder of its own; makes it there if it is not there.
    #[uniffi::constructor]
    pub fn open(folder: String, clock: Arc<dyn Clock>, texts: PracticeTexts) -> Result<Arc<Self>, Trouble> {
        let now = Timestamp::from_ms(clock.now_ms()?);
        let inner = satchel_training::Practice::open(Path::new(&folder), &texts.try_into()?, now)?;
        let inner = Arc::new(inner);
        let till = Till::start(Origin::Practice(Arc::clone(&inner)), clock)?;
        Ok(Arc::new(Self { inner, till }))
    }

    /// The training terminal.
    pub fn till(&self) -> Arc<Till> {
        Arc::clone(&self.till)
    }

    /// The cards, in the order in which they are shown.
    pub fn cards(&self) -> Vec<PracticeCard> {
        (0..).zip(self.inner.cards()).map(|(index, card)| PracticeCard::new(index, card)).collect()
    }

    /// Brings a card into the field, to be torn away if so told. It leaves when nobody holds it any more.
    pub fn card(&self, index: u32, tear: Option<PracticeTear>) -> Result<Arc<dyn CardTransport>, Trouble> {
        let place = place(index)?;
        let shown = self.inner.cards().nth(place).ok_or_else(|| no_card(index))?;
        let hold = self.inner.hold(place, tear.map(Cut::from)).ok_or_else(|| no_card(index))?;
        Ok(Arc::new(HeldCard { uid: shown.uid.bytes().to_vec(), hold: Mutex::new(hold) }))
    }
}

/// A practice card in the field.
struct HeldCard {
    uid: Vec<u8>,
    hold: Mutex<Hold>,
}

impl CardTransport for HeldCard {
    fn uid(&self) -> Result<Vec<u8>, TransportFault> {
        Ok(self.uid.clone())
    }

    fn transceive(&self, apdu: Vec<u8>) -> Result<Vec<u8>, TransportFault> {
        // A card is whole after every command, so one that somebody panicked with is too.
        let mut hold = self.hold.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(hold.transceive(&apdu)?)
    }
}

impl PracticeCard {
    fn new(index: u32, card: &satchel_training::PracticeCard) -> Self {
        Self {
            index,
            kind: card.kind.into(),
            name: card.name.clone(),
            pin: card.pin.map(str::to_owned),
            number: card.number.map(|number| number.to_string()),
            uid: card.uid.bytes().to_vec(),
            historical_bytes: HISTORICAL_BYTES.to_vec(),
        }
    }
}

impl TryFrom<PracticeTexts> for satchel_training::PracticeTexts {
    type Error = Trouble;

    fn try_from(texts: PracticeTexts) -> Result<Self, Trouble> {
        let PracticeTexts { manager, cashier, currency } = texts;
        let currency = satchel_values::Currency::new(&currency.code, currency.exponent)
            .map_err(|error| Trouble::Internal { detail: error.to_string() })?;
        Ok(Self { manager, cashier, currency })
    }
}

impl From<PracticeTear> for Cut {
    fn from(tear: PracticeTear) -> Self {
        match tear {
            PracticeTear::BeforeCard { exchange } => Self::BeforeCard(exchange),
            PracticeTear::AfterCard { exchange } => Self::AfterCard(exchange),
        }
    }
}

fn place(index: u32) -> Result<usize, Trouble> {
    usize::try_from(index).map_err(|_| no_card(index))
}

fn no_card(index: u32) -> Trouble {
    Trouble::Internal { detail: format!("there is no practice card {index}") }
}
