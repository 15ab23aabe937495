//! Members.

use super::Numbered;
use super::{ApiError, Program, Refusals};
use crate::state::State;
use axum::Json;
use axum::extract::{Path, Query, State as On};
use satchel_office::{Member, MemberData};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// A member.
#[derive(Serialize, ToSchema)]
pub(super) struct MemberAnswer {
    id: i64,
    name: String,
    contact: String,
}

#[derive(Deserialize, IntoParams)]
pub(super) struct MembersAsked {
    /// Words of a name or a contact, or their beginnings.
    words: String,
}

#[utoipa::path(get, path = "/api/members", params(MembersAsked), responses((status = 200, body = Vec<MemberAnswer>), Refusals))]
pub(super) async fn members(
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
pub(super) struct NewMember {
    name: String,
    #[serde(default)]
    contact: String,
}

#[utoipa::path(post, path = "/api/members", request_body = NewMember, responses((status = 200, body = Numbered), Refusals))]
pub(super) async fn add_member(
    On(state): On<State>,
    Program(actor): Program,
    Json(new): Json<NewMember>,
) -> Result<Json<Numbered>, ApiError> {
    let data = MemberData { name: new.name, contact: new.contact, consent_at: None };
    Ok(Json(Numbered { id: state.run(move |office| office.add_member(&actor, &data)).await? }))
}

/// Corrected data.
#[derive(Deserialize, ToSchema)]
pub(super) struct Correction {
    name: String,
    #[serde(default)]
    contact: String,
    /// Of the member as they were read.
    revision: i64,
}

/// A member with the state they were read in.
#[derive(Serialize, ToSchema)]
pub(super) struct WholeMember {
    id: i64,
    name: String,
    contact: String,
    merged_into: Option<i64>,
    erased: bool,
    revision: i64,
}

impl From<Member> for WholeMember {
    fn from(member: Member) -> Self {
        let Member { id, data, merged_into, erased, revision } = member;
        Self { id, name: data.name, contact: data.contact, merged_into, erased, revision }
    }
}

#[utoipa::path(get, path = "/api/members/{id}", params(("id" = i64, Path)), responses((status = 200, body = WholeMember), Refusals))]
pub(super) async fn member(
    On(state): On<State>,
    Program(actor): Program,
    Path(id): Path<i64>,
) -> Result<Json<WholeMember>, ApiError> {
    Ok(Json(state.run(move |office| office.member(&actor, id)).await?.into()))
}

#[utoipa::path(put, path = "/api/members/{id}", params(("id" = i64, Path)), request_body = Correction, responses((status = 200, body = WholeMember), Refusals))]
pub(super) async fn correct(
    On(state): On<State>,
    Program(actor): Program,
    Path(id): Path<i64>,
    Json(new): Json<Correction>,
) -> Result<Json<WholeMember>, ApiError> {
    let corrected = state.run(move |office| {
        let data = MemberData { name: new.name, contact: new.contact, consent_at: None };
        office.correct_member(&actor, id, &data, new.revision)?;
        office.member(&actor, id)
    });
    Ok(Json(corrected.await?.into()))
}

/// The other member, whose cards become this one's.
#[derive(Deserialize, ToSchema)]
pub(super) struct Same {
    other: i64,
}

#[utoipa::path(post, path = "/api/members/{id}/merge", params(("id" = i64, Path)), request_body = Same, responses((status = 200, body = WholeMember), Refusals))]
pub(super) async fn merge(
    On(state): On<State>,
    Program(actor): Program,
    Path(id): Path<i64>,
    Json(same): Json<Same>,
) -> Result<Json<WholeMember>, ApiError> {
    let merged = state.run(move |office| {
        office.merge_members(&actor, id, same.other)?;
        office.member(&actor, id)
    });
    Ok(Json(merged.await?.into()))
}

/// Erases a member's data; their cards stay.
#[utoipa::path(delete, path = "/api/members/{id}", params(("id" = i64, Path)), responses((status = 200, body = WholeMember), Refusals))]
pub(super) async fn erase(
    On(state): On<State>,
    Program(actor): Program,
    Path(id): Path<i64>,
) -> Result<Json<WholeMember>, ApiError> {
    let erased = state.run(move |office| {
        office.erase_member(&actor, id)?;
        office.member(&actor, id)
    });
    Ok(Json(erased.await?.into()))
}

/// Everything that is known of a member, for them.
#[utoipa::path(post, path = "/api/members/{id}/export", params(("id" = i64, Path)), responses((status = 200, body = Object), Refusals))]
pub(super) async fn export(
    On(state): On<State>,
    Program(actor): Program,
    Path(id): Path<i64>,
) -> Result<Json<serde_json::Value>, ApiError> {
    Ok(Json(state.run(move |office| office.export_member(&actor, id)).await?))
}
