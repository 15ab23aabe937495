//! What terminals are set up with, keys, and the audit trail.

use super::Numbered;
use super::batches::Revision;
use super::cards::EntryAnswer;
use super::{ApiError, Program, Refusals};
use crate::state::State;
use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, Query, State as On};
use axum::http::StatusCode;
use satchel_office::{Draft, DraftKind, KeyVersionRow, OfficeError};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// Something that terminals are to be set up with.
#[derive(Serialize, ToSchema)]
pub(super) struct DraftAnswer {
    id: i64,
    kind: String,
    body: String,
    author: String,
    reviewer: Option<String>,
    state: String,
    revision: i64,
}

#[utoipa::path(get, path = "/api/drafts", responses((status = 200, body = Vec<DraftAnswer>), Refusals))]
pub(super) async fn drafts(On(state): On<State>, Program(actor): Program) -> Result<Json<Vec<DraftAnswer>>, ApiError> {
    let all = state.run(move |office| office.drafts(&actor)).await?;
    let answer = |draft: Draft| {
        let (kind, stands) = (draft.kind.name().to_owned(), draft.state.name().to_owned());
        let Draft { id, body, author, reviewer, revision, .. } = draft;
        DraftAnswer { id, kind, body, author, reviewer, state: stands, revision }
    };
    Ok(Json(all.into_iter().map(answer).collect()))
}

/// A draft.
#[derive(Deserialize, ToSchema)]
pub(super) struct NewDraft {
    /// `program` or `texts`.
    kind: String,
    /// JSON, as text.
    body: String,
}

#[utoipa::path(post, path = "/api/drafts", request_body = NewDraft, responses((status = 200, body = Numbered), Refusals))]
pub(super) async fn write(
    On(state): On<State>,
    Program(actor): Program,
    Json(new): Json<NewDraft>,
) -> Result<Json<Numbered>, ApiError> {
    let written = state.run(move |office| {
        let kind = DraftKind::parse(&new.kind);
        let kind = kind.ok_or_else(|| OfficeError::NotFound { what: "kind of draft", which: new.kind.clone() })?;
        office.draft(&actor, kind, &new.body)
    });
    Ok(Json(Numbered { id: written.await? }))
}

/// A catalogue with its prices, as a table: CSV, or an XLSX workbook.
#[utoipa::path(post, path = "/api/drafts/catalogue", request_body(content = Vec<u8>, content_type = "application/octet-stream"), responses((status = 200, body = Numbered), Refusals))]
pub(super) async fn write_catalogue(
    On(state): On<State>,
    Program(actor): Program,
    table: Bytes,
) -> Result<Json<Numbered>, ApiError> {
    let (id, _) = state.run(move |office| office.draft_catalogue(&actor, &table)).await?;
    Ok(Json(Numbered { id }))
}

/// Drafts again what was withdrawn.
#[utoipa::path(post, path = "/api/drafts/{id}/again", params(("id" = i64, Path)), responses((status = 200, body = Numbered), Refusals))]
pub(super) async fn again(
    On(state): On<State>,
    Program(actor): Program,
    Path(id): Path<i64>,
) -> Result<Json<Numbered>, ApiError> {
    Ok(Json(Numbered { id: state.run(move |office| office.draft_again(&actor, id)).await? }))
}

#[utoipa::path(post, path = "/api/drafts/{id}/review", params(("id" = i64, Path)), request_body = Revision, responses((status = 204), Refusals))]
pub(super) async fn review(
    On(state): On<State>,
    Program(actor): Program,
    Path(id): Path<i64>,
    Json(change): Json<Revision>,
) -> Result<StatusCode, ApiError> {
    state.run(move |office| office.review(&actor, id, change.revision)).await?;
    Ok(StatusCode::NO_CONTENT)
}

#[utoipa::path(post, path = "/api/drafts/{id}/withdraw", params(("id" = i64, Path)), request_body = Revision, responses((status = 204), Refusals))]
pub(super) async fn withdraw(
    On(state): On<State>,
    Program(actor): Program,
    Path(id): Path<i64>,
    Json(change): Json<Revision>,
) -> Result<StatusCode, ApiError> {
    state.run(move |office| office.withdraw(&actor, id, change.revision)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// A version of the control key. The key itself is nowhere here.
#[derive(Serialize, ToSchema)]
pub(super) struct KeyAnswer {
    version: u8,
    /// Six hexadecimal digits.
    check_value: String,
    state: String,
    threshold: u8,
    custodians: Vec<String>,
    cards: i64,
}

#[utoipa::path(get, path = "/api/keys", responses((status = 200, body = Vec<KeyAnswer>), Refusals))]
pub(super) async fn keys(On(state): On<State>, Program(_): Program) -> Result<Json<Vec<KeyAnswer>>, ApiError> {
    let all = state.run(satchel_office::Office::key_versions).await?;
    let answer = |row: KeyVersionRow| KeyAnswer {
        version: row.version.get(),
        check_value: row.kcv.iter().map(|byte| format!("{byte:02X}")).collect(),
        state: row.state.name().to_owned(),
        threshold: row.threshold,
        custodians: row.custodians,
        cards: row.cards,
    };
    Ok(Json(all.into_iter().map(answer).collect()))
}

#[derive(Deserialize, IntoParams)]
pub(super) struct Before {
    /// Entries before this one; the newest if it is left out.
    before: Option<i64>,
}

/// The audit trail, newest first, a hundred entries at a time.
#[utoipa::path(get, path = "/api/audit", params(Before), responses((status = 200, body = Vec<EntryAnswer>), Refusals))]
pub(super) async fn audit(
    On(state): On<State>,
    Program(actor): Program,
    Query(from): Query<Before>,
) -> Result<Json<Vec<EntryAnswer>>, ApiError> {
    let entries = state.run(move |office| office.audit(&actor, from.before.unwrap_or(i64::MAX), 100)).await?;
    Ok(Json(entries.into_iter().map(Into::into).collect()))
}
