//! Every way to be refused, and how it is said.

use super::{keys, plain};
use crate::browser::{Answer, Browser, account, serve};
use axum::body::Body;
use axum::http::Method;
use chrono::Duration;
use mlhub_domain::access::Role;
use mlhub_testing::TestHub;
use serde_json::{Value, json};

/// That `answer` is the problem `code` with `status`, about `field` when that is not empty.
#[track_caller]
fn refused(answer: &Answer, status: u16, code: &str, field: &str) {
    let problem = &answer.json;
    assert_eq!((answer.status.as_u16(), answer.code()), (status, code), "{problem}");
    assert_eq!(answer.header("content-type"), "application/problem+json");
    keys(problem, "type title status detail code fields request_id");
    assert_eq!(problem["type"], format!("urn:mlhub:problem:{code}"));
    assert_eq!(problem["status"], status);
    assert_eq!(problem["request_id"], answer.header("x-request-id"));
    assert_ne!(problem["title"], "");
    plain(problem["detail"].as_str().unwrap());
    let fields = problem["fields"].as_array().unwrap();
    assert_eq!(fields.is_empty(), field.is_empty(), "{problem}");
    for named in fields {
        keys(named, "field message");
    }
    if let Some(named) = fields.first() {
        assert_eq!(named["field"], field, "{problem}");
    }
}

/// The fields that `answer` names.
fn fields(answer: &Answer) -> Vec<&str> {
    let fields = answer.json["fields"].as_array().unwrap();
    fields.iter().map(|field| field["field"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn a_login_that_is_too_old_for_it_is_answered_by_logging_in_again() {
    let hub = TestHub::start().await;
    let app = serve(&hub, None);
    let mut ada = Browser::signed_up(&app, "ada").await;
    let mut script = Browser::script(&app, &hub, &hub.user("ada").await, "manage").await;
    let project = "/api/v1/projects/ada/titanic";
    for name in ["titanic", "iris"] {
        ada.post("/api/v1/projects", json!({ "name": name })).await;
    }
    hub.advance(Duration::minutes(15));
    let token = json!({"name": "ci", "scopes": ["read"]});
    refused(&ada.post("/api/v1/tokens", token.clone()).await, 403, "confirm-login", "");
    refused(&ada.delete(project).await, 403, "confirm-login", "");
    assert_eq!(ada.get(project).await.status, 200);
    assert_eq!(script.delete("/api/v1/projects/ada/iris").await.status, 204, "a token is enough");
    let login = json!({"email": "ada@example.org", "password": TestHub::PASSWORD});
    assert_eq!(ada.post("/api/v1/login", login).await.status, 200);
    assert_eq!(ada.post("/api/v1/tokens", token).await.status, 201);
    assert_eq!(ada.delete(project).await.status, 204);
}

#[tokio::test]
async fn every_kind_of_mistake_has_its_status_and_names_what_is_wrong() {
    let hub = TestHub::start().await;
    let app = serve(&hub, None);
    let at = hub.project("ada/titanic").await.api();
    let (ada, eve) = (hub.user("ada").await, hub.user("eve").await);
    let rae = hub.member("rae", "ada/titanic", Role::Read).await;
    let mut owner = Browser::script(&app, &hub, &ada, "manage").await;
    let mut reader = Browser::script(&app, &hub, &rae, "manage").await;
    let mut stranger = Browser::script(&app, &hub, &eve, "manage").await;
    let mut nobody = Browser::new(&app);
    let datasets = format!("{at}/datasets");
    let new = json!({"name": "passengers"});

    let broken = owner.send(Method::POST, &datasets, Body::from("{\"name\":")).await;
    refused(&broken, 400, "malformed", "");
    assert_eq!(
        broken.json["detail"],
        "The body is not JSON: it ends too early (line 1, column 8)."
    );
    let empty = owner.send(Method::POST, &datasets, Body::empty()).await;
    refused(&empty, 400, "malformed", "");
    refused(&nobody.post(&datasets, new.clone()).await, 401, "unauthenticated", "");
    let mut forged = Browser::new(&app).with("authorization", "Bearer mlh_forged");
    refused(&forged.get("/api/v1/me").await, 401, "bad-token", "");
    refused(&reader.post(&datasets, new.clone()).await, 403, "forbidden", "");
    refused(&stranger.post(&datasets, new.clone()).await, 404, "not-found", "");
    refused(&stranger.get(&at).await, 404, "not-found", "");
    refused(&owner.get(&format!("{datasets}/nowhere")).await, 404, "not-found", "");
    refused(&owner.get(&format!("{datasets}/Not%20a%20name")).await, 404, "not-found", "");
    assert_eq!(owner.post(&datasets, new.clone()).await.status, 201);
    refused(&owner.post(&datasets, new.clone()).await, 409, "dataset-name-taken", "name");
    let large = format!("{{\"name\": \"{}\"}}", "a".repeat(2 << 20));
    let large = owner.send(Method::POST, &datasets, Body::from(large)).await;
    refused(&large, 413, "too-large", "");
    for said in ["text/plain", "text/csv", "multipart/form-data"] {
        let mut other = owner.clone().with("content-type", said);
        refused(&other.post(&datasets, new.clone()).await, 415, "unsupported-media-type", "");
    }
    // What curl says of a body unless told otherwise, and no word at all.
    for (name, said) in [("curls", "application/x-www-form-urlencoded"), ("nameless", "")] {
        let mut other = owner.clone().with("content-type", said);
        assert_eq!(other.post(&datasets, json!({ "name": name })).await.status, 201);
    }
    let mut exact = owner.clone().with("content-type", "application/JSON; charset=utf-8");
    assert_eq!(exact.post(&datasets, json!({"name": "more"})).await.status, 201);

    for (body, code, field) in [
        (json!({"name": "x", "nmae": "y"}), "unknown-key", "nmae"),
        (json!({}), "invalid-value", "name"),
        (json!({"name": 5}), "invalid-value", "name"),
        (json!({"name": null}), "invalid-value", "name"),
        (json!({"name": "Upper"}), "invalid-value", "name"),
        (json!({"name": "a".repeat(65)}), "invalid-value", "name"),
        (json!({"name": "x", "visibility": "secret"}), "invalid-value", "visibility"),
        (json!({"name": "x", "description": ["a"]}), "invalid-value", "description"),
    ] {
        refused(&owner.post(&datasets, body).await, 422, code, field);
    }
    refused(&owner.post(&datasets, json!([])).await, 422, "invalid-value", "");
    let spec = |rest: Value| {
        let mut spec = json!({
            "task": "classification", "target": "lived", "algorithm": {"kind": "logistic"},
        });
        spec.as_object_mut().unwrap().extend(rest.as_object().unwrap().clone());
        json!({"name": "survival", "spec": spec})
    };
    for (body, code, field) in [
        (spec(json!({"seed": -1})), "invalid-value", "spec.seed"),
        (spec(json!({"sede": 1})), "unknown-key", "spec.sede"),
        (spec(json!({"task": "guessing"})), "invalid-value", "spec.task"),
        (spec(json!({"algorithm": {"kind": "magic"}})), "invalid-value", "spec.algorithm.kind"),
        (spec(json!({"validation": {"holdout": "a"}})), "invalid-value", "spec.validation.holdout"),
        (spec(json!({"features": "age"})), "invalid-value", "spec.features"),
    ] {
        refused(&owner.post(&format!("{at}/models"), body).await, 422, code, field);
    }
    let models = format!("{at}/models");
    let params = json!({"kind": "lightgbm", "params": {"trees": 0, "leafs": 3}});
    let mut wrong = spec(json!({"algorithm": params, "validation": {"holdout": 0.9}}));
    let of_spec =
        ["spec.algorithm.params.leafs", "spec.algorithm.params.trees", "spec.validation.holdout"];
    wrong["name"] = "Not A Name".into();
    let all = owner.post(&models, wrong.clone()).await;
    refused(&all, 422, "invalid-value", "name");
    assert_eq!(fields(&all), ["name", of_spec[0], of_spec[1], of_spec[2]]);
    // One that is no seed at all is told with what does not fit in the rest.
    let mut unread = wrong.clone();
    unread["spec"]["seed"] = json!(-1);
    let all = owner.post(&models, unread).await;
    refused(&all, 422, "invalid-value", "spec.seed");
    assert_eq!(fields(&all), ["spec.seed", "name", of_spec[0], of_spec[1], of_spec[2]]);
    assert_eq!(owner.post(&models, spec(json!({}))).await.status, 201);
    wrong["name"] = "survival".into();
    let all = owner.post(&models, wrong.clone()).await;
    refused(&all, 422, "invalid-spec", of_spec[0]);
    assert_eq!(fields(&all), [of_spec[0], of_spec[1], of_spec[2], "name"]);
    wrong["name"] = "Not A Name".into();
    wrong["description"] = "x".repeat(2_001).into();
    let all = owner.patch(&format!("{models}/survival"), wrong).await;
    refused(&all, 422, "invalid-value", "name");
    assert_eq!(fields(&all), ["name", of_spec[0], of_spec[1], of_spec[2], "description"]);
}

#[tokio::test]
async fn an_address_says_which_methods_it_knows_and_a_look_costs_no_body() {
    let hub = TestHub::start().await;
    let app = serve(&hub, None);
    let mut ada = Browser::signed_up(&app, "ada").await;
    let mut nobody = Browser::new(&app);
    for (method, path, allow) in [
        (Method::DELETE, "/api/v1/me", "GET,HEAD,PATCH"),
        (Method::PUT, "/api/v1/projects", "GET,HEAD,POST"),
        (Method::GET, "/api/v1/login", "POST"),
        (Method::PATCH, "/healthz", "GET,HEAD"),
        (Method::DELETE, "/api/v1/projects/ada/titanic/datasets", "GET,HEAD,POST"),
    ] {
        for browser in [&mut ada, &mut nobody] {
            let answer = browser.send(method.clone(), path, Body::empty()).await;
            refused(&answer, 405, "method-not-allowed", "");
            let mut known: Vec<&str> = answer.header("allow").split(',').collect();
            known.sort_unstable();
            assert_eq!(known.join(","), allow, "{path}");
        }
    }
    for path in ["/api/v1/nothing", "/api/v2/me", "/api/", "/api/v1/projects/ada/titanic/pets"] {
        for method in [Method::GET, Method::POST, Method::DELETE] {
            let answer = ada.send(method, path, Body::empty()).await;
            refused(&answer, 404, "not-found", "");
        }
    }
    for path in ["/api/v1/me", "/api/v1/projects", "/api/openapi.json", "/healthz", "/readyz"] {
        let (whole, head) =
            (ada.get(path).await, ada.send(Method::HEAD, path, Body::empty()).await);
        assert_eq!((head.status, &head.json), (whole.status, &Value::Null), "{path}");
        assert_eq!(head.header("content-type"), whole.header("content-type"), "{path}");
    }
}

#[tokio::test]
async fn names_are_what_the_contract_says() {
    let hub = TestHub::start().await;
    let app = serve(&hub, None);
    let mut nobody = Browser::new(&app);
    for reserved in [
        "api",
        "app",
        "assets",
        "admin",
        "login",
        "logout",
        "signup",
        "setup",
        "settings",
        "dashboard",
        "explore",
        "docs",
        "design",
        "uploads",
        "internal",
        "fn",
        "healthz",
        "readyz",
        "metrics",
        ".well-known",
        "robots.txt",
        "sitemap.xml",
        "static",
        "orgs",
    ] {
        refused(
            &nobody.post("/api/v1/signup", account(reserved)).await,
            422,
            "invalid-value",
            "username",
        );
    }
    for bad in ["-ada", "a_b", "a.b", "ä", "a b", &"a".repeat(40)] {
        let mut account = account("good");
        account["username"] = bad.into();
        refused(&nobody.post("/api/v1/signup", account).await, 422, "invalid-value", "username");
    }
    for (email, name) in [
        ("Ada.Lovelace@example.org", "ada-lovelace"),
        ("ada+lovelace@example.org", "ada-lovelace-2"),
    ] {
        let body = json!({"email": email, "password": TestHub::PASSWORD});
        assert_eq!(Browser::new(&app).post("/api/v1/signup", body).await.json["username"], name);
    }
    let mut ada = Browser::signed_up(&app, &"a".repeat(39)).await;
    for good in ["0", "a.b_c-d", &"x".repeat(64)] {
        let made = ada.post("/api/v1/projects", json!({"name": good})).await;
        assert_eq!((made.status.as_u16(), &made.json["name"]), (201, &json!(good)));
    }
    for bad in ["", ".a", "_a", "a/b", "A", "é", &"x".repeat(65)] {
        let made = ada.post("/api/v1/projects", json!({"name": bad})).await;
        refused(&made, 422, "invalid-value", "name");
    }
}
