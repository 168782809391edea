//! What is known of a request wherever it is worked on.

use axum::extract::Request;
use axum::http::HeaderValue;
use axum::middleware::Next;
use axum::response::Response;
use std::time::Instant;
use tracing::Instrument;

struct Known {
    id: String,
    page: bool,
}

tokio::task_local! {
    static KNOWN: Known;
}

/// The id of the request at work; empty outside of one.
pub fn id() -> String {
    KNOWN.try_with(|known| known.id.clone()).unwrap_or_default()
}

/// Whether a person reads the answer to the request at work.
pub fn is_page() -> bool {
    KNOWN.try_with(|known| known.page).unwrap_or_default()
}

/// Layer: gives the request an id, says it in `X-Request-Id`, and logs one line when it is done.
pub async fn identify(request: Request, next: Next) -> Response {
    let id = format!("{:016x}", rand::random::<u64>());
    let span = tracing::info_span!("request", id);
    let (method, path) = (request.method().clone(), request.uri().path().to_owned());
    let started = Instant::now();
    let known = Known { id: id.clone(), page: super::is_page(&method, &path) };
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
