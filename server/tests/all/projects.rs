//! Projects and members by REST.

use crate::browser::{Browser, serve};
use mlhub_domain::access::{Role, Visibility};
use mlhub_testing::TestHub;
use serde_json::json;

#[tokio::test]
async fn a_project_is_made_changed_and_deleted() {
    let hub = TestHub::start().await;
    let app = serve(&hub, None);
    let mut ada = Browser::signed_up(&app, "ada").await;
    let made =
        ada.post("/api/v1/projects", json!({"name": "titanic", "visibility": "private"})).await;
    assert_eq!(made.status, 201);
    let at = "/api/v1/projects/ada/titanic";
    assert_eq!(made.header("location"), at);
    assert_eq!(
        made.json,
        json!({
            "owner": "ada", "name": "titanic", "visibility": "private", "description": "",
            "role": "owner", "datasets": 0, "models": 0, "runs": 0,
            "created_at": "2026-11-23T12:00:00Z", "updated_at": "2026-11-23T12:00:00Z",
        })
    );
    let again = ada.post("/api/v1/projects", json!({"name": "titanic"})).await;
    assert_eq!((again.status.as_u16(), again.code()), (409, "project-name-taken"));
    assert_eq!(again.json["fields"][0]["field"], "name");
    let bad = ada.post("/api/v1/projects", json!({"name": "Not a name"})).await;
    assert_eq!((bad.status.as_u16(), bad.code()), (422, "invalid-value"));
    assert_eq!(bad.json["fields"][0]["field"], "name");

    let changed = ada.patch(at, json!({"description": "who sank", "visibility": "public"})).await;
    assert_eq!(changed.json["description"], "who sank");
    let mut nobody = Browser::new(&app);
    assert_eq!(nobody.get(at).await.json["role"], json!(null));
    assert_eq!(nobody.get("/api/v1/projects").await.status, 401);
    assert_eq!(nobody.get("/api/v1/projects?owner=ada").await.json["total"], 1);
    assert_eq!(nobody.get("/api/v1/projects?visibility=public").await.json["total"], 1);
    assert_eq!(nobody.patch(at, json!({"description": ""})).await.status, 401);

    assert_eq!(ada.delete(at).await.status, 204);
    let gone = ada.get(at).await;
    assert_eq!((gone.status.as_u16(), gone.code()), (404, "not-found"));
    assert_eq!(ada.get("/api/v1/projects").await.json["total"], 0);
}

#[tokio::test]
async fn the_answer_says_as_much_as_the_role_allows() {
    let hub = TestHub::start().await;
    let app = serve(&hub, None);
    let path = hub.project("ada/titanic").await;
    let at = path.api();
    let (rae, eve) = (hub.member("rae", "ada/titanic", Role::Read).await, hub.user("eve").await);
    let mut reader = Browser::script(&app, &hub, &rae, "manage").await;
    let mut stranger = Browser::script(&app, &hub, &eve, "manage").await;
    let patch = json!({"description": "mine"});
    assert_eq!(reader.get(&at).await.json["role"], "read");
    let refused = reader.patch(&at, patch.clone()).await;
    assert_eq!((refused.status.as_u16(), refused.code()), (403, "forbidden"));
    assert_eq!(stranger.get(&at).await.status, 404);
    assert_eq!(stranger.patch(&at, patch.clone()).await.status, 404);
    assert_eq!(stranger.delete(&at).await.status, 404);
    hub.open("ada/titanic", Visibility::Unlisted).await;
    assert_eq!(stranger.get(&at).await.status, 200);
    assert_eq!(stranger.delete(&at).await.status, 403);
    // What cannot be a name names nothing.
    assert_eq!(stranger.get("/api/v1/projects/ada/..%2f..%2fetc").await.status, 404);
}

#[tokio::test]
async fn members_come_change_and_go() {
    let hub = TestHub::start().await;
    let app = serve(&hub, None);
    let mut ada = Browser::signed_up(&app, "ada").await;
    let mut bob = Browser::signed_up(&app, "bob").await;
    ada.post("/api/v1/projects", json!({"name": "titanic"})).await;
    let members = "/api/v1/projects/ada/titanic/members";
    let bobs = format!("{members}/bob");
    assert_eq!(bob.get(members).await.status, 404);

    let added = ada.post(members, json!({"user": "bob", "role": "read"})).await;
    assert_eq!((added.status.as_u16(), &added.json["role"]), (201, &json!("read")));
    let twice = ada.post(members, json!({"user": "bob", "role": "read"})).await;
    assert_eq!((twice.status.as_u16(), twice.code()), (409, "member-exists"));
    let nobody = ada.post(members, json!({"user": "nobody", "role": "read"})).await;
    assert_eq!(
        (nobody.status.as_u16(), nobody.json["fields"][0]["field"].as_str()),
        (422, Some("user"))
    );
    let list = bob.get(members).await;
    assert_eq!((&list.json["total"], &list.json["items"][0]["role"]), (&json!(2), &json!("owner")));

    assert_eq!(bob.patch(&bobs, json!({"role": "manage"})).await.status, 403);
    assert_eq!(ada.patch(&bobs, json!({"role": "manage"})).await.json["role"], "manage");
    let crown = ada.patch(&bobs, json!({"role": "owner"})).await;
    assert_eq!(
        (crown.status.as_u16(), crown.json["fields"][0]["field"].as_str()),
        (422, Some("role"))
    );
    let owner = bob.delete(&format!("{members}/ada")).await;
    assert_eq!((owner.status.as_u16(), owner.code()), (409, "owner-stays"));
    assert_eq!(bob.delete(&bobs).await.status, 204);
    assert_eq!(bob.get(members).await.status, 404);
}

#[tokio::test]
async fn a_project_posted_twice_with_one_key_is_made_once() {
    let hub = TestHub::start().await;
    let app = serve(&hub, None);
    let ada = hub.user("ada").await;
    let mut script = Browser::script(&app, &hub, &ada, "edit").await.with("idempotency-key", "k1");
    let body = json!({"name": "titanic"});
    let first = script.post("/api/v1/projects", body.clone()).await;
    let second = script.post("/api/v1/projects", body).await;
    assert_eq!((first.status.as_u16(), second.status.as_u16()), (201, 201));
    assert_eq!((&first.json, first.header("location")), (&second.json, second.header("location")));
    let other = script.post("/api/v1/projects", json!({"name": "iris"})).await;
    assert_eq!((other.status.as_u16(), other.code()), (409, "idempotency-reuse"));
    let mut bad = script.with("idempotency-key", "two words");
    assert_eq!(bad.post("/api/v1/projects", json!({"name": "x"})).await.status, 422);
}
