//! The card simulator behind pipes, sockets and PC/SC, and the test that says whether a card type is fit for service.
//!
//! [`serve`] makes a simulated card reachable; [`qualify`] takes any blank card through its whole life. The binary
//! `satchel-card` is both.

#![deny(missing_docs)]

pub mod options;
pub mod qualify;
pub mod serve;
