//! Sign-up, login, logout, sessions and tokens by REST.

use crate::browser::{Browser, account, serve};
use axum::body::Body;
use axum::http::Method;
use chrono::Duration;
use mlhub_testing::TestHub;
use serde_json::{Value, json};

#[tokio::test]
async fn one_signs_up_looks_at_oneself_and_logs_out() {
    let hub = TestHub::start().await;
    let app = serve(&hub, None);
    let mut ada = Browser::new(&app);
    let made = ada.post("/api/v1/signup", account("ada")).await;
    assert_eq!(made.status, 201);
    assert_eq!(made.json["username"], "ada");
    assert_eq!(made.json["created_at"], "2026-11-23T12:00:00Z");
    assert!(made.json.get("password_hash").is_none());
    let names: Vec<&str> = ada.cookies.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["mlhub_at", "mlhub_rt"]);

    let me = ada.get("/api/v1/me").await;
    assert_eq!((me.status.as_u16(), &me.json), (200, &made.json));
    assert_eq!(ada.post("/api/v1/logout", Value::Null).await.status, 204);
    assert!(ada.cookies.is_empty());
    let me = ada.get("/api/v1/me").await;
    assert_eq!((me.status.as_u16(), me.code()), (401, "unauthenticated"));
    assert_eq!(me.header("www-authenticate"), "Bearer");
    assert_eq!(me.header("content-type"), "application/problem+json");
    assert_eq!(me.json["request_id"], me.header("x-request-id"));

    let again = json!({"email": "ada@example.org", "password": TestHub::PASSWORD});
    assert_eq!(ada.post("/api/v1/login", again).await.status, 200);
    assert_eq!(ada.get("/api/v1/me").await.status, 200);
}

#[tokio::test]
async fn a_session_is_renewed_while_somebody_looks_and_ends_for_a_copy() {
    let hub = TestHub::start().await;
    let app = serve(&hub, None);
    let mut ada = Browser::signed_up(&app, "ada").await;
    let mut thief = ada.clone();
    let before = ada.cookies.clone();
    assert!(ada.get("/api/v1/me").await.headers.get("set-cookie").is_none());

    hub.advance(Duration::minutes(5));
    let renewed = ada.get("/api/v1/me").await;
    assert_eq!(renewed.status, 200);
    assert_eq!(renewed.header("cache-control"), "no-store");
    assert!(ada.cookies.iter().zip(&before).all(|(new, old)| new.0 == old.0 && new.1 != old.1));

    hub.advance(Duration::seconds(31));
    assert_eq!(thief.get("/api/v1/me").await.status, 401);
    assert!(thief.cookies.is_empty());
    assert_eq!(ada.get("/api/v1/me").await.status, 401);
    assert!(ada.cookies.is_empty());
}

#[tokio::test]
async fn what_is_wrong_is_said_in_the_words_of_the_contract() {
    let hub = TestHub::start().await;
    let app = serve(&hub, None);
    let mut nobody = Browser::new(&app);
    Browser::signed_up(&app, "ada").await;
    let wrong = json!({"email": "ada@example.org", "password": "wrong"});
    let unknown = json!({"email": "bob@example.org", "password": "wrong"});
    let mut answers = Vec::new();
    for body in [wrong, unknown] {
        let mut answer = nobody.post("/api/v1/login", body).await;
        assert_eq!((answer.status.as_u16(), answer.code()), (401, "wrong-credentials"));
        answer.json["request_id"] = Value::Null;
        answers.push(answer.json);
    }
    assert_eq!(answers[0], answers[1]);

    for (body, status, code, field) in [
        (json!({"email": "x@y", "password": "p", "admin": true}), 422, "unknown-key", "admin"),
        (json!({"email": 1, "password": "p"}), 422, "invalid-value", "email"),
        (json!({"email": "x", "password": TestHub::PASSWORD}), 422, "invalid-value", "email"),
        (json!({"email": "x@y.org", "password": "password"}), 422, "weak-password", "password"),
        (account("ada"), 409, "username-taken", "username"),
    ] {
        let answer = nobody.post("/api/v1/signup", body.clone()).await;
        assert_eq!((answer.status.as_u16(), answer.code()), (status, code), "{body}");
        assert_eq!(answer.json["fields"][0]["field"], field, "{body}");
    }
    let broken = nobody.send(Method::POST, "/api/v1/login", Body::from("{\"email\":")).await;
    assert_eq!((broken.status.as_u16(), broken.code()), (400, "malformed"));
    let large = vec![b' '; (2 << 20) + 1];
    let large = nobody.send(Method::POST, "/api/v1/login", Body::from(large)).await;
    assert_eq!((large.status.as_u16(), large.code()), (413, "too-large"));
}

#[tokio::test]
async fn a_script_works_with_a_token_until_it_is_revoked() {
    let hub = TestHub::start().await;
    let app = serve(&hub, None);
    let mut ada = Browser::signed_up(&app, "ada").await;
    let body = json!({"name": "ci", "scopes": ["edit"], "expires_at": "2026-12-01T00:00:00Z"});
    let made = ada.post("/api/v1/tokens", body).await;
    assert_eq!(made.status, 201);
    assert_eq!((&made.json["name"], &made.json["scopes"]), (&json!("ci"), &json!(["edit"])));
    let token = made.json["token"].as_str().unwrap();
    assert!(token.starts_with("mlh_") && token.len() == 42);

    let mut script = Browser::new(&app).with("authorization", &format!("bearer {token}"));
    assert_eq!(script.get("/api/v1/me").await.json["username"], "ada");
    let list = script.get("/api/v1/tokens").await;
    assert_eq!((list.status.as_u16(), list.code()), (403, "forbidden"));
    let more = script.post("/api/v1/tokens", json!({"name": "x", "scopes": ["read"]})).await;
    assert_eq!(more.status, 403);

    let list = ada.get("/api/v1/tokens").await;
    assert_eq!(list.json["total"], 1);
    assert_eq!(list.json["items"][0]["last_used_at"], "2026-11-23T12:00:00Z");
    assert!(list.json["items"][0].get("token").is_none());
    let gone = ada.delete(&format!("/api/v1/tokens/{}", made.json["id"])).await;
    assert_eq!(gone.status, 204);
    let refused = script.get("/api/v1/me").await;
    assert_eq!((refused.status.as_u16(), refused.code()), (401, "bad-token"));
    // A wrong token is an error even where nobody needs one.
    assert_eq!(script.get("/api/v1/algorithms").await.status, 401);
}

#[tokio::test]
async fn a_token_asked_for_twice_is_made_once_and_shown_twice() {
    let hub = TestHub::start().await;
    let app = serve(&hub, None);
    let mut ada = Browser::signed_up(&app, "ada").await.with("idempotency-key", "one");
    let body = json!({"name": "ci", "scopes": ["read"]});
    let first = ada.post("/api/v1/tokens", body.clone()).await;
    let second = ada.post("/api/v1/tokens", body).await;
    assert_eq!((first.status.as_u16(), second.status.as_u16()), (201, 201));
    assert_eq!(first.json, second.json);
    assert_eq!(ada.get("/api/v1/tokens").await.json["total"], 1);
    let other = ada.post("/api/v1/tokens", json!({"name": "cd", "scopes": ["read"]})).await;
    assert_eq!((other.status.as_u16(), other.code()), (409, "idempotency-reuse"));
    let stored = hub.database().value("SELECT answer::text FROM idempotency_keys").await.unwrap();
    assert!(!stored.contains("mlh_"), "{stored}");
}

#[tokio::test]
async fn one_changes_oneself_and_ends_other_sessions() {
    let hub = TestHub::start().await;
    let app = serve(&hub, None);
    let mut ada = Browser::signed_up(&app, "ada").await;
    let mut phone = Browser::new(&app).with("user-agent", "Phone/1");
    let login = json!({"email": "ada@example.org", "password": TestHub::PASSWORD});
    phone.post("/api/v1/login", login).await;

    let renamed = ada.patch("/api/v1/me", json!({"display_name": "Ada L."})).await;
    assert_eq!(renamed.json["display_name"], "Ada L.");
    let list = ada.get("/api/v1/sessions").await.json;
    assert_eq!(list["total"], 2);
    let other = list["items"].as_array().unwrap().iter().find(|s| s["current"] == false).unwrap();
    assert_eq!(other["agent"], "Phone/1");
    assert_eq!(ada.delete(&format!("/api/v1/sessions/{}", other["id"])).await.status, 204);
    assert_eq!(phone.get("/api/v1/me").await.status, 401);

    let new = "marble oxygen tuesday";
    let guess = json!({"current_password": "a guess", "password": new});
    let wrong = ada.post("/api/v1/me/password", guess).await;
    assert_eq!((wrong.status.as_u16(), wrong.code()), (422, "invalid-value"));
    assert_eq!(wrong.json["fields"][0]["field"], "current_password");
    assert_eq!(wrong.header("www-authenticate"), "", "one is signed in");
    let new = json!({"current_password": TestHub::PASSWORD, "password": new});
    assert_eq!(ada.post("/api/v1/me/password", new).await.status, 204);
    assert_eq!(ada.get("/api/v1/me").await.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_made_on_its_page_is_shown_once_by_the_page_that_follows() {
    let hub = TestHub::start().await;
    // Without an administrator all pages lead to set-up.
    hub.admin("root").await;
    let app = serve(&hub, None);
    let mut ada = Browser::signed_up(&app, "ada").await;
    let mut form = ada.clone().with("content-type", "application/x-www-form-urlencoded");
    let fields = "_fn=accounts%2Fmake-token&name=laptop&scope=read&days=7";
    let made = form.send(Method::POST, "/settings/tokens", Body::from(fields)).await;
    let title = "Your new token";
    assert_eq!((made.status.as_u16(), made.header("location")), (303, "/settings/tokens"));
    let shown = |browser: &Browser| browser.cookies.iter().any(|(name, _)| name == "mlhub_once");
    let line = made.headers.get_all("set-cookie").iter().map(|line| line.to_str().unwrap());
    let line: Vec<&str> = line.filter(|line| line.starts_with("mlhub_once=mlh_")).collect();
    assert!(line[0].ends_with("; Max-Age=60; Path=/; HttpOnly; SameSite=Lax"), "{line:?}");

    ada.cookies = form.cookies;
    assert!(shown(&ada));
    assert_eq!(ada.get("/settings").await.status, 200);
    assert!(shown(&ada), "another page leaves it");
    // Whoever plants it in another browser tells nobody a token.
    let mut bob = Browser::signed_up(&app, "bob").await;
    bob.cookies.extend(ada.cookies.iter().find(|(name, _)| name == "mlhub_once").cloned());
    assert!(!bob.get("/settings/tokens").await.text.contains(title));
    assert!(ada.get("/settings/tokens").await.text.contains(title));
    assert!(!shown(&ada));
    assert!(!ada.get("/settings/tokens").await.text.contains(title));
    assert_eq!(ada.get("/api/v1/tokens").await.json["total"], 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_asks_for_the_password_again_and_keeps_what_was_typed() {
    let hub = TestHub::start().await;
    hub.admin("root").await;
    let app = serve(&hub, None);
    let ada = Browser::signed_up(&app, "ada").await;
    let mut ada = ada.with("content-type", "application/x-www-form-urlencoded");
    let field = "name=\"password\"";
    hub.advance(Duration::seconds(14 * 60 + 59));
    assert!(!ada.get("/settings/tokens").await.text.contains(field));

    hub.advance(Duration::seconds(1));
    let post = async |ada: &mut Browser, more: &str| {
        let fields = format!("_fn=accounts%2Fmake-token&name=nightly+plum&scope=read&days=7{more}");
        ada.send(Method::POST, "/settings/tokens", Body::from(fields)).await
    };
    let early = post(&mut ada, "").await;
    assert_eq!(early.status, 403);
    for said in [field, "value=\"nightly plum\"", "signed in as ada", "asks for it again"] {
        assert!(early.text.contains(said), "{said}: {}", early.text);
    }
    let wrong = post(&mut ada, "&password=a+guess").await;
    assert_eq!(wrong.status, 422);
    assert!(wrong.text.contains("This is not your current password."), "{}", wrong.text);
    assert!(wrong.text.contains(field) && !wrong.text.contains("a guess"), "{}", wrong.text);
    let right = post(&mut ada, "&password=turbine+plum+archive").await;
    assert_eq!((right.status.as_u16(), right.header("location")), (303, "/settings/tokens"));
    let page = ada.get("/settings/tokens").await.text;
    assert!(page.contains("nightly plum") && !page.contains(field), "{page}");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_deletes_is_asked_for_the_name_and_the_password_at_once() {
    let hub = TestHub::start().await;
    hub.admin("root").await;
    let app = serve(&hub, None);
    let mut ada = Browser::signed_up(&app, "ada").await;
    ada.post("/api/v1/projects", json!({"name": "titanic"})).await;
    let mut ada = ada.with("content-type", "application/x-www-form-urlencoded");
    hub.advance(Duration::minutes(15));
    let page = "/ada/titanic/settings";
    assert!(ada.get(page).await.text.contains("Your password"));
    let post = async |ada: &mut Browser, typed: &str| {
        let at = "_fn=projects%2Fdelete&at%5Bowner%5D=ada&at%5Bproject%5D=titanic";
        ada.send(Method::POST, page, Body::from(format!("{at}&{typed}"))).await
    };
    let both = post(&mut ada, "confirm=titan&password=a+guess").await;
    assert_eq!(both.status, 422);
    for said in ["Type titanic to delete it.", "This is not your current password."] {
        assert!(both.text.contains(said), "{said}: {}", both.text);
    }
    assert_eq!(post(&mut ada, "confirm=titanic").await.status, 403);
    let right = post(&mut ada, "confirm=titanic&password=turbine+plum+archive").await;
    assert_eq!((right.status.as_u16(), right.header("location")), (303, "/dashboard"));
    assert_eq!(ada.get("/api/v1/projects/ada/titanic").await.status, 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn that_a_form_is_done_is_said_once_by_the_page_that_follows() {
    let hub = TestHub::start().await;
    hub.admin("root").await;
    let app = serve(&hub, None);
    let mut ada = Browser::signed_up(&app, "ada").await;
    let mut form = ada.clone().with("content-type", "application/x-www-form-urlencoded");
    let fields = "_fn=accounts%2Frename&_key=&_done=true&display_name=Ada+L.";
    let done = form.send(Method::POST, "/settings", Body::from(fields)).await;
    assert_eq!((done.status.as_u16(), done.header("location")), (303, "/settings"));
    ada.cookies = form.cookies;
    let said = "Your name has been changed.";
    assert!(ada.get("/settings").await.text.contains(said));
    assert!(!ada.get("/settings").await.text.contains(said));
}
