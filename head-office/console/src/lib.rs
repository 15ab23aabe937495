//! Head office in a browser, and for programs: pages rendered here, which work without JavaScript, and an API described by
//! OpenAPI. This crate decides nothing: what may be done, `satchel-office` knows. It holds no key.

#![deny(missing_docs)]

mod api;
mod failure;
mod layout;
mod limit;
mod pages;
mod picture;
mod session;
mod state;
mod texts;

pub use session::Cookies;
pub use state::console;

use satchel_office::Office;
use std::io;
use std::net::SocketAddr;

/// Serves the console until the process ends.
///
/// # Errors
/// The address cannot be listened at.
pub fn serve(office: Office, listen: SocketAddr, cookies: Cookies) -> io::Result<()> {
    tokio::runtime::Builder::new_multi_thread().enable_all().build()?.block_on(async {
        let listener = tokio::net::TcpListener::bind(listen).await?;
        let service = console(office, cookies).into_make_service_with_connect_info::<SocketAddr>();
        axum::serve(listener, service).await
    })
}
