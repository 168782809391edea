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
    // REST: accounts
    ("POST", "/api/v1/login", Action::SignIn),
    ("POST", "/api/v1/logout", Action::SignOut),
    ("GET", "/api/v1/me", Action::SeeSelf),
    ("PATCH", "/api/v1/me", Action::ChangeSelf),
    ("POST", "/api/v1/me/password", Action::ChangeSelf),
    ("GET", "/api/v1/sessions", Action::ChangeSelf),
    ("DELETE", "/api/v1/sessions/{session}", Action::ChangeSelf),
    ("POST", "/api/v1/setup", Action::SetUp),
    ("POST", "/api/v1/signup", Action::SignIn),
    ("GET", "/api/v1/tokens", Action::ManageTokens),
    ("POST", "/api/v1/tokens", Action::ManageTokens),
    ("DELETE", "/api/v1/tokens/{token}", Action::ManageTokens),
    // REST: projects; one's own list is for who is signed in, and hub says so
    ("GET", "/api/v1/projects", Action::Read),
    ("POST", "/api/v1/projects", Action::CreateProject),
    ("DELETE", "/api/v1/projects/{owner}/{project}", Action::Manage),
    ("GET", "/api/v1/projects/{owner}/{project}", Action::Read),
    ("PATCH", "/api/v1/projects/{owner}/{project}", Action::Edit),
    ("GET", "/api/v1/projects/{owner}/{project}/members", Action::Read),
    ("POST", "/api/v1/projects/{owner}/{project}/members", Action::Manage),
    // everybody may leave; who else may remove whom is decided in hub
    ("DELETE", "/api/v1/projects/{owner}/{project}/members/{user}", Action::Read),
    ("PATCH", "/api/v1/projects/{owner}/{project}/members/{user}", Action::Manage),
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
    (
        "POST",
        "/api/v1/projects/{owner}/{project}/models/{name}/versions/{version}/predict",
        Predict,
    ),
    // REST: runs
    ("GET", "/api/v1/projects/{owner}/{project}/runs", Read),
    ("GET", "/api/v1/projects/{owner}/{project}/runs/{run}", Read),
    ("POST", "/api/v1/projects/{owner}/{project}/runs/{run}/cancel", Edit),
    ("GET", "/api/v1/projects/{owner}/{project}/runs/{run}/events", Read),
    ("GET", "/api/v1/projects/{owner}/{project}/runs/{run}/metrics", Read),
    // live: the socket itself is open; each topic is asked of hub
    ("GET", "/api/v1/live", Visit),
    // REST: jobs
    ("GET", "/api/v1/jobs/{id}", Action::Read),
    // REST: datasets
    ("GET", "/api/v1/projects/{owner}/{project}/datasets", Action::Read),
    ("POST", "/api/v1/projects/{owner}/{project}/datasets", Action::Edit),
    ("DELETE", "/api/v1/projects/{owner}/{project}/datasets/{name}", Action::Manage),
    ("GET", "/api/v1/projects/{owner}/{project}/datasets/{name}", Action::Read),
    ("PATCH", "/api/v1/projects/{owner}/{project}/datasets/{name}", Action::Edit),
    ("POST", "/api/v1/projects/{owner}/{project}/datasets/{name}/current", Action::Edit),
    ("GET", "/api/v1/projects/{owner}/{project}/datasets/{name}/versions", Action::Read),
    ("POST", "/api/v1/projects/{owner}/{project}/datasets/{name}/versions", Action::Edit),
    ("GET", "/api/v1/projects/{owner}/{project}/datasets/{name}/versions/{version}", Action::Read),
    (
        "GET",
        "/api/v1/projects/{owner}/{project}/datasets/{name}/versions/{version}/download",
        Action::Read,
    ),
    (
        "GET",
        "/api/v1/projects/{owner}/{project}/datasets/{name}/versions/{version}/profile",
        Action::Read,
    ),
    (
        "GET",
        "/api/v1/projects/{owner}/{project}/datasets/{name}/versions/{version}/rejected",
        Action::Read,
    ),
    (
        "GET",
        "/api/v1/projects/{owner}/{project}/datasets/{name}/versions/{version}/rows",
        Action::Read,
    ),
    // the job API, on an address of its own
    ("POST", "/internal/jobs/{id}/events", Action::RunJob),
    ("POST", "/internal/jobs/{id}/fail", Action::RunJob),
    ("POST", "/internal/jobs/{id}/finish", Action::RunJob),
    ("POST", "/internal/jobs/{id}/heartbeat", Action::RunJob),
    ("GET", "/internal/jobs/{id}/inputs/{sha256}", Action::RunJob),
    ("PUT", "/internal/jobs/{id}/outputs/{name}", Action::RunJob),
    ("GET", "/internal/jobs/{id}/spec", Action::RunJob),
    // server functions: datasets
    ("POST", "/fn/datasets/delete", Action::Manage),
    ("POST", "/fn/datasets/describe", Action::Edit),
    ("POST", "/fn/datasets/make-current", Action::Edit),
    ("POST", "/fn/datasets/open", Action::Manage),
    ("POST", "/fn/datasets/progress", Action::Read),
    // server functions: models and runs
    ("POST", "/fn/models/champion", Action::Edit),
    ("POST", "/fn/models/delete", Action::Manage),
    ("POST", "/fn/models/describe", Action::Edit),
    ("POST", "/fn/models/open", Action::Manage),
    ("POST", "/fn/models/predict", Action::Predict),
    ("POST", "/fn/models/train", Action::Edit),
    ("POST", "/fn/runs/cancel", Action::Edit),
    // pages, and the forms posted to them: what such a form does is asked of its function
    ("GET", "/", Action::Visit),
    ("POST", "/", Action::Visit),
    ("GET", "/dashboard", Action::SeeSelf),
    ("POST", "/dashboard", Action::SeeSelf),
    ("GET", "/dashboard/new", Action::CreateProject),
    ("POST", "/dashboard/new", Action::CreateProject),
    ("GET", "/design", Action::Visit),
    ("POST", "/design", Action::Visit),
    ("GET", "/docs", Action::Visit),
    ("POST", "/docs", Action::Visit),
    ("GET", "/explore", Action::Visit),
    ("POST", "/explore", Action::Visit),
    ("GET", "/login", Action::SignIn),
    ("POST", "/login", Action::SignIn),
    ("GET", "/settings", Action::ChangeSelf),
    ("POST", "/settings", Action::ChangeSelf),
    ("GET", "/settings/appearance", Action::SeeSelf),
    ("POST", "/settings/appearance", Action::SeeSelf),
    ("GET", "/settings/security", Action::ChangeSelf),
    ("POST", "/settings/security", Action::ChangeSelf),
    ("GET", "/settings/tokens", Action::ManageTokens),
    ("POST", "/settings/tokens", Action::ManageTokens),
    ("GET", "/setup", Action::SetUp),
    ("POST", "/setup", Action::SetUp),
    ("GET", "/signup", Action::SignIn),
    ("POST", "/signup", Action::SignIn),
    ("GET", "/{owner}", Action::Read),
    ("POST", "/{owner}", Action::Read),
    ("GET", "/{owner}/{project}", Action::Read),
    ("POST", "/{owner}/{project}", Action::Read),
    ("GET", "/{owner}/{project}/datasets", Action::Read),
    ("POST", "/{owner}/{project}/datasets", Action::Read),
    ("GET", "/{owner}/{project}/members", Action::Read),
    ("POST", "/{owner}/{project}/members", Action::Read),
    ("GET", "/{owner}/{project}/models", Action::Read),
    ("POST", "/{owner}/{project}/models", Action::Read),
    ("GET", "/{owner}/{project}/runs", Action::Read),
    ("POST", "/{owner}/{project}/runs", Action::Read),
    ("GET", "/{owner}/{project}/datasets/{name}", Action::Read),
    ("POST", "/{owner}/{project}/datasets/{name}", Action::Read),
    ("GET", "/{owner}/{project}/upload", Action::Edit),
    ("POST", "/{owner}/{project}/upload", Action::Edit),
    ("GET", "/{owner}/{project}/models/{name}", Action::Read),
    ("POST", "/{owner}/{project}/models/{name}", Action::Read),
    ("GET", "/{owner}/{project}/runs/{run}", Action::Read),
    ("POST", "/{owner}/{project}/runs/{run}", Action::Read),
    ("GET", "/{owner}/{project}/train", Action::Edit),
    ("POST", "/{owner}/{project}/train", Action::Edit),
    ("GET", "/{owner}/{project}/settings", Action::Manage),
    ("POST", "/{owner}/{project}/settings", Action::Manage),
    ("POST", "/logout", Action::SignOut),
    // server functions; remove-member: everybody may leave, so hub decides about the others
    ("POST", "/fn/accounts/end-other-sessions", Action::ChangeSelf),
    ("POST", "/fn/accounts/end-session", Action::ChangeSelf),
    ("POST", "/fn/accounts/login", Action::SignIn),
    ("POST", "/fn/accounts/make-token", Action::ManageTokens),
    ("POST", "/fn/accounts/password", Action::ChangeSelf),
    ("POST", "/fn/accounts/rename", Action::ChangeSelf),
    ("POST", "/fn/accounts/revoke-token", Action::ManageTokens),
    ("POST", "/fn/accounts/setup", Action::SetUp),
    ("POST", "/fn/accounts/signup", Action::SignIn),
    ("POST", "/fn/accounts/strength", Action::Visit),
    ("POST", "/fn/dashboard/sample", Action::CreateProject),
    ("POST", "/fn/design", Action::Visit),
    ("POST", "/fn/jobs/running", Action::SeeSelf),
    ("POST", "/fn/projects/add-member", Action::Manage),
    ("POST", "/fn/projects/create", Action::CreateProject),
    ("POST", "/fn/projects/delete", Action::Manage),
    ("POST", "/fn/projects/describe", Action::Edit),
    ("POST", "/fn/projects/open", Action::Manage),
    ("POST", "/fn/projects/remove-member", Action::Read),
    ("POST", "/fn/projects/set-role", Action::Manage),
    ("POST", "/fn/theme", Action::Visit),
];
