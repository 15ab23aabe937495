//! A terminal is enrolled by two codes: one on this page that the device scans, one on the device that comes back here.

use crate::failure::Failure;
use crate::layout::{code_picture, csrf, page};
use crate::pages::to;
use crate::picture;
use crate::session::{Posted, Sent, Session};
use crate::state::{State, rng};
use axum::Router;
use axum::extract::multipart::Multipart;
use axum::extract::{DefaultBodyLimit, Path, State as On};
use axum::response::Response;
use axum::routing::{get, post};
use maud::{Markup, html};
use serde::Deserialize;

/// Bytes of a photograph at most.
const PICTURE_MOST: usize = 12 * 1024 * 1024;

pub fn routes() -> Router<State> {
    Router::new()
        .route("/terminals/{id}/enrolment", get(show))
        .route("/terminals/{id}/invitation", post(invite))
        .route("/terminals/{id}/answer", post(answer).layer(DefaultBodyLimit::max(PICTURE_MOST)))
}

async fn show(On(state): On<State>, Path(id): Path<u32>, session: Session) -> Result<Markup, Failure> {
    let (reader, actor) = (session.reader(), session.actor());
    let open = state.run(move |office| office.enrolling(&actor, id)).await.map_err(session.failure())?;
    let code = open.as_ref().map(|open| code_picture(&open.invitation, reader.t("Invitation"))).transpose();
    let code = code.map_err(session.failure())?;
    let invite = |words: &str, class: &str| {
        html! { form method="post" action={ "/terminals/" (id) "/invitation" } { (csrf(&reader)) button class=(class) { (words) } } }
    };
    Ok(page(
        &reader,
        "/terminals",
        &format!("{} {id}", reader.t("Terminal")),
        html! { div class="steps" {
            section {
                h2 { "1. " (reader.t("The device scans this")) }
                p { (reader.t("On the device: Set up, then scan the QR code.")) }
                @match &code { Some(code) => { (code) (invite(reader.t("Invite anew"), "quiet")) }, None => (invite(reader.t("Invite"), "")) }
            }
            @if let Some(open) = &open { section {
                h2 { "2. " (reader.t("The device's answer comes back")) }
                @if let Some(check) = &open.check {
                    p class="notice good" role="status" { (reader.t("It has answered. The device shows the same number:")) " " strong dir="ltr" { (check) } }
                }
                form method="post" action={ "/terminals/" (id) "/answer" } enctype="multipart/form-data" class="sheet" {
                    (csrf(&reader))
                    label { span { (reader.t("The text of its code, typed by a scanner")) } input name="answer" autocomplete="off" dir="ltr"; }
                    label { span { (reader.t("Or a picture of its code, PNG or JPEG")) } input type="file" name="picture" accept="image/png,image/jpeg"; }
                    button { (reader.t("Take the answer")) }
                }
            } }
            @if open.as_ref().is_some_and(|open| open.check.is_some()) { section {
                h2 { "3. " (reader.t("The device is admitted")) }
                p { (reader.t("Where an officer opens the keys, this makes a file and, where it fits, a code for the device. They serve no other.")) }
                pre { code { "satchel admit " (id) " --out terminal-" (id) ".admission --code terminal-" (id) ".svg" } }
            } }
        } },
    ))
}

#[derive(Deserialize)]
struct Nothing {}

async fn invite(On(state): On<State>, Path(id): Path<u32>, posted: Posted<Nothing>) -> Result<Response, Failure> {
    let actor = posted.session.actor();
    let invited = state.run(move |office| office.invite(&actor, id, &mut rng()?)).await;
    invited.map_err(posted.session.failure())?;
    Ok(to(&format!("/terminals/{id}/enrolment")))
}

async fn answer(
    On(state): On<State>,
    Path(id): Path<u32>,
    session: Session,
    form: Multipart,
) -> Result<Response, Failure> {
    let sent = Sent::read(form, &session).await?;
    let actor = session.actor();
    let taken = state.run(move |office| {
        let text = if sent.text.trim().is_empty() { picture::code_in(&sent.file)? } else { sent.text };
        office.take_answer(&actor, id, &text)
    });
    taken.await.map_err(session.failure())?;
    Ok(to(&format!("/terminals/{id}/enrolment")))
}
