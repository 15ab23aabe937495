use crate::failure::Failure;
use crate::layout::{bare, code_picture, csrf, page};
use crate::pages::to;
use crate::session::{Posted, Session};
use crate::state::{State, rng};
use axum::Router;
use axum::extract::State as On;
use axum::response::Response;
use axum::routing::{get, post};
use maud::{Markup, html};
use serde::Deserialize;

pub fn routes() -> Router<State> {
    Router::new()
        .route("/account", get(shown))
        .route("/account/password", post(password))
        .route("/account/code", post(code))
        .route("/account/code/confirm", post(confirm))
}

async fn shown(session: Session) -> Markup {
    let reader = session.reader();
    let officer = &session.signed_on.officer;
    page(
        &reader,
        "/account",
        &officer.name,
        html! {
            dl class="sheet" {
                dt { (reader.t("Login")) } dd { (officer.login) }
                dt { (reader.t("Duty")) } dd { (reader.t(officer.duty.name())) }
            }
            form method="post" action="/account/password" class="sheet" {
                (csrf(&reader))
                label { span { (reader.t("Password")) } input name="old" type="password" autocomplete="current-password" required; }
                label { span { (reader.t("New password")) } input name="new" type="password" autocomplete="new-password" minlength="12" required; }
                button { (reader.t("Change the password")) }
            }
            form method="post" action="/account/code" class="sheet" {
                (csrf(&reader))
                p { (reader.t("A code from your phone besides the password makes a stolen password worthless.")) }
                button class="quiet" { (reader.t("Ask me for a code from now on")) }
            }
        },
    )
}

#[derive(Deserialize)]
struct Passwords {
    old: String,
    new: String,
}

async fn password(On(state): On<State>, posted: Posted<Passwords>) -> Result<Response, Failure> {
    let (login, form) = (posted.session.actor().login, posted.form);
    let changed = state.run(move |office| office.change_password(&login, &form.old, &form.new, &mut rng()?)).await;
    changed.map_err(posted.session.failure())?;
    Ok(to("/login"))
}

#[derive(Deserialize)]
struct Nothing {}

async fn code(On(state): On<State>, posted: Posted<Nothing>) -> Result<Markup, Failure> {
    let (reader, login) = (posted.session.reader(), posted.session.actor().login);
    let made = state.run(move |office| office.new_totp(&login, &mut rng()?)).await;
    let (secret, address) = made.map_err(posted.session.failure())?;
    let drawn = code_picture(&address, reader.t("Code")).map_err(posted.session.failure())?;
    Ok(bare(
        &reader,
        reader.t("Code"),
        html! {
            p { (reader.t("Scan this with the app that shows codes. It is shown this once.")) }
            (drawn)
            form method="post" action="/account/code/confirm" class="sheet" {
                (csrf(&reader)) input type="hidden" name="secret" value=(secret);
                label { span { (reader.t("The code that it shows now")) } input name="code" inputmode="numeric" autocomplete="one-time-code" required; }
                button { (reader.t("Ask me for a code from now on")) }
            }
            p { a href="/" { (reader.t("To the first page")) } }
        },
    ))
}

#[derive(Deserialize)]
struct Confirmed {
    secret: String,
    code: String,
}

async fn confirm(On(state): On<State>, posted: Posted<Confirmed>) -> Result<Response, Failure> {
    let (login, form) = (posted.session.actor().login, posted.form);
    let confirmed = state.run(move |office| office.confirm_totp(&login, &form.secret, &form.code)).await;
    confirmed.map_err(posted.session.failure())?;
    Ok(to("/account"))
}
