//! Cards that are ordered and made.

use super::Numbered;
use super::{ApiError, Program, Refusals};
use crate::state::State;
use axum::Json;
use axum::extract::{Path, State as On};
use axum::http::header;
use axum::response::IntoResponse;
use satchel_office::{Batch, BatchDraft, MemberData, PlannedCard};
use satchel_values::{Date, Money, Points};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Cards to be made.
#[derive(Deserialize, ToSchema)]
pub(super) struct NewBatch {
    name: String,
    cards: Vec<NewCard>,
}

/// A card to be made.
#[derive(Deserialize, ToSchema)]
pub(super) struct NewCard {
    /// Whose it is to be; none for a card that waits for its member.
    member: Option<String>,
    #[serde(default)]
    contact: String,
    #[serde(default)]
    amount_minor: i64,
    #[serde(default)]
    points: i64,
    #[serde(default)]
    tier: u8,
    #[serde(default)]
    valid_until_day: u16,
}

#[utoipa::path(post, path = "/api/batches", request_body = NewBatch, responses((status = 200, body = Numbered), Refusals))]
pub(super) async fn order(
    On(state): On<State>,
    Program(actor): Program,
    Json(new): Json<NewBatch>,
) -> Result<Json<Numbered>, ApiError> {
    let planned = |card: NewCard| PlannedCard {
        member: card.member.map(|name| MemberData { name, contact: card.contact, consent_at: None }),
        amount: Money::new(card.amount_minor),
        points: Points::new(card.points),
        tier: card.tier,
        expiry: Date::from_days(card.valid_until_day),
    };
    let draft = BatchDraft { name: new.name, cards: new.cards.into_iter().map(planned).collect() };
    Ok(Json(Numbered { id: state.run(move |office| office.order(&actor, &draft)).await? }))
}

/// How far a batch is.
#[derive(Serialize, ToSchema)]
pub(super) struct BatchAnswer {
    id: i64,
    name: String,
    cards: i64,
    made: i64,
    spoiled: i64,
    revision: i64,
}

impl From<Batch> for BatchAnswer {
    fn from(batch: Batch) -> Self {
        let Batch { id, name, cards, made, spoiled, revision, .. } = batch;
        Self { id, name, cards, made, spoiled, revision }
    }
}

#[utoipa::path(get, path = "/api/batches/{id}", params(("id" = i64, Path)), responses((status = 200, body = BatchAnswer), Refusals))]
pub(super) async fn batch(
    On(state): On<State>,
    Program(actor): Program,
    Path(id): Path<i64>,
) -> Result<Json<BatchAnswer>, ApiError> {
    Ok(Json(state.run(move |office| office.batch(&actor, id)).await?.into()))
}

/// All batches, the newest first.
#[utoipa::path(get, path = "/api/batches", responses((status = 200, body = Vec<BatchAnswer>), Refusals))]
pub(super) async fn batches(On(state): On<State>, Program(actor): Program) -> Result<Json<Vec<BatchAnswer>>, ApiError> {
    let all = state.run(move |office| office.batches(&actor)).await?;
    Ok(Json(all.into_iter().map(Into::into).collect()))
}

/// The state something was read in.
#[derive(Deserialize, ToSchema)]
pub(super) struct Revision {
    pub(super) revision: i64,
}

/// No more cards of a batch are made.
#[utoipa::path(post, path = "/api/batches/{id}/stop", params(("id" = i64, Path)), request_body = Revision, responses((status = 200, body = BatchAnswer), Refusals))]
pub(super) async fn stop(
    On(state): On<State>,
    Program(actor): Program,
    Path(id): Path<i64>,
    Json(change): Json<Revision>,
) -> Result<Json<BatchAnswer>, ApiError> {
    let stopped = state.run(move |office| {
        office.stop_batch(&actor, id, change.revision)?;
        office.batch(&actor, id)
    });
    Ok(Json(stopped.await?.into()))
}

/// What a card printer needs, as a table (CSV).
#[utoipa::path(post, path = "/api/batches/{id}/print", params(("id" = i64, Path)), responses((status = 200, body = String, content_type = "text/csv"), Refusals))]
pub(super) async fn print(
    On(state): On<State>,
    Program(actor): Program,
    Path(id): Path<i64>,
) -> Result<impl IntoResponse, ApiError> {
    let table = state.run(move |office| office.print_table(&actor, id)).await?;
    Ok(([(header::CONTENT_TYPE, "text/csv; charset=utf-8")], table))
}

/// The faces of the cards (PDF): a page of a card's size each.
#[utoipa::path(post, path = "/api/batches/{id}/faces", params(("id" = i64, Path)), responses((status = 200, body = Vec<u8>, content_type = "application/pdf"), Refusals))]
pub(super) async fn faces(
    On(state): On<State>,
    Program(actor): Program,
    Path(id): Path<i64>,
) -> Result<impl IntoResponse, ApiError> {
    let pages = state.run(move |office| office.print_pages(&actor, id)).await?;
    Ok(([(header::CONTENT_TYPE, "application/pdf")], pages))
}
