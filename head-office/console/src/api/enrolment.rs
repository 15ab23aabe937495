//! Terminals are invited, and answer.

use super::{ApiError, Program, Refusals};
use crate::state::{State, rng};
use axum::Json;
use axum::extract::{Path, State as On};
use satchel_office::Enrolling;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// How it stands with a terminal's enrolment.
#[derive(Serialize, ToSchema)]
pub(super) struct EnrollingAnswer {
    /// The text of the code for the device to scan; none if it is not invited.
    invitation: Option<String>,
    /// Six digits that the device shows as well, once its answer has come.
    check: Option<String>,
}

impl From<Option<Enrolling>> for EnrollingAnswer {
    fn from(open: Option<Enrolling>) -> Self {
        open.map_or(Self { invitation: None, check: None }, |open| Self {
            invitation: Some(open.invitation),
            check: open.check,
        })
    }
}

#[utoipa::path(get, path = "/api/terminals/{id}/enrolment", params(("id" = u32, Path)), responses((status = 200, body = EnrollingAnswer), Refusals))]
pub(super) async fn enrolment(
    On(state): On<State>,
    Program(actor): Program,
    Path(id): Path<u32>,
) -> Result<Json<EnrollingAnswer>, ApiError> {
    Ok(Json(state.run(move |office| office.enrolling(&actor, id)).await?.into()))
}

/// Invites a device anew.
#[utoipa::path(post, path = "/api/terminals/{id}/enrolment", params(("id" = u32, Path)), responses((status = 200, body = EnrollingAnswer), Refusals))]
pub(super) async fn invite(
    On(state): On<State>,
    Program(actor): Program,
    Path(id): Path<u32>,
) -> Result<Json<EnrollingAnswer>, ApiError> {
    Ok(Json(Some(state.run(move |office| office.invite(&actor, id, &mut rng()?)).await?).into()))
}

/// What a device answered.
#[derive(Deserialize, ToSchema)]
pub(super) struct AnswerText {
    /// The text of its code.
    answer: String,
}

#[utoipa::path(post, path = "/api/terminals/{id}/answer", params(("id" = u32, Path)), request_body = AnswerText, responses((status = 200, body = EnrollingAnswer), Refusals))]
pub(super) async fn answer(
    On(state): On<State>,
    Program(actor): Program,
    Path(id): Path<u32>,
    Json(sent): Json<AnswerText>,
) -> Result<Json<EnrollingAnswer>, ApiError> {
    let taken = state.run(move |office| {
        office.take_answer(&actor, id, &sent.answer)?;
        office.enrolling(&actor, id)
    });
    Ok(Json(taken.await?.into()))
}
