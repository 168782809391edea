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

use Action::Visit;

/// The table. Sorted by address within each group, so that two people see where a line belongs.
pub const TABLE: &[Line] = &[
    // health
    ("GET", "/healthz", Visit),
    ("GET", "/metrics", Visit),
    ("GET", "/readyz", Visit),
    // REST: description
    ("GET", "/api/openapi.json", Visit),
    ("GET", "/api/v1/algorithms", Visit),
];
