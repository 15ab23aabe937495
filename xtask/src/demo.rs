//! `cargo xtask demo`: a chain's day, told to somebody who enjoys reading it, or as one JSON object.

use crate::headquarters::{self, Evening};
use crate::provision;
use clap::Args;
use console::style;
use indicatif::{ProgressBar, ProgressStyle};
use satchel_chain::day::{self, Narrator, Summary};
use satchel_chain::office::currency;
use satchel_console::Cookies;
use satchel_key_house::DeskSource;
use satchel_office::Office;
use satchel_values::{Clock, Currency, Money, Timestamp};
use serde_json::json;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

/// How the day is lived and told.
#[derive(Args)]
pub struct Options {
    /// One day, then the end. Without it, head office's console is opened on what the day left.
    #[arg(long)]
    once: bool,
    /// Prints one JSON object and nothing else.
    #[arg(long)]
    json: bool,
    /// The same number lives the same day.
    #[arg(long, default_value_t = 2026)]
    seed: u64,
    /// Where database, key stores and journals are left; they are thrown away if no folder is named.
    #[arg(long)]
    keep: Option<PathBuf>,
    /// Where the console listens.
    #[arg(long, default_value = "127.0.0.1:8080")]
    listen: SocketAddr,
    /// Instead of a day: a set-up file for a phone, its QR code and its code, and simulated cards beside it.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["once", "keep"])]
    provision: Option<PathBuf>,
}

/// Lives the day; success only if the books balance.
pub fn run(options: &Options) -> ExitCode {
    if let Some(file) = &options.provision {
        return provision::run(file, options.json);
    }
    let scratch = match tempfile::tempdir() {
        Ok(scratch) => scratch,
        Err(error) => return failed(&format!("no folder for the journals: {error}")),
    };
    let folder = options.keep.as_deref().unwrap_or(scratch.path());
    let mut narrator = Progress::new(options.json);
    let lived = live(options.seed, folder, &mut narrator);
    narrator.ends();
    let (office, summary, evening) = match lived {
        Ok(lived) => lived,
        Err(error) => return failed(&format!("{error:#}")),
    };
    if options.json {
        println!("{}", as_json(&summary, &evening));
    } else {
        tell(&summary, &evening, options);
    }
    if !summary.verdicts.balanced() {
        return failed("the books do not balance");
    }
    if !evening.agrees(summary.verdicts.on_cards) {
        return failed("head office's ledger says something else than the cards");
    }
    if options.once || options.json { ExitCode::SUCCESS } else { open_console(&office, options) }
}

/// Head office prepares the day; two stores live it; head office takes in what their terminals have to say.
fn live(seed: u64, folder: &Path, narrator: &mut dyn Narrator) -> anyhow::Result<(Office, Summary, Evening)> {
    let (mut head, morning) = headquarters::prepare(folder, seed, narrator)?;
    let senders = headquarters::senders(&morning);
    let summary = {
        let keys = DeskSource::new(&head.desk, &mut head.verifier);
        day::live_on(morning, &keys, seed, folder, narrator)?
    };
    let evening = head.evening(senders, folder, narrator)?;
    head.office.verify_chains()?;
    Ok((head.office, summary, evening))
}

/// The day is over: from now on it is what the machine says.
struct MachineClock;

impl Clock for MachineClock {
    fn now(&self) -> Timestamp {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_millis());
        Timestamp::from_ms(i64::try_from(since).unwrap_or(i64::MAX))
    }
}

fn open_console(office: &Office, options: &Options) -> ExitCode {
    heading("Head office's console");
    line("open", &format!("http://{}", options.listen));
    line("sign on as", "administrator, key-officer, issuer, member-service, operations, set-up, settlement or auditor");
    line("password", headquarters::PASSWORD);
    line("end", "Ctrl-C");
    let office = Office::new(office.database().clone(), Arc::new(MachineClock));
    match satchel_console::serve(office, options.listen, Cookies::Anywhere) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => failed(&format!("{} cannot be listened at: {error}", options.listen)),
    }
}

fn failed(why: &str) -> ExitCode {
    eprintln!("{} {why}", style("error:").red().bold());
    ExitCode::FAILURE
}

fn as_json(day: &Summary, evening: &Evening) -> serde_json::Value {
    let verdicts = &day.verdicts;
    json!({
        "cards_issued": day.issued,
        "sales": day.sales,
        "redemptions": day.redemptions,
        "split_tenders": day.split,
        "topups": day.top_ups,
        "undos": day.undos,
        "refunds": day.refunds,
        "torn": day.torn,
        "recovered": day.recovered,
        "abandoned": day.abandoned,
        "held": day.held,
        "refused": day.refused,
        "z_reports": day.z_reports.len(),
        "journal_entries": day.entries,
        "tmac_verified": verdicts.verified,
        "tmac_failed": verdicts.failed,
        "settled_by_card": verdicts.settled_by_card,
        "money_loaded_minor": verdicts.loaded.get(),
        "money_spent_minor": verdicts.spent.get(),
        "money_on_cards_minor": verdicts.on_cards.get(),
        "bundles": evening.bundles,
        "bundle_bytes": evening.bytes,
        "entries_collected": evening.collected.entries,
        "movements_collected": evening.collected.movements,
        "owed_to_members_minor": evening.owed.get(),
        "exceptions": evening.exceptions,
        "balanced": verdicts.balanced() && evening.agrees(verdicts.on_cards),
    })
}

fn tell(day: &Summary, evening: &Evening, options: &Options) {
    let euro = currency();
    heading("A day at the chain");
    line("cards issued", &day.issued.to_string());
    line("sales", &format!("{}, {} with points redeemed, {} partly in cash", day.sales, day.redemptions, day.split));
    line("top-ups", &day.top_ups.to_string());
    line("taken back", &format!("{} undone, {} refunded", day.undos, day.refunds));
    line("refused", &format!("{} cards: blocked, counterfeit, strange, or short of money", day.refused));
    heading("Torn cards");
    line("torn away", &format!("{} times", day.torn));
    line("recovered", &format!("{} when the same card was held again", day.recovered));
    line("abandoned", &format!("{} customers left; {} still open in the evening", day.abandoned, day.held));
    for (terminal, report) in &day.z_reports {
        heading(&format!("Z report {} of terminal {terminal}", report.number));
        line("sales", &format!("{} for {}", report.shift.sales, euro.format(report.shift.gross)));
        line("from cards", &euro.format(report.shift.spent));
        line("top-ups", &format!("{} for {}", report.shift.top_ups, euro.format(report.shift.loaded)));
        line("bonuses", &euro.format(report.shift.bonuses));
        line("points", &format!("{} earned, {} redeemed", report.shift.points_earned, report.shift.points_redeemed));
        line("drawer", &format!("{} expected, {} counted", euro.format(report.expected), euro.format(report.counted)));
        line("unsettled", &format!("{}, {} apart", report.unsettled.len(), euro.format(report.unsettled_cash)));
    }
    tell_books(day, evening, euro);
    match &options.keep {
        Some(folder) => line("journals", &format!("{} entries, kept in {}", day.entries, folder.display())),
        None => line("journals", &format!("{} entries, every chain verified", day.entries)),
    }
    line("again", &format!("./demo --once --seed {}", options.seed));
}

fn tell_books(day: &Summary, evening: &Evening, euro: Currency) {
    let verdicts = &day.verdicts;
    heading("Head office's books");
    line("transaction MACs", &format!("{} right, {} wrong", verdicts.verified, verdicts.failed));
    line("told by the card", &format!("{} movements that no terminal heard the end of", verdicts.settled_by_card));
    line("loaded", &right(euro, verdicts.loaded));
    line("spent", &right(euro, verdicts.spent));
    line("on the cards", &right(euro, verdicts.on_cards));
    let taken = &evening.collected;
    line("taken in", &format!("{} bundles, {} bytes, out of order", evening.bundles, evening.bytes));
    line("entries", &format!("{}, {} movements of cards among them", taken.entries, taken.movements));
    line("owed to members", &right(euro, evening.owed));
    line("to look into", &evening.exceptions.to_string());
    let verdict = if verdicts.balanced() && evening.agrees(verdicts.on_cards) {
        style("balanced to the unit").green().bold()
    } else {
        style("NOT BALANCED").red().bold()
    };
    line("verdict", &verdict.to_string());
}

fn heading(text: &str) {
    println!("\n{}", style(text).bold().underlined());
}

fn line(name: &str, value: &str) {
    println!("  {name:<18}{value}");
}

fn right(euro: Currency, amount: Money) -> String {
    format!("{:>16}", euro.format(amount))
}

/// A bar for each part of the day; silent where a program reads the output.
struct Progress {
    bar: ProgressBar,
    silent: bool,
}

impl Progress {
    fn new(silent: bool) -> Self {
        Self { bar: ProgressBar::hidden(), silent }
    }

    fn ends(&self) {
        self.bar.finish_and_clear();
    }
}

impl Narrator for Progress {
    fn begins(&mut self, what: &str, steps: u32) {
        self.bar.finish_and_clear();
        if self.silent {
            return;
        }
        let style =
            ProgressStyle::with_template("{msg:24} [{bar:40}] {pos}/{len}").expect("the template is well formed");
        self.bar = ProgressBar::new(u64::from(steps)).with_style(style).with_message(what.to_owned());
    }

    fn step(&mut self) {
        self.bar.inc(1);
    }
}
