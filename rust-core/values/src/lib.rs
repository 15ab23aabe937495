//! The quantities and names everything else is written in.
//!
//! Money and points are different types, both whole numbers, and only checked arithmetic is offered; there is no
//! conversion between them and none to floating point. Identifiers are newtypes so that a terminal number cannot be
//! passed where an operator number belongs.

#![deny(missing_docs)]

mod ids;
mod money;
mod time;

pub use ids::{CardNumber, CardNumberError, MemberId, OperatorId, SaleId, Sequence, StoreId, TerminalId, Tier, Uid};
pub use money::{Arithmetic, Currency, CurrencyError, Money, Points};
pub use time::{Clock, Date, Timestamp};
