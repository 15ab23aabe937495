use crate::failure::Failure;
use crate::layout::{Reader, at, badge, csrf, field, page, table};
use crate::pages::to;
use crate::session::{Posted, Session};
use crate::state::State;
use axum::Router;
use axum::extract::{Query, State as On};
use axum::response::Response;
use axum::routing::{get, post};
use maud::{Markup, html};
use satchel_office::{Account, Balance, Finding, FindingName, Permission, day};
use satchel_values::{Date, Money};
use serde::Deserialize;

pub fn routes() -> Router<State> {
    Router::new()
        .route("/ledger", get(ledger))
        .route("/settlement", get(settlement))
        .route("/exceptions", get(exceptions))
        .route("/exceptions/resolve", post(resolve))
}

async fn ledger(On(state): On<State>, session: Session) -> Result<Markup, Failure> {
    let (reader, actor) = (session.reader(), session.actor());
    let (balances, unsettled, missing, currency, places) = state
        .run(move |office| {
            let (balances, unsettled) = (office.trial_balance(&actor)?, office.unsettled(&actor)?);
            let missing = office.missing_movements(&actor)?;
            Ok((balances, unsettled, missing, office.charter()?.currency, office.places(&actor)?))
        })
        .await
        .map_err(session.failure())?;
    let name = |store: i64| match places.iter().find(|place| place.id == store) {
        Some(place) => place.name.clone(),
        None => reader.t("Head office").to_owned(),
    };
    let rows: Vec<Markup> = balances
        .iter()
        .filter(|balance| balance.amount != Money::ZERO)
        .map(|balance| {
            let debit = !balance.amount.is_negative();
            let shown = currency.format(if debit { balance.amount } else { positive(balance.amount) });
            html! {
                td { (words(&reader, balance.account)) }
                td { bdi { (name(balance.store)) } }
                td class="number" { @if debit { bdi { (shown) } } }
                td class="number" { @if !debit { bdi { (shown) } } }
            }
        })
        .collect();
    let owed = total(&balances, Account::Float).map(positive);
    Ok(page(
        &reader,
        "/ledger",
        reader.t("Ledger"),
        html! {
            ul class="figures" {
                li { strong { @if let Some(owed) = owed { bdi { (currency.format(owed)) } } @else { "–" } } span { (reader.t("Owed to members")) } }
                li { strong { (unsettled.0) } span { (reader.t("Movements whose end nobody knows yet")) } }
                li { strong { (missing) } span { (reader.t("Movements that cards tell of and no terminal has reported")) } }
            }
            p { a href="/settlement" class="button" { (reader.t("Settlement between stores")) } }
            h2 { (reader.t("Trial balance")) }
            (table(&reader, crate::headings!(reader, "Account", "Place", "Debit", "Credit"), &rows))
        },
    ))
}

fn positive(amount: Money) -> Money {
    amount.negated().unwrap_or(amount)
}

fn total(balances: &[Balance], account: Account) -> Option<Money> {
    let mut amounts = balances.iter().filter(|balance| balance.account == account).map(|balance| balance.amount);
    amounts.try_fold(Money::ZERO, |sum, amount| sum.plus(amount).ok())
}

fn words(reader: &Reader, account: Account) -> &'static str {
    match account {
        Account::Float => reader.t("Money on cards"),
        Account::Cash => reader.t("Cash in drawers"),
        Account::Apart => reader.t("Cash that lies apart"),
        Account::Safe => reader.t("Cash handed in"),
        Account::CashDifference => reader.t("Cash differences"),
        Account::Sales => reader.t("Sales"),
        Account::Returns => reader.t("Returns"),
        Account::Discounts => reader.t("Discounts"),
        Account::Points => reader.t("Paid by points"),
        Account::Bonus => reader.t("Top-up bonuses"),
        Account::Issued => reader.t("Cards issued"),
        Account::Transfer => reader.t("Between cards"),
        Account::Corrections => reader.t("Corrections"),
        Account::Suspense => reader.t("In suspense"),
    }
}

#[derive(Deserialize, Default)]
struct Days {
    #[serde(default)]
    from: String,
    #[serde(default)]
    to: String,
}

async fn settlement(On(state): On<State>, session: Session, Query(days): Query<Days>) -> Result<Markup, Failure> {
    let (reader, actor) = (session.reader(), session.actor());
    let bound = |typed: &str, none: Date| if typed.is_empty() { Ok(none) } else { day("day", typed) };
    let from = bound(&days.from, Date::from_days(0)).map_err(session.failure())?;
    let to = bound(&days.to, Date::from_days(u16::MAX)).map_err(session.failure())?;
    let (stores, currency, places) = state
        .run(move |office| {
            Ok((office.settlement(&actor, from, to)?, office.charter()?.currency, office.places(&actor)?))
        })
        .await
        .map_err(session.failure())?;
    let rows: Vec<Markup> = stores
        .iter()
        .map(|store| {
            let name = places.iter().find(|place| place.id == store.store).map_or("–", |place| place.name.as_str());
            let owes = store.owes().ok();
            html! {
                td { bdi { (name) } }
                td class="number" { bdi { (currency.format(store.loaded)) } }
                td class="number" { bdi { (currency.format(store.bonus)) } }
                td class="number" { bdi { (currency.format(store.spent)) } }
                td class="number" { @if let Some(owes) = owes.filter(|owes| !owes.is_negative()) { bdi { (currency.format(owes)) } } }
                td class="number" { @if let Some(gets) = owes.filter(|owes| owes.is_negative()) { bdi { (currency.format(positive(gets))) } } }
            }
        })
        .collect();
    Ok(page(
        &reader,
        "/ledger",
        reader.t("Settlement between stores"),
        html! {
            form class="search" role="search" {
                label { span { (reader.t("From")) } input type="date" name="from" value=(days.from); }
                label { span { (reader.t("To")) } input type="date" name="to" value=(days.to); }
                button { (reader.t("Search")) }
            }
            (table(&reader, crate::headings!(reader, "Place", "Loaded or given back", "Bonus in it", "Spent or taken back", "Hands over", "Gets"), &rows))
        },
    ))
}

async fn exceptions(On(state): On<State>, session: Session) -> Result<Markup, Failure> {
    let (reader, actor) = (session.reader(), session.actor());
    let found = state.run(move |office| office.exceptions(&actor)).await.map_err(session.failure())?;
    let rows: Vec<Markup> = found.iter().map(|found| row(&reader, found)).collect();
    Ok(page(
        &reader,
        "/exceptions",
        reader.t("Exceptions"),
        html! { (table(&reader, crate::headings!(reader, "What", "Terminal", "Entry", "What was found", "Found", "State", ""), &rows)) },
    ))
}

fn row(reader: &Reader, found: &Finding) -> Markup {
    html! {
        td { strong { (kind(reader, &found.kind)) } br; small { (advice(reader, &found.kind)) } }
        td { (found.terminal) }
        td { @if found.sequence > 0 { (found.sequence) } @else { "–" } }
        td { bdi { (found.detail) } @if let Some(card) = found.card { br; code { (card) } } }
        td { (at(found.found_at)) }
        td { @match &found.resolution {
            Some((who, reason)) => { (badge(reader, "resolved")) " " small { (who) ": " bdi { (reason) } } }
            None => (badge(reader, "to-do")),
        } }
        td { @if !found.resolved && reader.may(Permission::Settle) {
            form method="post" action="/exceptions/resolve" class="inline" {
                (csrf(reader)) input type="hidden" name="revision" value=(found.revision);
                input type="hidden" name="kind" value=(found.kind);
                input type="hidden" name="terminal" value=(found.terminal);
                input type="hidden" name="sequence" value=(found.sequence);
                (field(reader.t("What came of it"), "reason", "")) button { (reader.t("Resolve")) }
            }
        } }
    }
}

fn kind(reader: &Reader, kind: &str) -> &'static str {
    match kind {
        "forged-movement" => reader.t("A movement with a wrong MAC"),
        "double-counter" | "broken-order" => reader.t("Two cards with one key"),
        "unknown-card" => reader.t("A card that was never issued"),
        "no-tmac-key" => reader.t("A key that is missing"),
        "held" => reader.t("A card that contradicts the journal"),
        "forked-journal" => reader.t("A journal that went two ways"),
        "damaged-journal" => reader.t("A journal that does not hold"),
        "forged-bundle" => reader.t("A bundle with a wrong signature"),
        "unknown-terminal" => reader.t("A bundle of an unknown terminal"),
        "unreadable-bundle" => reader.t("A bundle that cannot be read"),
        "lost-terminal" => reader.t("A lost terminal reports"),
        "clock-ahead" => reader.t("A clock that is ahead"),
        _ => reader.t("Noted"),
    }
}

fn advice(reader: &Reader, kind: &str) -> &'static str {
    match kind {
        "forged-movement" | "double-counter" | "broken-order" | "unknown-card" => {
            reader.t("Block the card, and compare its time line with what its member says.")
        }
        "forked-journal" => reader.t("Ask the store whether it restored a backup, or enrolled a second device."),
        "held" => reader.t("Its next movement tells; until then its money is not counted."),
        "lost-terminal" => reader.t("Somebody uses it: retire the version of its keys."),
        "clock-ahead" => reader.t("Set the terminal’s clock."),
        _ => reader.t("Ask for it again; if it comes again, look at the terminal."),
    }
}

#[derive(Deserialize)]
struct Resolution {
    kind: String,
    terminal: u32,
    sequence: u32,
    revision: i64,
    reason: String,
}

async fn resolve(On(state): On<State>, posted: Posted<Resolution>) -> Result<Response, Failure> {
    let (actor, form) = (posted.session.actor(), posted.form);
    let resolved = state.run(move |office| {
        let Resolution { kind, terminal, sequence, revision, reason } = form;
        office.resolve_exception(&actor, &FindingName { kind, terminal, sequence, revision }, &reason)
    });
    resolved.await.map_err(posted.session.failure())?;
    Ok(to("/exceptions"))
}
