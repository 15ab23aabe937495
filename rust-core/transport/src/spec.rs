use crate::{Exec, Tcp, Transport, TransportError};
use std::fmt;
use std::str::FromStr;

/// Which reader, in the words used everywhere: `sim`, `sim:SEED`, `exec:COMMAND`, `tcp:HOST:PORT`, `pcsc`,
/// `pcsc:READER`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReaderSpec {
    /// A factory-fresh simulated card, in process.
    Sim {
        /// Repeats the card's randomness.
        seed: u64,
    },
    /// A program that speaks the line protocol.
    Exec(String),
    /// A card at `HOST:PORT` that speaks the line protocol.
    Tcp(String),
    /// A reader of the system's PC/SC service, by a part of its name.
    Pcsc(Option<String>),
}

/// Why a reader spec was not accepted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("'{0}' is no reader: use sim, sim:SEED, exec:COMMAND, tcp:HOST:PORT, pcsc or pcsc:READER")]
pub struct SpecError(String);

impl ReaderSpec {
    /// Opens the reader.
    pub fn open(&self) -> Result<Box<dyn Transport + Send>, TransportError> {
        match self {
            Self::Sim { seed } => open_sim(*seed),
            Self::Exec(command) => Ok(Box::new(Exec::start(command)?)),
            Self::Tcp(address) => Ok(Box::new(Tcp::connect(address)?)),
            Self::Pcsc(part) => open_pcsc(part.as_deref()),
        }
    }
}

impl FromStr for ReaderSpec {
    type Err = SpecError;

    fn from_str(spec: &str) -> Result<Self, SpecError> {
        let (kind, rest) = spec.split_once(':').map_or((spec, None), |(kind, rest)| (kind, Some(rest)));
        match (kind, rest) {
            ("sim", None) => Ok(Self::Sim { seed: 0 }),
            ("sim", Some(seed)) => seed.parse().map(|seed| Self::Sim { seed }).map_err(|_| SpecError(spec.to_owned())),
            ("exec", Some(command)) if !command.trim().is_empty() => Ok(Self::Exec(command.to_owned())),
            ("tcp", Some(address)) if address.contains(':') => Ok(Self::Tcp(address.to_owned())),
            ("pcsc", None) => Ok(Self::Pcsc(None)),
            ("pcsc", Some(part)) if !part.is_empty() => Ok(Self::Pcsc(Some(part.to_owned()))),
            _ => Err(SpecError(spec.to_owned())),
        }
    }
}

impl fmt::Display for ReaderSpec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sim { seed } => write!(f, "sim:{seed}"),
            Self::Exec(command) => write!(f, "exec:{command}"),
            Self::Tcp(address) => write!(f, "tcp:{address}"),
            Self::Pcsc(None) => f.write_str("pcsc"),
            Self::Pcsc(Some(part)) => write!(f, "pcsc:{part}"),
        }
    }
}

#[cfg(feature = "sim")]
fn open_sim(seed: u64) -> Result<Box<dyn Transport + Send>, TransportError> {
    Ok(Box::new(crate::Sim::fresh(seed)))
}

#[cfg(not(feature = "sim"))]
fn open_sim(_: u64) -> Result<Box<dyn Transport + Send>, TransportError> {
    Err(TransportError::Reader("this program was built without the simulated card (feature sim)".to_owned()))
}

#[cfg(feature = "pcsc")]
fn open_pcsc(part: Option<&str>) -> Result<Box<dyn Transport + Send>, TransportError> {
    Ok(Box::new(crate::Pcsc::connect(part)?))
}

#[cfg(not(feature = "pcsc"))]
fn open_pcsc(_: Option<&str>) -> Result<Box<dyn Transport + Send>, TransportError> {
    Err(TransportError::Reader("this program was built without PC/SC (feature pcsc)".to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn specs_print_as_they_are_written() {
        for spec in ["sim:7", "exec:card --seed 3", "tcp:localhost:9000", "pcsc", "pcsc:ACS ACR122"] {
            assert_eq!(spec.parse::<ReaderSpec>().map(|spec| spec.to_string()).as_deref(), Ok(spec));
        }
    }

    #[test]
    fn what_is_no_reader_is_told_what_is() {
        for spec in ["", "usb", "exec:", "tcp:localhost", "sim:x", "pcsc:"] {
            let error = spec.parse::<ReaderSpec>().expect_err("no reader").to_string();
            assert!(error.contains("exec:COMMAND"), "{error}");
        }
    }
}
