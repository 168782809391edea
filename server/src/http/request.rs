//! What is known of a request wherever it is worked on.

use axum::extract::Request;
use axum::http::{HeaderValue, Method, header};
use axum::middleware::Next;
use axum::response::Response;
use std::time::Instant;
use tracing::Instrument;

struct Known {
    id: String,
    page: Option<Asked>,
}

/// What a person asked for.
#[derive(Clone)]
pub struct Asked {
    /// The address of the page.
    pub page: String,
    /// Whether a form was posted to it; otherwise it was asked for itself.
    pub posted: bool,
}

tokio::task_local! {
    static KNOWN: Known;
}

/// The id of the request at work; empty outside of one.
pub fn id() -> String {
    KNOWN.try_with(|known| known.id.clone()).unwrap_or_default()
}

/// The page that the request at work asks for, or posts a form to, where a person reads the answer.
pub fn page() -> Option<Asked> {
    KNOWN.try_with(|known| known.page.clone()).unwrap_or_default()
}

/// Layer: gives the request an id, says it in `X-Request-Id`, and logs one line when it is done.
pub async fn identify(request: Request, next: Next) -> Response {
    let id = format!("{:016x}", rand::random::<u64>());
    let span = tracing::info_span!("request", id);
    let (method, path) = (request.method().clone(), request.uri().path().to_owned());
    let started = Instant::now();
    let known = Known { id: id.clone(), page: asked(&request) };
    let work = KNOWN.scope(known, next.run(request)).instrument(span);
    let mut response = work.await;
    if let Ok(value) = HeaderValue::from_str(&id) {
        response.headers_mut().insert("x-request-id", value);
    }
    let status = response.status().as_u16();
    let duration_ms = started.elapsed().as_millis();
    tracing::debug!(id, %method, path, status, duration_ms, "{method} {path} → {status} in {duration_ms} ms");
    response
}

/// What a browser shows is HTML, and it says so; a script that looks at a page seldom does.
fn asked(request: &Request) -> Option<Asked> {
    let mut takes = request.headers().get_all(header::ACCEPT).iter();
    let html = takes.any(|value| value.to_str().is_ok_and(|kinds| kinds.contains("text/html")));
    let uri = request.uri();
    let page = html && super::is_page(request.method(), uri.path());
    page.then(|| Asked {
        page: uri.path_and_query().map_or("/", |address| address.as_str()).to_owned(),
        posted: request.method() == Method::POST,
    })
}
