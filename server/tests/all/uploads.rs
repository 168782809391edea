//! Files on their way in, and out again: who may send one is told before it is read, and whoever
//! stops its reading.

use crate::browser::{Answer, Browser, serve};
use axum::Router;
use axum::body::{Body, Bytes};
use axum::http::{HeaderValue, Method};
use futures_util::{StreamExt as _, stream};
use mlhub_domain::access::Role;
use mlhub_testing::TestHub;
use serde_json::json;
use std::convert::Infallible;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

const DATASET: &str = "/api/v1/projects/ada/titanic/datasets/passengers";
const FORM: &str = "multipart/form-data; boundary=x";

/// Ada in her browser, with the dataset `titanic/passengers`, in which `rae` may read.
async fn ada(hub: &TestHub) -> (Router, Browser) {
    // Without an administrator all pages lead to set-up.
    hub.admin("root").await;
    let app = serve(hub, None);
    let mut ada = Browser::signed_up(&app, "ada").await;
    hub.member("rae", "ada/titanic", Role::Read).await;
    let made =
        ada.post("/api/v1/projects/ada/titanic/datasets", json!({"name": "passengers"})).await;
    assert_eq!(made.status, 201, "{made:?}");
    (app, ada)
}

async fn logged_in(app: &Router, name: &str) -> Browser {
    let mut browser = Browser::new(app);
    let login = json!({"email": format!("{name}@example.org"), "password": TestHub::PASSWORD});
    assert_eq!(browser.post("/api/v1/login", login).await.status, 200);
    browser
}

/// Sends the beginning of a body that never ends; what is answered, and how many pieces were read.
async fn begin(browser: &Browser, path: &str, kind: &str, begin: &'static str) -> (Answer, usize) {
    let read = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&read);
    let begun = stream::iter([Ok::<_, Infallible>(Bytes::from_static(begin.as_bytes()))]);
    let body = begun.chain(stream::pending()).inspect(move |_| {
        counted.fetch_add(1, Ordering::Relaxed);
    });
    let mut browser = browser.clone().with("content-type", kind);
    let answer = browser.send(Method::POST, path, Body::from_stream(body));
    let answer = tokio::time::timeout(Duration::from_secs(10), answer).await;
    (answer.expect("it is answered before the body ends"), read.load(Ordering::Relaxed))
}

/// How many files there are below a folder.
fn files(folder: &std::path::Path) -> usize {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.map(|path| if path.is_dir() { files(&path) } else { 1 }).sum()
}

#[tokio::test(flavor = "multi_thread")]
async fn who_may_not_upload_is_told_before_a_byte_of_it_is_read() {
    let hub = TestHub::start().await;
    let (app, _) = ada(&hub).await;
    let stranger = Browser::signed_up(&app, "eve").await;
    let reader = logged_in(&app, "rae").await;
    let field = "--x\r\ncontent-disposition: form-data; name=\"note\"\r\n\r\n";
    let versions = format!("{DATASET}/versions?name=a.csv");
    for (path, kind, begun) in [
        (versions.as_str(), "text/csv", "a,b\n"),
        (versions.as_str(), FORM, field),
        ("/ada/titanic/upload", FORM, field),
        ("/ada/titanic/datasets/passengers", FORM, field),
    ] {
        for (browser, status) in [(&stranger, 404), (&reader, 403)] {
            let (answer, read) = begin(browser, path, kind, begun).await;
            assert_eq!((answer.status.as_u16(), read), (status, 0), "{path} {kind}");
        }
    }
    let nobody = Browser::new(&app);
    let (answer, read) = begin(&nobody, &versions, "text/csv", "a,b\n").await;
    assert_eq!((answer.status.as_u16(), read), (401, 0));
    let (answer, read) = begin(&nobody, "/ada/titanic/upload", FORM, field).await;
    let leads = (answer.status.as_u16(), answer.header("location"), read);
    assert_eq!(leads, (303, "/login?next=%2Fada%2Ftitanic%2Fupload", 0));
    assert_eq!(files(&hub.folder().join("objects")), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_that_does_not_come_to_its_file_is_refused() {
    let hub = TestHub::start().await;
    let (_, ada) = ada(&hub).await;
    let fat = format!(
        "--x\r\ncontent-disposition: form-data; name=\"note\"\r\n\r\n{}\r\n--x\r\n\
         content-disposition: form-data; name=\"file\"; filename=\"a.csv\"\r\n\r\na\n1\n\r\n--x--\r\n",
        "a".repeat(1 << 20),
    );
    // In pieces, as a network brings it.
    let pieces = |text: &str| {
        let pieces: Vec<Bytes> =
            text.as_bytes().chunks(16 << 10).map(Bytes::copy_from_slice).collect();
        Body::from_stream(stream::iter(pieces.into_iter().map(Ok::<_, Infallible>)))
    };
    let mut form = ada.with("content-type", FORM);
    let versions = format!("{DATASET}/versions");
    let refused = form.send(Method::POST, &versions, pieces(&fat)).await;
    assert_eq!((refused.status.as_u16(), refused.code()), (413, "too-large"));
    let page = form.send(Method::POST, "/ada/titanic/upload", pieces(&fat)).await;
    assert_eq!(page.status, 413);
    assert!(page.text.contains("256 KiB stand before the file"), "{}", page.text);
    assert_eq!(files(&hub.folder().join("objects")), 0);
    // A short one is no matter.
    let short = fat.replace(&"a".repeat(1 << 20), "a note");
    assert_eq!(form.send(Method::POST, &versions, pieces(&short)).await.status, 202);
}

#[tokio::test]
async fn a_key_that_cannot_be_one_is_refused_before_the_file_is_read() {
    let hub = TestHub::start().await;
    let (_, ada) = ada(&hub).await;
    let versions = format!("{DATASET}/versions?name=a.csv");
    for key in [&b"two words"[..], b"", b"\xc3\xa4", &[b'k'; 201]] {
        let mut browser = ada.clone();
        browser.headers.insert("idempotency-key", HeaderValue::from_bytes(key).unwrap());
        let (answer, read) = begin(&browser, &versions, "text/csv", "a\n1\n").await;
        assert_eq!((answer.status.as_u16(), answer.code(), read), (422, "invalid-value", 0));
    }
    assert_eq!(files(&hub.folder().join("objects")), 0);

    let mut script = ada.with("idempotency-key", "k").with("content-type", "text/csv");
    let mut sent = Vec::new();
    for text in ["a\n1\n", "a\n1\n", "a\n2\n"] {
        sent.push(script.send(Method::POST, &versions, Body::from(text)).await);
    }
    assert_eq!((sent[0].status.as_u16(), &sent[0].json), (202, &sent[1].json));
    assert_eq!((sent[2].status.as_u16(), sent[2].code()), (409, "idempotency-reuse"));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_reading_of_a_file_is_stopped_from_its_page() {
    let hub = TestHub::start().await;
    let (app, mut ada) = ada(&hub).await;
    let upload = format!("{DATASET}/versions?name=a.csv");
    assert_eq!(ada.send(Method::POST, &upload, Body::from("a\n1\n")).await.status, 202);
    let place = "/ada/titanic/datasets/passengers";
    let button = "Cancel the reading";
    let page = ada.get(place).await.text;
    assert!(page.contains("Version 1 is being read") && page.contains(" elapsed"), "{page}");
    assert!(page.contains(button), "{page}");
    let mut reader = logged_in(&app, "rae").await;
    assert!(!reader.get(place).await.text.contains(button), "who may not, is not asked");

    let fields = "_fn=datasets%2Fcancel&_key=&at%5Bowner%5D=ada&at%5Bproject%5D=titanic\
                  &at%5Bname%5D=passengers&version=1";
    let form = |browser: &Browser| {
        browser.clone().with("content-type", "application/x-www-form-urlencoded")
    };
    let refused = form(&reader).send(Method::POST, place, Body::from(fields)).await;
    assert_eq!(refused.status, 403);
    let done = form(&ada).send(Method::POST, place, Body::from(fields)).await;
    assert_eq!((done.status.as_u16(), done.header("location")), (303, place));
    let page = ada.get(place).await.text;
    assert!(page.contains("Reading it was cancelled by ada."), "{page}");
    assert!(!page.contains("is being read"), "{page}");
    let version = ada.get(&format!("{DATASET}/versions/1")).await.json;
    assert_eq!(version["state"], "failed");
    let upload = ada.send(Method::POST, &upload, Body::from("a\n1\n")).await;
    assert_eq!(upload.json["version"], 2, "and it can be uploaded again: {upload:?}");
}

#[tokio::test]
async fn a_file_is_had_in_ranges_and_not_a_second_time() {
    let hub = TestHub::start().await;
    let (_, mut ada) = ada(&hub).await;
    let upload = format!("{DATASET}/versions?name=%C3%A4.csv");
    assert_eq!(ada.send(Method::POST, &upload, Body::from("a,b\n1,2\n")).await.status, 202);
    let file = format!("{DATASET}/versions/1/download");
    let whole = ada.get(&file).await;
    assert_eq!((whole.status.as_u16(), whole.text.as_str()), (200, "a,b\n1,2\n"));
    assert_eq!(whole.header("accept-ranges"), "bytes");
    assert_eq!(whole.header("content-security-policy"), "sandbox");
    assert!(whole.header("content-disposition").ends_with("filename*=UTF-8''%C3%A4%2Ecsv"));
    let tag = whole.header("etag").to_owned();

    let with = |name: &'static str, value: &str| ada.clone().with(name, value);
    let known = with("if-none-match", &tag).get(&file).await;
    assert_eq!((known.status.as_u16(), known.text.as_str()), (304, ""));
    assert_eq!(known.header("etag"), tag);
    assert_eq!(with("if-none-match", "\"other\"").get(&file).await.status, 200);
    let part = with("range", "bytes=4-6").get(&file).await;
    let told = (part.status.as_u16(), part.text.as_str(), part.header("content-range"));
    assert_eq!(told, (206, "1,2", "bytes 4-6/8"));
    let beyond = with("range", "bytes=8-").get(&file).await;
    let told = (beyond.status.as_u16(), beyond.text.as_str(), beyond.header("content-range"));
    assert_eq!(told, (416, "", "bytes */8"));
    let changed = with("range", "bytes=4-6").with("if-range", "\"other\"").get(&file).await;
    assert_eq!((changed.status.as_u16(), changed.text), (200, whole.text));
}
