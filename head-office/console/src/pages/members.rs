use crate::failure::Failure;
use crate::layout::{Reader, at, badge, csrf, field, page, table};
use crate::pages::to;
use crate::session::{Posted, Session};
use crate::state::State;
use axum::Router;
use axum::extract::{Path, Query, State as On};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use maud::{Markup, html};
use satchel_office::{Member, MemberData, OfficeError, Permission};
use serde::Deserialize;

pub fn routes() -> Router<State> {
    Router::new()
        .route("/members", get(list).post(add))
        .route("/members/{id}", get(one).post(correct))
        .route("/members/{id}/merge", post(merge))
        .route("/members/{id}/erase", post(erase))
        .route("/members/{id}/export", post(export))
}

#[derive(Deserialize)]
struct Asked {
    #[serde(default)]
    words: String,
}

async fn list(On(state): On<State>, session: Session, Query(asked): Query<Asked>) -> Result<Markup, Failure> {
    let (reader, actor, words) = (session.reader(), session.actor(), asked.words.clone());
    let found = state.run(move |office| office.find_members(&actor, &words)).await.map_err(session.failure())?;
    let rows: Vec<Markup> = found
        .iter()
        .map(|member| {
            html! {
                td { a href={ "/members/" (member.id) } { bdi { (member.data.name) } } }
                td { bdi { (member.data.contact) } }
                td { (member.id) }
            }
        })
        .collect();
    Ok(page(
        &reader,
        "/members",
        reader.t("Members"),
        html! {
            div class="side" {
                section {
                    form class="search" role="search" {
                        (field(reader.t("Name or contact"), "words", &asked.words))
                        button { (reader.t("Search")) }
                    }
                    @if asked.words.trim().is_empty() { p class="none" { (reader.t("Type the beginning of a name")) } }
                    @else { (table(&reader, crate::headings!(reader, "Name", "Contact", "Number"), &rows)) }
                }
                @if reader.may(Permission::ServeMembers) { aside {
                    form method="post" class="sheet" { (csrf(&reader)) (fields(&reader, &MemberData::default())) button { (reader.t("Add a member")) } }
                } }
            }
        },
    ))
}

fn fields(reader: &Reader, data: &MemberData) -> Markup {
    html! { (field(reader.t("Name"), "name", &data.name)) (field(reader.t("Contact"), "contact", &data.contact)) }
}

#[derive(Deserialize)]
struct Typed {
    name: String,
    contact: String,
    #[serde(default)]
    revision: i64,
}

impl Typed {
    fn data(&self) -> MemberData {
        MemberData { name: self.name.clone(), contact: self.contact.clone(), consent_at: None }
    }
}

async fn add(On(state): On<State>, posted: Posted<Typed>) -> Result<Response, Failure> {
    let (actor, typed) = (posted.session.actor(), posted.form);
    let id =
        state.run(move |office| office.add_member(&actor, &typed.data())).await.map_err(posted.session.failure())?;
    Ok(to(&format!("/members/{id}")))
}

async fn one(On(state): On<State>, session: Session, Path(id): Path<i64>) -> Result<Markup, Failure> {
    let (reader, actor) = (session.reader(), session.actor());
    let (member, cards) = state
        .run(move |office| Ok((office.member(&actor, id)?, office.cards_of_member(&actor, id)?)))
        .await
        .map_err(session.failure())?;
    let rows: Vec<Markup> = cards
        .iter()
        .map(|card| {
            html! {
                td { a href={ "/cards/" (card.number.get()) } { bdi { (card.number) } } }
                td { (badge(&reader, card.state.name())) }
                td { @if let Some(issued) = card.issued_at { (at(issued)) } @else { "–" } }
            }
        })
        .collect();
    let title =
        if member.data.name.is_empty() { format!("{} {id}", reader.t("Member")) } else { member.data.name.clone() };
    Ok(page(
        &reader,
        "/members",
        &title,
        html! {
            @if member.erased { p class="notice" { (reader.t("This member’s data was erased.")) } }
            @if let Some(other) = member.merged_into { p { (reader.t("This is the same member as")) " " a href={ "/members/" (other) } { (other) } } }
            div class="side" {
                section {
                    h2 { (reader.t("Cards")) }
                    (table(&reader, crate::headings!(reader, "Card number", "State", "Issued"), &rows))
                }
                @if reader.may(Permission::ServeMembers) && !member.erased { aside { (actions(&reader, &member)) } }
            }
        },
    ))
}

fn actions(reader: &Reader, member: &Member) -> Markup {
    let address = format!("/members/{}", member.id);
    html! {
        form method="post" class="sheet" {
            (csrf(reader)) input type="hidden" name="revision" value=(member.revision);
            (fields(reader, &member.data)) button { (reader.t("Correct")) }
        }
        form method="post" action={ (address) "/merge" } class="sheet" {
            (csrf(reader)) (field(reader.t("Number of the same member"), "other", "")) button class="quiet" { (reader.t("Merge")) }
        }
        form method="post" action={ (address) "/export" } class="sheet" { (csrf(reader)) button class="quiet" { (reader.t("Hand out their data")) } }
        form method="post" action={ (address) "/erase" } class="sheet" { (csrf(reader)) button class="danger" { (reader.t("Erase their data")) } }
    }
}

async fn correct(On(state): On<State>, Path(id): Path<i64>, posted: Posted<Typed>) -> Result<Response, Failure> {
    let (actor, typed) = (posted.session.actor(), posted.form);
    let corrected = state.run(move |office| office.correct_member(&actor, id, &typed.data(), typed.revision)).await;
    corrected.map_err(posted.session.failure())?;
    Ok(to(&format!("/members/{id}")))
}

#[derive(Deserialize)]
struct Other {
    other: String,
}

async fn merge(On(state): On<State>, Path(id): Path<i64>, posted: Posted<Other>) -> Result<Response, Failure> {
    let (actor, typed) = (posted.session.actor(), posted.form.other);
    let merged = state.run(move |office| {
        let other = typed.trim().parse().map_err(|_| OfficeError::NotFound { what: "member", which: typed.clone() })?;
        office.merge_members(&actor, id, other)
    });
    merged.await.map_err(posted.session.failure())?;
    Ok(to(&format!("/members/{id}")))
}

#[derive(Deserialize)]
struct Nothing {}

async fn erase(On(state): On<State>, Path(id): Path<i64>, posted: Posted<Nothing>) -> Result<Response, Failure> {
    let actor = posted.session.actor();
    state.run(move |office| office.erase_member(&actor, id)).await.map_err(posted.session.failure())?;
    Ok(to(&format!("/members/{id}")))
}

async fn export(On(state): On<State>, Path(id): Path<i64>, posted: Posted<Nothing>) -> Result<Response, Failure> {
    let actor = posted.session.actor();
    let data = state.run(move |office| office.export_member(&actor, id)).await.map_err(posted.session.failure())?;
    let name = format!("attachment; filename=\"member-{id}.json\"");
    Ok(([(header::CONTENT_DISPOSITION, name)], axum::Json(data)).into_response())
}
