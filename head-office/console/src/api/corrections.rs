//! Balances that are set right.

use super::cards::parsed;
use super::{ApiError, Program, Refusals};
use crate::state::State;
use axum::Json;
use axum::extract::{Path, State as On};
use axum::http::StatusCode;
use satchel_office::{Correction, CorrectionDraft, Decision};
use satchel_values::{Money, Points};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A balance to be set right.
#[derive(Serialize, ToSchema)]
pub(super) struct CorrectionAnswer {
    id: i64,
    card: u64,
    /// What is added to the balance; negative for what is taken.
    amount_minor: i64,
    /// What is added to the points; negative for what is taken.
    points: i64,
    reason: String,
    asked_by: String,
    decided_by: Option<String>,
    /// `asked`, `approved`, `begun`, `done` or `refused`.
    state: String,
    asked_at_ms: i64,
    revision: i64,
}

impl From<Correction> for CorrectionAnswer {
    fn from(correction: Correction) -> Self {
        let Correction { id, card, amount, points, reason, asked_by, decided_by, state, asked_at, revision } =
            correction;
        Self {
            id,
            card: card.get(),
            amount_minor: amount.get(),
            points: points.get(),
            reason,
            asked_by,
            decided_by,
            state: state.name().to_owned(),
            asked_at_ms: asked_at.ms(),
            revision,
        }
    }
}

#[utoipa::path(get, path = "/api/corrections", responses((status = 200, body = Vec<CorrectionAnswer>), Refusals))]
pub(super) async fn corrections(
    On(state): On<State>,
    Program(actor): Program,
) -> Result<Json<Vec<CorrectionAnswer>>, ApiError> {
    let all = state.run(move |office| office.corrections(&actor)).await?;
    Ok(Json(all.into_iter().map(Into::into).collect()))
}

/// What is to be set right.
#[derive(Deserialize, ToSchema)]
pub(super) struct CorrectionOrder {
    /// What is added to the balance; negative for what is taken.
    #[serde(default)]
    amount_minor: i64,
    /// What is added to the points; negative for what is taken.
    #[serde(default)]
    points: i64,
    reason: String,
}

/// A correction's number.
#[derive(Serialize, ToSchema)]
pub(super) struct Asked {
    id: i64,
}

/// Asks for a balance to be set right. Another officer decides; the card makes it at a desk.
#[utoipa::path(post, path = "/api/cards/{number}/correction", params(("number" = u64, Path)), request_body = CorrectionOrder, responses((status = 200, body = Asked), Refusals))]
pub(super) async fn ask(
    On(state): On<State>,
    Program(actor): Program,
    Path(number): Path<u64>,
    Json(order): Json<CorrectionOrder>,
) -> Result<Json<Asked>, ApiError> {
    let number = parsed(number)?;
    let asked = state.run(move |office| {
        let CorrectionOrder { amount_minor, points, reason } = order;
        let draft = CorrectionDraft { amount: Money::new(amount_minor), points: Points::new(points), reason };
        office.ask_correction(&actor, number, &draft)
    });
    Ok(Json(Asked { id: asked.await? }))
}

/// What is decided of a correction.
#[derive(Deserialize, ToSchema)]
pub(super) struct DecisionOrder {
    approve: bool,
    /// Why not.
    #[serde(default)]
    reason: String,
    revision: i64,
}

#[utoipa::path(post, path = "/api/corrections/{id}", params(("id" = i64, Path)), request_body = DecisionOrder, responses((status = 204), Refusals))]
pub(super) async fn decide(
    On(state): On<State>,
    Program(actor): Program,
    Path(id): Path<i64>,
    Json(order): Json<DecisionOrder>,
) -> Result<StatusCode, ApiError> {
    let decision = if order.approve { Decision::Approve } else { Decision::Refuse(order.reason) };
    state.run(move |office| office.decide_correction(&actor, id, &decision, order.revision)).await?;
    Ok(StatusCode::NO_CONTENT)
}
