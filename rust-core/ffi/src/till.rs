//! The terminal, as the app holds it.

use crate::clock::CallClock;
use crate::line::Line;
use crate::receipts::Printing;
use crate::seal::AppSeal;
use crate::{
    CardState, CardTransport, Clock, Depth, JournalLine, JournalQuery, KeySeal, Member, MemberDetails, MovementId,
    OperatorOnDuty, Order, Outcome, Person, Preview, Progress, Receipt, Registration, Settled, Status, TopUpPreview,
    Trouble, Verified, XReport, ZReport,
};
use getrandom::SysRng;
use rand_core::UnwrapErr;
use satchel_device::{Folder, Mode, SetUp, SetUpCode};
use satchel_keys::Pin;
use satchel_terminal::{Refusal, Search, Terminal};
use satchel_transport::Transport;
use satchel_values::{CardNumber, Money, SaleId, Sequence, TerminalId};
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, TryLockError};
use zeroize::Zeroizing;

/// A terminal. Every call blocks until it is done; a call while a card is in use, or the journal is being checked, is
/// answered by [`Trouble::Busy`].
#[derive(uniffi::Object)]
pub struct Till {
    origin: Origin,
    clock: CallClock,
    /// None after a panic: what is in memory can no longer be trusted, so the terminal starts again from its files.
    terminal: Mutex<Option<Terminal>>,
    occupied: AtomicBool,
}

/// Where a terminal starts from.
pub(crate) enum Origin {
    /// A device's folder.
    Device { folder: Folder, seal: AppSeal },
    /// The training mode's.
    Practice(Arc<satchel_training::Practice>),
}

/// Somebody with more authority agreed to something, with their own card and PIN.
#[derive(uniffi::Object)]
pub struct Approval {
    inner: satchel_terminal::Approval,
    by: Person,
}

#[uniffi::export]
impl Approval {
    /// Who agreed.
    pub fn by(&self) -> Person {
        self.by.clone()
    }
}

/// Whether a terminal is set up in a folder.
#[uniffi::export]
pub fn is_set_up(folder: &str) -> bool {
    Folder::new(folder, Mode::Service).is_set_up()
}

/// Starting.
#[uniffi::export]
impl Till {
    /// Opens the terminal that was set up in a folder.
    #[uniffi::constructor]
    pub fn open(folder: String, seal: Arc<dyn KeySeal>, clock: Arc<dyn Clock>) -> Result<Arc<Self>, Trouble> {
        let folder = Folder::new(PathBuf::from(folder), Mode::Service);
        Self::start(Origin::Device { folder, seal: AppSeal(seal) }, clock)
    }

    /// Sets a terminal up from head office's file, or from the text of its QR code, with the code that belongs to it; and
    /// opens it. The same terminal may be set up again: newer packages replace those that are there.
    #[uniffi::constructor]
    pub fn set_up(
        folder: String,
        file: Vec<u8>,
        code: String,
        seal: Arc<dyn KeySeal>,
        clock: Arc<dyn Clock>,
    ) -> Result<Arc<Self>, Trouble> {
        let code = Zeroizing::new(code);
        let file = Zeroizing::new(file);
        let code = SetUpCode::parse(&code).map_err(|_| Trouble::SetUpWrongCode)?;
        let set_up = SetUp::from_file(&file, &code)?;
        let folder = Folder::new(PathBuf::from(folder), Mode::Service);
        let seal = AppSeal(seal);
        folder.set_up(&set_up, &seal, &mut rng())?;
        Self::start(Origin::Device { folder, seal }, clock)
    }
}

/// Joining.
#[uniffi::export]
impl Till {
    /// Sets the terminal up with what head office sent to its answer, and opens it: a file, or the text of a QR code.
    #[uniffi::constructor]
    pub fn admit(
        folder: String,
        file: Vec<u8>,
        seal: Arc<dyn KeySeal>,
        clock: Arc<dyn Clock>,
    ) -> Result<Arc<Self>, Trouble> {
        let folder = Folder::new(PathBuf::from(folder), Mode::Service);
        let seal = AppSeal(seal);
        folder.admit(&file, &seal, &mut rng())?;
        Self::start(Origin::Device { folder, seal }, clock)
    }
}

/// People, and the drawer.
#[uniffi::export]
impl Till {
    /// How the terminal stands.
    pub fn status(&self) -> Result<Status, Trouble> {
        self.briefly(|terminal| Status::of(terminal))
    }

    /// Signs an operator on with their card and PIN (ASCII digits). The caller's copy of the PIN is the caller's to wipe.
    pub fn sign_on(&self, card: Arc<dyn CardTransport>, pin: Vec<u8>) -> Result<OperatorOnDuty, Trouble> {
        let pin = parse_pin(pin)?;
        self.with_card(card, |terminal, transport| {
            terminal.sign_on(transport, &pin)?;
            Ok(OperatorOnDuty::from(terminal.operator()?))
        })
    }

    /// Lets another operator approve something, with their own card and PIN. They do not take over.
    pub fn approve(&self, card: Arc<dyn CardTransport>, pin: Vec<u8>) -> Result<Arc<Approval>, Trouble> {
        let pin = parse_pin(pin)?;
        self.with_card(card, |terminal, transport| {
            let inner = terminal.approve(transport, &pin)?;
            let by = Person::of(terminal, inner.by());
            Ok(Arc::new(Approval { inner, by }))
        })
    }

    /// Signs off: the keys leave the memory.
    pub fn sign_off(&self) -> Result<(), Trouble> {
        self.briefly(|terminal| Ok(terminal.sign_off()?))
    }

    /// Takes note that somebody is there.
    pub fn touch(&self) -> Result<(), Trouble> {
        self.briefly(|terminal| {
            terminal.touch();
            Ok(())
        })
    }

    /// Signs off if nothing has been done for a while. Returns whether it did.
    pub fn sign_off_if_idle(&self) -> Result<bool, Trouble> {
        self.briefly(|terminal| Ok(terminal.sign_off_if_idle()?))
    }

    /// Opens a shift with the change money that is in the drawer. Returns its number.
    pub fn open_shift(&self, float_minor: i64) -> Result<u32, Trouble> {
        self.briefly(|terminal| Ok(terminal.open_shift(Money::new(float_minor))?))
    }

    /// Brings change money to the drawer.
    pub fn pay_in(&self, amount_minor: i64, approval: Option<Arc<Approval>>) -> Result<Receipt, Trouble> {
        self.in_cash(|terminal| terminal.pay_in(Money::new(amount_minor), approved(approval.as_ref())))
    }

    /// Carries takings off.
    pub fn pay_out(&self, amount_minor: i64, approval: Option<Arc<Approval>>) -> Result<Receipt, Trouble> {
        self.in_cash(|terminal| terminal.pay_out(Money::new(amount_minor), approved(approval.as_ref())))
    }

    /// The open shift's sums so far.
    pub fn x_report(&self) -> Result<XReport, Trouble> {
        self.briefly(|terminal| XReport::of(terminal))
    }

    /// Closes the shift with the cash that was counted: the numbered Z report.
    pub fn close_shift(&self, counted_minor: i64) -> Result<ZReport, Trouble> {
        self.briefly(|terminal| {
            terminal.close_shift(Money::new(counted_minor))?;
            let closed = terminal.last_closed_shift()?.ok_or(Refusal::NoShift)?;
            ZReport::of(terminal, &closed, false)
        })
    }
}

/// Cards.
#[uniffi::export]
impl Till {
    /// What an order would come to on a card with these means; without them, on one of the lowest tier that has enough.
    pub fn preview(&self, order: Order, card: Option<crate::CardMeans>) -> Result<Preview, Trouble> {
        self.briefly(|terminal| Ok(terminal.preview(&order.into(), card.map(Into::into))?.into()))
    }

    /// What a top-up would bring.
    pub fn preview_top_up(&self, amount_minor: i64) -> Result<TopUpPreview, Trouble> {
        self.briefly(|terminal| {
            let amount = Money::new(amount_minor);
            let bonus = terminal.preview_top_up(amount)?;
            Ok(TopUpPreview {
                credited_minor: amount.plus(bonus.money).map_err(Refusal::from)?.get(),
                bonus_minor: bonus.money.get(),
                bonus_points: bonus.points.get(),
            })
        })
    }

    /// Sells: takes money and points from the card, gives points, or nothing of it.
    pub fn sell(
        &self,
        card: Arc<dyn CardTransport>,
        order: Order,
        approval: Option<Arc<Approval>>,
    ) -> Result<Outcome, Trouble> {
        let order = order.into();
        self.moving(card, |terminal, transport| terminal.sell(transport, &order, approved(approval.as_ref())))
    }

    /// Sells for cash alone, without a card. The order redeems nothing, and its tender is left as it is.
    pub fn sell_for_cash(&self, order: Order, approval: Option<Arc<Approval>>) -> Result<Receipt, Trouble> {
        let basket = order.into_cash_basket()?;
        self.in_cash(|terminal| terminal.sell_for_cash(basket, approved(approval.as_ref())))
    }

    /// Tops the purse up with cash, and with the program's bonus.
    pub fn top_up(
        &self,
        card: Arc<dyn CardTransport>,
        amount_minor: i64,
        approval: Option<Arc<Approval>>,
    ) -> Result<Outcome, Trouble> {
        let amount = Money::new(amount_minor);
        self.moving(card, |terminal, transport| terminal.top_up(transport, amount, approved(approval.as_ref())))
    }

    /// Takes back the card's last sale, if it was made here and nothing came after it.
    pub fn undo_sale(&self, card: Arc<dyn CardTransport>, approval: Option<Arc<Approval>>) -> Result<Outcome, Trouble> {
        self.moving(card, |terminal, transport| terminal.undo_sale(transport, approved(approval.as_ref())))
    }

    /// Takes back the card's last top-up, if it was made here and nothing came after it.
    pub fn undo_top_up(
        &self,
        card: Arc<dyn CardTransport>,
        approval: Option<Arc<Approval>>,
    ) -> Result<Outcome, Trouble> {
        self.moving(card, |terminal, transport| terminal.undo_top_up(transport, approved(approval.as_ref())))
    }

    /// Gives back to the purse what a sale of this terminal took from it, or a part of that.
    pub fn refund(
        &self,
        card: Arc<dyn CardTransport>,
        sale: u32,
        amount_minor: i64,
        approval: Option<Arc<Approval>>,
    ) -> Result<Outcome, Trouble> {
        let (sale, amount) = (Sequence::new(sale), Money::new(amount_minor));
        self.moving(card, |terminal, transport| terminal.refund(transport, sale, amount, approved(approval.as_ref())))
    }

    /// Refunds a sale in cash.
    pub fn refund_in_cash(
        &self,
        sale: MovementId,
        amount_minor: i64,
        approval: Option<Arc<Approval>>,
    ) -> Result<Receipt, Trouble> {
        let sale = SaleId { terminal: TerminalId::new(sale.terminal), sequence: Sequence::new(sale.sequence) };
        let amount = Money::new(amount_minor);
        self.in_cash(|terminal| terminal.refund_in_cash(sale, amount, approved(approval.as_ref())))
    }

    /// Blocks the card in the field by its own record.
    pub fn block(&self, card: Arc<dyn CardTransport>, approval: Option<Arc<Approval>>) -> Result<Outcome, Trouble> {
        self.moving(card, |terminal, transport| terminal.block(transport, approved(approval.as_ref())))
    }

    /// Asks the card in the field what became of its open movements: "hold the same card again".
    pub fn settle(&self, card: Arc<dyn CardTransport>) -> Result<Settled, Trouble> {
        self.with_card(card, |terminal, transport| {
            let settled = terminal.settle(transport)?;
            Settled::of(terminal, settled)
        })
    }

    /// Goes on without the card: the movement stays unsettled. Returns its slip.
    pub fn park(&self, movement: u32) -> Result<Receipt, Trouble> {
        self.briefly(|terminal| {
            terminal.park(Sequence::new(movement))?;
            Receipt::of(terminal, Sequence::new(movement), Printing::First)
        })
    }

    /// Looks at a card without moving anything.
    pub fn inquire(&self, card: Arc<dyn CardTransport>, depth: Depth) -> Result<CardState, Trouble> {
        self.with_card(card, |terminal, transport| {
            let (card, inquiry) = terminal.inquire_card(transport, depth.into())?;
            CardState::of(terminal, &card, &inquiry)
        })
    }
}

/// Members.
#[uniffi::export]
impl Till {
    /// Registers a person on a pre-issued card and activates it.
    pub fn register(&self, card: Arc<dyn CardTransport>, details: MemberDetails) -> Result<Registration, Trouble> {
        let details = details.into();
        self.with_card(card, |terminal, transport| {
            let (number, outcome) = terminal.register(transport, &details)?;
            Ok(Registration { number: number.to_string(), outcome: Outcome::of(terminal, outcome)? })
        })
    }

    /// Takes the report of a lost card by its number, as typed. Head office puts it on the block list.
    pub fn report_lost(&self, number: &str) -> Result<(), Trouble> {
        let number = CardNumber::parse(number)?;
        self.briefly(|terminal| Ok(terminal.report_lost(number)?))
    }

    /// Members whose name, contact or card number fits, at most fifty.
    pub fn find_members(&self, text: &str) -> Result<Vec<Member>, Trouble> {
        self.briefly(|terminal| {
            let found = terminal.find_members(text)?;
            found.into_iter().map(|member| Member::of(terminal, member)).collect()
        })
    }
}

/// The journal.
#[uniffi::export]
impl Till {
    /// Lines that fit, newest first, before a number if one is given, at most so many. The next page begins before the
    /// last line's number.
    pub fn journal_lines(
        &self,
        query: JournalQuery,
        before: Option<u32>,
        most: u32,
    ) -> Result<Vec<JournalLine>, Trouble> {
        const PAGE_MOST: usize = 500;
        let search = Search::from(query);
        let most = usize::try_from(most).unwrap_or(PAGE_MOST).min(PAGE_MOST);
        self.briefly(|terminal| {
            let found = terminal.look_up(&search, before.map(Sequence::new), most)?;
            found.iter().map(|found| JournalLine::of(terminal, found)).collect()
        })
    }

    /// The receipt of a movement once more, marked as a duplicate.
    pub fn receipt(&self, sequence: u32) -> Result<Receipt, Trouble> {
        self.briefly(|terminal| Receipt::of(terminal, Sequence::new(sequence), Printing::Again))
    }

    /// A Z report once more, by its entry's number, marked as a duplicate.
    pub fn z_report(&self, sequence: u32) -> Result<ZReport, Trouble> {
        self.briefly(|terminal| ZReport::of(terminal, &terminal.closed_shift(Sequence::new(sequence))?, true))
    }

    /// Signs the books now, so that a backup ends in a signature.
    pub fn checkpoint(&self) -> Result<(), Trouble> {
        self.briefly(|terminal| Ok(terminal.checkpoint()?))
    }

    /// Checks every entry of the journal.
    pub fn verify_journal(&self, progress: Arc<dyn Progress>) -> Result<Verified, Trouble> {
        self.at_length(|terminal| {
            let verified = terminal.journal().verify(&mut |done, total| {
                if let Err(fault) = progress.step(done, total) {
                    log::warn!("nobody was told of progress: {fault}");
                }
            });
            Ok(verified.map_err(Refusal::from)?.into())
        })
    }

    /// Does the journal's housekeeping; for the time between two customers.
    pub fn tidy(&self) -> Result<(), Trouble> {
        self.briefly(|terminal| Ok(terminal.tidy()?))
    }
}

impl Till {
    /// Starts a terminal.
    pub(crate) fn start(origin: Origin, clock: Arc<dyn Clock>) -> Result<Arc<Self>, Trouble> {
        let clock = CallClock::new(clock);
        clock.read()?;
        let terminal = Mutex::new(Some(origin.start(&clock)?));
        Ok(Arc::new(Self { origin, clock, terminal, occupied: AtomicBool::new(false) }))
    }

    /// Does something that takes no time.
    pub(crate) fn briefly<T>(&self, work: impl FnOnce(&mut Terminal) -> Result<T, Trouble>) -> Result<T, Trouble> {
        let mut place = self.enter()?;
        work(self.present(&mut place)?)
    }

    /// Does something that takes its time; whoever comes meanwhile is told so.
    pub(crate) fn at_length<T>(&self, work: impl FnOnce(&mut Terminal) -> Result<T, Trouble>) -> Result<T, Trouble> {
        let mut place = self.enter()?;
        let _occupied = Occupied::new(&self.occupied);
        work(self.present(&mut place)?)
    }

    /// Does something with the card in the field.
    pub(crate) fn with_card<T>(
        &self,
        card: Arc<dyn CardTransport>,
        work: impl FnOnce(&mut Terminal, &mut dyn Transport) -> Result<T, Trouble>,
    ) -> Result<T, Trouble> {
        self.at_length(|terminal| work(terminal, &mut Line::new(card)))
    }

    /// Moves something on the card in the field.
    fn moving(
        &self,
        card: Arc<dyn CardTransport>,
        movement: impl FnOnce(&mut Terminal, &mut dyn Transport) -> Result<satchel_terminal::Outcome, Refusal>,
    ) -> Result<Outcome, Trouble> {
        self.with_card(card, |terminal, transport| {
            let outcome = movement(terminal, transport)?;
            Outcome::of(terminal, outcome)
        })
    }

    /// Moves cash.
    fn in_cash(&self, movement: impl FnOnce(&mut Terminal) -> Result<Sequence, Refusal>) -> Result<Receipt, Trouble> {
        self.briefly(|terminal| {
            let sequence = movement(terminal)?;
            Receipt::of(terminal, sequence, Printing::First)
        })
    }

    /// Waits for whoever does something brief, and for nobody else.
    fn enter(&self) -> Result<MutexGuard<'_, Option<Terminal>>, Trouble> {
        match self.terminal.try_lock() {
            Ok(place) => Ok(place),
            Err(TryLockError::WouldBlock) if self.occupied.load(Ordering::SeqCst) => Err(Trouble::Busy),
            Err(TryLockError::WouldBlock) => Ok(self.terminal.lock().unwrap_or_else(|poison| self.emptied(poison))),
            Err(TryLockError::Poisoned(poison)) => Ok(self.emptied(poison)),
        }
    }

    /// The place of a terminal that somebody panicked with, without that terminal.
    fn emptied<'t>(
        &self,
        poison: std::sync::PoisonError<MutexGuard<'t, Option<Terminal>>>,
    ) -> MutexGuard<'t, Option<Terminal>> {
        log::error!("a call ended in a panic: the terminal starts again from its files");
        let mut place = poison.into_inner();
        *place = None;
        self.terminal.clear_poison();
        place
    }

    /// The terminal, started again if it is not there, with the time of this call.
    fn present<'p>(&self, place: &'p mut Option<Terminal>) -> Result<&'p mut Terminal, Trouble> {
        self.clock.read()?;
        match place {
            Some(terminal) => Ok(terminal),
            None => Ok(place.insert(self.origin.start(&self.clock)?)),
        }
    }
}

impl Origin {
    fn start(&self, clock: &CallClock) -> Result<Terminal, Trouble> {
        match self {
            Self::Device { folder, seal } => Ok(folder.start(seal, clock.shown(), Box::new(rng()))?),
            Self::Practice(practice) => Ok(practice.start(clock.shown(), Box::new(rng()))?),
        }
    }
}

/// Says that somebody takes their time, for as long as it lives.
struct Occupied<'t>(&'t AtomicBool);

impl<'t> Occupied<'t> {
    fn new(flag: &'t AtomicBool) -> Self {
        flag.store(true, Ordering::SeqCst);
        Self(flag)
    }
}

impl Drop for Occupied<'_> {
    fn drop(&mut self) {
        self.0.store(false, Ordering::SeqCst);
    }
}

fn approved(approval: Option<&Arc<Approval>>) -> Option<&satchel_terminal::Approval> {
    approval.map(|approval| &approval.inner)
}

fn parse_pin(pin: Vec<u8>) -> Result<Pin, Trouble> {
    let pin = Zeroizing::new(pin);
    let digits = std::str::from_utf8(&pin).map_err(|_| Trouble::PinMalformed)?;
    Ok(Pin::parse(digits)?)
}

/// The system's randomness. A device without it can do nothing safely.
pub(crate) fn rng() -> UnwrapErr<SysRng> {
    UnwrapErr(SysRng)
}
