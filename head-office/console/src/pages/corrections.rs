use crate::failure::Failure;
use crate::layout::{Reader, at, badge, csrf, field, page, table};
use crate::pages::to;
use crate::session::{Posted, Session};
use crate::state::State;
use axum::Router;
use axum::extract::{Path, State as On};
use axum::response::Response;
use axum::routing::{get, post};
use maud::{Markup, html};
use satchel_office::{Correction, CorrectionState, Decision, Permission};
use satchel_values::Currency;
use serde::Deserialize;

pub fn routes() -> Router<State> {
    Router::new()
        .route("/corrections", get(list))
        .route("/corrections/{id}/approve", post(approve))
        .route("/corrections/{id}/refuse", post(refuse))
}

async fn list(On(state): On<State>, session: Session) -> Result<Markup, Failure> {
    let (reader, actor) = (session.reader(), session.actor());
    let me = actor.login.clone();
    let (all, currency) = state
        .run(move |office| Ok((office.corrections(&actor)?, office.charter()?.currency)))
        .await
        .map_err(session.failure())?;
    let rows: Vec<Markup> = all.iter().map(|correction| row(&reader, correction, currency, &me)).collect();
    Ok(page(
        &reader,
        "/corrections",
        reader.t("Corrections"),
        html! {
            (table(&reader, crate::headings!(reader, "Card number", "Amount", "Points", "Reason", "Asked by", "Decided by", "State", ""), &rows))
            p { small { (reader.t("What is approved is made with the card on a reader:")) " " code { "satchel issue correct --reader pcsc" } } }
        },
    ))
}

fn row(reader: &Reader, correction: &Correction, currency: Currency, me: &str) -> Markup {
    let form = |way: &str, inside: Markup| {
        html! { form method="post" action={ "/corrections/" (correction.id) "/" (way) } class="inline" {
            (csrf(reader)) input type="hidden" name="revision" value=(correction.revision); (inside)
        } }
    };
    let asked = correction.state == CorrectionState::Asked;
    let open = asked || correction.state == CorrectionState::Approved;
    html! {
        td { a href={ "/cards/" (correction.card.get()) } { bdi { (correction.card) } } }
        td class="number" { bdi { (currency.format(correction.amount)) } }
        td class="number" { (correction.points.get()) }
        td { bdi { (correction.reason) } }
        td { (correction.asked_by) " " small { (at(correction.asked_at)) } }
        td { @if let Some(by) = &correction.decided_by { (by) } @else { "–" } }
        td { (badge(reader, correction.state.name())) }
        td { @if reader.may(Permission::ServeCards) {
            @if asked && correction.asked_by != me { (form("approve", html! { button { (reader.t("Approve")) } })) }
            @if open { (form("refuse", html! { (field(reader.t("Reason"), "reason", "")) button class="danger" { (reader.t("Refuse")) } })) }
        } }
    }
}

#[derive(Deserialize)]
struct Decided {
    revision: i64,
    #[serde(default)]
    reason: String,
}

async fn approve(On(state): On<State>, Path(id): Path<i64>, posted: Posted<Decided>) -> Result<Response, Failure> {
    decide(&state, id, posted, |_| Decision::Approve).await
}

async fn refuse(On(state): On<State>, Path(id): Path<i64>, posted: Posted<Decided>) -> Result<Response, Failure> {
    decide(&state, id, posted, Decision::Refuse).await
}

async fn decide(
    state: &State,
    id: i64,
    posted: Posted<Decided>,
    how: impl FnOnce(String) -> Decision,
) -> Result<Response, Failure> {
    let (actor, revision) = (posted.session.actor(), posted.form.revision);
    let failure = posted.session.failure();
    let decision = how(posted.form.reason);
    state.run(move |office| office.decide_correction(&actor, id, &decision, revision)).await.map_err(failure)?;
    Ok(to("/corrections"))
}
