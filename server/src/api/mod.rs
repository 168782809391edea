//! REST: one file for each resource. A handler reads what came in, makes one call to `hub`, and
//! answers; it knows no rule.

mod algorithms;
mod openapi;

use crate::health;
use crate::http::Routes;

pub use openapi::json as openapi_json;

/// Every route that is not a page or a server function.
pub fn routes() -> Routes {
    Routes::default()
        .get("/healthz", health::live)
        .get("/readyz", health::ready)
        .get("/metrics", health::metrics)
        .get("/api/openapi.json", openapi::get)
        .get("/api/v1/algorithms", algorithms::list)
}
