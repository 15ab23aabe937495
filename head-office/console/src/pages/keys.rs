use crate::failure::Failure;
use crate::layout::{at, badge, page, table};
use crate::session::Session;
use crate::state::State;
use axum::Router;
use axum::extract::State as On;
use axum::routing::get;
use maud::{Markup, html};

pub fn routes() -> Router<State> {
    Router::new().route("/keys", get(shown))
}

/// The web server has no key, so there is nothing to press here.
async fn shown(On(state): On<State>, session: Session) -> Result<Markup, Failure> {
    let reader = session.reader();
    let (versions, rollover) =
        state.run(|office| Ok((office.key_versions()?, office.rollover()?))).await.map_err(session.failure())?;
    let rows: Vec<Markup> = versions
        .iter()
        .map(|row| html! {
            td { (row.version.get()) }
            td { code { @for byte in row.kcv { (format!("{byte:02X}")) } } }
            td { (badge(&reader, row.state.name())) }
            td { (at(row.made_at)) }
            td { (row.threshold) " / " (row.custodians.len()) br; small { @for (place, name) in row.custodians.iter().enumerate() { @if place > 0 { ", " } bdi { (name) } } } }
            td class="number" { (row.cards) }
        })
        .collect();
    Ok(page(
        &reader,
        "/keys",
        reader.t("Keys"),
        html! {
            @if let Some(rollover) = rollover {
                div class="sheet" {
                    p { (reader.t("Cards with the current keys")) ": " strong { (rollover.percent()) " %" } " (" (rollover.moved) " / " (rollover.all) ")" }
                    progress max="100" value=(rollover.percent()) aria-label=(reader.t("Cards with the current keys")) {}
                }
            }
            (table(&reader, crate::headings!(reader, "Version", "Check value", "State", "Made", "Shares", "Cards"), &rows))
            p { small { (reader.t("Keys are made and changed in the key house, by two officers together:")) " " code { "satchel keys" } } }
        },
    ))
}
