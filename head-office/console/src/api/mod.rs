//! For programs: what officers do in the console, by token. Described at `/api/openapi.json`, from this code.

mod batches;
mod cards;
mod collection;
mod corrections;
mod enrolment;
mod members;
mod officers;
mod places;
mod settlement;
mod setup;

use crate::failure::status;
use crate::state::State;
use axum::extract::{DefaultBodyLimit, FromRequestParts, State as On};
use axum::http::request::Parts;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post, put};
use axum::{Json, Router};
use satchel_office::{Actor, OfficeError};
use serde::Serialize;
use std::collections::BTreeMap;
use utoipa::openapi::{RefOr, Response as Described, ResponseBuilder, content::ContentBuilder};
use utoipa::{IntoResponses, Modify, OpenApi, PartialSchema, ToSchema};

/// Bytes of a table that is sent at most.
const TABLE_MOST: usize = 20 * 1024 * 1024;

pub fn routes() -> Router<State> {
    Router::new()
        .route("/openapi.json", get(|| async { Json(Description::openapi()) }))
        .route("/overview", get(overview))
        .route("/cards", get(cards::cards))
        .route("/cards/{number}", get(cards::card))
        .route("/cards/{number}/events", get(cards::events))
        .route("/cards/{number}/movements", get(cards::movements))
        .route("/cards/{number}/block", post(cards::block))
        .route("/cards/{number}/unblock", post(cards::unblock))
        .route("/cards/{number}/activate", post(cards::activate))
        .route("/cards/{number}/replace", post(cards::replace))
        .route("/cards/{number}/correction", post(corrections::ask))
        .route("/corrections", get(corrections::corrections))
        .route("/corrections/{id}", post(corrections::decide))
        .route("/members", get(members::members).post(members::add_member))
        .route("/members/{id}", get(members::member).put(members::correct).delete(members::erase))
        .route("/members/{id}/merge", post(members::merge))
        .route("/members/{id}/export", post(members::export))
        .route("/batches", get(batches::batches).post(batches::order))
        .route("/batches/{id}", get(batches::batch))
        .route("/batches/{id}/stop", post(batches::stop))
        .route("/batches/{id}/print", post(batches::print))
        .route("/batches/{id}/faces", post(batches::faces))
        .route("/places", get(places::places).post(places::add_place))
        .route("/places/{id}", put(places::change_place))
        .route("/profiles", get(places::profiles).post(places::add_profile))
        .route("/terminals", get(places::terminals).post(places::add_terminal))
        .route("/terminals/{id}/lost", post(places::lost))
        .route("/terminals/{id}/enrolment", get(enrolment::enrolment).post(enrolment::invite))
        .route("/terminals/{id}/answer", post(enrolment::answer))
        .route("/people", get(places::people).post(places::add_person))
        .route("/people/{id}/active", post(places::set_active))
        .route("/drafts", get(setup::drafts).post(setup::write))
        .route("/drafts/catalogue", post(setup::write_catalogue).layer(DefaultBodyLimit::max(TABLE_MOST)))
        .route("/drafts/{id}/again", post(setup::again))
        .route("/drafts/{id}/review", post(setup::review))
        .route("/drafts/{id}/withdraw", post(setup::withdraw))
        .route("/officers", get(officers::officers).post(officers::appoint))
        .route("/officers/{login}/active", post(officers::set_active))
        .route("/officers/{login}/person", post(officers::set_person))
        .route("/officers/{login}/tokens", post(officers::make_token).delete(officers::revoke_tokens))
        .route("/collection-cards", get(collection::collection_cards).post(collection::add))
        .route("/collection-cards/{id}/active", post(collection::set_active))
        .route("/bundles", post(settlement::receive).layer(DefaultBodyLimit::max(TABLE_MOST)))
        .route("/ledger", get(settlement::ledger))
        .route("/settlement", get(settlement::settlement))
        .route("/exceptions", get(settlement::exceptions))
        .route("/exceptions/resolve", post(settlement::resolve))
        .route("/policy", get(officers::policy).put(officers::set_policy))
        .route("/keys", get(setup::keys))
        .route("/audit", get(setup::audit))
}

#[derive(OpenApi)]
#[openapi(
    info(title = "Satchel", description = "Head office of a chain with stored-value cards. Amounts are in minor units, times in milliseconds since 1970 UTC, days in days since 1970."),
    paths(
        overview,
        cards::cards,
        cards::card,
        cards::events,
        cards::movements,
        cards::block,
        cards::unblock,
        cards::activate,
        cards::replace,
        members::members,
        members::add_member,
        members::member,
        members::correct,
        members::erase,
        members::merge,
        members::export,
        batches::batches,
        batches::order,
        batches::batch,
        batches::stop,
        batches::print,
        batches::faces,
        places::places,
        places::add_place,
        places::change_place,
        places::profiles,
        places::add_profile,
        places::terminals,
        places::add_terminal,
        places::lost,
        enrolment::enrolment,
        enrolment::invite,
        enrolment::answer,
        places::people,
        places::add_person,
        places::set_active,
        setup::drafts,
        setup::write,
        setup::write_catalogue,
        setup::again,
        setup::review,
        setup::withdraw,
        officers::officers,
        officers::appoint,
        officers::set_active,
        officers::make_token,
        officers::revoke_tokens,
        officers::set_person,
        officers::policy,
        officers::set_policy,
        corrections::corrections,
        corrections::ask,
        corrections::decide,
        collection::collection_cards,
        collection::add,
        collection::set_active,
        settlement::receive,
        settlement::ledger,
        settlement::settlement,
        settlement::exceptions,
        settlement::resolve,
        setup::keys,
        setup::audit
    ),
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

/// How every request may be answered besides.
struct Refusals;

impl IntoResponses for Refusals {
    fn responses() -> BTreeMap<String, RefOr<Described>> {
        let why = [
            ("401", "no token, or one that is not good any more"),
            ("403", "the token's officer may not"),
            ("404", "there is none"),
            ("409", "it is in no state for that, or somebody else has changed it meanwhile"),
            ("422", "something sent cannot be"),
            ("503", "the database is not there"),
        ];
        let described = |(status, why): (&str, &str)| {
            let content = ContentBuilder::new().schema(Some(Refusal::schema())).build();
            let response = ResponseBuilder::new().description(why).content("application/json", content).build();
            (status.to_owned(), RefOr::T(response))
        };
        why.into_iter().map(described).collect()
    }
}

/// The number of what was made.
#[derive(Serialize, ToSchema)]
struct Numbered {
    id: i64,
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
    corrections_to_decide: i64,
    exceptions: i64,
    members: i64,
    terminals: i64,
    terminals_lost: i64,
}

#[utoipa::path(get, path = "/api/overview", responses((status = 200, body = OverviewAnswer), Refusals))]
async fn overview(On(state): On<State>, Program(_): Program) -> Result<Json<OverviewAnswer>, ApiError> {
    let seen = state.run(|office| office.overview()).await?;
    Ok(Json(OverviewAnswer {
        cards_in_use: seen.cards,
        cards_blocked: seen.blocked,
        cards_unfinished: seen.unfinished,
        open_batches: seen.open_batches,
        drafts_to_review: seen.to_review,
        corrections_to_decide: seen.to_decide,
        exceptions: seen.exceptions,
        members: seen.members,
        terminals: seen.terminals,
        terminals_lost: seen.lost_terminals,
    }))
}
