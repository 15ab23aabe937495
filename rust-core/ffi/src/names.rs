//! Who, which card, which movement: what many records have in common.

use satchel_terminal::{Refusal, Terminal};
use satchel_values::{CardNumber, OperatorId, SaleId, Uid};

/// An operator.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct Person {
    /// Their number.
    pub number: u32,
    /// Their name, where head office still lists them.
    pub name: Option<String>,
}

/// A movement of a card, or an entry of the journal; shown as `T1-17`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Record)]
pub struct MovementId {
    /// The terminal that made it.
    pub terminal: u32,
    /// Its number in that terminal's journal.
    pub sequence: u32,
}

/// A card, as far as a screen or receipt names it.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct CardMark {
    /// The last four hexadecimal digits of its chip's number.
    pub tail: String,
    /// The last four digits of the number printed on it, such as `…0012`, where that is known here.
    pub number: Option<String>,
}

/// A currency.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct Currency {
    /// Its three letters (ISO 4217).
    pub code: String,
    /// Digits after the decimal sign.
    pub exponent: u8,
}

/// A place in the journal's chain: shown on receipts and reports, it proves later that nothing was cut off.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct HeadMark {
    /// Entries up to here.
    pub entries: u32,
    /// The first eight hexadecimal digits of the last one's hash.
    pub hash: String,
}

impl Person {
    pub(crate) fn of(terminal: &Terminal, id: OperatorId) -> Self {
        let operators = terminal.shelf().operators();
        let name = operators.and_then(|operators| operators.find(id)).map(|operator| operator.name.clone());
        Self { number: id.get(), name }
    }
}

impl CardMark {
    pub(crate) fn of(terminal: &Terminal, card: &Uid) -> Result<Self, Refusal> {
        let chip = card.to_string();
        let tail = chip[chip.len() - 4..].to_owned();
        let number = terminal.card_number(card)?.map(last_digits);
        Ok(Self { tail, number })
    }
}

impl HeadMark {
    pub(crate) fn new(entries: u32, hash: &[u8; 32]) -> Self {
        Self { entries, hash: hex(&hash[..4]) }
    }
}

impl From<SaleId> for MovementId {
    fn from(id: SaleId) -> Self {
        Self { terminal: id.terminal.get(), sequence: id.sequence.get() }
    }
}

impl From<satchel_values::Currency> for Currency {
    fn from(currency: satchel_values::Currency) -> Self {
        Self { code: currency.code().iter().map(|letter| char::from(*letter)).collect(), exponent: currency.exponent() }
    }
}

fn last_digits(number: CardNumber) -> String {
    format!("…{:04}", number.get() % 10_000)
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// An enum of the app beside the core's of the same variants, and the way from the one to the other, where every variant
/// is named.
macro_rules! same_variants {
    ($(#[$doc:meta])* $name:ident from $core:path { $($(#[$variant_doc:meta])* $variant:ident,)+ }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, uniffi::Enum)]
        pub enum $name {
            $($(#[$variant_doc])* $variant,)+
        }

        impl From<$core> for $name {
            fn from(core: $core) -> Self {
                use $core as Core;
                match core {
                    $(Core::$variant => Self::$variant,)+
                }
            }
        }
    };
}
pub(crate) use same_variants;

same_variants! {
    /// The level of an operator card.
    Level from satchel_packages::Level {
        /// Sets terminals up.
        Administrator,
        /// Runs a store.
        StoreManager,
        /// Works at a counter.
        Cashier,
        /// Sells from door to door.
        Seller,
    }
}

same_variants! {
    /// Something an operator may be allowed to do.
    Authority from satchel_packages::Authority {
        /// Sell.
        Sell,
        /// Top cards up.
        TopUp,
        /// Take back the last movement.
        Undo,
        /// Refund.
        Refund,
        /// Give discounts, as far as their percentage goes.
        Discount,
        /// Block cards.
        Block,
        /// Open shifts.
        OpenShift,
        /// Close shifts.
        CloseShift,
        /// Bring cash to the drawer and carry it off.
        PayInOut,
        /// Register members.
        Register,
    }
}

same_variants! {
    /// What head office sends, signed.
    PackageKind from satchel_packages::Kind {
        /// Who may do what.
        Operators,
        /// Where the terminal stands and how much it may do.
        Profile,
        /// Points and bonuses.
        Program,
        /// Cards that are not accepted.
        BlockList,
        /// The terminal's keys.
        KeyBundle,
    }
}

same_variants! {
    /// What a movement of a card does.
    Operation from satchel_journal::Operation {
        /// The card's first transaction, at head office.
        Issue,
        /// Goods paid from the purse, points earned or redeemed.
        Sale,
        /// Money received in cash and credited to the purse.
        TopUp,
        /// The last sale taken back.
        UndoSale,
        /// The last top-up taken back.
        UndoTopUp,
        /// A sale returned later.
        Refund,
        /// The card blocked.
        Block,
        /// A pre-issued card come into a member's hands.
        Activate,
        /// A balance set right by head office.
        Correct,
    }
}

same_variants! {
    /// Where an unsettled movement stands.
    Stage from satchel_journal::Stage {
        /// The intent is written; the commit has not been sent as far as the journal knows.
        Begun,
        /// The commit was about to be sent.
        CommitSent,
        /// The card was lost: "present the same card".
        Indeterminate,
        /// The operator went on without the card.
        Parked,
        /// The card contradicts the journal; head office decides.
        Held,
    }
}
