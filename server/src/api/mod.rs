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
pub use rows::read as rows_query;
pub(crate) use versions::received;

const MODELS: &str = "/api/v1/projects/{owner}/{project}/models";
const MODEL: &str = "/api/v1/projects/{owner}/{project}/models/{name}";

const PROJECTS: &str = "/api/v1/projects";
const PROJECT: &str = "/api/v1/projects/{owner}/{project}";

const DATASETS: &str = "/api/v1/projects/{owner}/{project}/datasets";

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
        .get(DATASETS, datasets::list)
        .post(DATASETS, datasets::create)
        .get(&format!("{DATASETS}/{{name}}"), datasets::get)
        .patch(&format!("{DATASETS}/{{name}}"), datasets::update)
        .delete(&format!("{DATASETS}/{{name}}"), datasets::delete)
        .post(&format!("{DATASETS}/{{name}}/current"), datasets::make_current)
        .get(&format!("{DATASETS}/{{name}}/versions"), versions::list)
        // The upload counts its own bytes.
        .post(
            &format!("{DATASETS}/{{name}}/versions"),
            versions::upload.layer(DefaultBodyLimit::disable()),
        )
        .get(&format!("{DATASETS}/{{name}}/versions/{{version}}"), versions::get)
        .get(&format!("{DATASETS}/{{name}}/versions/{{version}}/download"), versions::download)
        .get(&format!("{DATASETS}/{{name}}/versions/{{version}}/profile"), versions::profile)
        .get(&format!("{DATASETS}/{{name}}/versions/{{version}}/rejected"), rows::rejected)
        .get(&format!("{DATASETS}/{{name}}/versions/{{version}}/rows"), rows::rows)
        .get("/api/v1/live", live::upgrade)
        .get(MODELS, models::list)
        .post(MODELS, models::create)
        .get(MODEL, models::get)
        .patch(MODEL, models::update)
        .delete(MODEL, models::delete)
        .post("/api/v1/projects/{owner}/{project}/models/{name}/train", models::train)
        .put("/api/v1/projects/{owner}/{project}/models/{name}/aliases/{alias}", models::set_alias)
        .get("/api/v1/projects/{owner}/{project}/models/{name}/versions", models::versions)
        .get("/api/v1/projects/{owner}/{project}/models/{name}/versions/{version}", models::version)
        .get(
            "/api/v1/projects/{owner}/{project}/models/{name}/versions/{version}/evaluation",
            models::evaluation,
        )
        .get(
            "/api/v1/projects/{owner}/{project}/models/{name}/versions/{version}/download",
            models::download,
        )
        .post(
            "/api/v1/projects/{owner}/{project}/models/{name}/versions/{version}/predict",
            models::predict.layer(DefaultBodyLimit::max(ROWS)),
        )
        .get("/api/v1/projects/{owner}/{project}/runs", runs::list)
        .get("/api/v1/projects/{owner}/{project}/runs/{run}", runs::get)
        .post("/api/v1/projects/{owner}/{project}/runs/{run}/cancel", runs::cancel)
        .get("/api/v1/projects/{owner}/{project}/runs/{run}/events", runs::events)
        .get("/api/v1/projects/{owner}/{project}/runs/{run}/metrics", runs::metrics)
}
