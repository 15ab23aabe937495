//! What fails on the app's side: exceptions in its traits, a panic in ours, two calls at once.

mod common;

use common::{MANAGER, PINS, Shop, done, plain, torn};
use satchel::{CardTransport, Clock, ClockFault, Depth, Outcome, Till, TransportFault, Trouble};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex, mpsc};
use uniffi::UnexpectedUniFFICallbackError;

/// What a tag does at one exchange instead of answering.
#[derive(Debug, Clone)]
enum Instead {
    Fails(TransportFault),
    Answers(Vec<u8>),
    Panics,
}

/// A tag that does something else at one exchange.
struct Odd {
    card: Arc<dyn CardTransport>,
    at: u32,
    instead: Instead,
    exchanges: AtomicU32,
}

impl Odd {
    fn new(card: Arc<dyn CardTransport>, at: u32, instead: Instead) -> Arc<Self> {
        Arc::new(Self { card, at, instead, exchanges: AtomicU32::new(0) })
    }
}

impl CardTransport for Odd {
    fn uid(&self) -> Result<Vec<u8>, TransportFault> {
        self.card.uid()
    }

    fn transceive(&self, apdu: Vec<u8>) -> Result<Vec<u8>, TransportFault> {
        if self.exchanges.fetch_add(1, Ordering::SeqCst) != self.at {
            return self.card.transceive(apdu);
        }
        match &self.instead {
            Instead::Fails(fault) => Err(fault.clone()),
            Instead::Answers(answer) => Ok(answer.clone()),
            Instead::Panics => panic!("a fault of ours"),
        }
    }
}

const COMMIT: u32 = 8;

#[test]
fn an_exception_that_no_trait_names_is_a_fault_with_its_words() {
    let error = || UnexpectedUniFFICallbackError::new("java.lang.IllegalStateException: out of date");
    let detail = "java.lang.IllegalStateException: out of date".to_owned();
    assert_eq!(TransportFault::from(error()), TransportFault::Failed { detail: detail.clone() });
    assert_eq!(satchel::SealFault::from(error()), satchel::SealFault::Unavailable { detail: detail.clone() });
    assert_eq!(ClockFault::from(error()), ClockFault::Failed { detail: detail.clone() });
    assert_eq!(satchel::ProgressFault::from(error()), satchel::ProgressFault::Failed { detail });
}

#[test]
fn an_nfc_stack_that_fails_before_the_commit_changes_nothing_and_at_it_leaves_the_card_to_tell() {
    let mut shop = Shop::new();
    let till = shop.open_till();
    let fault = TransportFault::Failed { detail: "out of date".to_owned() };
    let early = till.sell(Odd::new(shop.member(), 0, Instead::Fails(fault.clone())), plain(1_00), None);
    assert!(matches!(&early, Err(Trouble::ReaderFaulty { detail }) if detail.contains("out of date")), "{early:?}");
    let late = till.sell(Odd::new(shop.member(), COMMIT, Instead::Fails(fault)), plain(1_00), None);
    assert!(matches!(late, Ok(Outcome::Indeterminate { .. })), "{late:?}");
    till.settle(shop.member()).expect("the card tells");
    done(till.sell(shop.member(), plain(1_00), None));
}

#[test]
fn answers_that_are_none_are_refused_by_name() {
    let mut shop = Shop::new();
    let till = shop.open_till();
    for answer in [vec![], vec![0x91], vec![0; 300], vec![0x6D, 0x00], vec![0x91, 0x1C], vec![0x90, 0x00]] {
        for exchange in 0..COMMIT {
            let odd = Odd::new(shop.member(), exchange, Instead::Answers(answer.clone()));
            let refused = till.sell(odd, plain(1_00), None);
            assert!(
                !matches!(refused, Ok(Outcome::Done { .. } | Outcome::Indeterminate { .. })),
                "{exchange}: {refused:?}"
            );
            assert!(!matches!(refused, Err(Trouble::Internal { .. })), "{exchange}: {refused:?}");
        }
    }
    assert_eq!(till.inquire(shop.member(), Depth::State).expect("ours").means.balance_minor, 100_00);
}

#[test]
fn a_card_without_a_known_number_is_asked_for_it() {
    struct Nameless(Arc<dyn CardTransport>);
    impl CardTransport for Nameless {
        fn uid(&self) -> Result<Vec<u8>, TransportFault> {
            Ok(Vec::new())
        }
        fn transceive(&self, apdu: Vec<u8>) -> Result<Vec<u8>, TransportFault> {
            self.0.transceive(apdu)
        }
    }
    let mut shop = Shop::new();
    let till = shop.open_till();
    done(till.sell(Arc::new(Nameless(shop.member())), plain(1_00), None));
}

#[test]
fn a_panic_is_heard_and_the_till_goes_on_from_its_files() {
    let mut shop = Shop::new();
    let till = shop.open_till();
    for exchange in [0, 4, COMMIT] {
        let odd = Odd::new(shop.member(), exchange, Instead::Panics);
        let heard = catch_unwind(AssertUnwindSafe(|| till.sell(odd, plain(1_00), None)));
        assert!(heard.is_err(), "{exchange}");
        let status = till.status().expect("the till goes on");
        assert_eq!(status.operator, None, "the keys went with what panicked");
        shop.sign_on(&till, MANAGER).expect("the manager signs on");
        till.settle(shop.member()).expect("whatever was begun, the card tells");
        assert_eq!(till.status().expect("a status").unsettled, []);
    }
    done(till.sell(shop.member(), plain(1_00), None));
    let x = till.x_report().expect("the shift is still open");
    let balance = till.inquire(shop.member(), Depth::State).expect("ours").means.balance_minor;
    assert_eq!(100_00 - balance, x.totals.spent_minor, "nothing is lost or doubled");
}

#[test]
fn while_a_card_is_in_use_everybody_else_is_told_to_wait() {
    /// A tag that waits in the middle of a tap until it is told to go on.
    struct Slow {
        card: Arc<dyn CardTransport>,
        arrived: mpsc::Sender<()>,
        go_on: Mutex<mpsc::Receiver<()>>,
        waited: AtomicBool,
    }
    impl CardTransport for Slow {
        fn uid(&self) -> Result<Vec<u8>, TransportFault> {
            self.card.uid()
        }
        fn transceive(&self, apdu: Vec<u8>) -> Result<Vec<u8>, TransportFault> {
            if !self.waited.swap(true, Ordering::SeqCst) {
                self.arrived.send(()).expect("the test listens");
                self.go_on.lock().expect("nobody panicked").recv().expect("the test speaks");
            }
            self.card.transceive(apdu)
        }
    }
    let mut shop = Shop::new();
    let till = shop.open_till();
    let (arrived, has_arrived) = mpsc::channel();
    let (may_go_on, go_on) = mpsc::channel();
    let slow = Slow { card: shop.member(), arrived, go_on: Mutex::new(go_on), waited: AtomicBool::new(false) };
    let selling = std::thread::spawn({
        let till = till.clone();
        move || till.sell(Arc::new(slow), plain(1_00), None)
    });
    has_arrived.recv().expect("the tap begins");
    assert_eq!(till.sell(shop.operator(MANAGER), plain(1_00), None), Err(Trouble::Busy));
    assert_eq!(till.status().err(), Some(Trouble::Busy));
    assert_eq!(till.sign_off(), Err(Trouble::Busy));
    may_go_on.send(()).expect("the tap goes on");
    done(selling.join().expect("no panic"));
    till.status().expect("free again");
}

#[test]
fn brief_calls_wait_for_each_other() {
    let mut shop = Shop::new();
    let till = shop.open_till();
    let threads: Vec<_> = (0..4)
        .map(|_| {
            let till = till.clone();
            std::thread::spawn(move || (0..50).try_for_each(|_| till.status().map(drop)))
        })
        .collect();
    for thread in threads {
        assert_eq!(thread.join().expect("no panic"), Ok(()), "nobody is turned away");
    }
}

#[test]
fn a_clock_that_fails_is_told_before_anything_is_done() {
    struct Broken(Arc<common::HandClock>, AtomicBool);
    impl Clock for Broken {
        fn now_ms(&self) -> Result<i64, ClockFault> {
            if self.1.load(Ordering::SeqCst) {
                return Err(ClockFault::Failed { detail: "no time".to_owned() });
            }
            self.0.now_ms()
        }
    }
    let mut shop = Shop::new();
    drop(shop.open_till());
    let clock = Arc::new(Broken(shop.clock.clone(), AtomicBool::new(false)));
    let till = Till::open(shop.path(), shop.seal.clone(), clock.clone()).expect("it opens");
    till.sign_on(shop.operator(MANAGER), PINS[MANAGER].as_bytes().to_vec()).expect("the manager signs on");
    clock.1.store(true, Ordering::SeqCst);
    let tag = torn(&shop.member, None);
    let refused = till.sell(tag.clone(), plain(1_00), None);
    assert_eq!(refused, Err(Trouble::ClockFaulty { detail: "no time".to_owned() }));
    assert_eq!(tag.exchanges(), 0);
    clock.1.store(false, Ordering::SeqCst);
    done(till.sell(shop.member(), plain(1_00), None));
}

#[test]
fn a_clock_set_back_is_named_before_the_tap_and_in_the_status() {
    let mut shop = Shop::new();
    let till = shop.open_till();
    done(till.sell(shop.member(), plain(1_00), None));
    shop.clock.advance_ms(-3_600_000);
    let refused = till.sell(shop.member(), plain(1_00), None);
    assert!(matches!(refused, Err(Trouble::SetClock { shown_ms, seen_ms }) if seen_ms > shown_ms), "{refused:?}");
    assert!(matches!(till.status().expect("a status").clock, satchel::ClockStatus::SetBack { .. }));
}

#[test]
fn a_thousand_sales_leave_nothing_behind() {
    let mut shop = Shop::new();
    let till = shop.open_till();
    let member = torn(&shop.member, None);
    for sale in 1..=1_000 {
        let receipt = done(till.sell(member.clone(), plain(10), None));
        assert_eq!(receipt.balance_minor, Some(100_00 - 10 * sale));
    }
    assert_eq!(Arc::strong_count(&member), 1, "no tag is held when its call is over");
    assert_eq!(Arc::strong_count(&till), 1);
    assert_eq!(till.status().expect("a status").unsettled, []);
}
