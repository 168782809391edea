//! REST: one file for each resource. A handler reads what came in, makes one call to `hub`, and
//! answers; it knows no rule.

mod accounts;
mod algorithms;
mod datasets;
mod jobs;
mod members;
mod models;
mod openapi;
mod projects;
mod rows;
mod runs;
mod tokens;
mod versions;

use crate::http::Routes;
use crate::{health, live};
use axum::extract::DefaultBodyLimit;
use axum::handler::Handler;

pub use openapi::json as openapi_json;
pub(crate) use openapi::takes_no_query;
pub use rows::read as rows_query;

const PROJECTS: &str = "/api/v1/projects";
const PROJECT: &str = "/api/v1/projects/{owner}/{project}";

/// The largest body of rows to predict for.
const ROWS: usize = 32 << 20;

/// Every route that is not a page or a server function.
pub fn routes() -> Routes {
    Routes::default()
        .get("/healthz", health::live)
        .get("/readyz", health::ready)
        .get("/metrics", health::metrics)
        .get("/api/openapi.json", openapi::get)
        .get("/api/v1/algorithms", algorithms::list)
        .post("/api/v1/signup", accounts::sign_up)
        .post("/api/v1/setup", accounts::set_up)
        .post("/api/v1/login", accounts::log_in)
        .post("/api/v1/logout", accounts::log_out)
        .get("/api/v1/me", accounts::me)
        .patch("/api/v1/me", accounts::change_me)
        .post("/api/v1/me/password", accounts::change_password)
        .get("/api/v1/sessions", accounts::sessions)
        .delete("/api/v1/sessions/{session}", accounts::end_session)
        .get("/api/v1/tokens", tokens::list)
        .post("/api/v1/tokens", tokens::create)
        .delete("/api/v1/tokens/{token}", tokens::revoke)
        .get(PROJECTS, projects::list)
        .post(PROJECTS, projects::create)
        .get(PROJECT, projects::get)
        .patch(PROJECT, projects::change)
        .delete(PROJECT, projects::delete)
        .get(&format!("{PROJECT}/members"), members::list)
        .post(&format!("{PROJECT}/members"), members::add)
        .patch(&format!("{PROJECT}/members/{{user}}"), members::change)
        .delete(&format!("{PROJECT}/members/{{user}}"), members::remove)
        .get("/api/v1/jobs/{id}", jobs::get)
        .get(&format!("{PROJECT}/datasets"), datasets::list)
        .post(&format!("{PROJECT}/datasets"), datasets::create)
        .get(&format!("{PROJECT}/datasets/{{name}}"), datasets::get)
        .patch(&format!("{PROJECT}/datasets/{{name}}"), datasets::update)
        .delete(&format!("{PROJECT}/datasets/{{name}}"), datasets::delete)
        .post(&format!("{PROJECT}/datasets/{{name}}/current"), datasets::make_current)
        .get(&format!("{PROJECT}/datasets/{{name}}/versions"), versions::list)
        .post(&format!("{PROJECT}/datasets/{{name}}/versions"), versions::upload)
        .get(&format!("{PROJECT}/datasets/{{name}}/versions/{{version}}"), versions::get)
        .post(&format!("{PROJECT}/datasets/{{name}}/versions/{{version}}/cancel"), versions::cancel)
        .get(
            &format!("{PROJECT}/datasets/{{name}}/versions/{{version}}/download"),
            versions::download,
        )
        .get(
            &format!("{PROJECT}/datasets/{{name}}/versions/{{version}}/profile"),
            versions::profile,
        )
        .get(&format!("{PROJECT}/datasets/{{name}}/versions/{{version}}/rejected"), rows::rejected)
        .get(&format!("{PROJECT}/datasets/{{name}}/versions/{{version}}/rows"), rows::rows)
        .get("/api/v1/live", live::upgrade)
        .get(&format!("{PROJECT}/models"), models::list)
        .post(&format!("{PROJECT}/models"), models::create)
        .get(&format!("{PROJECT}/models/{{name}}"), models::get)
        .patch(&format!("{PROJECT}/models/{{name}}"), models::update)
        .delete(&format!("{PROJECT}/models/{{name}}"), models::delete)
        .post(&format!("{PROJECT}/models/{{name}}/train"), models::train)
        .put(&format!("{PROJECT}/models/{{name}}/aliases/{{alias}}"), models::set_alias)
        .delete(&format!("{PROJECT}/models/{{name}}/aliases/{{alias}}"), models::remove_alias)
        .get(&format!("{PROJECT}/models/{{name}}/versions"), models::versions)
        .get(&format!("{PROJECT}/models/{{name}}/versions/{{version}}"), models::version)
        .get(
            &format!("{PROJECT}/models/{{name}}/versions/{{version}}/evaluation"),
            models::evaluation,
        )
        .get(&format!("{PROJECT}/models/{{name}}/versions/{{version}}/download"), models::download)
        .post(
            &format!("{PROJECT}/models/{{name}}/versions/{{version}}/predict"),
            models::predict.layer(DefaultBodyLimit::max(ROWS)),
        )
        .get(&format!("{PROJECT}/runs"), runs::list)
        .get(&format!("{PROJECT}/runs/{{run}}"), runs::get)
        .post(&format!("{PROJECT}/runs/{{run}}/cancel"), runs::cancel)
        .get(&format!("{PROJECT}/runs/{{run}}/events"), runs::events)
        .get(&format!("{PROJECT}/runs/{{run}}/metrics"), runs::metrics)
        .get(&format!("{PROJECT}/runs/{{run}}/artifacts"), runs::artifacts)
        .get(&format!("{PROJECT}/runs/{{run}}/log"), runs::log)
}
