use crate::failure::Failure;
use crate::layout::page;
use crate::session::Session;
use crate::state::State;
use axum::Router;
use axum::extract::State as On;
use axum::routing::get;
use maud::{Markup, html};

pub fn routes() -> Router<State> {
    Router::new().route("/", get(shown))
}

async fn shown(On(state): On<State>, session: Session) -> Result<Markup, Failure> {
    let reader = session.reader();
    let (seen, rollover, chain) = state
        .run(|office| Ok((office.overview()?, office.rollover()?, office.charter()?.chain)))
        .await
        .map_err(session.failure())?;
    let attention = [
        (seen.to_review, "Drafts to review", "/drafts"),
        (seen.to_publish, "Drafts to publish", "/drafts"),
        (seen.to_decide, "Corrections to decide", "/corrections"),
        (seen.exceptions, "Exceptions to look into", "/exceptions"),
        (seen.unfinished, "Cards begun and not finished", "/cards?state=writing"),
        (seen.open_batches, "Batches with cards to make", "/batches"),
        (seen.lost_terminals, "Terminals lost", "/terminals"),
        (seen.old_keys, "Cards with old keys", "/keys"),
    ];
    let known = [
        (seen.cards, "Cards in use", "/cards"),
        (seen.blocked, "Cards blocked", "/cards?state=blocked"),
        (seen.members, "Members", "/members"),
        (seen.terminals, "Terminals in service", "/terminals"),
    ];
    let nothing = attention.iter().all(|(count, _, _)| *count == 0);
    let figures = |figures: &[(i64, &'static str, &str)], all: bool| {
        html! {
            ul class="figures" { @for (count, words, address) in figures { @if all || *count > 0 {
                li { a href=(address) { strong { (count) } } span { (reader.t(words)) } }
            } } }
        }
    };
    Ok(page(
        &reader,
        "/",
        &chain,
        html! {
            h2 { (reader.t("Needs attention")) }
            @if nothing { p class="none" { (reader.t("Nothing needs attention")) } } @else { (figures(&attention, false)) }
            h2 { (reader.t("At a glance")) }
            (figures(&known, true))
            @if let Some(rollover) = rollover {
                h2 { (reader.t("Keys")) }
                p { (reader.t("Cards with the current keys")) ": " (rollover.percent()) " %" }
                progress max="100" value=(rollover.percent()) aria-label=(reader.t("Cards with the current keys")) {}
            }
        },
    ))
}
