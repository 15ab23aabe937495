//! Stores, terminals and people.

use super::Numbered;
use super::batches::Revision;
use super::{ApiError, Program, Refusals};
use crate::state::State;
use axum::Json;
use axum::extract::{Path, State as On};
use axum::http::StatusCode;
use satchel_office::{OfficeError, Person, PersonData, Place, PlaceKind, Profile, Terminal};
use satchel_programs::Limits;
use satchel_values::{Date, Money, Points, StoreId, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A store, a van or a distribution centre.
#[derive(Serialize, ToSchema)]
pub(super) struct PlaceAnswer {
    id: i64,
    /// `store`, `van` or `centre`.
    kind: String,
    name: String,
    region: String,
    open: bool,
    revision: i64,
}

#[utoipa::path(get, path = "/api/places", responses((status = 200, body = Vec<PlaceAnswer>), Refusals))]
pub(super) async fn places(On(state): On<State>, Program(actor): Program) -> Result<Json<Vec<PlaceAnswer>>, ApiError> {
    let all = state.run(move |office| office.places(&actor)).await?;
    let answer = |place: Place| {
        let Place { id, kind, name, region, open, revision } = place;
        PlaceAnswer { id, kind: kind.name().to_owned(), name, region, open, revision }
    };
    Ok(Json(all.into_iter().map(answer).collect()))
}

/// A place to be opened.
#[derive(Deserialize, ToSchema)]
pub(super) struct NewPlace {
    /// `store`, `van` or `centre`.
    kind: String,
    name: String,
    #[serde(default)]
    region: String,
}

#[utoipa::path(post, path = "/api/places", request_body = NewPlace, responses((status = 200, body = Numbered), Refusals))]
pub(super) async fn add_place(
    On(state): On<State>,
    Program(actor): Program,
    Json(new): Json<NewPlace>,
) -> Result<Json<Numbered>, ApiError> {
    let added = state.run(move |office| {
        let kind = PlaceKind::parse(&new.kind);
        let kind = kind.ok_or_else(|| OfficeError::NotFound { what: "kind of place", which: new.kind.clone() })?;
        office.add_place(&actor, kind, &new.name, &new.region)
    });
    Ok(Json(Numbered { id: added.await? }))
}

/// A place as it is to be.
#[derive(Deserialize, ToSchema)]
pub(super) struct ChangedPlace {
    /// `store`, `van` or `centre`.
    kind: String,
    name: String,
    #[serde(default)]
    region: String,
    open: bool,
    revision: i64,
}

#[utoipa::path(put, path = "/api/places/{id}", params(("id" = i64, Path)), request_body = ChangedPlace, responses((status = 204), Refusals))]
pub(super) async fn change_place(
    On(state): On<State>,
    Program(actor): Program,
    Path(id): Path<i64>,
    Json(change): Json<ChangedPlace>,
) -> Result<StatusCode, ApiError> {
    let changed = state.run(move |office| {
        let ChangedPlace { kind, name, region, open, revision } = change;
        let kind = PlaceKind::parse(&kind).ok_or(OfficeError::NotFound { what: "kind of place", which: kind })?;
        office.change_place(&actor, &Place { id, kind, name, region, open, revision })
    });
    changed.await?;
    Ok(StatusCode::NO_CONTENT)
}

/// What terminals of one kind may do.
#[derive(Serialize, ToSchema)]
pub(super) struct ProfileAnswer {
    id: i64,
    name: String,
    /// Of `inquiry`, `sale`, `load`, `reversal`.
    roles: Vec<String>,
    limits: LimitsOf,
}

/// A profile to be added.
#[derive(Deserialize, ToSchema)]
pub(super) struct NewProfile {
    name: String,
    /// Of `inquiry`, `sale`, `load`, `reversal`.
    roles: Vec<String>,
    limits: LimitsOf,
}

/// What a terminal may do at most, in minor units.
#[derive(Serialize, Deserialize, ToSchema)]
pub(super) struct LimitsOf {
    per_sale_max_minor: i64,
    per_card_day_max_minor: i64,
    /// Until head office has heard of it.
    offline_total_max_minor: i64,
    top_up_min_minor: i64,
    top_up_max_minor: i64,
    /// Altogether, from its first day on.
    top_up_allowance_minor: i64,
    points_max: i64,
}

impl From<Limits> for LimitsOf {
    fn from(limits: Limits) -> Self {
        Self {
            per_sale_max_minor: limits.per_sale_max.get(),
            per_card_day_max_minor: limits.per_card_day_max.get(),
            offline_total_max_minor: limits.offline_total_max.get(),
            top_up_min_minor: limits.top_up_min.get(),
            top_up_max_minor: limits.top_up_max.get(),
            top_up_allowance_minor: limits.top_up_allowance.get(),
            points_max: limits.points_max.get(),
        }
    }
}

impl LimitsOf {
    fn with_purse(&self, purse_max: Money) -> Limits {
        Limits {
            purse_max,
            per_sale_max: Money::new(self.per_sale_max_minor),
            per_card_day_max: Money::new(self.per_card_day_max_minor),
            offline_total_max: Money::new(self.offline_total_max_minor),
            top_up_min: Money::new(self.top_up_min_minor),
            top_up_max: Money::new(self.top_up_max_minor),
            top_up_allowance: Money::new(self.top_up_allowance_minor),
            points_max: Points::new(self.points_max),
        }
    }
}

#[utoipa::path(get, path = "/api/profiles", responses((status = 200, body = Vec<ProfileAnswer>), Refusals))]
pub(super) async fn profiles(
    On(state): On<State>,
    Program(actor): Program,
) -> Result<Json<Vec<ProfileAnswer>>, ApiError> {
    let all = state.run(move |office| office.profiles(&actor)).await?;
    let answer = |profile: Profile| {
        let roles = profile.role_names().into_iter().map(str::to_owned).collect();
        ProfileAnswer { id: profile.id, name: profile.name, roles, limits: profile.limits.into() }
    };
    Ok(Json(all.into_iter().map(answer).collect()))
}

#[utoipa::path(post, path = "/api/profiles", request_body = NewProfile, responses((status = 200, body = Numbered), Refusals))]
pub(super) async fn add_profile(
    On(state): On<State>,
    Program(actor): Program,
    Json(new): Json<NewProfile>,
) -> Result<Json<Numbered>, ApiError> {
    let added = state.run(move |office| {
        let roles: Vec<&str> = new.roles.iter().map(String::as_str).collect();
        office.add_profile(&actor, &new.name, &roles, &new.limits.with_purse(office.charter()?.purse_max))
    });
    Ok(Json(Numbered { id: added.await? }))
}

/// A terminal.
#[derive(Serialize, ToSchema)]
pub(super) struct TerminalAnswer {
    id: u32,
    place: i64,
    profile: i64,
    state: String,
    enrolled_at_ms: Option<i64>,
    /// What may be lost with it before head office hears of it.
    at_stake_minor: i64,
    revision: i64,
}

impl From<Terminal> for TerminalAnswer {
    fn from(terminal: Terminal) -> Self {
        Self {
            id: terminal.id,
            place: terminal.place,
            profile: terminal.profile,
            state: terminal.state.name().to_owned(),
            enrolled_at_ms: terminal.enrolled_at.map(Timestamp::ms),
            at_stake_minor: terminal.at_stake.get(),
            revision: terminal.revision,
        }
    }
}

#[utoipa::path(get, path = "/api/terminals", responses((status = 200, body = Vec<TerminalAnswer>), Refusals))]
pub(super) async fn terminals(
    On(state): On<State>,
    Program(actor): Program,
) -> Result<Json<Vec<TerminalAnswer>>, ApiError> {
    let all = state.run(move |office| office.terminals(&actor)).await?;
    Ok(Json(all.into_iter().map(Into::into).collect()))
}

/// A terminal to be planned.
#[derive(Deserialize, ToSchema)]
pub(super) struct NewTerminal {
    place: i64,
    profile: i64,
}

#[utoipa::path(post, path = "/api/terminals", request_body = NewTerminal, responses((status = 200, body = Numbered), Refusals))]
pub(super) async fn add_terminal(
    On(state): On<State>,
    Program(actor): Program,
    Json(new): Json<NewTerminal>,
) -> Result<Json<Numbered>, ApiError> {
    let id = state.run(move |office| office.add_terminal(&actor, new.place, new.profile)).await?;
    Ok(Json(Numbered { id: id.into() }))
}

/// What is lost at most with a terminal that is reported lost.
#[derive(Serialize, ToSchema)]
pub(super) struct AtStake {
    at_stake_minor: i64,
}

#[utoipa::path(post, path = "/api/terminals/{id}/lost", params(("id" = u32, Path)), request_body = Revision, responses((status = 200, body = AtStake), Refusals))]
pub(super) async fn lost(
    On(state): On<State>,
    Program(actor): Program,
    Path(id): Path<u32>,
    Json(change): Json<Revision>,
) -> Result<Json<AtStake>, ApiError> {
    let at_stake = state.run(move |office| office.terminal_lost(&actor, id, change.revision)).await?;
    Ok(Json(AtStake { at_stake_minor: at_stake.get() }))
}

/// Somebody who works at terminals.
#[derive(Serialize, ToSchema)]
pub(super) struct PersonAnswer {
    id: u32,
    name: String,
    level: String,
    /// Stores; empty for everywhere.
    scope: Vec<u32>,
    valid_until_day: u16,
    has_card: bool,
    active: bool,
    revision: i64,
}

#[utoipa::path(get, path = "/api/people", responses((status = 200, body = Vec<PersonAnswer>), Refusals))]
pub(super) async fn people(On(state): On<State>, Program(actor): Program) -> Result<Json<Vec<PersonAnswer>>, ApiError> {
    let all = state.run(move |office| office.people(&actor)).await?;
    let answer = |person: Person| PersonAnswer {
        id: person.id,
        level: person.data.level_name().to_owned(),
        name: person.data.name,
        scope: person.data.scope.iter().map(|store| store.get()).collect(),
        valid_until_day: person.data.valid_until.days(),
        has_card: person.card.is_some(),
        active: person.active,
        revision: person.revision,
    };
    Ok(Json(all.into_iter().map(answer).collect()))
}

/// Somebody to be taken on, who may do what is usual at their level.
#[derive(Deserialize, ToSchema)]
pub(super) struct NewPerson {
    name: String,
    /// `administrator`, `store-manager`, `cashier` or `seller`.
    level: String,
    /// Stores; empty for everywhere.
    #[serde(default)]
    scope: Vec<u32>,
    valid_until_day: u16,
}

#[utoipa::path(post, path = "/api/people", request_body = NewPerson, responses((status = 200, body = Numbered), Refusals))]
pub(super) async fn add_person(
    On(state): On<State>,
    Program(actor): Program,
    Json(new): Json<NewPerson>,
) -> Result<Json<Numbered>, ApiError> {
    let added = state.run(move |office| {
        let level = PersonData::parse_level(&new.level);
        let level = level.ok_or_else(|| OfficeError::NotFound { what: "level", which: new.level.clone() })?;
        let data = PersonData {
            name: new.name,
            level,
            authorities: PersonData::usual_authorities(level),
            scope: new.scope.into_iter().map(StoreId::new).collect(),
            valid_until: Date::from_days(new.valid_until_day),
        };
        office.add_person(&actor, &data)
    });
    Ok(Json(Numbered { id: added.await?.into() }))
}

/// Whether somebody may sign on at terminals.
#[derive(Deserialize, ToSchema)]
pub(super) struct Active {
    pub(super) active: bool,
    pub(super) revision: i64,
}

#[utoipa::path(post, path = "/api/people/{id}/active", params(("id" = u32, Path)), request_body = Active, responses((status = 204), Refusals))]
pub(super) async fn set_active(
    On(state): On<State>,
    Program(actor): Program,
    Path(id): Path<u32>,
    Json(change): Json<Active>,
) -> Result<StatusCode, ApiError> {
    state.run(move |office| office.set_person_active(&actor, id, change.active, change.revision)).await?;
    Ok(StatusCode::NO_CONTENT)
}
