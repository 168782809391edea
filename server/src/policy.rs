//! The policy table: every REST route, page, server function and kind of socket topic, and the act
//! that it is. Deny by default, no wildcards: what does not stand here is not served.

use axum::http::Method;
use mlhub_domain::access::Action;

/// One line of the table: method, address as the router has it, act; for what is followed over the
/// websocket [`SUB`], kind of topic, act.
pub type Line = (&'static str, &'static str, Action);

/// Stands in the place of a method where a topic is followed.
pub const SUB: &str = "SUB";

/// The act that `method path` is.
pub fn action(method: &Method, path: &str) -> Option<Action> {
    act(method.as_str(), path)
}

/// The act that following a topic of this kind is.
pub fn topic(kind: &str) -> Option<Action> {
    act(SUB, kind)
}

fn act(method: &str, path: &str) -> Option<Action> {
    let found = TABLE.iter().find(|(m, p, _)| *m == method && *p == path);
    found.map(|(_, _, action)| *action)
}

use Action::{
    ChangeSelf, CreateProject, Delete, Edit, MakeToken, Manage, ManageTokens, Predict, Read,
    RunJob, SeeSelf, SetUp, SignIn, SignOut, Visit,
};

/// The table. Sorted by address within each group, so that two people see where a line belongs.
pub const TABLE: &[Line] = &[
    // health
    ("GET", "/healthz", Visit),
    ("GET", "/metrics", Visit),
    ("GET", "/readyz", Visit),
    // REST: description
    ("GET", "/api/openapi.json", Visit),
    ("GET", "/api/v1/algorithms", Visit),
    // REST: accounts
    ("POST", "/api/v1/login", SignIn),
    ("POST", "/api/v1/logout", SignOut),
    ("GET", "/api/v1/me", SeeSelf),
    ("PATCH", "/api/v1/me", ChangeSelf),
    ("POST", "/api/v1/me/password", ChangeSelf),
    ("GET", "/api/v1/sessions", ChangeSelf),
    ("DELETE", "/api/v1/sessions/{session}", ChangeSelf),
    ("POST", "/api/v1/setup", SetUp),
    ("POST", "/api/v1/signup", SignIn),
    ("GET", "/api/v1/tokens", ManageTokens),
    ("POST", "/api/v1/tokens", MakeToken),
    ("DELETE", "/api/v1/tokens/{token}", ManageTokens),
    // REST: projects; hub says that one's own list is for who is signed in, and who but themselves may
    // remove a member
    ("GET", "/api/v1/projects", Read),
    ("POST", "/api/v1/projects", CreateProject),
    ("DELETE", "/api/v1/projects/{owner}/{project}", Delete),
    ("GET", "/api/v1/projects/{owner}/{project}", Read),
    ("PATCH", "/api/v1/projects/{owner}/{project}", Edit),
    ("GET", "/api/v1/projects/{owner}/{project}/members", Read),
    ("POST", "/api/v1/projects/{owner}/{project}/members", Manage),
    ("DELETE", "/api/v1/projects/{owner}/{project}/members/{user}", Read),
    ("PATCH", "/api/v1/projects/{owner}/{project}/members/{user}", Manage),
    // REST: models
    ("GET", "/api/v1/projects/{owner}/{project}/models", Read),
    ("POST", "/api/v1/projects/{owner}/{project}/models", Edit),
    ("DELETE", "/api/v1/projects/{owner}/{project}/models/{name}", Delete),
    ("GET", "/api/v1/projects/{owner}/{project}/models/{name}", Read),
    ("PATCH", "/api/v1/projects/{owner}/{project}/models/{name}", Edit),
    ("DELETE", "/api/v1/projects/{owner}/{project}/models/{name}/aliases/{alias}", Edit),
    ("PUT", "/api/v1/projects/{owner}/{project}/models/{name}/aliases/{alias}", Edit),
    ("POST", "/api/v1/projects/{owner}/{project}/models/{name}/train", Edit),
    ("GET", "/api/v1/projects/{owner}/{project}/models/{name}/versions", Read),
    ("GET", "/api/v1/projects/{owner}/{project}/models/{name}/versions/{version}", Read),
    ("GET", "/api/v1/projects/{owner}/{project}/models/{name}/versions/{version}/download", Read),
    ("GET", "/api/v1/projects/{owner}/{project}/models/{name}/versions/{version}/evaluation", Read),
    (
        "POST",
        "/api/v1/projects/{owner}/{project}/models/{name}/versions/{version}/predict",
        Predict,
    ),
    // REST: runs
    ("GET", "/api/v1/projects/{owner}/{project}/runs", Read),
    ("GET", "/api/v1/projects/{owner}/{project}/runs/{run}", Read),
    ("GET", "/api/v1/projects/{owner}/{project}/runs/{run}/artifacts", Read),
    ("POST", "/api/v1/projects/{owner}/{project}/runs/{run}/cancel", Edit),
    ("GET", "/api/v1/projects/{owner}/{project}/runs/{run}/events", Read),
    ("GET", "/api/v1/projects/{owner}/{project}/runs/{run}/log", Read),
    ("GET", "/api/v1/projects/{owner}/{project}/runs/{run}/metrics", Read),
    // live: the socket itself is open, each topic has a line of its own
    ("GET", "/api/v1/live", Visit),
    (SUB, "{owner}/{project}/runs/{run}", Read),
    // REST: jobs
    ("GET", "/api/v1/jobs/{id}", Read),
    // REST: datasets
    ("GET", "/api/v1/projects/{owner}/{project}/datasets", Read),
    ("POST", "/api/v1/projects/{owner}/{project}/datasets", Edit),
    ("DELETE", "/api/v1/projects/{owner}/{project}/datasets/{name}", Delete),
    ("GET", "/api/v1/projects/{owner}/{project}/datasets/{name}", Read),
    ("PATCH", "/api/v1/projects/{owner}/{project}/datasets/{name}", Edit),
    ("POST", "/api/v1/projects/{owner}/{project}/datasets/{name}/current", Edit),
    ("GET", "/api/v1/projects/{owner}/{project}/datasets/{name}/versions", Read),
    ("POST", "/api/v1/projects/{owner}/{project}/datasets/{name}/versions", Edit),
    ("GET", "/api/v1/projects/{owner}/{project}/datasets/{name}/versions/{version}", Read),
    ("POST", "/api/v1/projects/{owner}/{project}/datasets/{name}/versions/{version}/cancel", Edit),
    ("GET", "/api/v1/projects/{owner}/{project}/datasets/{name}/versions/{version}/download", Read),
    ("GET", "/api/v1/projects/{owner}/{project}/datasets/{name}/versions/{version}/profile", Read),
    ("GET", "/api/v1/projects/{owner}/{project}/datasets/{name}/versions/{version}/rejected", Read),
    ("GET", "/api/v1/projects/{owner}/{project}/datasets/{name}/versions/{version}/rows", Read),
    // the job API, on an address of its own
    ("POST", "/internal/jobs/{id}/events", RunJob),
    ("POST", "/internal/jobs/{id}/fail", RunJob),
    ("POST", "/internal/jobs/{id}/finish", RunJob),
    ("POST", "/internal/jobs/{id}/heartbeat", RunJob),
    ("GET", "/internal/jobs/{id}/inputs/{sha256}", RunJob),
    ("PUT", "/internal/jobs/{id}/outputs/{name}", RunJob),
    ("GET", "/internal/jobs/{id}/spec", RunJob),
    // server functions: datasets
    ("POST", "/fn/datasets/cancel", Edit),
    ("POST", "/fn/datasets/delete", Delete),
    ("POST", "/fn/datasets/describe", Edit),
    ("POST", "/fn/datasets/make-current", Edit),
    ("POST", "/fn/datasets/open", Manage),
    ("POST", "/fn/datasets/progress", Read),
    // server functions: models and runs
    ("POST", "/fn/models/champion", Edit),
    ("POST", "/fn/models/delete", Delete),
    ("POST", "/fn/models/describe", Edit),
    ("POST", "/fn/models/open", Manage),
    ("POST", "/fn/models/predict", Predict),
    ("POST", "/fn/models/remove-alias", Edit),
    ("POST", "/fn/models/train", Edit),
    ("POST", "/fn/runs/cancel", Edit),
    // pages, and the forms posted to them: what such a form does is asked of its function
    ("GET", "/", Visit),
    ("POST", "/", Visit),
    ("GET", "/dashboard", SeeSelf),
    ("POST", "/dashboard", SeeSelf),
    ("GET", "/dashboard/new", CreateProject),
    ("POST", "/dashboard/new", CreateProject),
    ("GET", "/design", Visit),
    ("POST", "/design", Visit),
    ("GET", "/docs", Visit),
    ("POST", "/docs", Visit),
    ("GET", "/explore", Visit),
    ("POST", "/explore", Visit),
    ("GET", "/login", SignIn),
    ("POST", "/login", SignIn),
    ("POST", "/logout", SignOut),
    ("GET", "/settings", ChangeSelf),
    ("POST", "/settings", ChangeSelf),
    ("GET", "/settings/appearance", SeeSelf),
    ("POST", "/settings/appearance", SeeSelf),
    ("GET", "/settings/security", ChangeSelf),
    ("POST", "/settings/security", ChangeSelf),
    ("GET", "/settings/tokens", ManageTokens),
    ("POST", "/settings/tokens", ManageTokens),
    ("GET", "/setup", SetUp),
    ("POST", "/setup", SetUp),
    ("GET", "/signup", SignIn),
    ("POST", "/signup", SignIn),
    ("GET", "/{owner}", Read),
    ("POST", "/{owner}", Read),
    ("GET", "/{owner}/{project}", Read),
    ("POST", "/{owner}/{project}", Read),
    ("GET", "/{owner}/{project}/datasets", Read),
    ("POST", "/{owner}/{project}/datasets", Read),
    ("GET", "/{owner}/{project}/datasets/{name}", Read),
    ("POST", "/{owner}/{project}/datasets/{name}", Read),
    ("GET", "/{owner}/{project}/members", Read),
    ("POST", "/{owner}/{project}/members", Read),
    ("GET", "/{owner}/{project}/models", Read),
    ("POST", "/{owner}/{project}/models", Read),
    ("GET", "/{owner}/{project}/models/{name}", Read),
    ("POST", "/{owner}/{project}/models/{name}", Read),
    ("GET", "/{owner}/{project}/runs", Read),
    ("POST", "/{owner}/{project}/runs", Read),
    ("GET", "/{owner}/{project}/runs/{run}", Read),
    ("POST", "/{owner}/{project}/runs/{run}", Read),
    ("GET", "/{owner}/{project}/settings", Manage),
    ("POST", "/{owner}/{project}/settings", Manage),
    ("GET", "/{owner}/{project}/train", Edit),
    ("POST", "/{owner}/{project}/train", Edit),
    ("GET", "/{owner}/{project}/upload", Edit),
    ("POST", "/{owner}/{project}/upload", Edit),
    // server functions; remove-member: everybody may leave, so hub decides about the others
    ("POST", "/fn/accounts/end-other-sessions", ChangeSelf),
    ("POST", "/fn/accounts/end-session", ChangeSelf),
    ("POST", "/fn/accounts/login", SignIn),
    ("POST", "/fn/accounts/make-token", MakeToken),
    ("POST", "/fn/accounts/password", ChangeSelf),
    ("POST", "/fn/accounts/rename", ChangeSelf),
    ("POST", "/fn/accounts/revoke-token", ManageTokens),
    ("POST", "/fn/accounts/setup", SetUp),
    ("POST", "/fn/accounts/signup", SignIn),
    ("POST", "/fn/accounts/strength", Visit),
    ("POST", "/fn/dashboard/sample", CreateProject),
    ("POST", "/fn/design", Visit),
    ("POST", "/fn/jobs/running", SeeSelf),
    ("POST", "/fn/projects/add-member", Manage),
    ("POST", "/fn/projects/create", CreateProject),
    ("POST", "/fn/projects/delete", Delete),
    ("POST", "/fn/projects/describe", Edit),
    ("POST", "/fn/projects/open", Manage),
    ("POST", "/fn/projects/remove-member", Read),
    ("POST", "/fn/projects/set-role", Manage),
    ("POST", "/fn/theme", Visit),
];
