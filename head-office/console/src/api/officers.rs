//! Officers, and the tokens of programs.

use super::{ApiError, Program, Refusals};
use crate::state::{State, rng};
use axum::Json;
use axum::extract::{Path, State as On};
use axum::http::StatusCode;
use satchel_office::{Duty, IssuingPolicy, NewOfficer, OfficeError, Officer, Permission};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Somebody at head office.
#[derive(Serialize, ToSchema)]
pub(super) struct OfficerAnswer {
    login: String,
    name: String,
    duty: String,
    language: String,
    /// Whether a code is asked for besides the password.
    has_code: bool,
    active: bool,
    /// Who they are at terminals; the card of that person is their own.
    person: Option<u32>,
    revision: i64,
}

#[utoipa::path(get, path = "/api/officers", responses((status = 200, body = Vec<OfficerAnswer>), Refusals))]
pub(super) async fn officers(
    On(state): On<State>,
    Program(actor): Program,
) -> Result<Json<Vec<OfficerAnswer>>, ApiError> {
    let all = state.run(move |office| {
        office.allow(&actor, Permission::Appoint, "officers")?;
        office.officers()
    });
    let answer = |officer: Officer| OfficerAnswer {
        login: officer.login,
        name: officer.name,
        duty: officer.duty.name().to_owned(),
        language: officer.language,
        has_code: officer.has_totp,
        active: officer.active,
        person: officer.person,
        revision: officer.revision,
    };
    Ok(Json(all.await?.into_iter().map(answer).collect()))
}

/// Somebody to be appointed.
#[derive(Deserialize, ToSchema)]
pub(super) struct NewOfficerOrder {
    login: String,
    name: String,
    /// `administrator`, `key-officer`, `issuer`, `member-service`, `operations`, `set-up` or `auditor`.
    duty: String,
    /// `en`, `zh`, `de`, `es` or `ar`.
    #[serde(default)]
    language: String,
    /// The first password, to be changed at the first sign-on.
    password: String,
}

#[utoipa::path(post, path = "/api/officers", request_body = NewOfficerOrder, responses((status = 204), Refusals))]
pub(super) async fn appoint(
    On(state): On<State>,
    Program(actor): Program,
    Json(new): Json<NewOfficerOrder>,
) -> Result<StatusCode, ApiError> {
    let appointed = state.run(move |office| {
        let duty = Duty::parse(&new.duty);
        let duty = duty.ok_or_else(|| OfficeError::NotFound { what: "duty", which: new.duty.clone() })?;
        let language = crate::texts::language(&new.language);
        let new = NewOfficer { login: &new.login, name: &new.name, password: &new.password, duty, language };
        office.appoint(Some(&actor), &new, &mut rng()?)
    });
    appointed.await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Whether somebody may sign on.
#[derive(Deserialize, ToSchema)]
pub(super) struct OfficerActive {
    active: bool,
    revision: i64,
}

#[utoipa::path(post, path = "/api/officers/{login}/active", params(("login" = String, Path)), request_body = OfficerActive, responses((status = 204), Refusals))]
pub(super) async fn set_active(
    On(state): On<State>,
    Program(actor): Program,
    Path(login): Path<String>,
    Json(change): Json<OfficerActive>,
) -> Result<StatusCode, ApiError> {
    state.run(move |office| office.set_officer_active(&actor, &login, change.active, change.revision)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// What a token is for.
#[derive(Deserialize, ToSchema)]
pub(super) struct NewToken {
    label: String,
}

/// A token. It is shown this once.
#[derive(Serialize, ToSchema)]
pub(super) struct TokenAnswer {
    token: String,
}

/// A token for a program that acts as this officer.
#[utoipa::path(post, path = "/api/officers/{login}/tokens", params(("login" = String, Path)), request_body = NewToken, responses((status = 200, body = TokenAnswer), Refusals))]
pub(super) async fn make_token(
    On(state): On<State>,
    Program(actor): Program,
    Path(login): Path<String>,
    Json(new): Json<NewToken>,
) -> Result<Json<TokenAnswer>, ApiError> {
    let made = state.run(move |office| office.make_api_token(&actor, &login, &new.label, &mut rng()?));
    Ok(Json(TokenAnswer { token: made.await? }))
}

/// Takes back every token of an officer's programs.
#[utoipa::path(delete, path = "/api/officers/{login}/tokens", params(("login" = String, Path)), responses((status = 204), Refusals))]
pub(super) async fn revoke_tokens(
    On(state): On<State>,
    Program(actor): Program,
    Path(login): Path<String>,
) -> Result<StatusCode, ApiError> {
    state.run(move |office| office.revoke_api_tokens(&actor, &login)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Who an officer is at terminals; null for nobody.
#[derive(Deserialize, ToSchema)]
pub(super) struct OwnPerson {
    person: Option<u32>,
    revision: i64,
}

#[utoipa::path(post, path = "/api/officers/{login}/person", params(("login" = String, Path)), request_body = OwnPerson, responses((status = 204), Refusals))]
pub(super) async fn set_person(
    On(state): On<State>,
    Program(actor): Program,
    Path(login): Path<String>,
    Json(change): Json<OwnPerson>,
) -> Result<StatusCode, ApiError> {
    state.run(move |office| office.set_own_person(&actor, &login, change.person, change.revision)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// What it takes to issue cards: `login`, or `own-card` for the officer's own card besides.
#[derive(Serialize, Deserialize, ToSchema)]
pub(super) struct Policy {
    issuing: String,
}

#[utoipa::path(get, path = "/api/policy", responses((status = 200, body = Policy), Refusals))]
pub(super) async fn policy(On(state): On<State>, Program(_): Program) -> Result<Json<Policy>, ApiError> {
    let policy = state.run(|office| office.issuing_policy()).await?;
    Ok(Json(Policy { issuing: policy.name().to_owned() }))
}

#[utoipa::path(put, path = "/api/policy", request_body = Policy, responses((status = 204), Refusals))]
pub(super) async fn set_policy(
    On(state): On<State>,
    Program(actor): Program,
    Json(wanted): Json<Policy>,
) -> Result<StatusCode, ApiError> {
    let set = state.run(move |office| {
        let policy = IssuingPolicy::parse(&wanted.issuing);
        let policy = policy.ok_or_else(|| OfficeError::NotFound { what: "policy", which: wanted.issuing.clone() })?;
        office.set_issuing_policy(&actor, policy)
    });
    set.await?;
    Ok(StatusCode::NO_CONTENT)
}
