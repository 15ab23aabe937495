use crate::failure::Failure;
use crate::layout::{Reader, at, badge, csrf, field, page, table};
use crate::pages::to;
use crate::session::{Posted, Sent, Session};
use crate::state::State;
use axum::Router;
use axum::extract::multipart::Multipart;
use axum::extract::{DefaultBodyLimit, Path, State as On};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use maud::{Markup, html};
use satchel_office::{Batch, BatchDraft, BatchState, LineFault, Permission, read_batch};
use serde::Deserialize;

/// Bytes of a table that is sent at most.
const TABLE_MOST: usize = 20 * 1024 * 1024;
/// Of a table, as its first line names them.
const COLUMNS: &str = "name,contact,amount,points,tier,expiry";

pub fn routes() -> Router<State> {
    Router::new()
        .route("/batches", get(list).post(order).layer(DefaultBodyLimit::max(TABLE_MOST)))
        .route("/batches/file", post(order_file).layer(DefaultBodyLimit::max(TABLE_MOST)))
        .route("/batches/{id}", get(one))
        .route("/batches/{id}/progress", get(progress))
        .route("/batches/{id}/stop", post(stop))
        .route("/batches/{id}/print", post(print))
        .route("/batches/{id}/faces", post(faces))
}

async fn list(On(state): On<State>, session: Session) -> Result<Markup, Failure> {
    shown(&state, &session, "", "", &[]).await
}

async fn shown(
    state: &State,
    session: &Session,
    name: &str,
    table_typed: &str,
    faults: &[LineFault],
) -> Result<Markup, Failure> {
    let (reader, actor) = (session.reader(), session.actor());
    let batches = state.run(move |office| office.batches(&actor)).await.map_err(session.failure())?;
    let rows: Vec<Markup> = batches.iter().map(|batch| row(&reader, batch)).collect();
    Ok(page(
        &reader,
        "/batches",
        reader.t("Issuing"),
        html! {
                @if !faults.is_empty() { div role="alert" class="notice bad" {
                    (reader.t("The table is not taken, nothing was ordered:"))
                    ul { @for fault in faults { li { @if fault.line > 0 { (reader.t("Line")) " " (fault.line) ": " } (fault.why) } } }
                } }
                div class="side" {
                    section { (table(&reader, crate::headings!(reader, "Batch", "State", "Cards", "Ordered by", "Ordered"), &rows)) }
                    @if reader.may(Permission::Issue) { aside {
                    form method="post" action="/batches/file" enctype="multipart/form-data" class="sheet" {
                        (csrf(&reader))
                        (field(reader.t("Name of the batch"), "name", name))
                        label { span { (reader.t("Table of cards")) } input type="file" name="table" accept=".csv,text/csv" required; }
                        p { small { (reader.t("Comma-separated, as spreadsheets write it. The first line names the columns.")) " " code { (COLUMNS) } } }
                        button { (reader.t("Order")) }
                    }
                    details open[!table_typed.is_empty()] {
                        summary { (reader.t("Type the table")) }
                        form method="post" class="sheet" {
                            (csrf(&reader))
                            (field(reader.t("Name of the batch"), "name", name))
                            label { span { (reader.t("Table of cards")) } textarea name="table" spellcheck="false" placeholder=(COLUMNS) { (table_typed) } }
                            button { (reader.t("Order")) }
                        }
                    }
                } }
            }
        },
    ))
}

fn row(reader: &Reader, batch: &Batch) -> Markup {
    html! {
        td { a href={ "/batches/" (batch.id) } { bdi { (batch.name) } } }
        td { (badge(reader, state_name(batch.state))) }
        td class="number" { (batch.made) " / " (batch.cards) }
        td { (batch.made_by) }
        td { (at(batch.made_at)) }
    }
}

const fn state_name(state: BatchState) -> &'static str {
    match state {
        BatchState::Open => "open",
        BatchState::Done => "done",
        BatchState::Stopped => "stopped",
    }
}

#[derive(Deserialize)]
struct Ordered {
    name: String,
    table: String,
}

async fn order(On(state): On<State>, posted: Posted<Ordered>) -> Result<Response, Failure> {
    let Ordered { name, table } = posted.form;
    ordered(&state, &posted.session, name, table.into_bytes(), true).await
}

async fn order_file(On(state): On<State>, session: Session, form: Multipart) -> Result<Response, Failure> {
    let Sent { text: name, file: table } = Sent::read(form, &session).await?;
    ordered(&state, &session, name, table, false).await
}

/// Orders it, or shows what is wrong with the table. `typed`: whether it goes back into the page, to be mended there.
async fn ordered(
    state: &State,
    session: &Session,
    name: String,
    table: Vec<u8>,
    typed: bool,
) -> Result<Response, Failure> {
    let currency = state.run(|office| Ok(office.charter()?.currency)).await.map_err(session.failure())?;
    let cards = match read_batch(&table, currency) {
        Ok(cards) => cards,
        Err(faults) => {
            let again = if typed { String::from_utf8_lossy(&table).into_owned() } else { String::new() };
            let again = shown(state, session, &name, &again, &faults).await?;
            return Ok((StatusCode::UNPROCESSABLE_ENTITY, again).into_response());
        }
    };
    let actor = session.actor();
    let ordered = state.run(move |office| office.order(&actor, &BatchDraft { name, cards })).await;
    Ok(to(&format!("/batches/{}", ordered.map_err(session.failure())?)))
}

async fn one(On(state): On<State>, session: Session, Path(id): Path<i64>) -> Result<Markup, Failure> {
    let (reader, actor) = (session.reader(), session.actor());
    let (batch, cards) = state
        .run(move |office| Ok((office.batch(&actor, id)?, office.cards_of_batch(&actor, id)?)))
        .await
        .map_err(session.failure())?;
    let rows: Vec<Markup> = cards
        .iter()
        .map(|card| {
            html! {
                td { a href={ "/cards/" (card.number.get()) } { bdi { (card.number) } } }
                td { (badge(&reader, card.state.name())) }
                td { @if let Some(uid) = card.uid { code { (uid) } } @else { "–" } }
            }
        })
        .collect();
    Ok(page(
        &reader,
        "/batches",
        &batch.name,
        html! {
            div class="side" {
                section {
                    (bar(&reader, &batch))
                    (table(&reader, crate::headings!(reader, "Card number", "State", "Chip"), &rows))
                }
                @if reader.may(Permission::Issue) { aside {
                    @if batch.state == BatchState::Open {
                        div class="sheet" { p { (reader.t("Cards are made where a reader is:")) } pre { "satchel issue run " (id) " --reader pcsc" } }
                        form method="post" action={ "/batches/" (id) "/stop" } class="sheet" {
                            (csrf(&reader)) input type="hidden" name="revision" value=(batch.revision);
                            button class="danger" { (reader.t("Make no more of it")) }
                        }
                    }
                    form method="post" action={ "/batches/" (id) "/print" } class="sheet" { (csrf(&reader)) button class="quiet" { (reader.t("Table for the card printer, CSV")) } }
                    form method="post" action={ "/batches/" (id) "/faces" } class="sheet" { (csrf(&reader)) button class="quiet" { (reader.t("Faces of the cards, PDF")) } }
                } }
            }
        },
    ))
}

/// How far a batch is; it asks for itself again as long as cards are made.
fn bar(reader: &Reader, batch: &Batch) -> Markup {
    let goes_on = batch.state == BatchState::Open;
    html! {
        div class="sheet" hx-get=[goes_on.then(|| format!("/batches/{}/progress", batch.id))] hx-trigger=[goes_on.then_some("every 2s")] hx-swap="outerHTML" {
            p { (badge(reader, state_name(batch.state))) " " (batch.made) " / " (batch.cards)
                @if batch.spoiled > 0 { " · " (reader.t("spoiled")) ": " (batch.spoiled) } }
            progress max=(batch.cards.max(1)) value=(batch.made) aria-label=(reader.t("Cards made")) {}
        }
    }
}

async fn progress(On(state): On<State>, session: Session, Path(id): Path<i64>) -> Result<Markup, Failure> {
    let (reader, actor) = (session.reader(), session.actor());
    let batch = state.run(move |office| office.batch(&actor, id)).await.map_err(session.failure())?;
    Ok(bar(&reader, &batch))
}

#[derive(Deserialize)]
struct Revision {
    revision: i64,
}

async fn stop(On(state): On<State>, Path(id): Path<i64>, posted: Posted<Revision>) -> Result<Response, Failure> {
    let (actor, revision) = (posted.session.actor(), posted.form.revision);
    state.run(move |office| office.stop_batch(&actor, id, revision)).await.map_err(posted.session.failure())?;
    Ok(to(&format!("/batches/{id}")))
}

#[derive(Deserialize)]
struct Nothing {}

async fn print(On(state): On<State>, Path(id): Path<i64>, posted: Posted<Nothing>) -> Result<Response, Failure> {
    let actor = posted.session.actor();
    let table = state.run(move |office| office.print_table(&actor, id)).await.map_err(posted.session.failure())?;
    Ok(file("text/csv; charset=utf-8", &format!("batch-{id}.csv"), table))
}

async fn faces(On(state): On<State>, Path(id): Path<i64>, posted: Posted<Nothing>) -> Result<Response, Failure> {
    let actor = posted.session.actor();
    let pages = state.run(move |office| office.print_pages(&actor, id)).await.map_err(posted.session.failure())?;
    Ok(file("application/pdf", &format!("batch-{id}.pdf"), pages))
}

fn file(kind: &'static str, name: &str, body: impl IntoResponse) -> Response {
    let disposition = format!("attachment; filename=\"{name}\"");
    ([(header::CONTENT_TYPE, kind.to_owned()), (header::CONTENT_DISPOSITION, disposition)], body).into_response()
}
