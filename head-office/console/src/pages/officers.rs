use crate::failure::Failure;
use crate::layout::{Reader, badge, bare, choice, csrf, field, page, table};
use crate::pages::to;
use crate::session::{Posted, Session};
use crate::state::{State, rng};
use axum::Router;
use axum::extract::{Path, State as On};
use axum::response::Response;
use axum::routing::{get, post};
use maud::{Markup, html};
use satchel_office::{Duty, IssuingPolicy, NewOfficer, OfficeError, Permission};
use serde::Deserialize;

const LANGUAGES: [(&str, &str); 5] =
    [("en", "English"), ("zh", "简体中文"), ("de", "Deutsch"), ("es", "Español"), ("ar", "العربية")];

pub fn routes() -> Router<State> {
    Router::new()
        .route("/officers", get(list).post(appoint))
        .route("/officers/policy", post(set_policy))
        .route("/officers/{login}/active", post(set_active))
        .route("/officers/{login}/person", post(set_person))
        .route("/officers/{login}/token", post(token))
        .route("/officers/{login}/revoke-tokens", post(revoke_tokens))
}

async fn list(On(state): On<State>, session: Session) -> Result<Markup, Failure> {
    let (reader, actor) = (session.reader(), session.actor());
    let (officers, policy) = state
        .run(move |office| {
            office.allow(&actor, Permission::Appoint, "officers")?;
            Ok((office.officers()?, office.issuing_policy()?))
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
            td { form method="post" action={ "/officers/" (officer.login) "/person" } class="inline" {
                (csrf(&reader)) input type="hidden" name="revision" value=(officer.revision);
                input name="person" inputmode="numeric" size="4" value=[officer.person] aria-label={ (reader.t("Person at terminals")) ", " (officer.login) };
                button class="quiet" { (reader.t("Save")) }
            } }
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
                section { (table(&reader, crate::headings!(reader, "Login", "Name", "Duty", "Code", "State", "Person at terminals", ""), &rows)) }
                aside {
                    form method="post" class="sheet" {
                        (csrf(&reader)) (field(reader.t("Login"), "login", "")) (field(reader.t("Name"), "name", ""))
                        (choice(reader.t("Duty"), "duty", &duties, "auditor")) (choice(reader.t("Language"), "language", &languages, "en"))
                        label { span { (reader.t("First password")) } input name="password" type="password" autocomplete="new-password" minlength="12" required; }
                        button { (reader.t("Appoint")) }
                    }
                    form method="post" action="/officers/policy" class="sheet" {
                        (csrf(&reader)) (choice(reader.t("Whoever issues cards shows"), "policy", &policies(&reader), policy.name()))
                        button class="quiet" { (reader.t("Save")) }
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

fn policies(reader: &Reader) -> [(String, String); 2] {
    let both = [
        (IssuingPolicy::Login, reader.t("their login")),
        (IssuingPolicy::OwnCard, reader.t("their login and their own card")),
    ];
    both.map(|(policy, words)| (policy.name().to_owned(), words.to_owned()))
}

#[derive(Deserialize)]
struct Policy {
    policy: String,
}

async fn set_policy(On(state): On<State>, posted: Posted<Policy>) -> Result<Response, Failure> {
    let (actor, wanted) = (posted.session.actor(), posted.form.policy);
    let set = state.run(move |office| {
        let policy = IssuingPolicy::parse(&wanted);
        let policy = policy.ok_or_else(|| OfficeError::NotFound { what: "policy", which: wanted.clone() })?;
        office.set_issuing_policy(&actor, policy)
    });
    set.await.map_err(posted.session.failure())?;
    Ok(to("/officers"))
}

#[derive(Deserialize)]
struct Who {
    person: String,
    revision: i64,
}

async fn set_person(On(state): On<State>, Path(login): Path<String>, posted: Posted<Who>) -> Result<Response, Failure> {
    let (actor, form) = (posted.session.actor(), posted.form);
    let set = state.run(move |office| {
        let person = match form.person.trim() {
            "" => None,
            typed => {
                Some(typed.parse().map_err(|_| OfficeError::NotFound { what: "person", which: typed.to_owned() })?)
            }
        };
        office.set_own_person(&actor, &login, person, form.revision)
    });
    set.await.map_err(posted.session.failure())?;
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
