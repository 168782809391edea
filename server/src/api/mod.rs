//! REST: one file for each resource. A handler reads what came in, makes one call to `hub`, and
//! answers; it knows no rule.

mod algorithms;
mod models;
mod openapi;
mod runs;

use crate::http::Routes;
use crate::{health, live};

pub use openapi::json as openapi_json;

const MODELS: &str = "/api/v1/projects/{owner}/{project}/models";
const MODEL: &str = "/api/v1/projects/{owner}/{project}/models/{name}";

/// Every route that is not a page or a server function.
pub fn routes() -> Routes {
    Routes::default()
        .get("/healthz", health::live)
        .get("/readyz", health::ready)
        .get("/metrics", health::metrics)
        .get("/api/openapi.json", openapi::get)
        .get("/api/v1/algorithms", algorithms::list)
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
        .get("/api/v1/projects/{owner}/{project}/models/{name}/versions/{version}/evaluation", models::evaluation)
        .get("/api/v1/projects/{owner}/{project}/models/{name}/versions/{version}/download", models::download)
        .post("/api/v1/projects/{owner}/{project}/models/{name}/versions/{version}/predict", models::predict)
        .get("/api/v1/projects/{owner}/{project}/runs", runs::list)
        .get("/api/v1/projects/{owner}/{project}/runs/{run}", runs::get)
        .post("/api/v1/projects/{owner}/{project}/runs/{run}/cancel", runs::cancel)
        .get("/api/v1/projects/{owner}/{project}/runs/{run}/events", runs::events)
        .get("/api/v1/projects/{owner}/{project}/runs/{run}/metrics", runs::metrics)
}
