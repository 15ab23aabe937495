//! For programs: what officers do in the console, by token. Described at `/api/openapi.json`, from this code.

use crate::failure::status;
use crate::state::State;
use axum::extract::{FromRequestParts, Path, Query, State as On};
use axum::http::request::Parts;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use satchel_office::{Actor, BatchDraft, Card, CardsQuery, MemberData, OfficeError, PlannedCard};
use satchel_values::{CardNumber, Date, Money, Points};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, Modify, OpenApi, ToSchema};

pub fn routes() -> Router<State> {
    Router::new()
        .route("/openapi.json", get(|| async { Json(Description::openapi()) }))
        .route("/overview", get(overview))
        .route("/cards", get(cards))
        .route("/cards/{number}", get(card))
        .route("/cards/{number}/block", post(block))
        .route("/cards/{number}/unblock", post(unblock))
        .route("/members", get(members).post(add_member))
        .route("/batches", post(order))
        .route("/batches/{id}", get(batch))
}

#[derive(OpenApi)]
#[openapi(
    info(title = "Satchel", description = "Head office of a chain with stored-value cards. Amounts are in minor units, times in milliseconds since 1970 UTC, days in days since 1970."),
    paths(overview, cards, card, block, unblock, members, add_member, order, batch),
    modifiers(&ByToken)
)]
struct Description;

struct ByToken;

impl Modify for ByToken {
    fn modify(&self, openapi: &mut utoipa::openapi::OpenApi) {
        use utoipa::openapi::security::{Http, HttpAuthScheme, SecurityRequirement, SecurityScheme};
        let scheme = SecurityScheme::Http(Http::new(HttpAuthScheme::Bearer));
        openapi.components.get_or_insert_default().add_security_scheme("token", scheme);
        openapi.security = Some(vec![SecurityRequirement::new("token", Vec::<String>::new())]);
    }
}

/// A program, by its token.
struct Program(Actor);

impl FromRequestParts<State> for Program {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &State) -> Result<Self, ApiError> {
        let given = parts.headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
        let token =
            given.and_then(|value| value.strip_prefix("Bearer ")).map(str::to_owned).ok_or(ApiError::NoToken)?;
        let actor = state.run(move |office| office.api_actor(&token)).await.map_err(ApiError::Office)?;
        actor.map(Self).ok_or(ApiError::NoToken)
    }
}

enum ApiError {
    NoToken,
    Office(OfficeError),
}

/// Why something was not done.
#[derive(Serialize, ToSchema)]
struct Refusal {
    /// In words.
    error: String,
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let (status, error) = match self {
            Self::NoToken => (StatusCode::UNAUTHORIZED, "send a token: Authorization: Bearer …".to_owned()),
            Self::Office(error) => (status(&error), error.to_string()),
        };
        (status, Json(Refusal { error })).into_response()
    }
}

impl From<OfficeError> for ApiError {
    fn from(error: OfficeError) -> Self {
        Self::Office(error)
    }
}

/// What needs attention, and how much there is of everything.
#[derive(Serialize, ToSchema)]
struct OverviewAnswer {
    cards_in_use: i64,
    cards_blocked: i64,
    cards_unfinished: i64,
    open_batches: i64,
    drafts_to_review: i64,
    members: i64,
    terminals: i64,
    terminals_lost: i64,
}

#[utoipa::path(get, path = "/api/overview", responses((status = 200, body = OverviewAnswer), (status = 401, body = Refusal)))]
async fn overview(On(state): On<State>, Program(_): Program) -> Result<Json<OverviewAnswer>, ApiError> {
    let seen = state.run(|office| office.overview()).await?;
    Ok(Json(OverviewAnswer {
        cards_in_use: seen.cards,
        cards_blocked: seen.blocked,
        cards_unfinished: seen.unfinished,
        open_batches: seen.open_batches,
        drafts_to_review: seen.to_review,
        members: seen.members,
        terminals: seen.terminals,
        terminals_lost: seen.lost_terminals,
    }))
}

/// A member card.
#[derive(Serialize, ToSchema)]
struct CardAnswer {
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
struct CardsAsked {
    /// A card number, or its beginning.
    number: Option<String>,
    /// Words of a member's name.
    name: Option<String>,
}

#[utoipa::path(get, path = "/api/cards", params(CardsAsked), responses((status = 200, body = Vec<CardAnswer>), (status = 401, body = Refusal), (status = 403, body = Refusal)))]
async fn cards(
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

fn parsed(number: u64) -> Result<CardNumber, ApiError> {
    CardNumber::from_number(number)
        .map_err(|error| OfficeError::Invalid { field: "card number", why: error.to_string() }.into())
}

#[utoipa::path(get, path = "/api/cards/{number}", params(("number" = u64, Path)), responses((status = 200, body = CardAnswer), (status = 401, body = Refusal), (status = 404, body = Refusal), (status = 422, body = Refusal)))]
async fn card(
    On(state): On<State>,
    Program(actor): Program,
    Path(number): Path<u64>,
) -> Result<Json<CardAnswer>, ApiError> {
    let number = parsed(number)?;
    Ok(Json(state.run(move |office| office.card(&actor, number)).await?.into()))
}

/// A change of a card.
#[derive(Deserialize, ToSchema)]
struct CardChange {
    /// Of the card as it was read.
    revision: i64,
    /// Why.
    reason: String,
}

#[utoipa::path(post, path = "/api/cards/{number}/block", params(("number" = u64, Path)), request_body = CardChange, responses((status = 200, body = CardAnswer), (status = 401, body = Refusal), (status = 403, body = Refusal), (status = 404, body = Refusal), (status = 409, body = Refusal), (status = 422, body = Refusal)))]
async fn block(
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

#[utoipa::path(post, path = "/api/cards/{number}/unblock", params(("number" = u64, Path)), request_body = CardChange, responses((status = 200, body = CardAnswer), (status = 401, body = Refusal), (status = 403, body = Refusal), (status = 404, body = Refusal), (status = 409, body = Refusal), (status = 422, body = Refusal)))]
async fn unblock(
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

/// A member.
#[derive(Serialize, ToSchema)]
struct MemberAnswer {
    id: i64,
    name: String,
    contact: String,
}

#[derive(Deserialize, IntoParams)]
struct MembersAsked {
    /// Words of a name or a contact, or their beginnings.
    words: String,
}

#[utoipa::path(get, path = "/api/members", params(MembersAsked), responses((status = 200, body = Vec<MemberAnswer>), (status = 401, body = Refusal), (status = 403, body = Refusal)))]
async fn members(
    On(state): On<State>,
    Program(actor): Program,
    Query(asked): Query<MembersAsked>,
) -> Result<Json<Vec<MemberAnswer>>, ApiError> {
    let found = state.run(move |office| office.find_members(&actor, &asked.words)).await?;
    let answer = |member: satchel_office::Member| MemberAnswer {
        id: member.id,
        name: member.data.name,
        contact: member.data.contact,
    };
    Ok(Json(found.into_iter().map(answer).collect()))
}

/// A member to be taken in.
#[derive(Deserialize, ToSchema)]
struct NewMember {
    name: String,
    #[serde(default)]
    contact: String,
}

/// The number of what was made.
#[derive(Serialize, ToSchema)]
struct Numbered {
    id: i64,
}

#[utoipa::path(post, path = "/api/members", request_body = NewMember, responses((status = 200, body = Numbered), (status = 401, body = Refusal), (status = 403, body = Refusal), (status = 422, body = Refusal)))]
async fn add_member(
    On(state): On<State>,
    Program(actor): Program,
    Json(new): Json<NewMember>,
) -> Result<Json<Numbered>, ApiError> {
    let data = MemberData { name: new.name, contact: new.contact, consent_at: None };
    Ok(Json(Numbered { id: state.run(move |office| office.add_member(&actor, &data)).await? }))
}

/// Cards to be made.
#[derive(Deserialize, ToSchema)]
struct NewBatch {
    name: String,
    cards: Vec<NewCard>,
}

/// A card to be made.
#[derive(Deserialize, ToSchema)]
struct NewCard {
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

#[utoipa::path(post, path = "/api/batches", request_body = NewBatch, responses((status = 200, body = Numbered), (status = 401, body = Refusal), (status = 403, body = Refusal), (status = 422, body = Refusal)))]
async fn order(
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
struct BatchAnswer {
    id: i64,
    name: String,
    cards: i64,
    made: i64,
    spoiled: i64,
}

#[utoipa::path(get, path = "/api/batches/{id}", params(("id" = i64, Path)), responses((status = 200, body = BatchAnswer), (status = 401, body = Refusal), (status = 404, body = Refusal)))]
async fn batch(
    On(state): On<State>,
    Program(actor): Program,
    Path(id): Path<i64>,
) -> Result<Json<BatchAnswer>, ApiError> {
    let batch = state.run(move |office| office.batch(&actor, id)).await?;
    Ok(Json(BatchAnswer { id, name: batch.name, cards: batch.cards, made: batch.made, spoiled: batch.spoiled }))
}
