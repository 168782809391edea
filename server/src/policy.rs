//! The policy table: every REST route, page, server function and socket topic, and the act that it
//! is. Deny by default, no wildcards: what does not stand here is not served.

use axum::http::Method;
use mlhub_domain::access::Action;

/// One line of the table: method, address as the router has it, act.
pub type Line = (&'static str, &'static str, Action);

/// The act that `method path` is.
pub fn action(method: &Method, path: &str) -> Option<Action> {
    let found = TABLE.iter().find(|(m, p, _)| *m == method.as_str() && *p == path);
    found.map(|(_, _, action)| *action)
}

use Action::{Edit, Manage, Predict, Read, Visit};

/// The table. Sorted by address within each group, so that two people see where a line belongs.
pub const TABLE: &[Line] = &[
    // health
    ("GET", "/healthz", Visit),
    ("GET", "/metrics", Visit),
    ("GET", "/readyz", Visit),
    // REST: description
    ("GET", "/api/openapi.json", Visit),
    ("GET", "/api/v1/algorithms", Visit),
    // REST: models
    ("GET", "/api/v1/projects/{owner}/{project}/models", Read),
    ("POST", "/api/v1/projects/{owner}/{project}/models", Edit),
    ("DELETE", "/api/v1/projects/{owner}/{project}/models/{name}", Manage),
    ("GET", "/api/v1/projects/{owner}/{project}/models/{name}", Read),
    ("PATCH", "/api/v1/projects/{owner}/{project}/models/{name}", Edit),
    ("PUT", "/api/v1/projects/{owner}/{project}/models/{name}/aliases/{alias}", Edit),
    ("POST", "/api/v1/projects/{owner}/{project}/models/{name}/train", Edit),
    ("GET", "/api/v1/projects/{owner}/{project}/models/{name}/versions", Read),
    ("GET", "/api/v1/projects/{owner}/{project}/models/{name}/versions/{version}", Read),
    ("GET", "/api/v1/projects/{owner}/{project}/models/{name}/versions/{version}/download", Read),
    ("GET", "/api/v1/projects/{owner}/{project}/models/{name}/versions/{version}/evaluation", Read),
    ("POST", "/api/v1/projects/{owner}/{project}/models/{name}/versions/{version}/predict", Predict),
    // REST: runs
    ("GET", "/api/v1/projects/{owner}/{project}/runs", Read),
    ("GET", "/api/v1/projects/{owner}/{project}/runs/{run}", Read),
    ("POST", "/api/v1/projects/{owner}/{project}/runs/{run}/cancel", Edit),
    ("GET", "/api/v1/projects/{owner}/{project}/runs/{run}/events", Read),
    ("GET", "/api/v1/projects/{owner}/{project}/runs/{run}/metrics", Read),
    // live: the socket itself is open; each topic is asked of hub
    ("GET", "/api/v1/live", Visit),
];
