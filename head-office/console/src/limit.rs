use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Attempts from one address in a while at most.
const ATTEMPTS: u32 = 30;
const WHILE: Duration = Duration::from_secs(60);
/// Addresses that are remembered at most.
const ADDRESSES_MOST: usize = 10_000;

/// Slows down whoever tries to sign on again and again, under whatever login.
pub struct Limit(Mutex<HashMap<IpAddr, (Instant, u32)>>);

impl Limit {
    pub fn new() -> Self {
        Self(Mutex::default())
    }

    /// Whether one more attempt is let through.
    pub fn lets(&self, from: IpAddr) -> bool {
        let now = Instant::now();
        let mut seen = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if seen.len() >= ADDRESSES_MOST {
            seen.retain(|_, (since, _)| now.duration_since(*since) < WHILE);
        }
        let (since, count) = seen.entry(from).or_insert((now, 0));
        if now.duration_since(*since) >= WHILE {
            (*since, *count) = (now, 0);
        }
        *count += 1;
        *count <= ATTEMPTS
    }
}
