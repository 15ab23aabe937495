//! The pages, one file a resource.

mod account;
mod audit;
mod batches;
mod cards;
mod collection;
mod corrections;
mod drafts;
mod enrolment;
mod home;
mod keys;
mod login;
mod members;
mod officers;
mod people;
mod places;
mod settlement;
mod terminals;

use crate::state::State;
use axum::Router;
use axum::response::{IntoResponse, Redirect, Response};
use satchel_office::OfficeError;
use satchel_values::StoreId;

pub fn routes() -> Router<State> {
    Router::new()
        .merge(account::routes())
        .merge(audit::routes())
        .merge(batches::routes())
        .merge(cards::routes())
        .merge(collection::routes())
        .merge(corrections::routes())
        .merge(drafts::routes())
        .merge(home::routes())
        .merge(keys::routes())
        .merge(login::routes())
        .merge(members::routes())
        .merge(officers::routes())
        .merge(people::routes())
        .merge(places::routes())
        .merge(settlement::routes())
        .merge(terminals::routes())
}

/// After a change, to where it can be seen.
fn to(address: &str) -> Response {
    Redirect::to(address).into_response()
}

/// Numbers of stores, as somebody typed them.
fn stores(typed: &str) -> Result<Vec<StoreId>, OfficeError> {
    let store = |number: &str| {
        let wrong = |_| OfficeError::Invalid { field: "stores", why: format!("'{number}' is no number of a store") };
        number.parse().map(StoreId::new).map_err(wrong)
    };
    typed.split([',', ' ']).filter(|part| !part.is_empty()).map(store).collect()
}

/// What a page of a list names itself and its columns, in the reader's language.
#[macro_export]
macro_rules! headings {
    ($reader:expr, $($text:literal),* $(,)?) => { &[$($reader.t($text)),*] };
}
