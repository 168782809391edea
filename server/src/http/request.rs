//! What is known of a request wherever it is worked on.

use axum::extract::Request;
use axum::http::HeaderValue;
use axum::middleware::Next;
use axum::response::Response;
use std::time::Instant;
use tracing::Instrument;

tokio::task_local! {
    static ID: String;
}

/// The id of the request at work; empty outside of one.
pub fn id() -> String {
    ID.try_with(Clone::clone).unwrap_or_default()
}

/// Layer: gives the request an id, says it in `X-Request-Id`, and logs one line when it is done.
pub async fn identify(request: Request, next: Next) -> Response {
    let id = format!("{:016x}", rand::random::<u64>());
    let span = tracing::info_span!("request", id);
    let (method, path) = (request.method().clone(), request.uri().path().to_owned());
    let started = Instant::now();
    let work = ID.scope(id.clone(), next.run(request)).instrument(span);
    let mut response = work.await;
    if let Ok(value) = HeaderValue::from_str(&id) {
        response.headers_mut().insert("x-request-id", value);
    }
    let status = response.status().as_u16();
    let duration_ms = started.elapsed().as_millis();
    tracing::debug!(id, %method, path, status, duration_ms, "{method} {path} → {status} in {duration_ms} ms");
    response
}
