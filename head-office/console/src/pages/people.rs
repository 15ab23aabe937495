use crate::failure::Failure;
use crate::layout::{badge, choice, csrf, field, on, page, table};
use crate::pages::{stores, to};
use crate::session::{Posted, Session};
use crate::state::State;
use axum::Router;
use axum::extract::{Path, State as On};
use axum::response::Response;
use axum::routing::{get, post};
use maud::{Markup, html};
use satchel_office::{OfficeError, Permission, PersonData, day};
use serde::Deserialize;

const LEVELS: [&str; 4] = ["administrator", "store-manager", "cashier", "seller"];

pub fn routes() -> Router<State> {
    Router::new().route("/people", get(list).post(add)).route("/people/{id}/active", post(set_active))
}

async fn list(On(state): On<State>, session: Session) -> Result<Markup, Failure> {
    let (reader, actor) = (session.reader(), session.actor());
    let people = state.run(move |office| office.people(&actor)).await.map_err(session.failure())?;
    let rows: Vec<Markup> = people
        .iter()
        .map(|person| html! {
            td { bdi { (person.data.name) } }
            td { (person.id) }
            td { (reader.t(person.data.level_name())) }
            td { @if person.data.scope.is_empty() { (reader.t("Everywhere")) } @else {
                @for (place, store) in person.data.scope.iter().enumerate() { @if place > 0 { ", " } (store.get()) }
            } }
            td { (on(person.data.valid_until)) }
            td { @if person.card.is_some() { (reader.t("Yes")) } @else { (reader.t("Not made")) } }
            td { (badge(&reader, if person.active { "active" } else { "revoked" })) }
            td { @if reader.may(Permission::RunPlaces) {
                form method="post" action={ "/people/" (person.id) "/active" } {
                    (csrf(&reader)) input type="hidden" name="revision" value=(person.revision);
                    input type="hidden" name="active" value=(if person.active { "no" } else { "yes" });
                    button class={ @if person.active { "danger" } @else { "quiet" } } { (reader.t(if person.active { "Revoke" } else { "Readmit" })) }
                }
            } }
        })
        .collect();
    let levels: Vec<(String, String)> =
        LEVELS.iter().map(|level| ((*level).to_owned(), reader.t(level).to_owned())).collect();
    Ok(page(
        &reader,
        "/people",
        reader.t("People"),
        html! {
            div class="side" {
                section {
                    (table(&reader, crate::headings!(reader, "Name", "Number", "Level", "Stores", "Valid until", "Card", "State", ""), &rows))
                    p { small { (reader.t("Cards of people are made where a reader is:")) " " code { "satchel person-card NUMBER --reader pcsc --letter pin.html" } } }
                }
                @if reader.may(Permission::RunPlaces) { aside { form method="post" class="sheet" {
                    (csrf(&reader)) (field(reader.t("Name"), "name", "")) (choice(reader.t("Level"), "level", &levels, "cashier"))
                    (field(reader.t("Numbers of stores; empty for everywhere"), "scope", ""))
                    label { span { (reader.t("Valid until")) } input type="date" name="valid_until" required; }
                    button { (reader.t("Take somebody on")) }
                } } }
            }
        },
    ))
}

#[derive(Deserialize)]
struct Typed {
    name: String,
    level: String,
    scope: String,
    valid_until: String,
}

async fn add(On(state): On<State>, posted: Posted<Typed>) -> Result<Response, Failure> {
    let (actor, typed) = (posted.session.actor(), posted.form);
    let added = state.run(move |office| {
        let level = PersonData::parse_level(&typed.level)
            .ok_or_else(|| OfficeError::NotFound { what: "level", which: typed.level.clone() })?;
        let data = PersonData {
            name: typed.name,
            level,
            authorities: PersonData::usual_authorities(level),
            scope: stores(&typed.scope)?,
            valid_until: day("valid until", &typed.valid_until)?,
        };
        office.add_person(&actor, &data)
    });
    added.await.map_err(posted.session.failure())?;
    Ok(to("/people"))
}

#[derive(Deserialize)]
struct Active {
    revision: i64,
    active: String,
}

async fn set_active(On(state): On<State>, Path(id): Path<u32>, posted: Posted<Active>) -> Result<Response, Failure> {
    let (actor, form) = (posted.session.actor(), posted.form);
    let set = state.run(move |office| office.set_person_active(&actor, id, form.active == "yes", form.revision)).await;
    set.map_err(posted.session.failure())?;
    Ok(to("/people"))
}
