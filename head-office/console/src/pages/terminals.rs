use crate::failure::Failure;
use crate::layout::{Reader, at, badge, choice, csrf, field, page, table};
use crate::pages::to;
use crate::session::{Posted, Session};
use crate::state::State;
use axum::Router;
use axum::extract::{Path, State as On};
use axum::response::Response;
use axum::routing::{get, post};
use maud::{Markup, html};
use satchel_office::{OfficeError, Permission, Place, Profile, Terminal, TerminalState};
use satchel_programs::Limits;
use satchel_values::{Currency, Money, Points};
use serde::Deserialize;

pub fn routes() -> Router<State> {
    Router::new()
        .route("/terminals", get(list).post(add))
        .route("/terminals/profiles", post(add_profile))
        .route("/terminals/{id}/lost", post(lost))
        .merge(super::enrolment::routes())
}

async fn list(On(state): On<State>, session: Session) -> Result<Markup, Failure> {
    let (reader, actor) = (session.reader(), session.actor());
    let (terminals, places, profiles, currency) = state
        .run(move |office| {
            Ok((
                office.terminals(&actor)?,
                office.places(&actor)?,
                office.profiles(&actor)?,
                office.charter()?.currency,
            ))
        })
        .await
        .map_err(session.failure())?;
    let rows: Vec<Markup> =
        terminals.iter().map(|terminal| row(&reader, terminal, &places, &profiles, currency)).collect();
    let profile_rows: Vec<Markup> = profiles
        .iter()
        .map(|profile| html! {
            td { bdi { (profile.name) } }
            td { @for (place, role) in profile.role_names().iter().enumerate() { @if place > 0 { ", " } (reader.t(role)) } }
            td class="number" { bdi { (currency.format(profile.limits.per_sale_max)) } }
            td class="number" { bdi { (currency.format(profile.limits.offline_total_max)) } }
        })
        .collect();
    Ok(page(
        &reader,
        "/terminals",
        reader.t("Terminals"),
        html! {
            div class="side" {
                section {
                    (table(&reader, crate::headings!(reader, "Number", "Place", "Profile", "State", "Enrolled", "At stake", ""), &rows))
                    h2 { (reader.t("Profiles")) }
                    (table(&reader, crate::headings!(reader, "Name", "Keys", "One sale at most", "Offline at most"), &profile_rows))
                }
                @if reader.may(Permission::RunPlaces) { aside {
                    form method="post" class="sheet" {
                        (csrf(&reader))
                        (choice(reader.t("Place"), "place", &places.iter().map(|place| (place.id.to_string(), place.name.clone())).collect::<Vec<_>>(), ""))
                        (choice(reader.t("Profile"), "profile", &profiles.iter().map(|profile| (profile.id.to_string(), profile.name.clone())).collect::<Vec<_>>(), ""))
                        button { (reader.t("Plan a terminal")) }
                    }
                    form method="post" action="/terminals/profiles" class="sheet" {
                        (csrf(&reader)) (field(reader.t("Name"), "name", ""))
                        @for role in ["inquiry", "sale", "load", "reversal"] {
                            label class="tick" { input type="checkbox" name=(role) value="yes" checked[role != "load" && role != "reversal"]; span { (reader.t(role)) } }
                        }
                        (field(reader.t("One sale at most, in minor units"), "per_sale", "20000"))
                        (field(reader.t("Offline at most, in minor units"), "offline", "200000"))
                        (field(reader.t("Top-ups altogether, in minor units"), "allowance", "500000"))
                        button class="quiet" { (reader.t("Add a profile")) }
                    }
                } }
            }
        },
    ))
}

fn row(reader: &Reader, terminal: &Terminal, places: &[Place], profiles: &[Profile], currency: Currency) -> Markup {
    let place = places.iter().find(|place| place.id == terminal.place).map_or("", |place| &place.name);
    let profile = profiles.iter().find(|profile| profile.id == terminal.profile).map_or("", |profile| &profile.name);
    let in_use = matches!(terminal.state, TerminalState::Planned | TerminalState::Enrolled);
    html! {
        td { (terminal.id) }
        td { bdi { (place) } }
        td { bdi { (profile) } }
        td { (badge(reader, terminal.state.name())) }
        td { @if let Some(enrolled) = terminal.enrolled_at { (at(enrolled)) } @else { "–" } }
        td class="number" { bdi { (currency.format(terminal.at_stake)) } }
        td { @if in_use && reader.may(Permission::RunPlaces) {
            p { a href={ "/terminals/" (terminal.id) "/enrolment" } { (reader.t("Enrol")) } }
            form method="post" action={ "/terminals/" (terminal.id) "/lost" } {
                (csrf(reader)) input type="hidden" name="revision" value=(terminal.revision);
                button class="danger" { (reader.t("Lost")) }
            }
        } }
    }
}

#[derive(Deserialize)]
struct Planned {
    place: i64,
    profile: i64,
}

async fn add(On(state): On<State>, posted: Posted<Planned>) -> Result<Response, Failure> {
    let (actor, Planned { place, profile }) = (posted.session.actor(), posted.form);
    state.run(move |office| office.add_terminal(&actor, place, profile)).await.map_err(posted.session.failure())?;
    Ok(to("/terminals"))
}

#[derive(Deserialize)]
struct TypedProfile {
    name: String,
    #[serde(default)]
    inquiry: String,
    #[serde(default)]
    sale: String,
    #[serde(default)]
    load: String,
    #[serde(default)]
    reversal: String,
    per_sale: String,
    offline: String,
    allowance: String,
}

async fn add_profile(On(state): On<State>, posted: Posted<TypedProfile>) -> Result<Response, Failure> {
    let (actor, typed) = (posted.session.actor(), posted.form);
    let added = state.run(move |office| {
        let ticked =
            [("inquiry", &typed.inquiry), ("sale", &typed.sale), ("load", &typed.load), ("reversal", &typed.reversal)];
        let roles: Vec<&str> = ticked.iter().filter(|(_, tick)| *tick == "yes").map(|(role, _)| *role).collect();
        let minor = |field: &'static str, text: &str| match text.trim().parse::<i64>() {
            Ok(amount) if (1..=1_000_000_000).contains(&amount) => Ok(Money::new(amount)),
            _ => Err(OfficeError::Invalid { field, why: format!("'{text}' is no amount from 1 to 1000000000") }),
        };
        let (per_sale, allowance) = (minor("one sale", &typed.per_sale)?, minor("top-ups", &typed.allowance)?);
        let limits = Limits {
            purse_max: office.charter()?.purse_max,
            per_sale_max: per_sale,
            per_card_day_max: per_sale,
            offline_total_max: minor("offline", &typed.offline)?,
            top_up_min: Money::new(1),
            top_up_max: office.charter()?.purse_max,
            top_up_allowance: allowance,
            points_max: Points::new(10_000_000),
        };
        office.add_profile(&actor, &typed.name, &roles, &limits)
    });
    added.await.map_err(posted.session.failure())?;
    Ok(to("/terminals"))
}

#[derive(Deserialize)]
struct Revision {
    revision: i64,
}

async fn lost(On(state): On<State>, Path(id): Path<u32>, posted: Posted<Revision>) -> Result<Response, Failure> {
    let (actor, revision) = (posted.session.actor(), posted.form.revision);
    state.run(move |office| office.terminal_lost(&actor, id, revision)).await.map_err(posted.session.failure())?;
    Ok(to("/terminals"))
}
