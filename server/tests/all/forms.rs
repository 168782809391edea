//! What a form of a page is answered: beside the field that is wrong, or by the page that follows.

use crate::browser::{Answer, Browser, serve};
use axum::Router;
use axum::body::Body;
use axum::http::Method;
use mlhub_testing::TestHub;
use serde_json::json;

const PROJECT: &str = "/api/v1/projects/ada/titanic";

/// Ada in her browser, with the project `titanic`.
async fn ada(hub: &TestHub) -> (Router, Browser) {
    // Without an administrator all pages lead to set-up.
    hub.admin("root").await;
    let app = serve(hub, None);
    let mut ada = Browser::signed_up(&app, "ada").await;
    let made = ada.post("/api/v1/projects", json!({"name": "titanic"})).await;
    assert_eq!(made.status, 201);
    (app, ada)
}

/// A file as a browser without script sends it from the page that makes datasets.
async fn upload(browser: &mut Browser, name: &str) -> Answer {
    let mut form = browser.clone().with("content-type", "multipart/form-data; boundary=x");
    let field = |head: &str, text: &str| {
        format!("--x\r\ncontent-disposition: form-data; {head}\r\n\r\n{text}\r\n")
    };
    let fields = [
        field("name=\"name\"", name),
        field("name=\"file\"; filename=\"people.csv\"", "a\n1\n"),
        "--x--\r\n".into(),
    ];
    let body = Body::from(fields.concat());
    let answer = form.send(Method::POST, "/ada/titanic/upload", body).await;
    browser.cookies = form.cookies;
    answer
}

/// The start tag of the element of a page with this id.
#[track_caller]
fn tag<'a>(page: &'a str, id: &str) -> &'a str {
    let at = page.find(&format!("id=\"{id}\"")).unwrap_or_else(|| panic!("no {id} in {page}"));
    let (begin, end) = (page[..at].rfind('<').unwrap(), page[at..].find('>').unwrap());
    &page[begin..=at + end]
}

/// What stands behind that tag, up to the end of the element.
#[track_caller]
fn said<'a>(page: &'a str, id: &str) -> &'a str {
    let tag = tag(page, id);
    let rest = &page[page.find(tag).unwrap() + tag.len()..];
    &rest[..rest.find("</p>").unwrap()]
}

#[tokio::test(flavor = "multi_thread")]
async fn a_name_that_a_dataset_cannot_have_is_said_beside_the_name() {
    let hub = TestHub::start().await;
    let (_, mut ada) = ada(&hub).await;
    let datasets = format!("{PROJECT}/datasets");
    ada.post(&datasets, json!({"name": "people"})).await;
    let version = format!("{datasets}/people/versions?name=a.csv");
    assert_eq!(ada.send(Method::POST, &version, Body::from("a\n1\n")).await.status, 202);

    for (name, status, why) in [
        ("people", 409, "dataset of this name: “people”. Choose another name."),
        ("Bad Name", 422, "use 1 to 64 of the characters"),
    ] {
        let page = upload(&mut ada, name).await;
        assert_eq!(page.status, status, "{name}");
        let input = tag(&page.text, "datasets-upload-name");
        assert!(input.contains("aria-invalid=\"true\""), "{input}");
        assert!(input.contains(&format!("value=\"{name}\"")), "{input}");
        assert!(input.contains("datasets-upload-name-error\""), "it is described by it: {input}");
        let error = said(&page.text, "datasets-upload-name-error");
        assert!(error.contains(why), "{error}");
        assert!(tag(&page.text, "datasets-upload-name-error").contains("role=\"alert\""));
        assert!(!page.text.contains("Nothing was uploaded"), "it is said once");
        assert!(page.text.contains("choose the file once more"));
    }
    let list = ada.get(&datasets).await;
    assert_eq!(list.json["total"], 1, "nothing was made");
    let fresh = ada.get("/ada/titanic/upload").await.text;
    assert!(!fresh.contains("aria-invalid") && !fresh.contains("choose the file once more"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dataset_whose_file_could_not_be_read_takes_the_next_one_under_its_name() {
    let hub = TestHub::start().await;
    let (_, mut ada) = ada(&hub).await;
    let version = |n: u32| format!("{PROJECT}/datasets/people/versions/{n}");
    for n in 1..=2 {
        let answer = upload(&mut ada, "people").await;
        let leads = (answer.status.as_u16(), answer.header("location"));
        assert_eq!(leads, (303, "/ada/titanic/datasets/people"));
        assert_eq!(ada.get(&version(n)).await.json["state"], "processing");
        assert_eq!(upload(&mut ada, "people").await.status, 409, "version {n} may become ready");
        hub.database().execute("UPDATE dataset_versions SET state = 'failed'").await;
    }
    let ready = "UPDATE dataset_versions SET state = 'ready', table_sha256 = original_sha256, \
                 profile = '{}' WHERE version = 1; UPDATE datasets SET current = 1";
    hub.database().execute(ready).await;
    assert_eq!(upload(&mut ada, "people").await.status, 409);
    assert_eq!(ada.get(&version(3)).await.status, 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_deleted_is_said_once_by_the_page_that_follows() {
    let hub = TestHub::start().await;
    let (app, mut ada) = ada(&hub).await;
    ada.post(&format!("{PROJECT}/datasets"), json!({"name": "people.v2"})).await;
    let spec = json!({"task": "classification", "target": "a", "algorithm": {"kind": "baseline"}});
    let made = ada.post(&format!("{PROJECT}/models"), json!({"name": "who", "spec": spec})).await;
    assert_eq!(made.status, 201, "{made:?}");

    let project = "at%5Bowner%5D=ada&at%5Bproject%5D=titanic";
    for (page, function, name, more, next) in [
        ("/datasets/people.v2", "datasets", "people.v2", "&at%5Bname%5D=people.v2", "/datasets"),
        ("/models/who", "models", "who", "&at%5Bname%5D=who", "/models"),
        ("/settings", "projects", "titanic", "", ""),
    ] {
        let page = format!("/ada/titanic{page}");
        let next =
            if next.is_empty() { "/dashboard".into() } else { format!("/ada/titanic{next}") };
        let said = format!("{name} was deleted.");
        let mut form = ada.clone().with("content-type", "application/x-www-form-urlencoded");
        let body = format!("_fn={function}%2Fdelete&_key=&{project}{more}&confirm=");
        let refused = form.send(Method::POST, &page, Body::from(format!("{body}other"))).await;
        assert_eq!(refused.status, 422, "{page}");
        assert!(!ada.get(&next).await.text.contains(&said), "it is there");
        let done = form.send(Method::POST, &page, Body::from(format!("{body}{name}"))).await;
        assert_eq!((done.status.as_u16(), done.header("location")), (303, next.as_str()));
        ada.cookies = form.cookies;
        assert!(ada.get(&next).await.text.contains(&said), "{next}");
        assert!(!ada.get(&next).await.text.contains(&said), "{next} says it once");
    }

    // Whoever plants the cookie has the page say no words of theirs.
    let mut eve = Browser::signed_up(&app, "eve").await;
    eve.cookies.push(("mlhub_once".into(), "deleted:Your account".into()));
    assert!(!eve.get("/dashboard").await.text.contains("was deleted"));
}
