//! The layers before every route.

use crate::browser::{Browser, HOST, account, serve};
use axum::body::Body;
use axum::http::Method;
use mlhub_domain::access::Role;
use mlhub_hub::accounts::{Presented, recognise, set_up_link};
use mlhub_testing::TestHub;
use serde_json::{Value, json};

#[tokio::test]
async fn a_host_that_is_not_ours_is_misdirected_but_for_health() {
    let hub = TestHub::start().await;
    let app = serve(&hub, None);
    let mut evil = Browser::new(&app).with("host", "evil.example:3000");
    for path in
        ["/api/v1/me", "/api/openapi.json", "/", "/nothing", "/assets/x", "/internal/x", "/uploads"]
    {
        let answer = evil.get(path).await;
        assert_eq!((answer.status.as_u16(), answer.code()), (421, "misdirected"), "{path}");
    }
    assert_eq!(evil.get("/healthz").await.status, 200);
    assert_eq!(evil.get("/readyz").await.status, 200);
    let mut here = Browser::new(&app).with("host", "localhost:3000");
    assert_eq!(here.get("/api/openapi.json").await.status, 200);

    let public = serve(&hub, Some("https://hub.example.org"));
    let mut outside = Browser::new(&public).with("host", "hub.example.org");
    assert_eq!(outside.get("/api/openapi.json").await.status, 200);
    let mut inside = Browser::new(&public);
    assert_eq!(inside.get("/api/openapi.json").await.status, 421);
}

#[tokio::test]
async fn another_site_cannot_act_for_a_visitor_on_any_route() {
    let hub = TestHub::start().await;
    let app = serve(&hub, None);
    let ada = Browser::signed_up(&app, "ada").await;
    let routes = [
        (Method::POST, "/api/v1/projects"),
        (Method::POST, "/api/v1/logout"),
        (Method::PATCH, "/api/v1/me"),
        (Method::DELETE, "/api/v1/tokens/1"),
        (Method::POST, "/fn/projects/create"),
        (Method::POST, "/dashboard"),
        (Method::POST, "/nothing/at/all"),
        (Method::POST, "/internal/jobs/1/finish"),
    ];
    for said in [("sec-fetch-site", "cross-site"), ("origin", "https://evil.example")] {
        let mut lured = ada.clone().with(said.0, said.1);
        for (method, path) in &routes {
            let answer = lured.send(method.clone(), path, Body::from("{}")).await;
            assert_eq!((answer.status.as_u16(), answer.code()), (403, "cross-origin"), "{path}");
        }
        assert_eq!(lured.get("/api/v1/me").await.status, 200, "reading is no act");
    }
    let own = format!("http://{HOST}");
    let mut own = ada.clone().with("origin", &own);
    assert_eq!(own.post("/api/v1/projects", json!({"name": "own"})).await.status, 201);

    let mut socket = ada.with("upgrade", "websocket").with("connection", "upgrade");
    let silent = socket.get("/api/v1/live").await;
    assert_eq!((silent.status.as_u16(), silent.code()), (403, "cross-origin"));
    let mut foreign = socket.with("origin", "http://evil.example:3000");
    assert_eq!(foreign.get("/api/v1/live").await.code(), "cross-origin");
}

#[tokio::test]
async fn what_people_reach_knows_nothing_of_the_job_api() {
    let hub = TestHub::start().await;
    let app = serve(&hub, None);
    let mut nobody = Browser::new(&app);
    for path in ["/internal/jobs/1/spec", "/internal/x", "/uploads"] {
        let answer = nobody.get(path).await;
        assert_eq!((answer.status.as_u16(), answer.header("location")), (303, "/setup"), "{path}");
    }
    hub.admin("root").await;
    for path in ["/internal/jobs/1/spec", "/internal/x", "/uploads"] {
        assert_eq!(nobody.get(path).await.status, 404, "{path}");
    }
    let mut worker = nobody.with("authorization", "Bearer mlhj_1_x");
    assert_eq!(worker.get("/internal/jobs/1/spec").await.code(), "bad-token", "as everywhere");
}

#[tokio::test]
async fn who_is_not_ready_says_which_part_is_not_and_nothing_of_it() {
    let hub = TestHub::start().await;
    let app = serve(&hub, None);
    let mut nobody = Browser::new(&app);
    assert_eq!(nobody.get("/readyz").await.json, json!({"ready": true, "reasons": []}));
    std::fs::remove_dir_all(hub.folder().join("objects")).unwrap();
    std::fs::write(hub.folder().join("objects"), "no folder").unwrap();
    let answer = nobody.get("/readyz").await;
    assert_eq!(answer.status, 503);
    assert_eq!(answer.json["reasons"], json!(["the object store takes no bytes"]));
}

#[tokio::test]
async fn a_script_with_a_token_may_come_from_anywhere() {
    let hub = TestHub::start().await;
    let app = serve(&hub, None);
    let ada = hub.user("ada").await;
    let mut script =
        Browser::script(&app, &hub, &ada, "edit").await.with("origin", "https://notebook.example");
    assert_eq!(script.post("/api/v1/projects", json!({"name": "x"})).await.status, 201);
}

#[tokio::test]
async fn every_answer_says_what_a_browser_may_do_with_it() {
    let hub = TestHub::start().await;
    let app = serve(&hub, None);
    let mut nobody = Browser::new(&app);
    let mut nonces = Vec::new();
    for path in ["/healthz", "/api/v1/me", "/setup", "/nothing"] {
        let answer = nobody.get(path).await;
        assert_eq!(answer.header("x-content-type-options"), "nosniff", "{path}");
        assert_eq!(answer.header("referrer-policy"), "same-origin", "{path}");
        assert_eq!(answer.header("strict-transport-security"), "", "{path}");
        let policy = answer.header("content-security-policy").to_owned();
        let (_, rest) = policy.split_once("'nonce-").unwrap();
        let (nonce, _) = rest.split_once('\'').unwrap();
        assert_eq!(
            policy.replace(nonce, "N"),
            "default-src 'self'; script-src 'self' 'nonce-N' 'wasm-unsafe-eval'; style-src 'self'; \
             style-src-attr 'unsafe-inline'; img-src 'self' data: blob:; connect-src 'self'; \
             frame-ancestors 'none'; base-uri 'none'; form-action 'self'"
        );
        assert_eq!(answer.header("x-request-id").len(), 16);
        nonces.push(nonce.to_owned());
    }
    nonces.sort();
    nonces.dedup();
    assert_eq!(nonces.len(), 4, "another one each time");

    let public = serve(&hub, Some("https://hub.example.org"));
    let mut outside = Browser::new(&public).with("host", "hub.example.org");
    let made = outside.post("/api/v1/signup", account("ada")).await;
    assert_eq!(made.header("strict-transport-security"), "max-age=31536000");
    let names: Vec<&str> = outside.cookies.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["__Host-mlhub_at", "__Host-mlhub_rt"]);
    assert!(made.header("set-cookie").ends_with("Path=/; HttpOnly; SameSite=Lax; Secure"));
}

#[tokio::test]
async fn until_there_is_an_administrator_pages_lead_to_set_up() {
    let hub = TestHub::start().await;
    let app = serve(&hub, None);
    let mut browser = Browser::new(&app);
    for page in ["/", "/login", "/signup", "/dashboard", "/ada/titanic", "/nothing"] {
        let answer = browser.get(page).await;
        assert_eq!((answer.status.as_u16(), answer.header("location")), (303, "/setup"), "{page}");
    }
    let form = browser.post("/fn/projects/create", Value::Null).await;
    assert_eq!((form.status.as_u16(), form.code()), (503, "setup-required"));
    assert_eq!(browser.get("/setup").await.status, 200);
    assert_eq!(browser.get("/healthz").await.status, 200);
    assert_eq!(browser.get("/api/v1/me").await.status, 401, "scripts are told what they lack");

    let code = set_up_link(&hub).await.unwrap().unwrap();
    let set_up = |code: &str| {
        let mut body = account("ada");
        body["code"] = code.into();
        body
    };
    let wrong = browser.post("/api/v1/setup", set_up("guessed")).await;
    assert_eq!((wrong.status.as_u16(), wrong.code()), (404, "not-found"));
    let open = async |code: &str| {
        let page = Browser::new(&app).get(&format!("/setup?code={code}")).await;
        let command = page.text.contains("mlhub admin create-user --admin");
        (page.status.as_u16(), page.text.contains("name=\"password\""), command, page.text)
    };
    let (status, form, command, said) = open("guessed").await;
    assert_eq!((status, form, command), (404, false, true));
    assert!(said.contains("This is not the set-up link of this server"), "{said}");
    let (status, form, command, _) = open(&code).await;
    assert_eq!((status, form, command), (200, true, false));
    let made = browser.post("/api/v1/setup", set_up(&code)).await;
    assert_eq!((made.status.as_u16(), &made.json["admin"]), (201, &json!(true)));
    assert_eq!(Browser::new(&app).get("/login").await.status, 200, "pages are open now");
    let again = browser.post("/api/v1/setup", set_up(&code)).await;
    assert_eq!((again.status.as_u16(), again.code()), (409, "setup-done"));
    for any in [code.as_str(), "guessed", ""] {
        let (status, form, command, said) = open(any).await;
        assert_eq!((status, form, command), (200, false, true), "{any}");
        assert!(said.contains("its link is used"), "{said}");
    }
}

#[tokio::test]
async fn a_token_in_the_wrong_place_or_shape_is_nobodys() {
    let hub = TestHub::start().await;
    let app = serve(&hub, None);
    let ada = hub.user("ada").await;
    let script = Browser::script(&app, &hub, &ada, Role::Manage.as_str()).await;
    let token = script.headers["authorization"].to_str().unwrap()["Bearer ".len()..].to_owned();
    let mut nobody = Browser::new(&app);
    assert_eq!(nobody.get(&format!("/api/v1/me?token={token}")).await.status, 401);
    nobody.cookies = vec![("mlhub_at".into(), token.clone()), ("mlhub_rt".into(), token.clone())];
    assert_eq!(nobody.get("/api/v1/me").await.status, 401);
    let mut basic = Browser::new(&app).with("authorization", &format!("Basic {token}"));
    assert_eq!(basic.get("/api/v1/me").await.status, 401);
    for bad in ["Bearer ", "Bearer mlh_x", "Bearer a.b.c"] {
        let mut bearer = Browser::new(&app).with("authorization", bad);
        assert_eq!(bearer.get("/api/v1/me").await.code(), "bad-token", "{bad:?}");
    }
    // The access token of a session is no bearer token.
    let browser = Browser::signed_up(&app, "bob").await;
    let access = browser.cookies[0].1.clone();
    let presented = Presented { bearer: Some(&access), ..Presented::default() };
    assert!(recognise(&hub, presented).await.is_err());
}
