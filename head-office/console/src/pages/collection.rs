use crate::failure::Failure;
use crate::layout::{badge, csrf, field, on, page, table};
use crate::pages::{stores, to};
use crate::session::{Posted, Session};
use crate::state::State;
use axum::Router;
use axum::extract::{Path, State as On};
use axum::response::Response;
use axum::routing::{get, post};
use maud::{Markup, html};
use satchel_office::{CollectionData, Permission, day};
use serde::Deserialize;

pub fn routes() -> Router<State> {
    Router::new()
        .route("/collection-cards", get(list).post(add))
        .route("/collection-cards/{id}/active", post(set_active))
}

async fn list(On(state): On<State>, session: Session) -> Result<Markup, Failure> {
    let (reader, actor) = (session.reader(), session.actor());
    let cards = state.run(move |office| office.collection_cards(&actor)).await.map_err(session.failure())?;
    let rows: Vec<Markup> = cards
        .iter()
        .map(|card| html! {
            td { bdi { (card.data.name) } }
            td { (card.id) }
            td { @if card.data.scope.is_empty() { (reader.t("Everywhere")) } @else {
                @for (place, store) in card.data.scope.iter().enumerate() { @if place > 0 { ", " } (store.get()) }
            } }
            td { (on(card.data.valid_until)) }
            td { @if let Some(uid) = card.card { code { (uid) } } @else { (reader.t("Not made")) } }
            td { (badge(&reader, if card.active { "active" } else { "revoked" })) }
            td { @if reader.may(Permission::RunPlaces) {
                form method="post" action={ "/collection-cards/" (card.id) "/active" } {
                    (csrf(&reader)) input type="hidden" name="revision" value=(card.revision);
                    input type="hidden" name="active" value=(if card.active { "no" } else { "yes" });
                    button class={ @if card.active { "danger" } @else { "quiet" } } { (reader.t(if card.active { "Revoke" } else { "Readmit" })) }
                }
            } }
        })
        .collect();
    Ok(page(
        &reader,
        "/collection-cards",
        reader.t("Collection cards"),
        html! {
            div class="side" {
                section {
                    (table(&reader, crate::headings!(reader, "Name", "Number", "Stores", "Valid until", "Card", "State", ""), &rows))
                    p { small { (reader.t("They are made where a reader is:")) " " code { "satchel collection-card NUMBER --reader pcsc" } } }
                }
                @if reader.may(Permission::RunPlaces) { aside { form method="post" class="sheet" {
                    (csrf(&reader)) (field(reader.t("Name"), "name", ""))
                    (field(reader.t("Numbers of stores; empty for everywhere"), "scope", ""))
                    label { span { (reader.t("Valid until")) } input type="date" name="valid_until" required; }
                    button { (reader.t("Add a collection card")) }
                } } }
            }
        },
    ))
}

#[derive(Deserialize)]
struct Typed {
    name: String,
    scope: String,
    valid_until: String,
}

async fn add(On(state): On<State>, posted: Posted<Typed>) -> Result<Response, Failure> {
    let (actor, typed) = (posted.session.actor(), posted.form);
    let added = state.run(move |office| {
        let valid_until = day("valid until", &typed.valid_until)?;
        let data = CollectionData { scope: stores(&typed.scope)?, name: typed.name, valid_until };
        office.add_collection_card(&actor, &data)
    });
    added.await.map_err(posted.session.failure())?;
    Ok(to("/collection-cards"))
}

#[derive(Deserialize)]
struct Active {
    revision: i64,
    active: String,
}

async fn set_active(On(state): On<State>, Path(id): Path<u32>, posted: Posted<Active>) -> Result<Response, Failure> {
    let (actor, form) = (posted.session.actor(), posted.form);
    let set =
        state.run(move |office| office.set_collection_card_active(&actor, id, form.active == "yes", form.revision));
    set.await.map_err(posted.session.failure())?;
    Ok(to("/collection-cards"))
}
