//! The one door to the server side. Server functions `use crate::ssr` inside their bodies, which
//! never reach wasm; nothing else in this crate is gated.
//!
//! For the server crate:
//!
//! ```ignore
//! // a page, or a form posted to it without script
//! Router::new()
//!     .route("/fn/{*function}", post(|req| ssr::function(context(&req), req)))
//!     .fallback(|req| ssr::page(context(&req), req))
//! ```
//!
//! where `context` gives a closure that provides [`Hub`], [`Actor`],
//! [`Visit`](mlhub_hub::accounts::Visit), [`CookieWriter`], [`OnceCookie`],
//! [`ApiDescription`] and [`Boot`](crate::boot::Boot) for this request.

mod document;
mod given;
mod lists;
mod markdown;
mod native;
mod once;
mod request;
mod session;

pub use document::shell;
pub use given::{confirmed, password_again, visibility};
pub use lists::{OwnOrder, known_order};
pub use markdown::markdown;
pub use mlhub_hub::{Actor, Hub};
pub use native::{LARGEST_FORM, OLD_FORM, Untold, function, page, refused};
pub use once::{OnceCookie, see_deleted, show_once, shown_once};
pub use request::{Origin, caller, origin, see_other, set_cookie, set_status};
pub use session::{CookieWriter, keep_session, see_onward, visit};

use crate::Failure;
use mlhub_domain::problem::Kind;
use std::sync::Arc;

/// What the server says of its REST API: its OpenAPI document.
#[derive(Clone)]
pub struct ApiDescription(pub Arc<serde_json::Value>);

impl From<mlhub_hub::Error> for Failure {
    /// The problem goes to the visitor, the cause to the log.
    fn from(error: mlhub_hub::Error) -> Self {
        if error.kind() == Kind::Internal {
            let cause = std::error::Error::source(&error).map(ToString::to_string);
            tracing::error!(cause, "a page or a form failed");
        }
        Self(error.into_problem())
    }
}
