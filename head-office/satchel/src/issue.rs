//! Cards: ordered, made at readers, printed.

use crate::at::{At, Login, Officer, rng};
use crate::reader::{self, LOOK, Station, on, station};
use crate::setup::pin_cost;
use crate::write;
use anyhow::{Context, bail};
use clap::{Args, Subcommand};
use console::style;
use indicatif::{ProgressBar, ProgressStyle};
use rand_core::CryptoRng;
use satchel_key_house::TmacKeys;
use satchel_keys::{Pin, PinCost};
use satchel_office::{Actor, Afterwards, BatchDraft, BatchState, Issuer, Made, Office, OfficeError, day, read_batch};
use satchel_transport::{ReaderSpec, Transport};
use satchel_values::Uid;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use zeroize::Zeroizing;

#[derive(Subcommand)]
pub enum Issue {
    /// Orders the cards of a table: name, contact, amount, points, tier, expiry.
    Order {
        #[command(flatten)]
        by: Login,
        /// The table (CSV, UTF-8).
        table: PathBuf,
        /// What the batch is called.
        #[arg(long)]
        name: String,
    },
    /// Makes the cards of a batch, one after another on each reader, until none is left.
    Run(RunOptions),
    /// Moves cards in use to the newest keys, one after another; ends with Ctrl-C.
    Move {
        #[command(flatten)]
        by: Login,
        /// The reader.
        #[arg(long)]
        reader: ReaderSpec,
        /// Ends after one card.
        #[arg(long)]
        once: bool,
    },
    /// Empties the card on the reader and blocks it for ever; what was on it is paid out, or goes onto a new card.
    Retire {
        #[command(flatten)]
        by: Login,
        /// The reader.
        #[arg(long)]
        reader: ReaderSpec,
        /// Orders a new card with what was on it, valid until this day (2029-12-31).
        #[arg(long)]
        renew: Option<String>,
    },
    /// Makes the correction of the card on the reader that two officers booked.
    Correct {
        #[command(flatten)]
        by: Login,
        /// The reader.
        #[arg(long)]
        reader: ReaderSpec,
    },
    /// Writes what a card printer needs: a table (CSV), or the faces themselves if the file's name ends with .pdf.
    Print {
        #[command(flatten)]
        by: Login,
        /// The batch.
        batch: i64,
        /// Where it goes.
        #[arg(long)]
        out: PathBuf,
    },
    /// Gives up on a card that cannot be finished; its number is made on another.
    Spoil {
        #[command(flatten)]
        by: Login,
        /// The chip's number, as the last message named it.
        uid: String,
        /// What is wrong with it.
        #[arg(long)]
        why: String,
        /// Where your own card is shown, if the policy asks for it.
        #[arg(long, default_value = "pcsc")]
        reader: ReaderSpec,
    },
}

#[derive(Args)]
pub struct RunOptions {
    #[command(flatten)]
    by: Login,
    /// The batch.
    batch: i64,
    /// A reader: pcsc, pcsc:PART-OF-ITS-NAME, exec:COMMAND, tcp:HOST:PORT. Several work side by side.
    #[arg(long, required = true)]
    reader: Vec<ReaderSpec>,
    /// Ends after one card a reader.
    #[arg(long)]
    once: bool,
}

#[derive(Args)]
pub struct PersonCard {
    #[command(flatten)]
    by: Login,
    /// The person's number.
    person: u32,
    /// The reader.
    #[arg(long)]
    reader: ReaderSpec,
    /// Where the letter with the PIN goes.
    #[arg(long)]
    letter: PathBuf,
}

#[derive(Args)]
pub struct CollectionCard {
    #[command(flatten)]
    by: Login,
    /// The card's number.
    number: u32,
    /// The reader.
    #[arg(long)]
    reader: ReaderSpec,
}

pub fn run(at: &At, command: Issue) -> anyhow::Result<()> {
    let office = at.office()?;
    match command {
        Issue::Order { by, table, name } => order(&office, &at.officer(&office, &by)?, &table, &name),
        Issue::Run(options) => make(at, &office, &options),
        Issue::Move { by, reader, once } => move_cards(at, &office, &by, &reader, once),
        Issue::Retire { by, reader, renew } => retire(at, &office, &by, &reader, renew.as_deref()),
        Issue::Print { by, batch, out } => {
            let by = at.officer(&office, &by)?;
            let pages = out.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("pdf"));
            let printed = match pages {
                true => office.print_pages(&by.actor, batch)?,
                false => office.print_table(&by.actor, batch)?.into_bytes(),
            };
            write(&out, &printed)
        }
        Issue::Correct { by, reader } => correct(at, &office, &by, &reader),
        Issue::Spoil { by, uid, why, reader } => {
            let by = at.officer(&office, &by)?;
            let desk = at.desk(&by)?;
            let mut bytes = [0; 7];
            hex::decode_to_slice(&uid, &mut bytes).context("a chip's number is fourteen hexadecimal digits")?;
            let number = station(at, &office, &by, &desk, &reader)?.issuer.spoil(&Uid::new(bytes), &why)?;
            println!("{number} is to be made on another card");
            Ok(())
        }
    }
}

fn order(office: &Office, by: &Officer, table: &PathBuf, name: &str) -> anyhow::Result<()> {
    let bytes = std::fs::read(table).with_context(|| format!("reading {}", table.display()))?;
    let cards = read_batch(&bytes, office.charter()?.currency).map_err(|faults| {
        let lines: Vec<_> = faults.iter().map(|fault| format!("  line {}: {}", fault.line, fault.why)).collect();
        anyhow::anyhow!("{} is not taken, nothing was ordered:\n{}", table.display(), lines.join("\n"))
    })?;
    let count = cards.len();
    let batch = office.order(&by.actor, &BatchDraft { name: name.to_owned(), cards })?;
    println!("batch {batch}: {count} cards. Next: satchel issue run {batch} --reader pcsc");
    Ok(())
}

fn make(at: &At, office: &Office, options: &RunOptions) -> anyhow::Result<()> {
    let by = at.officer(office, &options.by)?;
    let desk = at.desk(&by)?;
    let batch = office.batch(&by.actor, options.batch)?;
    let Some(first) = options.reader.first() else { bail!("name a reader") };
    let Station { issuer, own_card } = station(at, office, &by, &desk, first)?;
    let bar = ProgressBar::new(u64::try_from(batch.cards)?).with_position(u64::try_from(batch.made)?);
    bar.set_style(ProgressStyle::with_template("{bar:30} {pos}/{len} cards, {eta} left  {msg}")?);
    let stopped = AtomicBool::new(false);
    let outcome = thread::scope(|threads| {
        let readers: Vec<_> = options
            .reader
            .iter()
            .map(|spec| {
                let (bar, stopped, actor, issuer) = (&bar, &stopped, &by.actor, &issuer);
                threads.spawn(move || {
                    let line = Line { at, office, actor, spec, bar, stopped, once: options.once };
                    let worked = line.work(issuer, options.batch, own_card);
                    if worked.is_err() {
                        stopped.store(true, Ordering::Relaxed);
                    }
                    worked
                })
            })
            .collect();
        let ends =
            readers.into_iter().map(|reader| reader.join().unwrap_or_else(|_| bail!("a reader's work broke off")));
        ends.collect::<Vec<_>>().into_iter().collect::<anyhow::Result<Vec<()>>>()
    });
    bar.abandon();
    let batch = office.batch(&by.actor, options.batch)?;
    println!("{} of {} cards are made", batch.made, batch.cards);
    outcome.map(|_| ())
}

fn move_cards(at: &At, office: &Office, by: &Login, reader: &ReaderSpec, once: bool) -> anyhow::Result<()> {
    let by = at.officer(office, by)?;
    let desk = at.desk(&by)?;
    let Station { issuer, own_card: mut before } = station(at, office, &by, &desk, reader)?;
    let (mut tmac, mut rng) = (at.verifier()?, rng()?);
    loop {
        let Some((mut transport, uid)) = on(reader) else {
            before = None;
            thread::sleep(LOOK);
            continue;
        };
        if before == Some(uid) {
            drop(transport);
            thread::sleep(LOOK);
            continue;
        }
        match issuer.move_keys(&mut *transport, &mut tmac, &mut rng) {
            Ok((number, moved)) => {
                let percent = office.rollover()?.map_or(0, |rollover| rollover.percent());
                println!(
                    "{number}: {} keys changed, version {}; {percent} % of cards have moved",
                    moved.changed,
                    moved.to.get()
                );
                before = Some(uid);
            }
            Err(OfficeError::Card(error)) => println!("{uid}: {error}. Hold the same card again"),
            Err(error) => return Err(error.into()),
        }
        if once {
            return Ok(());
        }
    }
}

fn retire(at: &At, office: &Office, by: &Login, reader: &ReaderSpec, renew: Option<&str>) -> anyhow::Result<()> {
    let afterwards = renew.map(|typed| day("renew", typed)).transpose()?.map_or(Afterwards::PayOut, Afterwards::Renew);
    let by = at.officer(office, by)?;
    let desk = at.desk(&by)?;
    let Station { issuer, own_card } = station(at, office, &by, &desk, reader)?;
    let mut tmac = at.verifier()?;
    let mut transport = open(reader, own_card)?;
    let retired = issuer.retire(afterwards, &mut *transport, &mut tmac, &mut rng()?)?;
    let held = office.charter()?.currency.format(retired.held);
    match retired.renewed {
        None => println!("{} is retired: pay out {held}", retired.number),
        Some(renewed) => {
            println!("{} is retired: {held} and {} points go onto {renewed}", retired.number, retired.points.get());
        }
    }
    Ok(())
}

fn correct(at: &At, office: &Office, by: &Login, reader: &ReaderSpec) -> anyhow::Result<()> {
    let by = at.officer(office, by)?;
    let desk = at.desk(&by)?;
    let Station { issuer, own_card } = station(at, office, &by, &desk, reader)?;
    let mut tmac = at.verifier()?;
    let mut transport = open(reader, own_card)?;
    let done = issuer.correct(&mut *transport, &mut tmac, &mut rng()?)?;
    let amount = office.charter()?.currency.format(done.amount);
    println!("{} is corrected by {amount} and {} points", done.card, done.points.get());
    Ok(())
}

/// The reader, once an officer's own card is off it.
fn open(reader: &ReaderSpec, own_card: Option<Uid>) -> anyhow::Result<Box<dyn Transport + Send>> {
    match own_card {
        None => Ok(reader.open()?),
        Some(_) => Ok(reader::next(reader, own_card).0),
    }
}

/// A reader with whoever puts cards on it.
struct Line<'s> {
    at: &'s At,
    office: &'s Office,
    actor: &'s Actor,
    spec: &'s ReaderSpec,
    bar: &'s ProgressBar,
    stopped: &'s AtomicBool,
    once: bool,
}

impl Line<'_> {
    fn work(&self, issuer: &Issuer<'_>, batch: i64, mut before: Option<Uid>) -> anyhow::Result<()> {
        let mut tmac = self.at.verifier()?;
        let mut rng = rng()?;
        while !self.stopped.load(Ordering::Relaxed) {
            let Some((mut transport, uid)) = on(self.spec) else {
                before = None;
                thread::sleep(LOOK);
                continue;
            };
            if before == Some(uid) {
                drop(transport);
                thread::sleep(LOOK);
                continue;
            }
            let say = |step| self.bar.set_message(format!("{}: {step:?}", self.spec));
            match issuer.make(batch, &mut *transport, &mut tmac, &mut rng, &mut { say }) {
                Ok(Made::NoneLeft) => return Ok(()),
                Ok(Made::New(number) | Made::Finished(number)) => {
                    self.bar.inc(1);
                    self.say(&format!("{} {number} on {uid}: take it away", style("made").green().bold()));
                    before = Some(uid);
                    if self.once {
                        return Ok(());
                    }
                    self.stop_if_done(batch)?;
                }
                Ok(Made::Already(number)) => {
                    self.say(&format!("{number} is made already: take it away"));
                    before = Some(uid);
                    if self.once {
                        return Ok(());
                    }
                }
                Err(OfficeError::Card(error)) => {
                    self.say(&format!("{} {uid}: {error}. Hold the same card again", style("not finished").yellow()));
                    if self.once {
                        return Err(error.into());
                    }
                    thread::sleep(LOOK);
                }
                Err(error) => return Err(error.into()),
            }
        }
        Ok(())
    }

    /// The last card of a batch ends the work at every reader.
    fn stop_if_done(&self, batch: i64) -> anyhow::Result<()> {
        if self.office.batch(self.actor, batch)?.state != BatchState::Open {
            self.stopped.store(true, Ordering::Relaxed);
        }
        Ok(())
    }

    /// Above the bar; as it is, where there is none.
    fn say(&self, text: &str) {
        if self.bar.is_hidden() { println!("{text}") } else { self.bar.println(text) }
    }
}

/// Makes somebody's card.
pub fn person_card(at: &At, options: &PersonCard) -> anyhow::Result<()> {
    with_new_pin(at, options, |issuer, tmac, pin, transport, rng| {
        issuer.make_person_card(options.person, tmac, pin, transport, rng).map(|_| ())
    })
}

/// Gives the card that somebody has another PIN, and all its tries.
pub fn new_pin(at: &At, options: &PersonCard) -> anyhow::Result<()> {
    with_new_pin(at, options, |issuer, tmac, pin, transport, rng| {
        issuer.change_pin(options.person, tmac, pin, transport, rng)
    })
}

pub fn collection_card(at: &At, options: &CollectionCard) -> anyhow::Result<()> {
    let office = at.office()?;
    let by = at.officer(&office, &options.by)?;
    let desk = at.desk(&by)?;
    let Station { issuer, own_card } = station(at, &office, &by, &desk, &options.reader)?;
    let mut tmac = at.verifier()?;
    let mut transport = open(&options.reader, own_card)?;
    let chip = issuer.make_collection_card(options.number, &mut *transport, &mut tmac, &mut rng()?)?;
    println!("collection card {} is made on {chip}", options.number);
    Ok(())
}

/// The letter is written when the card has its PIN, and not before.
fn with_new_pin(
    at: &At,
    options: &PersonCard,
    write_card: impl FnOnce(
        &Issuer<'_>,
        &mut dyn TmacKeys,
        (&Pin, PinCost),
        &mut dyn Transport,
        &mut dyn CryptoRng,
    ) -> Result<(), OfficeError>,
) -> anyhow::Result<()> {
    let office = at.office()?;
    let by = at.officer(&office, &options.by)?;
    let desk = at.desk(&by)?;
    let mut rng = rng()?;
    let digits = digits(&mut rng);
    let pin = Pin::parse(&digits)?;
    let Station { issuer, own_card } = station(at, &office, &by, &desk, &options.reader)?;
    let mut tmac = at.verifier()?;
    let mut transport = open(&options.reader, own_card)?;
    write_card(&issuer, &mut tmac, (&pin, pin_cost(at)), &mut *transport, &mut rng)?;
    let people = office.people(&by.actor)?;
    let name = people.iter().find(|person| person.id == options.person).map(|person| person.data.name.as_str());
    write(&options.letter, letter(&office.charter()?.chain, name.unwrap_or_default(), &digits).as_bytes())?;
    println!("the card is done; the letter with its PIN is {}: print it, then delete it", options.letter.display());
    Ok(())
}

/// Six digits, each as likely as any other.
fn digits(rng: &mut dyn CryptoRng) -> Zeroizing<String> {
    const MILLIONS: u32 = u32::MAX / 1_000_000 * 1_000_000;
    loop {
        let drawn = rng.next_u32();
        if drawn < MILLIONS {
            return Zeroizing::new(format!("{:06}", drawn % 1_000_000));
        }
    }
}

fn letter(chain: &str, name: &str, pin: &str) -> String {
    let escaped = |text: &str| text.replace('&', "&amp;").replace('<', "&lt;");
    format!(
        "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>PIN</title>\
         <style>@page {{ size: A5 landscape; margin: 15mm }} body {{ font: 12pt sans-serif }} strong {{ font: 24pt monospace }}</style>\
         <p>{}</p><p>For {}</p><p>Your PIN: <strong>{pin}</strong></p>\
         <p>Learn it, then destroy this letter. Nobody at {} will ever ask you for it.</p></html>\n",
        escaped(chain),
        escaped(name),
        escaped(chain)
    )
}
