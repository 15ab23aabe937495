use minicbor::bytes::ByteArray;
use minicbor::{Decode, Encode};
use satchel_programs::Limits;
use satchel_values::{Currency, StoreId};

/// Where a terminal stands, and how much it may do.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct Profile {
    /// The store or van.
    #[n(0)]
    pub store: StoreId,
    /// The currency's three letters.
    #[n(1)]
    currency: [u8; 3],
    /// The currency's digits after the decimal sign.
    #[n(2)]
    exponent: u8,
    /// How much it may do.
    #[n(3)]
    pub limits: Limits,
    /// How old packages may be.
    #[n(4)]
    pub ages: AgeLimits,
    /// Texts for receipts.
    #[n(5)]
    pub texts: Vec<Text>,
    /// What bundles for head office are sealed to (X25519); none before there was one.
    #[n(6)]
    pub exchange: Option<ByteArray<32>>,
}

impl Profile {
    /// A profile without texts and without an exchange, and with the ordinary age limits.
    pub fn new(store: StoreId, currency: Currency, limits: Limits) -> Self {
        let (code, exponent) = (currency.code(), currency.exponent());
        Self { store, currency: code, exponent, limits, ages: AgeLimits::default(), texts: Vec::new(), exchange: None }
    }

    /// The currency; `None` if head office wrote none that is one.
    pub fn currency(&self) -> Option<Currency> {
        Currency::new(std::str::from_utf8(&self.currency).ok()?, self.exponent).ok()
    }
}

/// How old the packages may be that something relies on, in days.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
pub struct AgeLimits {
    /// For top-ups and refunds.
    #[n(0)]
    pub top_up_days: u16,
    /// For sales.
    #[n(1)]
    pub sale_days: u16,
}

impl Default for AgeLimits {
    fn default() -> Self {
        Self { top_up_days: 7, sale_days: 30 }
    }
}

/// A text for receipts.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct Text {
    /// Where it belongs, such as "header".
    #[n(0)]
    pub place: String,
    /// What it says.
    #[n(1)]
    pub text: String,
}
