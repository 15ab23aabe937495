use crate::failure::Failure;
use crate::layout::{badge, bare, choice, csrf, field, page, table};
use crate::pages::to;
use crate::session::{Posted, Session};
use crate::state::{State, rng};
use axum::Router;
use axum::extract::{Path, State as On};
use axum::response::Response;
use axum::routing::{get, post};
use maud::{Markup, html};
use satchel_office::{Duty, NewOfficer, OfficeError, Permission};
use serde::Deserialize;

const LANGUAGES: [(&str, &str); 5] =
    [("en", "English"), ("zh", "简体中文"), ("de", "Deutsch"), ("es", "Español"), ("ar", "العربية")];

pub fn routes() -> Router<State> {
    Router::new()
        .route("/officers", get(list).post(appoint))
        .route("/officers/{login}/active", post(set_active))
        .route("/officers/{login}/token", post(token))
        .route("/officers/{login}/revoke-tokens", post(revoke_tokens))
}

async fn list(On(state): On<State>, session: Session) -> Result<Markup, Failure> {
    let (reader, actor) = (session.reader(), session.actor());
    let officers = state
        .run(move |office| {
            office.allow(&actor, Permission::Appoint, "officers")?;
            office.officers()
        })
        .await
        .map_err(session.failure())?;
    let me = session.actor().login;
    let rows: Vec<Markup> = officers
        .iter()
        .map(|officer| html! {
            td { (officer.login) }
            td { bdi { (officer.name) } }
            td { (reader.t(officer.duty.name())) }
            td { @if officer.has_totp { (reader.t("Yes")) } @else { "–" } }
            td { (badge(&reader, if officer.active { "active" } else { "revoked" })) }
            td { @if officer.login != me {
                form method="post" action={ "/officers/" (officer.login) "/active" } {
                    (csrf(&reader)) input type="hidden" name="revision" value=(officer.revision);
                    input type="hidden" name="active" value=(if officer.active { "no" } else { "yes" });
                    button class={ @if officer.active { "danger" } @else { "quiet" } } { (reader.t(if officer.active { "Revoke" } else { "Readmit" })) }
                }
            } }
        })
        .collect();
    let duties: Vec<(String, String)> =
        Duty::ALL.iter().map(|duty| (duty.name().to_owned(), reader.t(duty.name()).to_owned())).collect();
    let languages: Vec<(String, String)> =
        LANGUAGES.iter().map(|(code, name)| ((*code).to_owned(), (*name).to_owned())).collect();
    let logins: Vec<(String, String)> =
        officers.iter().map(|officer| (officer.login.clone(), officer.login.clone())).collect();
    Ok(page(
        &reader,
        "/officers",
        reader.t("Officers"),
        html! {
            div class="side" {
                section { (table(&reader, crate::headings!(reader, "Login", "Name", "Duty", "Code", "State", ""), &rows)) }
                aside {
                    form method="post" class="sheet" {
                        (csrf(&reader)) (field(reader.t("Login"), "login", "")) (field(reader.t("Name"), "name", ""))
                        (choice(reader.t("Duty"), "duty", &duties, "auditor")) (choice(reader.t("Language"), "language", &languages, "en"))
                        label { span { (reader.t("First password")) } input name="password" type="password" autocomplete="new-password" minlength="12" required; }
                        button { (reader.t("Appoint")) }
                    }
                    form method="post" action="/officers/of/token" class="sheet" {
                        (csrf(&reader)) (choice(reader.t("Acts as"), "login", &logins, &me)) (field(reader.t("What for"), "label", ""))
                        button class="quiet" { (reader.t("Make a token for a program")) }
                    }
                    form method="post" action="/officers/of/revoke-tokens" class="sheet" {
                        (csrf(&reader)) (choice(reader.t("Acts as"), "login", &logins, &me))
                        button class="danger" { (reader.t("Take back all tokens")) }
                    }
                }
            }
        },
    ))
}

#[derive(Deserialize)]
struct Typed {
    login: String,
    name: String,
    duty: String,
    language: String,
    password: String,
}

async fn appoint(On(state): On<State>, posted: Posted<Typed>) -> Result<Response, Failure> {
    let (actor, typed) = (posted.session.actor(), posted.form);
    let appointed = state.run(move |office| {
        let duty = Duty::parse(&typed.duty)
            .ok_or_else(|| OfficeError::NotFound { what: "duty", which: typed.duty.clone() })?;
        let language = LANGUAGES.iter().find(|(code, _)| *code == typed.language).map_or("en", |(code, _)| code);
        let new = NewOfficer { login: &typed.login, name: &typed.name, password: &typed.password, duty, language };
        office.appoint(Some(&actor), &new, &mut rng()?)
    });
    appointed.await.map_err(posted.session.failure())?;
    Ok(to("/officers"))
}

#[derive(Deserialize)]
struct Active {
    revision: i64,
    active: String,
}

async fn set_active(
    On(state): On<State>,
    Path(login): Path<String>,
    posted: Posted<Active>,
) -> Result<Response, Failure> {
    let (actor, form) = (posted.session.actor(), posted.form);
    let set =
        state.run(move |office| office.set_officer_active(&actor, &login, form.active == "yes", form.revision)).await;
    set.map_err(posted.session.failure())?;
    Ok(to("/officers"))
}

#[derive(Deserialize)]
struct Token {
    login: String,
    label: String,
}

/// The token is shown once and is nowhere but here.
async fn token(On(state): On<State>, posted: Posted<Token>) -> Result<Markup, Failure> {
    let (reader, actor, form) = (posted.session.reader(), posted.session.actor(), posted.form);
    let made = state.run(move |office| office.make_api_token(&actor, &form.login, &form.label, &mut rng()?)).await;
    let made = made.map_err(posted.session.failure())?;
    Ok(bare(
        &reader,
        reader.t("Token"),
        html! {
            p { (reader.t("Copy it now: it is shown this once.")) }
            p class="sheet" { code { (made) } }
            p { a href="/officers" { (reader.t("Officers")) } }
        },
    ))
}

#[derive(Deserialize)]
struct Whose {
    login: String,
}

async fn revoke_tokens(On(state): On<State>, posted: Posted<Whose>) -> Result<Response, Failure> {
    let (actor, login) = (posted.session.actor(), posted.form.login);
    state.run(move |office| office.revoke_api_tokens(&actor, &login)).await.map_err(posted.session.failure())?;
    Ok(to("/officers"))
}
