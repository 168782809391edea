//! While there is no administrator, every page leads to set-up.

use super::Guard;
use crate::http::Rejection;
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};
use mlhub_domain::problem::Code;
use mlhub_hub::accounts::set_up_needed;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Whether set-up is over: then it stays so, and nobody needs to be asked again.
#[derive(Clone, Debug, Default)]
pub(super) struct Done(Arc<AtomicBool>);

/// What works without an administrator: the REST API, health, files, and set-up itself.
const OPEN: [&str; 4] = ["/api/", "/assets/", "/fn/accounts/", "/fn/theme"];

/// The same, at one address each; and files that browsers ask for by themselves.
const ALSO: [&str; 8] = [
    "/setup",
    "/logout",
    "/healthz",
    "/readyz",
    "/metrics",
    "/favicon.svg",
    "/manifest.webmanifest",
    "/robots.txt",
];

/// Layer: leads pages to set-up, and refuses forms of other pages.
pub(super) async fn lead(State(guard): State<Guard>, request: Request, next: Next) -> Response {
    let path = request.uri().path();
    let open = ALSO.contains(&path) || OPEN.iter().any(|prefix| path.starts_with(prefix));
    if open || guard.set_up.0.load(Ordering::Relaxed) {
        return next.run(request).await;
    }
    match set_up_needed(&guard.hub).await {
        Ok(false) => {
            guard.set_up.0.store(true, Ordering::Relaxed);
            next.run(request).await
        }
        Ok(true) if request.method().is_safe() && !path.starts_with("/fn/") => {
            Redirect::to("/setup").into_response()
        }
        Ok(true) => {
            let detail = "Open the set-up link that the server printed when it started.";
            Rejection::new(Code::SetupRequired, detail).into_response()
        }
        Err(error) => Rejection::from(error).into_response(),
    }
}
