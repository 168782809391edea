//! What holds for every answer: there is one, and it is a short one.

use crate::browser::{Browser, serve};
use axum::body::Body;
use axum::http::Method;
use mlhub_db::throttles::Bucket;
use mlhub_domain::digest::Digest;
use mlhub_domain::tables::{RejectedPage, Rows, RowsQuery};
use mlhub_hub::tables::{Answer, Format, Tables};
use mlhub_testing::TestHub;
use serde_json::json;
use std::path::PathBuf;
use std::sync::Arc;

/// A data engine with a mistake in it.
struct Mistaken;

impl Tables for Mistaken {
    fn page(&self, table: Digest, _: RowsQuery) -> Answer<Rows> {
        panic!("cannot read /secret/{table}")
    }

    fn rejected(&self, _: Digest, _: u64, _: u32) -> Answer<RejectedPage> {
        Box::pin(async { panic!("later") })
    }

    fn export(&self, _: Digest, _: Format) -> Answer<PathBuf> {
        panic!("cannot export")
    }
}

#[tokio::test]
async fn a_mistake_of_ours_is_an_answer_like_others() {
    let hub = TestHub::start_with(Arc::new(Mistaken), |_| ()).await;
    let app = serve(&hub, None);
    let mut ada = Browser::signed_up(&app, "ada").await;
    ada.post("/api/v1/projects", json!({"name": "titanic"})).await;
    let at = "/api/v1/projects/ada/titanic/datasets/passengers";
    ada.post("/api/v1/projects/ada/titanic/datasets", json!({"name": "passengers"})).await;
    let upload = format!("{at}/versions?name=a.csv");
    let sent = ada.send(Method::POST, &upload, Body::from("a\n1\n")).await;
    assert_eq!(sent.status, 202, "{sent:?}");
    let ready = "UPDATE dataset_versions SET state = 'ready', table_sha256 = original_sha256, \
                 rejected_sha256 = original_sha256, profile = '{}'; UPDATE datasets SET current = 1";
    hub.database().execute(ready).await;

    hub.advance(chrono::Duration::minutes(6));
    for part in ["rows", "rejected", "download?format=csv"] {
        let answer = ada.get(&format!("{at}/versions/1/{part}")).await;
        assert_eq!((answer.status.as_u16(), answer.code()), (500, "internal"), "{part}");
        assert_eq!(answer.json["request_id"], answer.header("x-request-id"));
        assert_eq!(answer.header("x-content-type-options"), "nosniff");
        assert!(!answer.json.to_string().contains("secret"), "{answer:?}");
        if part == "rows" {
            assert!(
                answer.headers.contains_key("set-cookie"),
                "its session is renewed all the same"
            );
        }
    }
    assert_eq!(ada.get(at).await.status, 200, "and the next one is as before");
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_and_json_travel_compressed_and_files_as_they_are() {
    let hub = TestHub::start().await;
    hub.admin("root").await;
    let app = serve(&hub, None);
    let mut ada = Browser::signed_up(&app, "ada").await.with("accept-encoding", "gzip, br");
    for path in ["/explore", "/dashboard", "/api/openapi.json"] {
        let answer = ada.get(path).await;
        assert_eq!(
            (answer.status.as_u16(), answer.header("content-encoding")),
            (200, "br"),
            "{path}"
        );
        assert!(answer.header("vary").contains("accept-encoding"), "{path}");
    }
    assert_eq!(
        ada.get("/healthz").await.header("content-encoding"),
        "",
        "too short to be worth it"
    );

    ada.post("/api/v1/projects", json!({"name": "titanic"})).await;
    ada.post("/api/v1/projects/ada/titanic/datasets", json!({"name": "passengers"})).await;
    let versions = "/api/v1/projects/ada/titanic/datasets/passengers/versions";
    let table = "a,b\n".repeat(10_000);
    ada.send(Method::POST, &format!("{versions}?name=a.csv"), Body::from(table)).await;
    let file = ada.get(&format!("{versions}/1/download")).await;
    assert_eq!((file.status.as_u16(), file.header("content-encoding")), (200, ""));
    assert_eq!(file.header("content-length"), "40000");
}

#[tokio::test]
async fn a_visitor_who_predicts_too_often_is_told_how_long_to_wait() {
    let hub = TestHub::start_with(Arc::new(Mistaken), |settings| {
        settings.predictions_per_address = Bucket { burst: 1.0, per_second: 0.05 };
    })
    .await;
    hub.admin("root").await;
    let app = serve(&hub, None);
    let predict = "/api/v1/projects/ada/titanic/models/survival/versions/1/predict";
    let mut nobody = Browser::new(&app);
    // Their rows are not looked at, and if they were, these were none.
    let send = async |nobody: &mut Browser| {
        nobody.send(Method::POST, predict, Body::from("{\"rows\": [{")).await
    };
    assert_eq!(send(&mut nobody).await.status, 404);
    let often = send(&mut nobody).await;
    assert_eq!((often.status.as_u16(), often.code()), (429, "rate-limited"));
    assert_eq!(often.header("retry-after"), "20");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_tries_too_often_is_told_when_to_try_again_wherever_they_ask() {
    let hub = TestHub::start().await;
    hub.admin("root").await;
    let app = serve(&hub, None);
    let mut thief = Browser::new(&app);
    let guess = json!({"email": "root@example.org", "password": "a guess"});
    let mut often = thief.post("/api/v1/login", guess.clone()).await;
    while often.status == 401 {
        often = thief.post("/api/v1/login", guess.clone()).await;
    }
    let wait = often.header("retry-after");
    assert_eq!((often.status.as_u16(), often.code()), (429, "rate-limited"));
    assert!(often.json["detail"].as_str().unwrap().contains(&format!("in {wait} seconds")));

    let mut form = thief.with("content-type", "application/x-www-form-urlencoded");
    let fields = "email=root@example.org&password=guess";
    let function = form.send(Method::POST, "/fn/accounts/login", Body::from(fields)).await;
    let fields = format!("_fn=accounts%2Flogin&_key=&{fields}");
    let page = form.send(Method::POST, "/login", Body::from(fields)).await;
    for answer in [function, page] {
        assert_eq!((answer.status.as_u16(), answer.header("retry-after")), (429, wait));
    }
}
