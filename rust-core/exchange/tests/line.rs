//! A slow line that is cut again and again: everything arrives, once, and little is sent twice.

#![allow(clippy::unwrap_used, reason = "a test")]

use rand_chacha::ChaCha20Rng;
use rand_core::{Rng, SeedableRng};
use satchel_exchange::line::{MemoryShelf, receive, send};
use std::io::{self, Read, Write};
use std::os::unix::net::UnixStream;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

/// A line that is cut after so many bytes, one way or the other; counts what was sent.
struct Cut<'c> {
    line: UnixStream,
    left: usize,
    sent: &'c AtomicUsize,
}

impl Cut<'_> {
    fn take(&mut self, bytes: usize) -> io::Result<()> {
        if self.left < bytes {
            let _ = self.line.shutdown(std::net::Shutdown::Both);
            return Err(io::ErrorKind::ConnectionReset.into());
        }
        self.left -= bytes;
        Ok(())
    }
}

impl Read for Cut<'_> {
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        let read = self.line.read(to)?;
        self.take(read)?;
        Ok(read)
    }
}

impl Write for Cut<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.take(bytes.len())?;
        let written = self.line.write(bytes)?;
        self.sent.fetch_add(written, Ordering::Relaxed);
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.line.flush()
    }
}

fn whole(rng: &mut ChaCha20Rng, bytes: usize) -> Vec<u8> {
    let mut whole = vec![0; bytes];
    rng.fill_bytes(&mut whole);
    whole
}

#[test]
fn what_is_cut_anywhere_goes_on_where_it_was_and_arrives_once() {
    let mut rng = ChaCha20Rng::seed_from_u64(3);
    for size in [100, 400] {
        let sent_whole = whole(&mut rng, 24_000);
        let (mut shelf, mut arrived, mut cuts) = (MemoryShelf::default(), Vec::new(), 0);
        let counted = AtomicUsize::new(0);
        loop {
            let (here, there) = UnixStream::pair().unwrap();
            let left = 200 + rng.next_u32() as usize % 6_000;
            let ends = thread::scope(|threads| {
                let sender = threads.spawn(|| send(&mut Cut { line: here, left, sent: &counted }, &sent_whole, size));
                let mut line = there;
                let received = receive(&mut line, &mut shelf, &mut |whole| {
                    arrived.push(whole.to_vec());
                    Ok(())
                });
                drop(line);
                (sender.join().unwrap(), received)
            });
            match ends {
                (Ok(()), received) => {
                    assert_eq!(received.unwrap(), sent_whole);
                    break;
                }
                // All of it came, and the word that it did was cut off: it is offered once more.
                (Err(_), _) => cuts += 1,
            }
            assert!(cuts < 400, "it never arrives");
        }
        assert!(arrived.iter().all(|whole| *whole == sent_whole) && !arrived.is_empty());
        let overhead = counted.load(Ordering::Relaxed) as f64 / sent_whole.len() as f64;
        println!("pieces of {size}: {cuts} cuts, {overhead:.2} times its bytes sent");
        assert!(cuts > 4 && overhead < 2.0, "{cuts} cuts, {overhead}");
    }
}

#[test]
fn noise_and_strangers_are_named_and_nothing_panics() {
    let mut rng = ChaCha20Rng::seed_from_u64(4);
    for _ in 0..2_000 {
        let (mut here, mut there) = UnixStream::pair().unwrap();
        let length = 1 + rng.next_u32() as usize % 60;
        let noise = whole(&mut rng, length);
        there.write_all(&noise).unwrap();
        there.shutdown(std::net::Shutdown::Write).unwrap();
        assert!(receive(&mut here, &mut MemoryShelf::default(), &mut |_| Ok(())).is_err());
    }
    let (mut here, mut there) = UnixStream::pair().unwrap();
    there.write_all(&[0, 3, 0x82, 1, 0x80, 0, 0, 0, 0]).unwrap();
    let refused = send(&mut here, b"a bundle", 4).unwrap_err();
    assert!(refused.to_string().contains("noise"), "{refused}");
    assert!(send(&mut here, b"", 4).is_err());
}

#[test]
fn what_cannot_be_kept_is_not_said_to_be_here() {
    let (mut here, there) = UnixStream::pair().unwrap();
    let sender = thread::spawn(move || send(&mut { there }, b"a bundle of entries", 4));
    let full = |_: &[u8]| Err(io::Error::other("the disk is full"));
    let refused = receive(&mut here, &mut MemoryShelf::default(), &mut { full }).unwrap_err();
    drop(here);
    assert!(refused.to_string().contains("full"));
    assert!(sender.join().unwrap().is_err(), "the other side knows that it is not here");
}
