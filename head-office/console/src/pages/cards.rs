use crate::failure::Failure;
use crate::layout::{Reader, at, badge, choice, csrf, field, on, page, table};
use crate::pages::to;
use crate::session::{Posted, Session};
use crate::state::State;
use axum::Router;
use axum::extract::{Path, Query, State as On};
use axum::response::Response;
use axum::routing::{get, post};
use maud::{Markup, html};
use satchel_office::{
    Card, CardAccount, CardMovement, CardState, CardsQuery, CorrectionDraft, Found, OfficeError, Operation, Permission,
    day, signed_amount, signed_points,
};
use satchel_values::{CardNumber, Currency};
use serde::Deserialize;

pub fn routes() -> Router<State> {
    Router::new()
        .route("/cards", get(list))
        .route("/cards/{number}", get(one))
        .route("/cards/{number}/block", post(block))
        .route("/cards/{number}/unblock", post(unblock))
        .route("/cards/{number}/activate", post(activate))
        .route("/cards/{number}/replace", post(replace))
        .route("/cards/{number}/correct", post(correct))
}

#[derive(Deserialize, Default)]
struct Asked {
    #[serde(default)]
    number: String,
    #[serde(default)]
    name: String,
    #[serde(default)]
    issued: String,
    #[serde(default)]
    state: String,
}

impl Asked {
    fn query(&self) -> Result<CardsQuery, OfficeError> {
        if !self.number.trim().is_empty() {
            return Ok(CardsQuery::Number(self.number.clone()));
        }
        if !self.name.trim().is_empty() {
            return Ok(CardsQuery::Name(self.name.clone()));
        }
        if !self.issued.trim().is_empty() {
            let day = day("issued", &self.issued)?;
            return Ok(CardsQuery::Issued(day, day));
        }
        Ok(CardState::parse(&self.state).map_or(CardsQuery::Newest, CardsQuery::State))
    }
}

async fn list(On(state): On<State>, session: Session, Query(asked): Query<Asked>) -> Result<Markup, Failure> {
    let (reader, actor) = (session.reader(), session.actor());
    let query = asked.query().map_err(session.failure())?;
    let (found, currency) = state
        .run(move |office| Ok((office.find_cards(&actor, &query)?, office.charter()?.currency)))
        .await
        .map_err(session.failure())?;
    let states: Vec<(String, String)> = std::iter::once((String::new(), reader.t("All").to_owned()))
        .chain(CardState::ALL.iter().map(|state| (state.name().to_owned(), reader.t(state.name()).to_owned())))
        .collect();
    let rows: Vec<Markup> = found.iter().map(|found| row(&reader, found, currency)).collect();
    Ok(page(
        &reader,
        "/cards",
        reader.t("Cards"),
        html! {
            form class="search" role="search" {
                (field(reader.t("Card number"), "number", &asked.number))
                @if reader.may(Permission::LookAtMembers) { (field(reader.t("Member’s name"), "name", &asked.name)) }
                label { span { (reader.t("Issued on")) } input type="date" name="issued" value=(asked.issued); }
                (choice(reader.t("State"), "state", &states, &asked.state))
                button { (reader.t("Search")) }
            }
            (table(&reader, crate::headings!(reader, "Card number", "State", "Member", "Issued with", "Points", "Issued", "Valid until"), &rows))
        },
    ))
}

fn row(reader: &Reader, found: &Found, currency: Currency) -> Markup {
    let card = &found.card;
    html! {
        td { a href={ "/cards/" (card.number.get()) } { bdi { (card.number) } } }
        td { (badge(reader, card.state.name())) }
        td { @match (card.member, &found.name) {
            (Some(id), Some(name)) => a href={ "/members/" (id) } { bdi { (name) } },
            (Some(id), None) => (id),
            (None, _) => "–",
        } }
        td class="number" { bdi { (currency.format(card.amount)) } }
        td class="number" { (card.points.get()) }
        td { @if let Some(issued) = card.issued_at { (at(issued)) } @else { "–" } }
        td { (on(card.expiry)) }
    }
}

fn number(digits: &str) -> Result<CardNumber, OfficeError> {
    let wrong = || OfficeError::NotFound { what: "card", which: digits.to_owned() };
    digits.parse().ok().and_then(|number| CardNumber::from_number(number).ok()).ok_or_else(wrong)
}

async fn one(On(state): On<State>, session: Session, Path(digits): Path<String>) -> Result<Markup, Failure> {
    let (reader, actor) = (session.reader(), session.actor());
    let number = number(&digits).map_err(session.failure())?;
    let (card, line, account, currency) = state
        .run(move |office| {
            let account = office.movements_of_card(&actor, number)?;
            Ok((office.card(&actor, number)?, office.time_line(&actor, number)?, account, office.charter()?.currency))
        })
        .await
        .map_err(session.failure())?;
    Ok(page(
        &reader,
        "/cards",
        &format!("{} {}", reader.t("Card"), card.number),
        html! {
            div class="side" {
                section {
                    div class="sheet" { (facts(&reader, &card, currency)) }
                    @if card.uid.is_some() { ul class="figures" {
                        li { strong { bdi { (currency.format(account.balance)) } } span { (reader.t("It holds, as far as terminals have reported")) } }
                        li { strong { (account.points.get()) } span { (reader.t("Points")) } }
                    } }
                    h2 { (reader.t("Movements")) }
                    (table(&reader, crate::headings!(reader, "When", "What", "Amount", "Points", "Terminal", "State"), &movements(&reader, &account, currency)))
                    h2 { (reader.t("What happened")) }
                    ol class="line" { @for entry in &line { li {
                        strong { (reader.t(words(&entry.action))) } " " small { (at(entry.at)) " · " (entry.who) }
                        @if let Some(text) = entry.after.as_ref().filter(|text| !text.starts_with('{')) { br; bdi { (text) } }
                    } } }
                }
                @if reader.may(Permission::ServeCards) { aside { (actions(&reader, &card)) } }
            }
        },
    ))
}

fn movements(reader: &Reader, account: &CardAccount, currency: Currency) -> Vec<Markup> {
    let movement = |movement: &CardMovement| {
        html! {
            td { (at(movement.at)) }
            td { (operation(reader, movement.operation)) }
            td class="number" { bdi { (currency.format(movement.purse)) } }
            td class="number" { (movement.points.get()) }
            td { (movement.id.terminal.get()) " / " (movement.id.sequence.get()) }
            td { @match (movement.vouched, movement.state.as_str()) {
                (true, _) => (badge(reader, "vouched")),
                (false, "not-applied") => (badge(reader, "did not happen")),
                (false, _) => (badge(reader, "to-do")),
            } }
        }
    };
    account.movements.iter().map(movement).collect()
}

fn operation(reader: &Reader, operation: Option<Operation>) -> &'static str {
    match operation {
        Some(Operation::Issue) => reader.t("Issued"),
        Some(Operation::Sale) => reader.t("Sale"),
        Some(Operation::TopUp) => reader.t("Top-up"),
        Some(Operation::UndoSale) => reader.t("Sale taken back"),
        Some(Operation::UndoTopUp) => reader.t("Top-up taken back"),
        Some(Operation::Refund) => reader.t("Refund"),
        Some(Operation::Block) => reader.t("Blocked"),
        Some(Operation::Activate) => reader.t("Given to its member"),
        Some(Operation::Correct) => reader.t("Corrected"),
        None => reader.t("Noted"),
    }
}

fn facts(reader: &Reader, card: &Card, currency: Currency) -> Markup {
    html! { dl {
        dt { (reader.t("State")) } dd { (badge(reader, card.state.name())) }
        dt { (reader.t("Member")) } dd { @if let Some(member) = card.member {
            @if reader.may(Permission::LookAtMembers) { a href={ "/members/" (member) } { (member) } } @else { (member) }
        } @else { "–" } }
        dt { (reader.t("Issued with")) } dd { bdi { (currency.format(card.amount)) } " · " (card.points.get()) " " (reader.t("points")) }
        dt { (reader.t("Tier")) } dd { (card.tier) }
        dt { (reader.t("Valid until")) } dd { (on(card.expiry)) }
        dt { (reader.t("Chip")) } dd { @if let Some(uid) = card.uid { code { (uid) } } @else { "–" } }
        dt { (reader.t("Key version")) } dd { @if let Some(version) = card.key_version { (version) } @else { "–" } }
        @if let Some(batch) = card.batch { dt { (reader.t("Batch")) } dd { a href={ "/batches/" (batch) } { (batch) } } }
        @if let Some(lost) = card.replaces { dt { (reader.t("In the place of")) } dd { a href={ "/cards/" (lost.get()) } { (lost) } } }
    } }
}

/// What an entry of a card's time line says.
fn words(action: &str) -> &'static str {
    match action {
        "card.begun" => "Making it began",
        "card.issued" => "Issued",
        "card.spoiled" => "A chip was spoiled",
        "card.activated" => "Given to its member",
        "card.blocked" => "Blocked",
        "card.unblocked" => "Unblocked",
        "card.replaced" => "Replaced",
        "card.moved" => "Moved to new keys",
        "card.retire-begun" => "Emptying it began",
        "card.refunded" => "Emptied and retired",
        "card.correction-asked" => "A correction was asked for",
        "card.correction-approved" => "The correction was approved",
        "card.correction-refused" => "The correction was refused",
        "card.correction-begun" => "Correcting it began",
        "card.corrected" => "Corrected",
        "card.ordered" => "Ordered",
        _ => "Noted",
    }
}

fn actions(reader: &Reader, card: &Card) -> Markup {
    let form = |way: &str, title: &str, tone: &str, inside: Markup| {
        html! {
            form method="post" action={ "/cards/" (card.number.get()) "/" (way) } class="sheet" {
                (csrf(reader)) input type="hidden" name="revision" value=(card.revision);
                (inside)
                button class=(tone) { (title) }
            }
        }
    };
    let reason = || field(reader.t("Reason"), "reason", "");
    let in_use = matches!(card.state, CardState::Active | CardState::Issued);
    html! {
        @if card.state == CardState::Issued { (form("activate", reader.t("Give it to a member"), "", field(reader.t("Member number"), "member", ""))) }
        @if in_use { (form("block", reader.t("Block"), "danger", reason())) }
        @if card.state == CardState::Blocked { (form("unblock", reader.t("Unblock"), "", reason())) }
        @if in_use { (form("correct", reader.t("Ask for a correction"), "", html! {
            (field(reader.t("Amount, with − for what is taken"), "amount", "")) (field(reader.t("Points, with − for what is taken"), "points", "")) (reason())
        })) }
        @if in_use || card.state == CardState::Blocked {
            (form("replace", reader.t("Replace a lost card"), "danger", html! {
                label class="tick" { input type="checkbox" name="accepted" value="yes"; span { (reader.t("I accept that its balance is unsure")) } }
            }))
        }
    }
}

#[derive(Deserialize)]
struct Change {
    revision: i64,
    #[serde(default)]
    reason: String,
    #[serde(default)]
    member: String,
    #[serde(default)]
    accepted: String,
    #[serde(default)]
    amount: String,
    #[serde(default)]
    points: String,
}

async fn block(On(state): On<State>, Path(digits): Path<String>, posted: Posted<Change>) -> Result<Response, Failure> {
    changed(&state, &digits, posted, |office, actor, number, change| {
        office.block_card(actor, number, &change.reason, change.revision).map(|()| number)
    })
    .await
}

async fn unblock(
    On(state): On<State>,
    Path(digits): Path<String>,
    posted: Posted<Change>,
) -> Result<Response, Failure> {
    changed(&state, &digits, posted, |office, actor, number, change| {
        office.unblock_card(actor, number, &change.reason, change.revision).map(|()| number)
    })
    .await
}

async fn activate(
    On(state): On<State>,
    Path(digits): Path<String>,
    posted: Posted<Change>,
) -> Result<Response, Failure> {
    changed(&state, &digits, posted, |office, actor, number, change| {
        let member = change.member.trim().parse();
        let member = member.map_err(|_| OfficeError::NotFound { what: "member", which: change.member.clone() })?;
        office.activate_card(actor, number, member, change.revision).map(|()| number)
    })
    .await
}

async fn replace(
    On(state): On<State>,
    Path(digits): Path<String>,
    posted: Posted<Change>,
) -> Result<Response, Failure> {
    changed(&state, &digits, posted, |office, actor, number, change| {
        office.replace_card(actor, number, change.accepted == "yes", change.revision)
    })
    .await
}

async fn correct(
    On(state): On<State>,
    Path(digits): Path<String>,
    posted: Posted<Change>,
) -> Result<Response, Failure> {
    changed(&state, &digits, posted, |office, actor, number, change| {
        let amount = signed_amount(&change.amount, office.charter()?.currency)?;
        let points = signed_points(&change.points)?;
        let draft = CorrectionDraft { amount, points, reason: change.reason.clone() };
        office.ask_correction(actor, number, &draft).map(|_| number)
    })
    .await
}

async fn changed(
    state: &State,
    digits: &str,
    posted: Posted<Change>,
    how: impl FnOnce(
        &satchel_office::Office,
        &satchel_office::Actor,
        CardNumber,
        &Change,
    ) -> Result<CardNumber, OfficeError>
    + Send
    + 'static,
) -> Result<Response, Failure> {
    let actor = posted.session.actor();
    let number = number(digits).map_err(posted.session.failure())?;
    let form = posted.form;
    let shown = state.run(move |office| how(office, &actor, number, &form)).await.map_err(posted.session.failure())?;
    Ok(to(&format!("/cards/{}", shown.get())))
}
