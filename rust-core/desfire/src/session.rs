use crate::apdu::Link;
use crate::legacy::LegacyChannel;
use crate::secure::{Channel, Command};
use crate::{Error, FrameSize, KeyNo};
use satchel_transport::Transport;
use std::fmt;

/// A conversation with one card. `S` says what has been proved: [`Plain`], [`Authenticated`] or [`Legacy`].
///
/// In [`Plain`] a refused command leaves the session usable. In the other states every command consumes it and gives
/// it back on success only, because on an error the card has ended the session and its transaction too.
pub struct Session<'t, S> {
    pub(crate) link: Link<'t>,
    pub(crate) state: S,
}

/// Nothing is proved: commands travel in clear, without MACs.
pub struct Plain;

/// Card and reader have proved to each other that they hold the same AES key (EV2 secure messaging).
pub struct Authenticated {
    pub(crate) channel: Channel,
    pub(crate) key: KeyNo,
}

/// Card and reader have proved to each other that they hold the same DES key.
pub struct Legacy {
    pub(crate) channel: LegacyChannel,
}

/// An authentication failed. The card is still there, with nothing pending, to be asked again.
#[derive(Debug, thiserror::Error)]
#[error("authentication failed: {error}")]
pub struct NotAuthenticated<'t> {
    /// Why.
    #[source]
    pub error: Error,
    /// The card, without a session.
    pub session: Session<'t, Plain>,
}

impl From<NotAuthenticated<'_>> for Error {
    fn from(refused: NotAuthenticated<'_>) -> Self {
        refused.error
    }
}

impl<'t> Session<'t, Plain> {
    /// A conversation with the card that `transport` reaches, outside every application. Where another conversation
    /// went before, begin with [`select_application`](Self::select_application).
    pub fn new(transport: &'t mut dyn Transport, frame: FrameSize) -> Self {
        Self { link: Link::new(transport, frame), state: Plain }
    }

    pub(crate) fn ask(&mut self, ins: u8, data: &[u8]) -> Result<Vec<u8>, Error> {
        self.link.exchange(ins, data)
    }

    pub(crate) const fn of(link: Link<'t>) -> Self {
        Self { link, state: Plain }
    }
}

impl<'t> Session<'t, Authenticated> {
    /// Forgets the session keys. The card keeps its side until the next selection or authentication.
    pub fn leave(self) -> Session<'t, Plain> {
        Session::of(self.link)
    }

    pub(crate) fn call(mut self, command: &Command<'_>) -> Result<(Self, Vec<u8>), Error> {
        let answer = self.state.channel.run(&mut self.link, command)?;
        Ok((self, answer))
    }

    /// For commands that are answered by their MAC alone.
    pub(crate) fn tell(self, command: &Command<'_>) -> Result<Self, Error> {
        let (session, answer) = self.call(command)?;
        crate::apdu::exactly::<0>(&answer)?;
        Ok(session)
    }
}

impl<S> fmt::Debug for Session<'_, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = std::any::type_name::<S>().rsplit("::").next().unwrap_or_default();
        write!(f, "Session<{state}>(application {})", self.link.selected)
    }
}
