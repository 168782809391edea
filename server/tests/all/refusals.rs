//! What is refused: a page for a person, a problem for a script.

use crate::browser::{Answer, Browser, serve};
use axum::Router;
use axum::body::Body;
use axum::http::Method;
use mlhub_domain::access::Role;
use mlhub_testing::TestHub;
use serde_json::json;

/// What a browser says that it shows.
const HTML: &str = "text/html,application/xhtml+xml,*/*;q=0.8";
const FIELDS: &str = "application/x-www-form-urlencoded";

/// That `answer` is a page with this status, which says so and leads on.
#[track_caller]
fn is_page(answer: &Answer, status: u16, said: &str, way: &str) {
    let page = &answer.text;
    assert_eq!(answer.status.as_u16(), status, "{page}");
    assert_eq!(answer.header("content-type"), "text/html; charset=utf-8");
    assert_eq!(answer.header("cache-control"), "no-store");
    assert!(page.contains(&format!("<span class=\"code\">{status}</span>")), "{page}");
    assert!(page.contains(said), "{said}: {page}");
    assert!(page.contains(&format!("href=\"{way}\"")), "{way}: {page}");
    assert!(page.contains(answer.header("x-request-id")), "{page}");
    assert!(!page.contains("\"code\":"), "{page}");
}

/// That a script that asks the same gets a problem.
async fn script_too(browser: &Browser, method: Method, path: &str, body: &'static str, code: &str) {
    let mut script = browser.clone().with("accept", "application/json");
    let answer = script.send(method, path, Body::from(body)).await;
    assert_eq!(answer.code(), code, "{path}: {}", answer.text);
    assert_eq!(answer.header("content-type"), "application/problem+json");
}

async fn people(hub: &TestHub) -> (Router, Browser) {
    hub.admin("root").await;
    hub.project("ada/titanic").await;
    let app = serve(hub, None);
    let eve = Browser::signed_up(&app, "eve").await.with("accept", HTML);
    (app, eve)
}

#[tokio::test]
async fn the_layers_before_every_page_answer_people_with_pages() {
    let hub = TestHub::start().await;
    let app = serve(&hub, None);
    let elsewhere = Browser::new(&app).with("accept", HTML).with("host", "evil.example:3000");
    let page = elsewhere.clone().get("/ada/titanic").await;
    is_page(&page, 421, "This host name is not known", "http://localhost:3000");
    script_too(&elsewhere, Method::GET, "/ada/titanic", "", "misdirected").await;
    let public = serve(&hub, Some("https://hub.example.org"));
    let page = Browser::new(&public).with("accept", HTML).get("/").await;
    is_page(&page, 421, "This server is https://hub.example.org.", "https://hub.example.org");

    let early = Browser::new(&app).with("accept", HTML).with("content-type", FIELDS);
    let page = early.clone().send(Method::POST, "/dashboard", Body::from("_fn=theme")).await;
    is_page(&page, 503, "Open the set-up link", "/setup");
    script_too(&early, Method::POST, "/dashboard", "_fn=theme", "setup-required").await;

    let (_, eve) = people(&hub).await;
    let lured = eve.with("sec-fetch-site", "cross-site").with("content-type", FIELDS);
    let page = lured.clone().send(Method::POST, "/dashboard", Body::from("_fn=theme")).await;
    is_page(&page, 403, "another site sent this", "/dashboard");
    script_too(&lured, Method::POST, "/dashboard", "_fn=theme", "cross-origin").await;
    let rest = lured.clone().send(Method::POST, "/api/v1/logout", Body::empty()).await;
    assert_eq!(rest.header("content-type"), "application/problem+json", "no page stands there");
}

#[tokio::test]
async fn a_form_that_cannot_be_taken_is_answered_with_a_page() {
    let hub = TestHub::start().await;
    let (_, eve) = people(&hub).await;
    let mut form = eve.clone().with("content-type", FIELDS);
    for old in ["_fn=datasets%2Fgone&a=1", "a=1", ""] {
        let page = form.send(Method::POST, "/explore?q=a", Body::from(old)).await;
        is_page(&page, 400, "belongs to another version of ML Hub", "/explore?q=a");
    }
    script_too(&form, Method::POST, "/explore", "a=1", "malformed").await;
    let large = format!("_fn=theme&theme={}", "a".repeat(2 << 20));
    let page = form.send(Method::POST, "/explore", Body::from(large)).await;
    is_page(&page, 413, "A form has at most 2 MiB.", "/explore");
    let page = form.send(Method::POST, "/no/where/%3Cb%3E/x", Body::empty()).await;
    is_page(&page, 404, "There is nothing at /no/where/%3Cb%3E/x", "/");

    let files = |kind: &str| eve.clone().with("content-type", kind);
    let whole = "multipart/form-data; boundary=x";
    let page = files(whole).send(Method::POST, "/login", Body::from("--x--\r\n")).await;
    is_page(&page, 404, "There is nothing at /login", "/");
    let page = files(whole).send(Method::POST, "/ada/titanic/upload", Body::from("--x--")).await;
    is_page(&page, 404, "There is nothing at /ada/titanic", "/");

    hub.member("eve", "ada/titanic", Role::Read).await;
    let page = files(whole).send(Method::POST, "/ada/titanic/upload", Body::from("--x--")).await;
    is_page(&page, 403, "Your role is “read”; this needs “edit”.", "/ada/titanic/upload");
    hub.database().execute("UPDATE members SET role = 'edit'").await;
    let mut none = files("multipart/form-data");
    let page = none.send(Method::POST, "/ada/titanic/upload", Body::empty()).await;
    is_page(&page, 400, "names its boundary", "/ada/titanic/upload");
}

#[tokio::test(flavor = "multi_thread")]
async fn why_a_form_is_refused_is_said_also_where_the_page_has_no_such_form() {
    let hub = TestHub::start().await;
    let (app, mut eve) = people(&hub).await;
    hub.member("eve", "ada/titanic", Role::Read).await;
    let place = "/ada/titanic";
    assert!(!eve.get(place).await.text.contains("projects/describe"), "a reader is not asked");
    let form = eve.clone().with("content-type", FIELDS);
    let fields = "_fn=projects%2Fdescribe&_key=&at%5Bowner%5D=ada&at%5Bproject%5D=titanic\
                  &name=titanic&description=mine";
    let page = form.clone().send(Method::POST, place, Body::from(fields)).await;
    is_page(&page, 403, "Your role is “read”; this needs “edit”.", place);
    script_too(&form, Method::POST, place, fields, "forbidden").await;

    // And where it has one, the form says it.
    let fields = "_fn=accounts%2Flogin&_key=&email=eve%40example.org&password=guess";
    let nobody = Browser::new(&app).with("accept", HTML).with("content-type", FIELDS);
    let page = nobody.clone().send(Method::POST, "/login", Body::from(fields)).await;
    assert_eq!(page.status, 401);
    assert!(page.text.contains("value=\"accounts/login\""), "{}", page.text);
    assert!(page.text.contains("E-mail and password do not match"), "{}", page.text);
}

#[tokio::test]
async fn a_token_does_not_open_the_pages_of_an_account() {
    let hub = TestHub::start().await;
    let (app, _) = people(&hub).await;
    let ada = hub.user("ada").await;
    let script = Browser::script(&app, &hub, &ada, "manage").await.with("accept", HTML);
    let page = script.clone().get("/settings/tokens").await;
    is_page(&page, 403, "This needs a browser that is signed in", "/");
    assert!(!page.text.contains("href=\"/settings/tokens\""), "it leads to itself: {}", page.text);
    script_too(&script, Method::GET, "/settings/tokens", "", "forbidden").await;
    let forged = Browser::new(&app).with("authorization", "Bearer mlh_forged").with("accept", HTML);
    let page = forged.clone().get("/explore").await;
    assert_eq!((page.status.as_u16(), page.header("www-authenticate")), (401, "Bearer"));
    let made = forged.clone().post("/api/v1/projects", json!({"name": "x"})).await;
    assert_eq!(made.code(), "bad-token");
}
