use crate::layout::{Reader, bare};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use maud::html;
use satchel_office::OfficeError;
use satchel_store::StoreError;

/// Why a page is not shown.
pub enum Failure {
    /// Nobody is signed on: to where one signs on.
    SignOn,
    /// A form came from somewhere else, or a session has ended in between.
    Stale(Reader),
    /// The office says no.
    Office(Reader, OfficeError),
    /// What was sent cannot be read.
    Unreadable(Reader, String),
}

/// What an error of the office's is in HTTP.
pub fn status(error: &OfficeError) -> StatusCode {
    match error {
        OfficeError::NotAllowed { .. } | OfficeError::FourEyes | OfficeError::OwnCardMissing => StatusCode::FORBIDDEN,
        OfficeError::NotFound { .. } => StatusCode::NOT_FOUND,
        OfficeError::Invalid { .. } => StatusCode::UNPROCESSABLE_ENTITY,
        OfficeError::State(_) | OfficeError::Store(StoreError::Changed | StoreError::Duplicate(_)) => {
            StatusCode::CONFLICT
        }
        OfficeError::Sent(_) => StatusCode::UNPROCESSABLE_ENTITY,
        OfficeError::WrongLogin => StatusCode::UNAUTHORIZED,
        OfficeError::Wait { .. } => StatusCode::TOO_MANY_REQUESTS,
        OfficeError::Store(StoreError::Unreachable(_) | StoreError::Busy) => StatusCode::SERVICE_UNAVAILABLE,
        OfficeError::Store(_) | OfficeError::Keys(_) | OfficeError::Card(_) => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        match self {
            Self::SignOn => Redirect::to("/login").into_response(),
            Self::Stale(reader) => {
                let why = reader.t("This form is too old. Go back, load the page again, then repeat your change.");
                told(&reader, StatusCode::FORBIDDEN, why)
            }
            Self::Unreadable(reader, why) => told(&reader, StatusCode::BAD_REQUEST, &why),
            Self::Office(reader, error) => {
                log::info!("{error}");
                told(&reader, status(&error), &error.to_string())
            }
        }
    }
}

fn told(reader: &Reader, status: StatusCode, why: &str) -> Response {
    let page = bare(
        reader,
        reader.t("Not done"),
        html! {
            p role="alert" class="notice bad" { (why) }
            p { a href="/" { (reader.t("To the first page")) } }
        },
    );
    (status, page).into_response()
}

pub async fn nothing_there() -> Response {
    let reader = Reader::unknown();
    told(&reader, StatusCode::NOT_FOUND, reader.t("There is no such page."))
}
