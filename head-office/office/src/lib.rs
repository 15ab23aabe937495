//! What head office does, one file a concern. Whoever does something is an [`Actor`]; what their role does not allow is
//! refused, and the attempt is in the audit trail like everything that was done.
//!
//! Nothing here holds a key. What needs one takes a [`satchel_key_house::Desk`] that an officer has opened.

#![deny(missing_docs)]

mod actor;
mod batches;
mod card_carrier;
mod cards;
mod catalogue;
mod collect;
mod collection;
mod corrections;
mod enrolment;
mod error;
mod issue;
mod key_versions;
mod ledger;
mod line;
mod members;
mod movement;
mod office;
mod officers;
mod own_card;
mod people;
mod places;
mod print;
mod retire;
mod settle;
mod setup;
mod terminals;
mod text;

pub use actor::{Actor, Duty, Permission};
pub use batches::{Batch, BatchDraft, BatchState, LineFault, PlannedCard, read_batch, signed_amount, signed_points};
pub use card_carrier::CardVisit;
pub use cards::{Card, CardState, CardsQuery, Found};
pub use collect::{Collected, KnownJournal};
pub use collection::{CollectionCard, CollectionData};
pub use corrections::{Correction, CorrectionDraft, CorrectionState, Decision};
pub use enrolment::{Admission, Enrolling};
pub use error::OfficeError;
pub use issue::{Issuer, Made};
pub use key_versions::{KeyVersionRow, Rollover, VersionState};
pub use ledger::{Account, Balance, StoreSettlement};
pub use line::Pieces;
pub use members::{Member, MemberData};
pub use office::{Charter, Office, Overview};
pub use officers::{NewOfficer, Officer, SignedOn};
pub use own_card::{IssuingPolicy, OwnCard};
pub use people::{Person, PersonData};
pub use places::{Place, PlaceKind, Profile};
pub use retire::{Afterwards, Retired};
pub use satchel_journal::Operation;
pub use settle::{CardAccount, CardMovement, Finding, FindingName};
pub use setup::{Draft, DraftKind, DraftState};
pub use terminals::{Enrolled, Terminal, TerminalState};
pub use text::{cell, day, folded_words};
