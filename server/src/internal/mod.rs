//! The job API, `/internal/jobs/{id}`: what job processes of this machine ask and say. It is
//! served on a loopback address of its own, whatever the rest listens on, and with its own tokens.

mod handlers;
mod listener;

pub use listener::{Background, start};

use crate::http::Routes;
use axum::extract::DefaultBodyLimit;
use axum::handler::Handler;

/// The largest JSON body: the evaluation of a model with many classes, the profile of a table
/// with many columns.
const JSON_LIMIT: usize = 256 << 20;

/// The routes of the job API.
pub fn routes() -> Routes {
    let json = || DefaultBodyLimit::max(JSON_LIMIT);
    Routes::default()
        .get("/internal/jobs/{id}/spec", handlers::spec)
        .get("/internal/jobs/{id}/inputs/{sha256}", handlers::input)
        .post("/internal/jobs/{id}/heartbeat", handlers::heartbeat)
        .post("/internal/jobs/{id}/events", handlers::events.layer(json()))
        .put("/internal/jobs/{id}/outputs/{name}", handlers::output)
        .post("/internal/jobs/{id}/finish", handlers::finish.layer(json()))
        .post("/internal/jobs/{id}/fail", handlers::fail.layer(json()))
}
