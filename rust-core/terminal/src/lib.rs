//! The purse engine: who may do what, what a movement does, and what became of it when the card was torn away.
//!
//! A movement ends in an [`Outcome`] or a [`Refusal`]. A refusal certainly changed nothing. An outcome may be
//! [`Outcome::Indeterminate`]: neither failure nor success, until the same card has been seen again.

#![deny(missing_docs)]

mod clock;
mod day;
mod duty;
mod exchange;
mod lookup;
mod movement;
mod order;
mod people;
mod preview;
mod refund;
mod refusal;
mod sell;
mod settle;
mod shift;
mod standing;
mod terminal;
mod undo;

pub use clock::ClockSetBack;
pub use duty::{Approval, IDLE_MS};
pub use lookup::{ClosedShift, Found, MovementState, Opening, Scope, Search};
pub use movement::{Outcome, Receipt};
pub use order::{Charge, Order, Redeem, Tender};
pub use people::MemberDetails;
pub use preview::{CardMeans, Preview};
pub use refusal::{OperatorFault, OrderFault, Refusal};
pub use satchel_cards::member::Depth;
pub use settle::{Settled, Settlement};
pub use shift::XReport;
pub use standing::PackageStanding;
pub use terminal::{Setup, Terminal};
