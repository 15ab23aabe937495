//! The pages, one file a resource.

mod account;
mod audit;
mod batches;
mod cards;
mod drafts;
mod enrolment;
mod home;
mod keys;
mod login;
mod members;
mod officers;
mod people;
mod places;
mod terminals;

use crate::state::State;
use axum::Router;
use axum::response::{IntoResponse, Redirect, Response};

pub fn routes() -> Router<State> {
    Router::new()
        .merge(account::routes())
        .merge(audit::routes())
        .merge(batches::routes())
        .merge(cards::routes())
        .merge(drafts::routes())
        .merge(home::routes())
        .merge(keys::routes())
        .merge(login::routes())
        .merge(members::routes())
        .merge(officers::routes())
        .merge(people::routes())
        .merge(places::routes())
        .merge(terminals::routes())
}

/// After a change, to where it can be seen.
fn to(address: &str) -> Response {
    Redirect::to(address).into_response()
}

/// What a page of a list names itself and its columns, in the reader's language.
#[macro_export]
macro_rules! headings {
    ($reader:expr, $($text:literal),* $(,)?) => { &[$($reader.t($text)),*] };
}
