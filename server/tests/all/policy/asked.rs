//! How each line of the policy table is asked for, so that nothing but who asks is in the way.

use super::world::Ids;
use axum::http::Method;
use mlhub_domain::access::Action;
use mlhub_server::policy::{Line, SUB};
use mlhub_testing::TestHub;
use serde_json::{Value, json};

/// A request.
pub(super) struct Asked {
    pub(super) method: Method,
    pub(super) path: String,
    pub(super) body: String,
    /// The type of the body.
    pub(super) kind: &'static str,
}

const FORM: &str = "application/x-www-form-urlencoded";

pub(super) fn request((method, path, _): &Line, ids: &Ids) -> Asked {
    let method: Method = method.parse().unwrap();
    let filled = fill(&method, path, ids);
    let (body, kind) = match () {
        () if method == Method::GET => (String::new(), "application/json"),
        () if path.starts_with("/fn/") => (function(path, ids), FORM),
        // The one form that stands on every page.
        () if is_page(path) => ("_fn=theme&theme=dark".into(), FORM),
        () => (rest(&method, path).to_string(), "application/json"),
    };
    Asked { method, path: filled, body, kind }
}

/// Whether it is asked for over the websocket of a tab.
pub(super) fn by_socket((method, path, _): &Line) -> bool {
    *method == SUB || *path == "/api/v1/live"
}

/// Whether people see the answer.
pub(super) fn is_page(path: &str) -> bool {
    !["/api/", "/fn/", "/internal/"].iter().any(|place| path.starts_with(place))
}

/// Whether it is about the project, or about whoever owns it.
pub(super) fn of_the_project(path: &str) -> bool {
    let functions = ["/fn/datasets/", "/fn/models/", "/fn/runs/", "/fn/projects/"];
    let named = path.contains("{owner}") || path == "/api/v1/jobs/{id}";
    named || functions.iter().any(|place| path.starts_with(place))
}

/// Whether the role in the table is only where it begins: everybody may leave a project.
pub(super) fn decided_in_hub(method: &str, path: &str) -> bool {
    method == "DELETE" && path.ends_with("/members/{user}") || path == "/fn/projects/remove-member"
}

/// Whether doing it may leave something changed behind.
pub(super) fn changes((method, path, action): &Line) -> bool {
    let looks = matches!(action, Action::Read | Action::Visit | Action::SeeSelf | Action::Predict);
    *method != "GET" && (!looks || decided_in_hub(method, path))
}

fn fill(method: &Method, path: &str, ids: &Ids) -> String {
    let run = if path.ends_with("/cancel") { "2" } else { "1" };
    let name = match path {
        path if path.contains("/datasets/") => "passengers",
        path if path.contains("/models/") => "survival",
        _ => "table.parquet",
    };
    let mut filled = path.to_owned();
    for (part, value) in [
        ("{owner}", "ada"),
        ("{project}", "titanic"),
        ("{name}", name),
        ("{version}", "1"),
        ("{run}", run),
        ("{user}", "kim"),
        ("{alias}", "champion"),
        ("{id}", &ids.job),
        ("{sha256}", &ids.table),
        ("{session}", &ids.session),
        ("{token}", &ids.token),
    ] {
        filled = filled.replace(part, value);
    }
    assert!(!filled.contains('{'), "{path}: say what to ask for");
    if *method == Method::POST && path.ends_with("/datasets/{name}/versions") {
        filled += "?name=passengers.csv";
    }
    filled
}

/// The body of a request by REST.
fn rest(method: &Method, path: &str) -> Value {
    let path = path.strip_prefix("/api/v1").unwrap_or(path);
    let path = path.strip_prefix("/projects/{owner}/{project}").unwrap_or(path);
    let password = TestHub::PASSWORD;
    let account = json!({"email": "new@example.org", "password": password, "username": "new"});
    match (method.as_str(), path) {
        ("POST", "/login") => json!({"email": "ada@example.org", "password": password}),
        ("POST", "/signup") => account,
        ("POST", "/setup") => {
            let mut account = account;
            account["code"] = "guessed".into();
            account
        }
        ("PATCH", "/me") => json!({"display_name": "New"}),
        ("POST", "/me/password") => {
            json!({"current_password": password, "password": "marble oxygen plum"})
        }
        ("POST", "/tokens") => json!({"name": "new", "scopes": ["read"]}),
        ("POST", "/projects" | "/datasets") => json!({"name": "new"}),
        ("POST", "/members") => json!({"user": "root", "role": "read"}),
        ("PATCH", "/members/{user}") => json!({"role": "edit"}),
        ("POST", "/models") => {
            let algorithm = json!({"kind": "baseline"});
            let spec = json!({"task": "classification", "target": "lived", "algorithm": algorithm});
            json!({"name": "new", "spec": spec})
        }
        ("POST", "/models/{name}/train") => json!({"dataset": "passengers"}),
        ("PUT", "/models/{name}/aliases/{alias}") | ("POST", "/datasets/{name}/current") => {
            json!({"version": 1})
        }
        ("POST", "/models/{name}/versions/{version}/predict") => json!({"rows": [{"age": 30}]}),
        ("PATCH", _) => json!({"description": "new"}),
        _ => Value::Null,
    }
}

/// The arguments of a server function, as a form sends them.
fn function(path: &str, ids: &Ids) -> String {
    const P: &str = "at[owner]=ada&at[project]=titanic";
    let password = TestHub::PASSWORD;
    let name = path.strip_prefix("/fn/").unwrap();
    let dataset = |rest: &str| format!("{P}&at[name]=passengers{rest}");
    let model = |rest: &str| format!("{P}&at[name]=survival{rest}");
    let project = |rest: &str| format!("{P}{rest}");
    match name {
        "datasets/delete" => dataset("&confirm=passengers"),
        "datasets/describe" => dataset("&name=passengers&description=new"),
        "datasets/open" => dataset("&visibility=unlisted"),
        "datasets/cancel" | "datasets/make-current" | "datasets/progress" => dataset("&version=1"),
        "models/champion" => model("&version=1"),
        "models/delete" => model("&confirm=survival"),
        "models/remove-alias" => model("&alias=champion"),
        "models/open" => model("&visibility=unlisted"),
        "models/describe" => model("&description=new&card=new"),
        "models/predict" => model("&version=1&values[0]=30"),
        "models/train" => project(
            "&name=new&dataset=passengers&version=1&target=lived&task=classification\
             &algorithm=baseline&features[0]=age&holdout=20&seed=42&refit=true",
        ),
        "runs/cancel" => project("&at[run]=2"),
        "projects/add-member" => project("&user=root&role=read"),
        "projects/set-role" => project("&user=kim&role=edit"),
        "projects/remove-member" => project("&user=kim"),
        "projects/describe" => project("&name=titanic&description=new"),
        "projects/open" => project("&visibility=unlisted"),
        "projects/delete" => project("&confirm=titanic"),
        "projects/create" => "name=new&visibility=private".into(),
        "accounts/end-session" => format!("session={}", ids.session),
        "accounts/revoke-token" => format!("id={}", ids.token),
        "accounts/make-token" => "name=new&scope=read".into(),
        "accounts/login" => format!("email=ada@example.org&password={password}"),
        "accounts/signup" => format!("email=new@example.org&username=new&password={password}"),
        "accounts/setup" => format!("code=guessed&email=new@example.org&password={password}"),
        "accounts/password" => format!("current_password={password}&password=marble oxygen plum"),
        "accounts/rename" => "display_name=New".into(),
        "accounts/strength" => "password=marble".into(),
        "design" => "name=new".into(),
        "theme" => "theme=dark".into(),
        _ if name.starts_with("accounts/") || name.starts_with("dashboard/") => String::new(),
        "jobs/running" => String::new(),
        _ => project(""),
    }
}
