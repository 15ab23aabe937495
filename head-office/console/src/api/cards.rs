//! Member cards.

use super::{ApiError, Program, Refusals};
use crate::state::State;
use axum::Json;
use axum::extract::{Path, Query, State as On};
use satchel_office::{Card, CardMovement, CardsQuery, OfficeError};
use satchel_store::Link;
use satchel_values::CardNumber;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// A member card.
#[derive(Serialize, ToSchema)]
pub(super) struct CardAnswer {
    number: u64,
    state: String,
    member: Option<i64>,
    tier: u8,
    issued_with_minor: i64,
    issued_with_points: i64,
    valid_until_day: u16,
    issued_at_ms: Option<i64>,
    /// Names the state it was read in; a change must name it again.
    revision: i64,
}

impl From<Card> for CardAnswer {
    fn from(card: Card) -> Self {
        Self {
            number: card.number.get(),
            state: card.state.name().to_owned(),
            member: card.member,
            tier: card.tier,
            issued_with_minor: card.amount.get(),
            issued_with_points: card.points.get(),
            valid_until_day: card.expiry.days(),
            issued_at_ms: card.issued_at.map(satchel_values::Timestamp::ms),
            revision: card.revision,
        }
    }
}

#[derive(Deserialize, IntoParams)]
pub(super) struct CardsAsked {
    /// A card number, or its beginning.
    number: Option<String>,
    /// Words of a member's name.
    name: Option<String>,
}

#[utoipa::path(get, path = "/api/cards", params(CardsAsked), responses((status = 200, body = Vec<CardAnswer>), Refusals))]
pub(super) async fn cards(
    On(state): On<State>,
    Program(actor): Program,
    Query(asked): Query<CardsAsked>,
) -> Result<Json<Vec<CardAnswer>>, ApiError> {
    let query = match (asked.number, asked.name) {
        (Some(number), _) => CardsQuery::Number(number),
        (None, Some(name)) => CardsQuery::Name(name),
        (None, None) => CardsQuery::Newest,
    };
    let found = state.run(move |office| office.find_cards(&actor, &query)).await?;
    Ok(Json(found.into_iter().map(|found| found.card.into()).collect()))
}

pub(super) fn parsed(number: u64) -> Result<CardNumber, ApiError> {
    CardNumber::from_number(number)
        .map_err(|error| OfficeError::Invalid { field: "card number", why: error.to_string() }.into())
}

#[utoipa::path(get, path = "/api/cards/{number}", params(("number" = u64, Path)), responses((status = 200, body = CardAnswer), Refusals))]
pub(super) async fn card(
    On(state): On<State>,
    Program(actor): Program,
    Path(number): Path<u64>,
) -> Result<Json<CardAnswer>, ApiError> {
    let number = parsed(number)?;
    Ok(Json(state.run(move |office| office.card(&actor, number)).await?.into()))
}

/// A change of a card.
#[derive(Deserialize, ToSchema)]
pub(super) struct CardChange {
    /// Of the card as it was read.
    revision: i64,
    /// Why.
    reason: String,
}

#[utoipa::path(post, path = "/api/cards/{number}/block", params(("number" = u64, Path)), request_body = CardChange, responses((status = 200, body = CardAnswer), Refusals))]
pub(super) async fn block(
    On(state): On<State>,
    Program(actor): Program,
    Path(number): Path<u64>,
    Json(change): Json<CardChange>,
) -> Result<Json<CardAnswer>, ApiError> {
    let number = parsed(number)?;
    let changed = state.run(move |office| {
        office.block_card(&actor, number, &change.reason, change.revision)?;
        office.card(&actor, number)
    });
    Ok(Json(changed.await?.into()))
}

#[utoipa::path(post, path = "/api/cards/{number}/unblock", params(("number" = u64, Path)), request_body = CardChange, responses((status = 200, body = CardAnswer), Refusals))]
pub(super) async fn unblock(
    On(state): On<State>,
    Program(actor): Program,
    Path(number): Path<u64>,
    Json(change): Json<CardChange>,
) -> Result<Json<CardAnswer>, ApiError> {
    let number = parsed(number)?;
    let changed = state.run(move |office| {
        office.unblock_card(&actor, number, &change.reason, change.revision)?;
        office.card(&actor, number)
    });
    Ok(Json(changed.await?.into()))
}

/// A card given to a member.
#[derive(Deserialize, ToSchema)]
pub(super) struct Activation {
    /// Of the card as it was read.
    revision: i64,
    /// The member's number.
    member: i64,
}

#[utoipa::path(post, path = "/api/cards/{number}/activate", params(("number" = u64, Path)), request_body = Activation, responses((status = 200, body = CardAnswer), Refusals))]
pub(super) async fn activate(
    On(state): On<State>,
    Program(actor): Program,
    Path(number): Path<u64>,
    Json(change): Json<Activation>,
) -> Result<Json<CardAnswer>, ApiError> {
    let number = parsed(number)?;
    let changed = state.run(move |office| {
        office.activate_card(&actor, number, change.member, change.revision)?;
        office.card(&actor, number)
    });
    Ok(Json(changed.await?.into()))
}

/// A lost card to be replaced.
#[derive(Deserialize, ToSchema)]
pub(super) struct Replacement {
    /// Of the card as it was read.
    revision: i64,
    /// Whether its balance may be unsure.
    #[serde(default)]
    accept_unsure_balance: bool,
}

/// Gives the card that is ordered in the place of the lost one.
#[utoipa::path(post, path = "/api/cards/{number}/replace", params(("number" = u64, Path)), request_body = Replacement, responses((status = 200, body = CardAnswer), Refusals))]
pub(super) async fn replace(
    On(state): On<State>,
    Program(actor): Program,
    Path(number): Path<u64>,
    Json(change): Json<Replacement>,
) -> Result<Json<CardAnswer>, ApiError> {
    let number = parsed(number)?;
    let ordered = state.run(move |office| {
        let ordered = office.replace_card(&actor, number, change.accept_unsure_balance, change.revision)?;
        office.card(&actor, ordered)
    });
    Ok(Json(ordered.await?.into()))
}

/// Something that happened.
#[derive(Serialize, ToSchema)]
pub(super) struct EntryAnswer {
    sequence: i64,
    at_ms: i64,
    who: String,
    action: String,
    subject: String,
    before: Option<String>,
    after: Option<String>,
}

impl From<Link> for EntryAnswer {
    fn from(link: Link) -> Self {
        let Link { sequence, at, who, action, subject, before, after, .. } = link;
        Self { sequence, at_ms: at.ms(), who, action, subject, before, after }
    }
}

/// Everything that ever happened to a card, newest first.
#[utoipa::path(get, path = "/api/cards/{number}/events", params(("number" = u64, Path)), responses((status = 200, body = Vec<EntryAnswer>), Refusals))]
pub(super) async fn events(
    On(state): On<State>,
    Program(actor): Program,
    Path(number): Path<u64>,
) -> Result<Json<Vec<EntryAnswer>>, ApiError> {
    let number = parsed(number)?;
    let line = state.run(move |office| office.time_line(&actor, number)).await?;
    Ok(Json(line.into_iter().map(Into::into).collect()))
}

/// What a card holds, as far as terminals have reported, and its movements, newest first.
#[derive(Serialize, ToSchema)]
pub(super) struct AccountAnswer {
    balance_minor: i64,
    points: i64,
    movements: Vec<MovementAnswer>,
}

/// A movement of a card.
#[derive(Serialize, ToSchema)]
pub(super) struct MovementAnswer {
    terminal: u32,
    sequence: u32,
    at_ms: i64,
    purse_minor: i64,
    points: i64,
    /// `confirmed`, `happened`, `open`, `not-applied`, `held` or `begun`.
    state: String,
    /// Whether the card vouches for it.
    vouched: bool,
    /// The card's counter.
    tmc: Option<u32>,
}

impl From<CardMovement> for MovementAnswer {
    fn from(movement: CardMovement) -> Self {
        Self {
            terminal: movement.id.terminal.get(),
            sequence: movement.id.sequence.get(),
            at_ms: movement.at.ms(),
            purse_minor: movement.purse.get(),
            points: movement.points.get(),
            state: movement.state,
            vouched: movement.vouched,
            tmc: movement.tmc,
        }
    }
}

#[utoipa::path(get, path = "/api/cards/{number}/movements", params(("number" = u64, Path)), responses((status = 200, body = AccountAnswer), Refusals))]
pub(super) async fn movements(
    On(state): On<State>,
    Program(actor): Program,
    Path(number): Path<u64>,
) -> Result<Json<AccountAnswer>, ApiError> {
    let number = parsed(number)?;
    let account = state.run(move |office| office.movements_of_card(&actor, number)).await?;
    Ok(Json(AccountAnswer {
        balance_minor: account.balance.get(),
        points: account.points.get(),
        movements: account.movements.into_iter().map(Into::into).collect(),
    }))
}
