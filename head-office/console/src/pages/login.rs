use crate::failure::{Failure, status};
use crate::layout::{Reader, bare};
use crate::pages::to;
use crate::session::{Session, cookie, token};
use crate::state::{State, rng};
use axum::Router;
use axum::extract::{ConnectInfo, Form, State as On};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use maud::{Markup, html};
use satchel_office::OfficeError;
use serde::Deserialize;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};

pub fn routes() -> Router<State> {
    Router::new().route("/login", get(form).post(sign_on)).route("/logout", post(sign_off))
}

fn reader(headers: &HeaderMap) -> Reader {
    Reader::preferring(headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok()))
}

async fn form(headers: HeaderMap) -> Markup {
    shown(&reader(&headers), None)
}

fn shown(reader: &Reader, wrong: Option<&str>) -> Markup {
    bare(
        reader,
        reader.t("Sign on"),
        html! {
            @if let Some(wrong) = wrong { p role="alert" class="notice bad" { (wrong) } }
            form method="post" action="/login" class="sheet" {
                label { span { (reader.t("Login")) } input name="login" autocomplete="username" autofocus required; }
                label { span { (reader.t("Password")) } input name="password" type="password" autocomplete="current-password" required; }
                label {
                    span { (reader.t("Code, if you have one")) }
                    input name="code" inputmode="numeric" autocomplete="one-time-code";
                }
                button { (reader.t("Sign on")) }
            }
        },
    )
}

#[derive(Deserialize)]
struct Credentials {
    login: String,
    password: String,
    #[serde(default)]
    code: String,
}

async fn sign_on(
    On(state): On<State>,
    from: Option<axum::Extension<ConnectInfo<SocketAddr>>>,
    headers: HeaderMap,
    Form(given): Form<Credentials>,
) -> Response {
    let reader = reader(&headers);
    let from = from.map_or(IpAddr::V4(Ipv4Addr::LOCALHOST), |from| from.0.0.ip());
    if !state.limit.lets(from) {
        return (StatusCode::TOO_MANY_REQUESTS, shown(&reader, Some(reader.t("Too many tries. Wait a minute."))))
            .into_response();
    }
    let signed_on = state.run(move |office| {
        let code = Some(given.code.as_str()).filter(|code| !code.is_empty());
        office.sign_on(&given.login, &given.password, code, &mut rng()?)
    });
    match signed_on.await {
        Ok((token, _)) => ([(header::SET_COOKIE, cookie(Some(&token), state.cookies))], to("/")).into_response(),
        Err(error) => {
            let why = match &error {
                OfficeError::WrongLogin => reader.t("The login, the password or the code is wrong.").to_owned(),
                other => other.to_string(),
            };
            (status(&error), shown(&reader, Some(&why))).into_response()
        }
    }
}

async fn sign_off(On(state): On<State>, session: Session, headers: HeaderMap) -> Result<Response, Failure> {
    let ended = token(&headers).unwrap_or_default();
    state.run(move |office| office.sign_off(&ended)).await.map_err(session.failure())?;
    Ok(([(header::SET_COOKIE, cookie(None, state.cookies))], to("/login")).into_response())
}
