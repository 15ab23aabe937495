use crate::failure::Failure;
use crate::layout::{at, badge, choice, csrf, page, table};
use crate::pages::to;
use crate::session::{Posted, Sent, Session};
use crate::state::State;
use axum::Router;
use axum::extract::multipart::Multipart;
use axum::extract::{DefaultBodyLimit, Path, State as On};
use axum::response::Response;
use axum::routing::{get, post};
use maud::{Markup, html};
use satchel_office::{DraftKind, DraftState, OfficeError, Permission};
use serde::Deserialize;

/// What a new draft begins with.
const EXAMPLE: &str = "{\"earn\": {\"per\": 100, \"points\": 1}, \"redeem\": {\"points\": 100, \"worth\": 100}}";

/// Bytes of a table that is sent at most.
const TABLE_MOST: usize = 20 * 1024 * 1024;
/// Of a table, as its first line names them.
const COLUMNS: &str = "code,name,category,price_minor,unit,barcodes";

pub fn routes() -> Router<State> {
    Router::new()
        .route("/drafts", get(list).post(write))
        .route("/drafts/catalogue", post(catalogue).layer(DefaultBodyLimit::max(TABLE_MOST)))
        .route("/drafts/{id}/again", post(again))
        .route("/drafts/{id}/review", post(review))
        .route("/drafts/{id}/withdraw", post(withdraw))
}

async fn list(On(state): On<State>, session: Session) -> Result<Markup, Failure> {
    let (reader, actor) = (session.reader(), session.actor());
    let drafts = state.run(move |office| office.drafts(&actor)).await.map_err(session.failure())?;
    let me = session.actor().login;
    let rows: Vec<Markup> = drafts
        .iter()
        .map(|draft| {
            let waits = matches!(draft.state, DraftState::Draft | DraftState::Reviewed);
            let form = |way: &str, words: &str, tone: &str| html! {
                form method="post" action={ "/drafts/" (draft.id) "/" (way) } {
                    (csrf(&reader)) input type="hidden" name="revision" value=(draft.revision); button class=(tone) { (words) }
                }
            };
            html! {
                td { (draft.id) }
                td { (reader.t(draft.kind.name())) }
                td { (badge(&reader, draft.state.name())) }
                td { @if draft.kind == DraftKind::Catalogue { (items(&draft.body)) " " (reader.t("items")) } @else { code { (draft.body) } } }
                td { (draft.author) @if let Some(reviewer) = &draft.reviewer { " → " (reviewer) } br; small { (at(draft.made_at)) } }
                td { @if waits && reader.may(Permission::SetUp) {
                    @if draft.state == DraftState::Draft && draft.author != me { (form("review", reader.t("Approve"), "")) }
                    (form("withdraw", reader.t("Withdraw"), "quiet"))
                } @else if draft.state == DraftState::Withdrawn && reader.may(Permission::SetUp) {
                    (form("again", reader.t("Draft again"), "quiet"))
                } }
            }
        })
        .collect();
    let kinds: Vec<(String, String)> = [DraftKind::Program, DraftKind::Texts]
        .iter()
        .map(|kind| (kind.name().to_owned(), reader.t(kind.name()).to_owned()))
        .collect();
    Ok(page(
        &reader,
        "/drafts",
        reader.t("Set-up"),
        html! {
            div class="side" {
                section {
                    (table(&reader, crate::headings!(reader, "Number", "Kind", "State", "What it says", "By", ""), &rows))
                    p { small { (reader.t("What is approved comes into force when it is signed:")) " " code { "satchel publish" } } }
                }
                @if reader.may(Permission::SetUp) { aside {
                    form method="post" class="sheet" {
                        (csrf(&reader)) (choice(reader.t("Kind"), "kind", &kinds, "program"))
                        label { span { (reader.t("What it says")) } textarea name="body" spellcheck="false" { (EXAMPLE) } }
                        button { (reader.t("Draft")) }
                    }
                    form method="post" action="/drafts/catalogue" enctype="multipart/form-data" class="sheet" {
                        (csrf(&reader))
                        label { span { (reader.t("Catalogue and prices")) } input type="file" name="table" accept=".csv,.xlsx" required; }
                        p { small { (reader.t("A CSV or XLSX table, its first line naming the columns:")) " " code { (COLUMNS) } } }
                        button { (reader.t("Draft")) }
                    }
                } }
            }
        },
    ))
}

#[derive(Deserialize)]
struct Typed {
    kind: String,
    body: String,
}

async fn write(On(state): On<State>, posted: Posted<Typed>) -> Result<Response, Failure> {
    let (actor, typed) = (posted.session.actor(), posted.form);
    let written = state.run(move |office| {
        let kind = DraftKind::parse(&typed.kind);
        let kind = kind.ok_or_else(|| OfficeError::NotFound { what: "kind of draft", which: typed.kind.clone() })?;
        office.draft(&actor, kind, &typed.body)
    });
    written.await.map_err(posted.session.failure())?;
    Ok(to("/drafts"))
}

#[derive(Deserialize)]
struct Revision {
    revision: i64,
}

/// How many items a catalogue says it has, at its beginning.
fn items(body: &str) -> &str {
    let rest = body.strip_prefix("{\"count\":").unwrap_or_default();
    &rest[..rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len())]
}

async fn catalogue(On(state): On<State>, session: Session, form: Multipart) -> Result<Response, Failure> {
    let sent = Sent::read(form, &session).await?;
    let actor = session.actor();
    let drafted = state.run(move |office| office.draft_catalogue(&actor, &sent.file)).await;
    drafted.map_err(session.failure())?;
    Ok(to("/drafts"))
}

async fn again(On(state): On<State>, Path(id): Path<i64>, posted: Posted<Revision>) -> Result<Response, Failure> {
    let actor = posted.session.actor();
    state.run(move |office| office.draft_again(&actor, id)).await.map_err(posted.session.failure())?;
    Ok(to("/drafts"))
}

async fn review(On(state): On<State>, Path(id): Path<i64>, posted: Posted<Revision>) -> Result<Response, Failure> {
    let (actor, revision) = (posted.session.actor(), posted.form.revision);
    state.run(move |office| office.review(&actor, id, revision)).await.map_err(posted.session.failure())?;
    Ok(to("/drafts"))
}

async fn withdraw(On(state): On<State>, Path(id): Path<i64>, posted: Posted<Revision>) -> Result<Response, Failure> {
    let (actor, revision) = (posted.session.actor(), posted.form.revision);
    state.run(move |office| office.withdraw(&actor, id, revision)).await.map_err(posted.session.failure())?;
    Ok(to("/drafts"))
}
