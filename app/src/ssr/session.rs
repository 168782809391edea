//! Sessions of browsers. How their cookies are named and flagged depends on how the server is
//! reached, so the server provides the writer and pages only say whose session it is.

use super::{see_other, set_cookie};
use crate::Failure;
use leptos::prelude::use_context;
use mlhub_domain::problem::Code;
use mlhub_hub::accounts::{Cookies, Visit};
use std::sync::Arc;

/// Makes the `Set-Cookie` lines of a session.
type WriteCookies = dyn Fn(&Cookies) -> Vec<String> + Send + Sync;

/// Writes the `Set-Cookie` lines of a session.
#[derive(Clone)]
pub struct CookieWriter(pub Arc<WriteCookies>);

/// Where the request comes from.
///
/// # Errors
/// `internal` when the server forgot to provide it.
pub fn visit() -> Result<Visit, Failure> {
    use_context::<Visit>()
        .ok_or_else(|| Failure::new(Code::Internal, "The request came without its origin."))
}

/// Gives the browser the cookies of a session.
pub fn keep_session(cookies: &Cookies) {
    let lines = use_context::<CookieWriter>().map(|writer| (writer.0)(cookies));
    for line in lines.unwrap_or_default() {
        set_cookie(&line);
    }
}

/// Leads somebody who has just come in to where they wanted to go, else to the dashboard.
///
/// # Errors
/// As [`see_other`].
pub fn see_onward(next: &str) -> Result<(), Failure> {
    see_other(if next.is_empty() { "/dashboard" } else { next })
}
