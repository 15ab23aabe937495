use crate::limit::Limit;
use crate::session::Cookies;
use crate::{api, pages};
use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::{HeaderName, HeaderValue, header};
use axum::response::IntoResponse;
use axum::routing::get;
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;
use satchel_office::{Office, OfficeError};
use std::sync::Arc;
use std::time::Duration;
use tower_http::set_header::SetResponseHeaderLayer;
use tower_http::timeout::TimeoutLayer;

/// Bytes of a form at most; tables have a limit of their own.
const FORM_MOST: usize = 256 * 1024;
/// How long an answer may take.
const PATIENCE: Duration = Duration::from_secs(30);

/// What every page works with.
#[derive(Clone)]
pub struct State {
    pub office: Office,
    pub cookies: Cookies,
    pub limit: Arc<Limit>,
}

/// The console and the API as a service.
pub fn console(office: Office, cookies: Cookies) -> Router {
    let state = State { office, cookies, limit: Arc::new(Limit::new()) };
    Router::new()
        .merge(pages::routes())
        .nest("/api", api::routes())
        .route("/style.css", get(|| asset("text/css; charset=utf-8", include_str!("../assets/style.css"))))
        .route("/htmx.js", get(|| asset("text/javascript; charset=utf-8", include_str!("../assets/htmx.min.js"))))
        .fallback(crate::failure::nothing_there)
        .layer(DefaultBodyLimit::max(FORM_MOST))
        .layer(TimeoutLayer::with_status_code(axum::http::StatusCode::SERVICE_UNAVAILABLE, PATIENCE))
        .layer(header(
            "content-security-policy",
            "default-src 'self'; img-src 'self' data:; frame-ancestors 'none'; form-action 'self'; base-uri 'none'",
        ))
        .layer(header("x-content-type-options", "nosniff"))
        .layer(header("referrer-policy", "no-referrer"))
        .layer(header("x-frame-options", "DENY"))
        .layer(SetResponseHeaderLayer::if_not_present(header::CACHE_CONTROL, HeaderValue::from_static("no-store")))
        .with_state(state)
}

fn header(name: &'static str, value: &'static str) -> SetResponseHeaderLayer<HeaderValue> {
    SetResponseHeaderLayer::overriding(HeaderName::from_static(name), HeaderValue::from_static(value))
}

async fn asset(kind: &'static str, text: &'static str) -> impl IntoResponse {
    ([(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, "public, max-age=3600")], text)
}

impl State {
    /// Runs what waits for the database on a thread that may wait.
    pub async fn run<T, F>(&self, work: F) -> Result<T, OfficeError>
    where
        T: Send + 'static,
        F: FnOnce(&Office) -> Result<T, OfficeError> + Send + 'static,
    {
        let office = self.office.clone();
        tokio::task::spawn_blocking(move || work(&office))
            .await
            .unwrap_or_else(|error| Err(OfficeError::State(format!("this broke off ({error}): nothing was changed"))))
    }
}

/// From the system's randomness.
pub fn rng() -> Result<ChaCha20Rng, OfficeError> {
    let mut seed = [0; 32];
    getrandom::fill(&mut seed)
        .map_err(|error| OfficeError::State(format!("the system gives no randomness: {error}")))?;
    Ok(ChaCha20Rng::from_seed(seed))
}
