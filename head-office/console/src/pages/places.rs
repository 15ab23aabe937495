use crate::failure::Failure;
use crate::layout::{Reader, badge, choice, csrf, field, page, table};
use crate::pages::to;
use crate::session::{Posted, Session};
use crate::state::State;
use axum::Router;
use axum::extract::{Path, State as On};
use axum::response::Response;
use axum::routing::{get, post};
use maud::{Markup, html};
use satchel_office::{OfficeError, Permission, Place, PlaceKind};
use serde::Deserialize;

pub fn routes() -> Router<State> {
    Router::new()
        .route("/places", get(list).post(add))
        .route("/places/{id}", get(one))
        .route("/places/{id}/change", post(change))
}

fn kinds(reader: &Reader) -> Vec<(String, String)> {
    PlaceKind::ALL.iter().map(|kind| (kind.name().to_owned(), reader.t(kind.name()).to_owned())).collect()
}

async fn list(On(state): On<State>, session: Session) -> Result<Markup, Failure> {
    let (reader, actor) = (session.reader(), session.actor());
    let places = state.run(move |office| office.places(&actor)).await.map_err(session.failure())?;
    let rows: Vec<Markup> = places
        .iter()
        .map(|place| {
            html! {
                td { a href={ "/places/" (place.id) } { bdi { (place.name) } } }
                td { (reader.t(place.kind.name())) }
                td { bdi { (place.region) } }
                td { (place.id) }
                td { (badge(&reader, if place.open { "open" } else { "closed" })) }
            }
        })
        .collect();
    Ok(page(
        &reader,
        "/places",
        reader.t("Places"),
        html! {
            div class="side" {
                section { (table(&reader, crate::headings!(reader, "Name", "Kind", "Region", "Number", "State"), &rows)) }
                @if reader.may(Permission::RunPlaces) { aside { form method="post" class="sheet" {
                    (csrf(&reader)) (fields(&reader, None)) button { (reader.t("Open a place")) }
                } } }
            }
        },
    ))
}

fn fields(reader: &Reader, place: Option<&Place>) -> Markup {
    html! {
        (field(reader.t("Name"), "name", place.map_or("", |place| &place.name)))
        (choice(reader.t("Kind"), "kind", &kinds(reader), place.map_or("store", |place| place.kind.name())))
        (field(reader.t("Region"), "region", place.map_or("", |place| &place.region)))
    }
}

#[derive(Deserialize)]
struct Typed {
    name: String,
    kind: String,
    region: String,
    #[serde(default)]
    open: String,
    #[serde(default)]
    revision: i64,
}

fn kind(name: &str) -> Result<PlaceKind, OfficeError> {
    PlaceKind::parse(name).ok_or_else(|| OfficeError::NotFound { what: "kind of place", which: name.to_owned() })
}

async fn add(On(state): On<State>, posted: Posted<Typed>) -> Result<Response, Failure> {
    let (actor, typed) = (posted.session.actor(), posted.form);
    let added = state.run(move |office| office.add_place(&actor, kind(&typed.kind)?, &typed.name, &typed.region)).await;
    added.map_err(posted.session.failure())?;
    Ok(to("/places"))
}

async fn found(state: &State, session: &Session, id: i64) -> Result<Place, Failure> {
    let actor = session.actor();
    let places = state.run(move |office| office.places(&actor)).await.map_err(session.failure())?;
    let missing = || OfficeError::NotFound { what: "place", which: id.to_string() };
    places.into_iter().find(|place| place.id == id).ok_or_else(missing).map_err(session.failure())
}

async fn one(On(state): On<State>, session: Session, Path(id): Path<i64>) -> Result<Markup, Failure> {
    let reader = session.reader();
    let place = found(&state, &session, id).await?;
    Ok(page(
        &reader,
        "/places",
        &place.name,
        html! {
            @if reader.may(Permission::RunPlaces) {
                form method="post" action={ "/places/" (id) "/change" } class="sheet" {
                    (csrf(&reader)) input type="hidden" name="revision" value=(place.revision);
                    (fields(&reader, Some(&place)))
                    label class="tick" { input type="checkbox" name="open" value="yes" checked[place.open]; span { (reader.t("In business")) } }
                    button { (reader.t("Change")) }
                }
            } @else {
                dl class="sheet" { dt { (reader.t("Kind")) } dd { (reader.t(place.kind.name())) } dt { (reader.t("Region")) } dd { (place.region) } }
            }
        },
    ))
}

async fn change(On(state): On<State>, Path(id): Path<i64>, posted: Posted<Typed>) -> Result<Response, Failure> {
    let (actor, typed) = (posted.session.actor(), posted.form);
    let changed = state.run(move |office| {
        let Typed { name, kind: typed_kind, region, open, revision } = typed;
        office
            .change_place(&actor, &Place { id, kind: kind(&typed_kind)?, name, region, open: open == "yes", revision })
    });
    changed.await.map_err(posted.session.failure())?;
    Ok(to(&format!("/places/{id}")))
}
