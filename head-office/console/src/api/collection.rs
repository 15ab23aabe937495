//! Collection cards.

use super::places::Active;
use super::{ApiError, Program, Refusals};
use crate::state::State;
use axum::Json;
use axum::extract::{Path, State as On};
use axum::http::StatusCode;
use satchel_office::{CollectionCard, CollectionData};
use satchel_values::{Date, StoreId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A card that carries data between terminals and head office.
#[derive(Serialize, ToSchema)]
pub(super) struct CollectionCardAnswer {
    id: u32,
    name: String,
    /// The stores it goes to; empty for all.
    scope: Vec<u32>,
    valid_until_day: u16,
    made: bool,
    active: bool,
    revision: i64,
}

impl From<CollectionCard> for CollectionCardAnswer {
    fn from(card: CollectionCard) -> Self {
        Self {
            id: card.id,
            name: card.data.name,
            scope: card.data.scope.into_iter().map(StoreId::get).collect(),
            valid_until_day: card.data.valid_until.days(),
            made: card.card.is_some(),
            active: card.active,
            revision: card.revision,
        }
    }
}

#[utoipa::path(get, path = "/api/collection-cards", responses((status = 200, body = Vec<CollectionCardAnswer>), Refusals))]
pub(super) async fn collection_cards(
    On(state): On<State>,
    Program(actor): Program,
) -> Result<Json<Vec<CollectionCardAnswer>>, ApiError> {
    let all = state.run(move |office| office.collection_cards(&actor)).await?;
    Ok(Json(all.into_iter().map(Into::into).collect()))
}

/// A collection card to be made.
#[derive(Deserialize, ToSchema)]
pub(super) struct NewCollectionCard {
    name: String,
    /// The stores it goes to; empty for all.
    #[serde(default)]
    scope: Vec<u32>,
    valid_until_day: u16,
}

/// A collection card's number.
#[derive(Serialize, ToSchema)]
pub(super) struct Added {
    id: u32,
}

#[utoipa::path(post, path = "/api/collection-cards", request_body = NewCollectionCard, responses((status = 200, body = Added), Refusals))]
pub(super) async fn add(
    On(state): On<State>,
    Program(actor): Program,
    Json(new): Json<NewCollectionCard>,
) -> Result<Json<Added>, ApiError> {
    let added = state.run(move |office| {
        let data = CollectionData {
            name: new.name,
            scope: new.scope.into_iter().map(StoreId::new).collect(),
            valid_until: Date::from_days(new.valid_until_day),
        };
        office.add_collection_card(&actor, &data)
    });
    Ok(Json(Added { id: added.await? }))
}

/// Takes a collection card out of service, or into it again.
#[utoipa::path(post, path = "/api/collection-cards/{id}/active", params(("id" = u32, Path)), request_body = Active, responses((status = 204), Refusals))]
pub(super) async fn set_active(
    On(state): On<State>,
    Program(actor): Program,
    Path(id): Path<u32>,
    Json(change): Json<Active>,
) -> Result<StatusCode, ApiError> {
    state.run(move |office| office.set_collection_card_active(&actor, id, change.active, change.revision)).await?;
    Ok(StatusCode::NO_CONTENT)
}
