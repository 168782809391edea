//! The description of the REST API, made from the handlers themselves. What follows from the
//! address and from the policy table stands there once and is filled in here: the parts of the
//! address, who may ask, and what can go wrong.

use crate::http::rejection::Body;
use crate::policy;
use axum::http::{Method, header};
use axum::response::IntoResponse;
use mlhub_domain::access::{Action, LATELY_MINUTES, Needs, Role};
use mlhub_domain::lists::Sorts;
use mlhub_domain::problem::Code;
use serde_json::{Map, Value, json};
use std::sync::LazyLock;
use utoipa::OpenApi;

#[derive(OpenApi)]
#[openapi(
    info(
        title = "ML Hub",
        description = "Datasets, trainings, models: everything the pages can do.\n\nNames are lower \
            case. Times are RFC 3339 in UTC. NaN and the infinities are the texts \"NaN\", \
            \"Infinity\", \"-Infinity\"; integers beyond 2^53 and decimals are texts. What is not \
            there and what one may not see look alike: 404."
    ),
    paths(
        get,
        super::algorithms::list,
        super::accounts::sign_up,
        super::accounts::set_up,
        super::accounts::log_in,
        super::accounts::log_out,
        super::accounts::me,
        super::accounts::change_me,
        super::accounts::change_password,
        super::accounts::sessions,
        super::accounts::end_session,
        super::tokens::create,
        super::tokens::list,
        super::tokens::revoke,
        super::projects::create,
        super::projects::list,
        super::projects::get,
        super::projects::change,
        super::projects::delete,
        super::members::list,
        super::members::add,
        super::members::change,
        super::members::remove,
        super::datasets::create,
        super::datasets::list,
        super::datasets::get,
        super::datasets::update,
        super::datasets::delete,
        super::datasets::make_current,
        super::versions::upload,
        super::versions::list,
        super::versions::get,
        super::versions::cancel,
        super::versions::profile,
        super::versions::download,
        super::rows::rows,
        super::rows::rejected,
        super::models::create,
        super::models::list,
        super::models::get,
        super::models::update,
        super::models::delete,
        super::models::train,
        super::models::versions,
        super::models::version,
        super::models::evaluation,
        super::models::download,
        super::models::set_alias,
        super::models::remove_alias,
        super::models::predict,
        super::runs::list,
        super::runs::get,
        super::runs::events,
        super::runs::metrics,
        super::runs::artifacts,
        super::runs::log,
        super::runs::cancel,
        super::jobs::get,
        crate::live::upgrade,
    ),
    components(schemas(Body))
)]
struct Description;

/// The description, made once: it is long.
static WHOLE: LazyLock<Value> = LazyLock::new(|| {
    let plain = Description::openapi().to_json().expect("it is made of plain values");
    let mut whole = serde_json::from_str(&plain).expect("it was just written");
    complete(&mut whole);
    whole
});

/// The same as JSON: everybody may ask for it.
static WRITTEN: LazyLock<String> = LazyLock::new(json);

/// The description as JSON.
pub fn json() -> String {
    format!("{:#}", *WHOLE)
}

/// Whether an address is described, and nothing in it of a query: then it takes none.
pub(crate) fn takes_no_query(method: &Method, path: &str) -> bool {
    let operation = &WHOLE["paths"][path][method.as_str().to_lowercase()];
    let mut parameters = operation["parameters"].as_array().into_iter().flatten();
    operation.is_object() && !parameters.any(|parameter| parameter["in"] == "query")
}

/// This description.
#[utoipa::path(get, path = "/api/openapi.json", tag = "description", operation_id = "describe",
    responses((status = 200, body = Object)))]
pub(crate) async fn get() -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "application/json")], WRITTEN.as_str())
}

/// Fills in what follows from address and policy.
fn complete(whole: &mut Value) {
    whole["components"]["securitySchemes"] = json!({
        "token": {
            "type": "http", "scheme": "bearer", "bearerFormat": "mlh_…",
            "description": "A personal access token, as a script has one.",
        },
        "session": {
            "type": "apiKey", "in": "cookie", "name": "__Host-mlhub_at",
            "description": "The cookies that a login sets; over plain http without `__Host-`.",
        },
    });
    schemas(whole);
    let paths = whole["paths"].as_object_mut().into_iter().flatten();
    for (path, item) in paths {
        for (method, operation) in item.as_object_mut().into_iter().flatten() {
            if let Some(operation) = operation.as_object_mut() {
                fill_in(path, &method.to_uppercase(), operation);
            }
        }
    }
}

/// What no derive can say of a type.
fn schemas(whole: &mut Value) {
    let derived = whole["components"]["schemas"]["Num"].take();
    refer(whole, &derived);
    let all = &mut whole["components"]["schemas"];
    all["Num"] = json!({
        "description": "A number, or the word for one that JSON lacks.",
        "oneOf": [
            {"type": "number", "format": "double"},
            {"type": "string", "enum": ["NaN", "Infinity", "-Infinity"]},
        ],
    });
    if let Some(all) = all.as_object_mut() {
        all.append(&mut super::algorithms::schemas());
    }
    let codes: Vec<&str> = Code::ALL.iter().map(|code| code.as_str()).collect();
    all["Code"]["enum"] = json!(codes);
    all["Metrics"] = all["BTreeMap"].take();
    all["Metrics"]["description"] = "Metrics by key.".into();
    if let Some(all) = all.as_object_mut() {
        all.remove("BTreeMap");
    }
}

/// Numbers that were written out refer to `Num`, and maps of them to `Metrics`.
fn refer(value: &mut Value, number: &Value) {
    if value == number {
        *value = json!({"$ref": "#/components/schemas/Num"});
    } else if value == "#/components/schemas/BTreeMap" {
        *value = "#/components/schemas/Metrics".into();
    }
    match value {
        Value::Object(object) => object.values_mut().for_each(|value| refer(value, number)),
        Value::Array(list) => list.iter_mut().for_each(|value| refer(value, number)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// What 403 means where a session needs a password that was given lately.
fn confirms() -> String {
    format!(
        "The role, or what the token carries, is too low; or, with the cookies of a login that is \
         older than {LATELY_MINUTES} minutes, `confirm-login`: log in again."
    )
}

fn fill_in(path: &str, method: &str, operation: &mut Map<String, Value>) {
    let action = Method::try_from(method).ok().and_then(|method| policy::action(&method, path));
    let needs = action.map_or(Needs::Nothing, Action::needs);
    let (own, tag) = (operation["operationId"].as_str(), operation["tags"][0].as_str());
    if let (Some(own), Some(tag)) = (own, tag) {
        operation["operationId"] = format!("{tag}_{own}").into();
    }
    let mut parameters: Vec<Value> = path.split('/').filter_map(part).map(in_path).collect();
    if let Some(Value::Array(own)) = operation.remove("parameters") {
        parameters.extend(own.into_iter().map(without_null));
    }
    if let Some(sorts) = sorts(path, &parameters) {
        orders(sorts, &mut parameters);
    }
    if makes(method, needs, operation) {
        parameters.push(json!({
            "name": "Idempotency-Key", "in": "header", "required": false,
            "description": "Chosen by the client: whoever repeats the request with it within 24 \
                hours gets the first answer again, and nothing is made twice.",
            "schema": {"type": "string", "minLength": 1, "maxLength": 200},
        }));
    }
    operation.insert("parameters".into(), parameters.into());
    operation.insert("security".into(), security(needs));
    for (status, answer) in operation["responses"].as_object_mut().into_iter().flatten() {
        if answer.get("description").is_none() {
            answer["description"] = done(status).into();
        }
    }
    for (status, description) in problems(path, method, needs, operation) {
        operation["responses"][status.to_string()] = problem(description);
    }
    if action.is_some_and(Action::confirms) {
        operation["responses"]["403"]["description"] = confirms().into();
    }
}

/// What a list can be sorted by, if it is one that comes in pages.
fn sorts(path: &str, parameters: &[Value]) -> Option<Sorts> {
    let pages = parameters.iter().any(|parameter| parameter["name"] == "cursor");
    let by = match path.rsplit('/').next()? {
        "projects" => Sorts::PROJECTS,
        "datasets" => Sorts::DATASETS,
        "models" => Sorts::MODELS,
        "runs" => Sorts::RUNS,
        "versions" => Sorts::VERSIONS,
        _ => Sorts::NONE,
    };
    pages.then_some(by)
}

/// Says in which orders a list comes; one that has its own order only is not asked for another.
fn orders(sorts: Sorts, parameters: &mut Vec<Value>) {
    if sorts == Sorts::NONE {
        parameters.retain(|parameter| parameter["name"] != "sort");
    }
    let both = sorts.0.iter().flat_map(|key| [(*key).to_owned(), format!("-{key}")]);
    let both: Vec<String> = both.collect();
    for parameter in parameters.iter_mut().filter(|parameter| parameter["name"] == "sort") {
        parameter["schema"]["enum"] = json!(both);
    }
}

/// What a status says, where the handler has nothing to add.
fn done(status: &str) -> &'static str {
    match status {
        "201" => "It was made.",
        "202" => "It was taken, and is worked on.",
        "204" => "It is done.",
        _ => "What was asked for.",
    }
}

/// Whether something is there afterwards that was not there before.
fn makes(method: &str, needs: Needs, operation: &Map<String, Value>) -> bool {
    let made = ["201", "202"].iter().any(|status| operation["responses"].get(status).is_some());
    method == "POST" && needs != Needs::Nothing && made
}

/// What can go wrong, by status.
fn problems(
    path: &str,
    method: &str,
    needs: Needs,
    operation: &Map<String, Value>,
) -> Vec<(u16, &'static str)> {
    let mut all = vec![
        (401, "Nobody is signed in, or the token is not valid."),
        (422, "A value or a key is not acceptable; `fields` says which."),
        (429, "Too often: wait."),
        (500, "Our fault; it is logged."),
        (503, "The server is busy or not ready: try again."),
    ];
    let makes = makes(method, needs, operation);
    let read = operation.contains_key("requestBody");
    let named = path.contains('{');
    let changes = method != "GET" && !path.ends_with("/predict");
    let clashes =
        changes && !["/login", "/logout", "/password"].iter().any(|end| path.ends_with(end));
    for (happens, status, description) in [
        (read, 400, "The body cannot be read."),
        (
            changes || needs != Needs::Nothing,
            403,
            "The role, or what the token carries, is too low.",
        ),
        (named, 404, "It is not there, or one may not see it."),
        (clashes, 409, "It clashes with the state of things."),
        (read, 413, "The body is larger than this address takes."),
        (read, 415, "The body is said to be something else."),
        (makes, 507, "There is no room left."),
    ] {
        if happens {
            all.push((status, description));
        }
    }
    all
}

/// The name in `{name}`.
fn part(segment: &str) -> Option<&str> {
    segment.strip_prefix('{')?.strip_suffix('}')
}

fn in_path(name: &str) -> Value {
    let text = |description: &str| (json!({"type": "string"}), description.to_owned());
    let number = |description: &str| {
        (json!({"type": "integer", "format": "int64", "minimum": 0}), description.to_owned())
    };
    let (schema, description) = match name {
        "owner" => text("Whose project: a username."),
        "project" => text("The name of the project."),
        "name" => text("The name of the dataset or the model."),
        "user" => text("A username."),
        "alias" => text("A word that is no version number, such as `champion`."),
        "version" => text("A number; of a model also an alias."),
        "run" => number("The number of the run in its project."),
        "id" => number("The number of the job."),
        "session" => number("The number of the session."),
        "token" => number("The number of the token, not its secret."),
        other => text(other),
    };
    json!({"name": name, "in": "path", "required": true, "description": description, "schema": schema})
}

/// A parameter is absent or has a value: `null` cannot be said in a query.
fn without_null(mut parameter: Value) -> Value {
    if let Some(Value::Array(types)) = parameter.pointer_mut("/schema/type") {
        types.retain(|kind| kind != "null");
        if let [only] = types.as_slice() {
            parameter["schema"]["type"] = only.clone();
        }
    } else if let Some(Value::Array(choices)) = parameter.pointer_mut("/schema/oneOf") {
        choices.retain(|choice| choice["type"] != "null");
        if let [only] = choices.as_slice() {
            parameter["schema"] = only.clone();
        }
    }
    parameter
}

/// Who may ask: any one of these ways.
fn security(needs: Needs) -> Value {
    let (nobody, token, session) = (json!({}), json!({"token": []}), json!({"session": []}));
    match needs {
        Needs::Nothing | Needs::SetupLink => json!([nobody]),
        Needs::Session => json!([session]),
        Needs::Role(Role::Read) => json!([nobody, token, session]),
        Needs::User | Needs::Role(_) | Needs::Job => json!([token, session]),
    }
}

fn problem(description: &str) -> Value {
    json!({
        "description": description,
        "content": {
            "application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}},
        },
    })
}
