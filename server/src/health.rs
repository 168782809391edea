//! Whether the process lives, and whether it can serve.

use crate::http::State;
use axum::extract;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use mlhub_hub::Hub;
use serde::Serialize;

/// `GET /healthz`: the process lives.
pub async fn live() -> &'static str {
    "ok\n"
}

#[derive(Serialize)]
struct Readiness {
    ready: bool,
    reasons: Vec<&'static str>,
}

/// `GET /readyz`: migrated, with database and object store writable; else 503 with the reasons.
pub async fn ready(extract::State(hub): extract::State<Hub>) -> Response {
    let reasons = hub.not_ready().await;
    let status = if reasons.is_empty() { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    (status, axum::Json(Readiness { ready: reasons.is_empty(), reasons })).into_response()
}

/// `GET /metrics`: for Prometheus.
pub async fn metrics(extract::State(state): extract::State<State>) -> Response {
    match state.hub.gauges().await {
        Ok(gauges) => {
            let mut text = String::new();
            for (name, help, value) in gauges {
                text += &format!("# HELP {name} {help}\n# TYPE {name} gauge\n{name} {value}\n");
            }
            ([(header::CONTENT_TYPE, "text/plain; version=0.0.4")], text).into_response()
        }
        Err(error) => crate::http::Rejection::from(error).into_response(),
    }
}
