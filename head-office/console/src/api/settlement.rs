//! What terminals sent, and what it comes to.

use super::{ApiError, Program, Refusals};
use crate::state::State;
use axum::Json;
use axum::body::Bytes;
use axum::extract::{Query, State as On};
use axum::http::StatusCode;
use satchel_office::{Balance, Finding, FindingName, StoreSettlement};
use satchel_values::Date;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// Whether something is new.
#[derive(Serialize, ToSchema)]
pub(super) struct Received {
    new: bool,
}

/// Keeps a sealed bundle of a terminal as it came. It is opened where head office's keys are.
#[utoipa::path(post, path = "/api/bundles", request_body(content = Vec<u8>, content_type = "application/octet-stream"), responses((status = 200, body = Received), Refusals))]
pub(super) async fn receive(
    On(state): On<State>,
    Program(_): Program,
    bundle: Bytes,
) -> Result<Json<Received>, ApiError> {
    let new = state.run(move |office| office.receive(&bundle)).await?;
    Ok(Json(Received { new }))
}

/// What an account of a store comes to: debits less credits.
#[derive(Serialize, ToSchema)]
pub(super) struct BalanceAnswer {
    account: String,
    /// 0 for head office.
    store: i64,
    amount_minor: i64,
}

impl From<Balance> for BalanceAnswer {
    fn from(balance: Balance) -> Self {
        let Balance { account, store, amount } = balance;
        Self { account: account.name().to_owned(), store, amount_minor: amount.get() }
    }
}

#[utoipa::path(get, path = "/api/ledger", responses((status = 200, body = Vec<BalanceAnswer>), Refusals))]
pub(super) async fn ledger(
    On(state): On<State>,
    Program(actor): Program,
) -> Result<Json<Vec<BalanceAnswer>>, ApiError> {
    let balances = state.run(move |office| office.trial_balance(&actor)).await?;
    Ok(Json(balances.into_iter().map(Into::into).collect()))
}

/// Days since 1970, the first and the last included; all without them.
#[derive(Deserialize, IntoParams)]
pub(super) struct Days {
    from_day: Option<u16>,
    to_day: Option<u16>,
}

/// What cards moved at a store.
#[derive(Serialize, ToSchema)]
pub(super) struct SettlementAnswer {
    store: i64,
    /// Onto cards, sales taken back among it.
    loaded_minor: i64,
    /// The part of it that was given as a bonus.
    bonus_minor: i64,
    /// Off cards, top-ups taken back among it.
    spent_minor: i64,
}

impl From<StoreSettlement> for SettlementAnswer {
    fn from(settled: StoreSettlement) -> Self {
        let StoreSettlement { store, loaded, bonus, spent } = settled;
        Self { store, loaded_minor: loaded.get(), bonus_minor: bonus.get(), spent_minor: spent.get() }
    }
}

#[utoipa::path(get, path = "/api/settlement", params(Days), responses((status = 200, body = Vec<SettlementAnswer>), Refusals))]
pub(super) async fn settlement(
    On(state): On<State>,
    Program(actor): Program,
    Query(days): Query<Days>,
) -> Result<Json<Vec<SettlementAnswer>>, ApiError> {
    let from = Date::from_days(days.from_day.unwrap_or(0));
    let to = Date::from_days(days.to_day.unwrap_or(u16::MAX));
    let stores = state.run(move |office| office.settlement(&actor, from, to)).await?;
    Ok(Json(stores.into_iter().map(Into::into).collect()))
}

/// Something to look into.
#[derive(Serialize, ToSchema)]
pub(super) struct FindingAnswer {
    kind: String,
    terminal: u32,
    /// The entry of its journal; 0 for a bundle.
    sequence: u32,
    card: Option<String>,
    detail: String,
    found_at_ms: i64,
    resolved: bool,
    revision: i64,
}

impl From<Finding> for FindingAnswer {
    fn from(found: Finding) -> Self {
        Self {
            kind: found.kind,
            terminal: found.terminal,
            sequence: found.sequence,
            card: found.card.map(|card| card.to_string()),
            detail: found.detail,
            found_at_ms: found.found_at.ms(),
            resolved: found.resolved,
            revision: found.revision,
        }
    }
}

#[utoipa::path(get, path = "/api/exceptions", responses((status = 200, body = Vec<FindingAnswer>), Refusals))]
pub(super) async fn exceptions(
    On(state): On<State>,
    Program(actor): Program,
) -> Result<Json<Vec<FindingAnswer>>, ApiError> {
    let found = state.run(move |office| office.exceptions(&actor)).await?;
    Ok(Json(found.into_iter().map(Into::into).collect()))
}

/// What came of an exception.
#[derive(Deserialize, ToSchema)]
pub(super) struct ResolutionOrder {
    kind: String,
    terminal: u32,
    sequence: u32,
    reason: String,
    revision: i64,
}

#[utoipa::path(post, path = "/api/exceptions/resolve", request_body = ResolutionOrder, responses((status = 204), Refusals))]
pub(super) async fn resolve(
    On(state): On<State>,
    Program(actor): Program,
    Json(order): Json<ResolutionOrder>,
) -> Result<StatusCode, ApiError> {
    let resolved = state.run(move |office| {
        let ResolutionOrder { kind, terminal, sequence, reason, revision } = order;
        office.resolve_exception(&actor, &FindingName { kind, terminal, sequence, revision }, &reason)
    });
    resolved.await?;
    Ok(StatusCode::NO_CONTENT)
}
