//! Sales programs and limits: what points are earned and worth, what a top-up brings, and how much is allowed. All of
//! it is data that head office signs; nothing of it is in the app.
//!
//! Nothing is ever rounded up: a part of a step earns no point, and a part of a minor unit is not paid with points.

#![deny(missing_docs)]

mod limits;
mod program;

pub use limits::{LimitReached, Limits};
pub use program::{Bonus, BonusRule, EarnRule, Program, RedeemRule};
