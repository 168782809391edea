//! Accounts, projects, members, and what an operator asks.

use super::{keys, moment};
use crate::browser::{Browser, account, serve};
use axum::body::Body;
use axum::http::Method;
use mlhub_testing::TestHub;
use serde_json::{Value, json};

#[tokio::test]
async fn accounts_tokens_and_sessions_have_these_keys() {
    let hub = TestHub::start().await;
    let app = serve(&hub, None);
    let mut ada = Browser::new(&app);
    let made = ada.post("/api/v1/signup", account("ada")).await;
    assert_eq!(made.status, 201);
    keys(&made.json, "id username email display_name admin created_at");
    moment(&made.json["created_at"]);
    let login = json!({"email": "ADA@example.org", "password": TestHub::PASSWORD});
    let answer = Browser::new(&app).post("/api/v1/login", login).await;
    assert_eq!((answer.status.as_u16(), &answer.json), (200, &made.json));
    assert!(answer.header("set-cookie").contains("HttpOnly"));

    let body = json!({"name": "ci", "scopes": ["edit"], "expires_at": "2026-12-01T01:00:00+01:00"});
    let token = ada.post("/api/v1/tokens", body).await;
    assert_eq!(token.status, 201);
    keys(&token.json, "token id name scopes created_at expires_at last_used_at");
    assert_eq!(token.json["expires_at"], "2026-12-01T00:00:00Z");
    let forever =
        ada.post("/api/v1/tokens", json!({"name": "x", "scopes": ["read", "edit"]})).await;
    assert_eq!((forever.status.as_u16(), &forever.json["expires_at"]), (201, &Value::Null));
    let listed = ada.get("/api/v1/tokens").await.json;
    keys(&listed["items"][0], "id name scopes created_at expires_at last_used_at");
    let sessions = ada.get("/api/v1/sessions").await.json;
    keys(&sessions["items"][0], "id agent created_at seen_at current");
    assert_eq!(ada.post("/api/v1/logout", Value::Null).await.status, 204);
}

#[tokio::test]
async fn projects_and_members_have_these_keys() {
    let hub = TestHub::start().await;
    let app = serve(&hub, None);
    let mut ada = Browser::signed_up(&app, "ada").await;
    Browser::signed_up(&app, "bob").await;
    let made = ada.post("/api/v1/projects", json!({"name": "titanic"})).await;
    assert_eq!((made.status.as_u16(), &made.json["visibility"]), (201, &json!("private")));
    let at = "/api/v1/projects/ada/titanic";
    let open = ada.post("/api/v1/projects", json!({"name": "open", "visibility": "public"})).await;
    assert_eq!(open.json["visibility"], "public");
    keys(
        &ada.get(at).await.json,
        "owner name visibility description role datasets models runs created_at updated_at",
    );
    let member = ada.post(&format!("{at}/members"), json!({"user": "bob", "role": "edit"})).await;
    assert_eq!(member.status, 201);
    keys(&member.json, "user display_name role since");
    moment(&member.json["since"]);
    let bob = format!("{at}/members/bob");
    let changed = ada.patch(&bob, json!({"role": "read"})).await;
    keys(&changed.json, "user display_name role since");
    let gone = ada.delete(&bob).await;
    assert_eq!((gone.status.as_u16(), &gone.json), (204, &Value::Null));
    let dataset = ada.post(&format!("{at}/datasets"), json!({"name": "passengers"})).await;
    assert_eq!(dataset.status, 201);
    assert_eq!(dataset.header("location"), format!("{at}/datasets/passengers"));
    keys(
        &dataset.json,
        "owner project name description visibility current rows columns latest versions created_at \
         updated_at",
    );
    assert_eq!((&dataset.json["current"], &dataset.json["latest"]), (&Value::Null, &Value::Null));
}

#[tokio::test]
async fn who_runs_it_asks_for_health_and_figures() {
    let hub = TestHub::start().await;
    let app = serve(&hub, None);
    let mut nobody = Browser::new(&app);
    assert_eq!(nobody.get("/healthz").await.status, 200);
    let ready = nobody.get("/readyz").await;
    assert_eq!((ready.status.as_u16(), &ready.json), (200, &json!({"ready": true, "reasons": []})));
    let figures = nobody.send(Method::GET, "/metrics", Body::empty()).await;
    assert_eq!(figures.header("content-type"), "text/plain; version=0.0.4");
    let kinds = nobody.get("/api/v1/algorithms").await.json;
    keys(&kinds, "items next total");
    let names: Vec<&Value> =
        kinds["items"].as_array().unwrap().iter().map(|a| &a["kind"]).collect();
    assert_eq!(names, ["lightgbm", "mlp", "logistic", "ridge", "baseline"]);
    for algorithm in kinds["items"].as_array().unwrap() {
        keys(algorithm, "kind title choose tasks params");
        for param in algorithm["params"].as_array().unwrap() {
            for key in ["name", "title", "kind", "default", "unit", "essential", "help"] {
                assert!(param.get(key).is_some(), "{param} has no {key}");
            }
        }
    }
}
