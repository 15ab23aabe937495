//! The line protocol on TCP: one card, one client at a time, the next one waits.

use super::ServeError;
use super::lines::{Advance, Lines, answer};
use clap::Args;
use satchel_card_simulator::Card;
use std::io::{self, BufReader};
use std::net::{TcpListener, TcpStream};
use std::time::{Duration, Instant};

/// How often a silent client is looked at again.
const LOOK: Duration = Duration::from_millis(50);

/// Where to listen, and for whom.
#[derive(Debug, Clone, Args)]
pub struct TcpOptions {
    /// Address to listen at; port 0 takes a free one
    #[arg(long, value_name = "HOST:PORT")]
    pub listen: String,
    /// How long the client that has the card may send nothing while another waits, in milliseconds
    #[arg(long, value_name = "MS", default_value_t = 5_000)]
    pub patience_ms: u64,
}

/// Serves the card to one client after another, for ever. Says on standard output where.
///
/// Each client finds the card in a field of its own: what the one before had pending is gone.
pub fn tcp(mut card: Card, options: &TcpOptions) -> Result<(), ServeError> {
    let failed = |error| ServeError::Address { address: options.listen.clone(), error };
    let listener = TcpListener::bind(&options.listen).map_err(failed)?;
    println!("listening at {}", listener.local_addr().map_err(failed)?);
    let mut door = Door { listener, waiting: None };
    loop {
        let client = door.next()?;
        // A client that fails is one that is gone; the card is there for the next.
        let _ = serve(&mut card, &client, &mut door, Duration::from_millis(options.patience_ms));
        card.field_off();
    }
}

/// Where clients come in, and the one who waits.
struct Door {
    listener: TcpListener,
    waiting: Option<TcpStream>,
}

impl Door {
    /// The client who waits, or the next to come.
    fn next(&mut self) -> io::Result<TcpStream> {
        if let Some(client) = self.waiting.take() {
            return Ok(client);
        }
        self.listener.set_nonblocking(false)?;
        loop {
            match self.listener.accept() {
                Ok((client, _)) => return Ok(client),
                Err(error) if error.kind() == io::ErrorKind::ConnectionAborted => {}
                Err(error) => return Err(error),
            }
        }
    }

    fn somebody_waits(&mut self) -> io::Result<bool> {
        if self.waiting.is_none() {
            self.listener.set_nonblocking(true)?;
            match self.listener.accept() {
                Ok((client, _)) => self.waiting = Some(client),
                Err(error) if is_nothing_yet(&error) || error.kind() == io::ErrorKind::ConnectionAborted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(self.waiting.is_some())
    }
}

/// Serves one client until it leaves, or sends no line for too long while another waits.
fn serve(card: &mut Card, client: &TcpStream, door: &mut Door, patience: Duration) -> io::Result<()> {
    client.set_nonblocking(false)?;
    client.set_nodelay(true)?;
    client.set_read_timeout(Some(LOOK))?;
    client.set_write_timeout(Some(patience.max(LOOK)))?;
    let mut lines = Lines::new(BufReader::new(client));
    let mut heard = Instant::now();
    loop {
        match lines.advance() {
            Ok(Advance::Line(line)) => {
                answer(card, &line, &mut &*client)?;
                heard = Instant::now();
                continue;
            }
            Ok(Advance::End) => return Ok(()),
            Ok(Advance::Part) => {}
            Err(error) if is_nothing_yet(&error) => {}
            Err(error) => return Err(error),
        }
        if heard.elapsed() >= patience && door.somebody_waits()? {
            return Ok(());
        }
    }
}

fn is_nothing_yet(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut)
}
