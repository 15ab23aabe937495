//! A member's card and the member.

use crate::names::same_variants;
use crate::{CardMark, CardMeans, Currency, MovementId, Operation, Outcome, Trouble};
use satchel_cards::member::Inquiry;
use satchel_cards::record::HistoryRecord;
use satchel_terminal::Terminal;
use satchel_values::{Date, Uid};

/// How much of a card is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, uniffi::Enum)]
pub enum Depth {
    /// Identity and state: five exchanges.
    State,
    /// The last movements too.
    History,
}

/// What a card says of itself.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct CardState {
    /// The card.
    pub card: CardMark,
    /// The number printed on it, whole and in groups.
    pub number: String,
    /// The member's number at head office.
    pub member: u64,
    /// The day it was issued, counted from 1970-01-01.
    pub issued_day: i64,
    /// Its last day, counted from 1970-01-01; none if it has none.
    pub expiry_day: Option<i64>,
    /// Whether it may be used.
    pub standing: Standing,
    /// What an order depends on: purse, points and tier.
    pub means: CardMeans,
    /// Its currency.
    pub currency: Currency,
    /// Its movements, newest first; only the newest if no more was asked for.
    pub history: Vec<CardMovement>,
    /// The member, where they were registered here.
    pub registered: Option<Member>,
}

same_variants! {
    /// Whether a card may be used.
    Standing from satchel_cards::record::Standing {
        /// In a member's hands and good.
        Active,
        /// Pre-issued, waiting for a member.
        NotActivated,
        /// Blocked; only head office can clear it.
        Blocked,
    }
}

/// One movement in a card's own history.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct CardMovement {
    /// Which.
    pub id: MovementId,
    /// What it was.
    pub operation: Operation,
    /// When, to the second.
    pub at_ms: i64,
    /// What it did to the purse, signed.
    pub amount_minor: i64,
    /// The purse afterwards.
    pub balance_minor: i64,
    /// The points afterwards.
    pub points: i64,
}

/// What a person tells when they become a member.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct MemberDetails {
    /// Their name, as they write it.
    pub name: String,
    /// How to reach them.
    pub contact: String,
    /// What they agreed to.
    pub consent: Consent,
}

/// Whether a person agreed to be written to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, uniffi::Enum)]
pub enum Consent {
    /// They did.
    Given,
    /// They did not.
    Refused,
}

/// What came of registering somebody.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct Registration {
    /// The number printed on their card, whole and in groups.
    pub number: String,
    /// What became of activating it. If the card did not do it, the member waits: register again with the same card.
    pub outcome: Outcome,
}

/// A registered member.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct Member {
    /// The number printed on their card, whole and in groups.
    pub number: String,
    /// Their card.
    pub card: CardMark,
    /// Their name.
    pub name: String,
    /// How to reach them.
    pub contact: String,
    /// What they agreed to.
    pub consent: Consent,
    /// When they were registered or last corrected.
    pub at_ms: i64,
}

impl CardState {
    pub(crate) fn of(terminal: &Terminal, card: &Uid, inquiry: &Inquiry) -> Result<Self, Trouble> {
        let Inquiry { identity, newest, earlier } = inquiry;
        let registered = terminal.member_of(card)?.map(|member| Member::of(terminal, member)).transpose()?;
        Ok(Self {
            card: CardMark::of(terminal, card)?,
            number: identity.number.to_string(),
            member: identity.member.get(),
            issued_day: identity.issued.days().into(),
            expiry_day: (newest.expiry != Date::default()).then(|| newest.expiry.days().into()),
            standing: newest.standing.into(),
            means: CardMeans {
                balance_minor: newest.balance.get(),
                points: newest.points.get(),
                tier: newest.tier.get(),
            },
            currency: identity.currency.into(),
            history: std::iter::once(newest).chain(earlier).map(CardMovement::from).collect(),
            registered,
        })
    }
}

impl From<&HistoryRecord> for CardMovement {
    fn from(record: &HistoryRecord) -> Self {
        Self {
            id: record.id.into(),
            operation: record.operation.into(),
            at_ms: record.at.ms(),
            amount_minor: record.amount.get(),
            balance_minor: record.balance.get(),
            points: record.points.get(),
        }
    }
}

impl Member {
    pub(crate) fn of(terminal: &Terminal, member: satchel_journal::Member) -> Result<Self, Trouble> {
        let draft = member.draft;
        Ok(Self {
            number: draft.number.to_string(),
            card: CardMark::of(terminal, &draft.card)?,
            name: draft.name,
            contact: draft.contact,
            consent: draft.consent.into(),
            at_ms: draft.at.ms(),
        })
    }
}

impl From<Depth> for satchel_terminal::Depth {
    fn from(depth: Depth) -> Self {
        match depth {
            Depth::State => Self::State,
            Depth::History => Self::History,
        }
    }
}

impl From<MemberDetails> for satchel_terminal::MemberDetails {
    fn from(details: MemberDetails) -> Self {
        let MemberDetails { name, contact, consent } = details;
        Self { name, contact, consent: consent.into() }
    }
}

impl From<Consent> for satchel_journal::Consent {
    fn from(consent: Consent) -> Self {
        match consent {
            Consent::Given => Self::Given,
            Consent::Refused => Self::Refused,
        }
    }
}

impl From<satchel_journal::Consent> for Consent {
    fn from(consent: satchel_journal::Consent) -> Self {
        match consent {
            satchel_journal::Consent::Given => Self::Given,
            satchel_journal::Consent::Refused => Self::Refused,
        }
    }
}
