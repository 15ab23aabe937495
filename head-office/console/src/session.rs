use crate::failure::Failure;
use crate::layout::Reader;
use crate::state::State;
use axum::body::Bytes;
use axum::extract::multipart::{Multipart, MultipartError};
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::header::{self, HeaderMap};
use axum::http::request::Parts;
use satchel_office::{Actor, OfficeError, SignedOn};
use serde::de::DeserializeOwned;

const COOKIE: &str = "satchel";

/// Whoever is signed on.
pub struct Session {
    pub signed_on: SignedOn,
}

impl Session {
    pub fn actor(&self) -> Actor {
        self.signed_on.actor()
    }

    pub fn reader(&self) -> Reader {
        Reader::of(&self.signed_on)
    }

    /// Whether a form came from one of our own pages.
    pub fn sent(&self, csrf: &str) -> bool {
        satchel_hazmat::same(csrf.as_bytes(), self.signed_on.csrf.as_bytes())
    }

    /// The office's no, told in the reader's language.
    pub fn failure(&self) -> impl FnOnce(OfficeError) -> Failure + use<> {
        let reader = self.reader();
        move |error| Failure::Office(reader, error)
    }
}

impl FromRequestParts<State> for Session {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, state: &State) -> Result<Self, Failure> {
        let token = token(&parts.headers).ok_or(Failure::SignOn)?;
        let found = state.run(move |office| office.session(&token)).await;
        match found {
            Ok(Some(signed_on)) => Ok(Self { signed_on }),
            Ok(None) => Err(Failure::SignOn),
            Err(error) => Err(Failure::Office(Reader::unknown(), error)),
        }
    }
}

/// A form that somebody who is signed on sent from one of our own pages.
pub struct Posted<F> {
    pub session: Session,
    pub form: F,
}

impl<F: DeserializeOwned> FromRequest<State> for Posted<F> {
    type Rejection = Failure;

    async fn from_request(request: Request, state: &State) -> Result<Self, Failure> {
        let (mut parts, body) = request.into_parts();
        let session = Session::from_request_parts(&mut parts, state).await?;
        let reader = session.reader();
        let bytes = Bytes::from_request(Request::from_parts(parts, body), state).await;
        let bytes = bytes.map_err(|error| Failure::Unreadable(session.reader(), error.body_text()))?;
        let csrf = axum::Form::<Csrf>::from_request(form_request(&bytes), state).await;
        if !session.sent(&csrf.map(|form| form.0.csrf).unwrap_or_default()) {
            return Err(Failure::Stale(reader));
        }
        let form = axum::Form::<F>::from_request(form_request(&bytes), state).await;
        let form = form.map_err(|error| Failure::Unreadable(reader, error.body_text()))?.0;
        Ok(Self { session, form })
    }
}

/// A form with a file that somebody who is signed on sent from one of our own pages.
pub struct Sent {
    /// What was typed with it.
    pub text: String,
    /// The file.
    pub file: Vec<u8>,
}

impl Sent {
    /// Reads it: `csrf`, a text and a file, in whatever order.
    pub async fn read(mut form: Multipart, session: &Session) -> Result<Self, Failure> {
        let mut sent = Self { text: String::new(), file: Vec::new() };
        let mut csrf = String::new();
        let unreadable = |error: MultipartError| Failure::Unreadable(session.reader(), error.body_text());
        while let Some(field) = form.next_field().await.map_err(unreadable)? {
            match field.name() {
                Some("csrf") => csrf = field.text().await.map_err(unreadable)?,
                Some("name" | "answer") => sent.text = field.text().await.map_err(unreadable)?,
                Some("table" | "picture") => sent.file = field.bytes().await.map_err(unreadable)?.to_vec(),
                _ => {}
            }
        }
        if session.sent(&csrf) { Ok(sent) } else { Err(Failure::Stale(session.reader())) }
    }
}

#[derive(serde::Deserialize)]
struct Csrf {
    csrf: String,
}

fn form_request(bytes: &Bytes) -> Request {
    Request::builder()
        .method("POST")
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body(axum::body::Body::from(bytes.clone()))
        .expect("these are parts of a request")
}

/// The session's token in a browser's cookie.
pub fn token(headers: &HeaderMap) -> Option<String> {
    let cookies = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut pairs = cookies.flat_map(|value| value.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(name, _)| *name == COOKIE).map(|(_, token)| token.to_owned())
}

/// Where a session's cookie may go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cookies {
    /// Over HTTPS alone: whoever reaches the console does so through a proxy with TLS.
    OverHttps,
    /// Also over plain HTTP, which never leaves this machine.
    Anywhere,
}

/// The cookie of a session, or of its end.
pub fn cookie(token: Option<&str>, cookies: Cookies) -> String {
    let secure = if cookies == Cookies::OverHttps { "; Secure" } else { "" };
    match token {
        Some(token) => format!("{COOKIE}={token}; Path=/; HttpOnly; SameSite=Strict{secure}"),
        None => format!("{COOKIE}=; Path=/; HttpOnly; SameSite=Strict; Max-Age=0{secure}"),
    }
}
