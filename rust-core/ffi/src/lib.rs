//! What the Android app calls: objects, records and foreign traits. It translates and decides nothing.
//!
//! [`Till`] is a terminal; [`Practice`] gives one whose cards are simulated. What goes wrong is a [`Trouble`], which
//! says what the person must do. No key, PIN or share ever goes to the app.

#![deny(missing_docs)]

#[cfg(target_os = "android")]
mod android;
mod cards;
mod clock;
mod counter;
mod enrolment;
mod foreign;
mod journal;
mod line;
mod names;
mod orders;
mod practice;
mod printing;
mod receipts;
mod reports;
mod seal;
mod status;
mod till;
mod trouble;
mod wiping;

pub use cards::{CardMovement, CardState, Consent, Depth, Member, MemberDetails, Registration, Standing};
pub use counter::{Category, Counter, CounterTrouble, HeldBasket, Item};
pub use enrolment::{HandedOut, Joining, answer_invitation, answered_invitation, handed_out};
pub use foreign::{CardTransport, Clock, ClockFault, KeySeal, Progress, ProgressFault, SealFault, TransportFault};
pub use journal::{Exported, JournalLine, JournalQuery, JournalScope, LineKind, RefusedWhy, Verified, export_journal};
pub use names::{Authority, CardMark, Currency, HeadMark, Level, MovementId, Operation, PackageKind, Person, Stage};
pub use orders::{BasketLine, CardMeans, Order, Preview, Redeem, Tender, TopUpPreview};
pub use practice::{Practice, PracticeCard, PracticeKind, PracticeTear, PracticeTexts, forget_practice};
pub use printing::{
    Document, DocumentBlock, DrawFault, DrawnLine, LineDrawer, PaperWidth, Picture, PrintJob, PrintQueue, PrintTrouble,
    PrinterModel, TextAlign, TextStyle, WaitingJob, printer_bytes,
};
pub use receipts::{Contradiction, MovementState, NotAppliedWhy, Outcome, Receipt, ReceiptKind, Settled, Settlement};
pub use reports::{ShiftOpening, Totals, XReport, ZReport};
pub use status::{
    ClockStatus, Limits, OperatorOnDuty, PackageState, PackageStatus, ReceiptText, ShiftStatus, Status,
    UnsettledMovement,
};
pub use till::{Approval, Till, is_set_up};
pub use trouble::{CardNumberFault, Limit, MemberTextFault, OperatorFault, OrderFault, Trouble};

uniffi::setup_scaffolding!();

/// The version of this library, as `CHANGELOG.md` numbers them.
#[uniffi::export]
pub fn core_version() -> String {
    env!("CARGO_PKG_VERSION").to_owned()
}
