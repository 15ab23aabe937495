//! A terminal on a device: set up once from a file that head office made, kept in a folder, started from there.
//!
//! ```text
//! SetUp ──SetUpCode──→ file or QR code ──SetUpCode──→ SetUp ──KeySeal──→ Folder ──→ Terminal
//! ```
//!
//! The file is worth as much as the terminal, so it is encrypted under a code that travels apart from it. In the
//! folder the secrets lie under the device's own key store. A device that can show a code needs no such file: it makes its
//! secrets itself and is enrolled by an [`Invitation`], an [`Answer`] and what [`Admitted`] writes.

#![deny(missing_docs)]

mod base45;
mod code;
mod enrolment;
mod error;
mod folder;
mod setup;

pub use code::{CodeError, SetUpCode};
pub use enrolment::{Admitted, Answer, Handed, Invitation, Invited, handed};
pub use error::DeviceError;
pub use folder::{Folder, Mode};
pub use setup::{QR_BYTES_MOST, Secrets, SetUp};
