use crate::failure::Failure;
use crate::layout::{at, page, table};
use crate::session::Session;
use crate::state::State;
use axum::Router;
use axum::extract::{Query, State as On};
use axum::routing::get;
use maud::{Markup, html};
use serde::Deserialize;

/// Entries on a page.
const AT_ONCE: u32 = 100;

pub fn routes() -> Router<State> {
    Router::new().route("/audit", get(shown))
}

#[derive(Deserialize)]
struct From {
    before: Option<i64>,
}

async fn shown(On(state): On<State>, session: Session, Query(from): Query<From>) -> Result<Markup, Failure> {
    let (reader, actor) = (session.reader(), session.actor());
    let before = from.before.unwrap_or(i64::MAX);
    let entries = state.run(move |office| office.audit(&actor, before, AT_ONCE)).await.map_err(session.failure())?;
    let rows: Vec<Markup> = entries
        .iter()
        .map(|entry| html! {
            td class="number" { (entry.sequence) }
            td { (at(entry.at)) }
            td { (entry.who) }
            td { code { (entry.action) } }
            td { bdi { (entry.subject) } }
            td { @if let Some(was) = &entry.before { bdi { (was) } " → " } @if let Some(is) = &entry.after { bdi { (is) } } }
        })
        .collect();
    let last = entries.last().map_or(0, |entry| entry.sequence);
    Ok(page(
        &reader,
        "/audit",
        reader.t("Audit trail"),
        html! {
            (table(&reader, crate::headings!(reader, "Number", "When", "Who", "What", "To what", "Before and after"), &rows))
            @if last > 1 { p { a class="button" href={ "/audit?before=" (last) } { (reader.t("Older")) } } }
        },
    ))
}
