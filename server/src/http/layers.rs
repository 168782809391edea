//! The layers for what every answer has in common: that there is one, in time, and a short one.

use super::{Rejection, extract, is_page, request};
use axum::Router;
use axum::extract::Request;
use axum::http::{Extensions, HeaderMap, Method, StatusCode, Version, header};
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse, Response};
use mlhub_domain::problem::Code;
use mlhub_hub::Error;
use std::any::Any;
use std::time::Duration;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::{Predicate as _, SizeAbove};

/// The longest that an ordinary request is worked on. A look at a table is given up before.
const PATIENCE: Duration = Duration::from_secs(60);

/// Below this many bytes an answer fits into one packet as it is.
const SHORT: u16 = 1_000;

/// Around the routes: a mistake of ours is answered as one, and what takes too long is given up.
pub fn answered<S: Clone + Send + Sync + 'static>(router: Router<S>) -> Router<S> {
    sturdy(in_time(router, PATIENCE))
}

/// A panic in a handler is a 500 with the id of its request, not a connection that breaks off.
pub fn sturdy<S: Clone + Send + Sync + 'static>(router: Router<S>) -> Router<S> {
    router.layer(CatchPanicLayer::custom(panicked))
}

/// Compresses what is worth it, for who takes it.
pub fn short<S: Clone + Send + Sync + 'static>(router: Router<S>) -> Router<S> {
    // Brotli at level 4, gzip at 6: for answers that are made anew each time.
    let when = SizeAbove::new(SHORT).and(is_worth_it);
    router.layer(CompressionLayer::new().compress_when(when)).layer(from_fn(leave_searches))
}

/// Leaves the answer to a search of somebody as it is. It repeats the text that was looked for
/// beside names that only they may see, and a link of a stranger can hold that text: compressed,
/// its length would tell whether the two are alike.
async fn leave_searches(mut request: Request, next: Next) -> Response {
    let query = request.uri().query().unwrap_or_default();
    let search = form_urlencoded::parse(query.as_bytes()).any(|(key, _)| key == "q");
    if search && request.headers().contains_key(header::COOKIE) {
        request.headers_mut().remove(header::ACCEPT_ENCODING);
    }
    next.run(request).await
}

fn panicked(panic: Box<dyn Any + Send + 'static>) -> Response {
    let said = panic.downcast_ref::<&str>().map(ToString::to_string);
    let said = said.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_default();
    // The cause is logged with the rejection, beside the id of the request.
    Rejection::from(Error::internal(format!("a panic: {said}"))).into_response()
}

fn in_time<S: Clone + Send + Sync + 'static>(router: Router<S>, patience: Duration) -> Router<S> {
    router.layer(from_fn(move |request, next| within(patience, request, next)))
}

async fn within(patience: Duration, request: Request, next: Next) -> Response {
    if carries_a_file(&request) {
        return next.run(request).await;
    }
    match tokio::time::timeout(patience, next.run(request)).await {
        Ok(response) => response,
        Err(_) => {
            tracing::warn!(request = request::id(), "a request was given up after {patience:?}");
            let detail = "This took too long and was given up. Try again, with less at once.";
            Rejection::new(Code::ServerBusy, detail).into_response()
        }
    }
}

/// Whether it may take as long as its bytes do: uploads and downloads. (A websocket is answered at
/// once, and lives on beside its request.)
fn carries_a_file(request: &Request) -> bool {
    let (method, path) = (request.method(), request.uri().path());
    let form = extract::media(request.headers()).as_deref() == Some("multipart/form-data");
    path.ends_with("/download")
        || *method == Method::POST && (path.ends_with("/versions") || form && is_page(method, path))
}

/// Pages and JSON, but no files: those have tags and names, and are compressed or need not be.
fn is_worth_it(_: StatusCode, _: Version, headers: &HeaderMap, _: &Extensions) -> bool {
    const KINDS: [&str; 4] =
        ["text/html", "application/json", "application/problem+json", "text/plain"];
    let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    let kind = kind.and_then(|kind| kind.split(';').next());
    let file = headers.contains_key(header::ETAG)
        || headers.contains_key(header::CONTENT_DISPOSITION)
        || headers.contains_key(header::ACCEPT_RANGES);
    !file && kind.is_some_and(|kind| KINDS.contains(&kind.trim()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::body::Body;
    use axum::routing::get;
    use http_body_util::BodyExt as _;
    use serde_json::Value;
    use tower::ServiceExt as _;

    async fn ask(router: Router, request: Request) -> (Response, Vec<u8>) {
        let router = router.layer(from_fn(request::identify));
        let (parts, body) = router.oneshot(request).await.unwrap().into_parts();
        let bytes = body.collect().await.unwrap().to_bytes().to_vec();
        (Response::from_parts(parts, Body::empty()), bytes)
    }

    fn to(method: Method, path: &str, kind: &str) -> Request {
        let request = Request::builder().method(method).uri(path);
        let request = request.header(header::ACCEPT, "text/html, */*;q=0.8");
        request.header(header::CONTENT_TYPE, kind).body(Body::empty()).unwrap()
    }

    #[tokio::test]
    async fn a_panic_is_answered_with_the_id_of_its_request_and_not_with_its_words() {
        let broken = async || -> &'static str { panic!("the secret is tulip") };
        let router = answered(Router::new().fallback(broken));
        let (answer, body) = ask(router.clone(), to(Method::GET, "/api/v1/me", "")).await;
        assert_eq!(answer.status(), 500);
        assert_eq!(answer.headers()[header::CONTENT_TYPE], "application/problem+json");
        let problem: Value = serde_json::from_slice(&body).unwrap();
        assert_eq!(problem["code"], "internal");
        assert_eq!(answer.headers()["x-request-id"], problem["request_id"].as_str().unwrap());
        assert!(!problem.to_string().contains("tulip"), "{problem}");

        let (answer, body) = ask(router, to(Method::GET, "/ada/titanic", "")).await;
        let page = String::from_utf8(body).unwrap();
        assert_eq!((answer.status().as_u16(), page.contains('{')), (500, false), "{page}");
        assert_eq!(answer.headers()[header::CONTENT_TYPE], "text/html; charset=utf-8");
        assert!(page.contains(answer.headers()["x-request-id"].to_str().unwrap()), "{page}");
        assert!(page.contains("wrong on our side") && !page.contains("tulip"), "{page}");
    }

    #[tokio::test]
    async fn what_takes_too_long_is_given_up_unless_it_carries_a_file() {
        let patience = Duration::from_millis(5);
        let slow = async move || tokio::time::sleep(patience * 20).await;
        let router = in_time(Router::new().fallback(slow), patience);
        let form = "multipart/form-data; boundary=x";
        for (method, path, kind, status) in [
            (Method::GET, "/ada/titanic", "", 503),
            (Method::POST, "/api/v1/projects", "application/json", 503),
            (Method::POST, "/api/v1/projects", form, 503),
            (Method::POST, "/ada/titanic/upload", form, 200),
            (Method::POST, "/ada/titanic/upload", "Multipart/Form-Data;boundary=x", 200),
            (Method::POST, "/api/v1/projects/ada/titanic/datasets/x/versions", "text/csv", 200),
            (Method::GET, "/api/v1/projects/ada/titanic/datasets/x/versions/1/download", "", 200),
        ] {
            let (answer, _) = ask(router.clone(), to(method, path, kind)).await;
            assert_eq!(answer.status(), status, "{path} {kind}");
            let given_up = answer.headers().get("retry-after").is_some();
            assert_eq!(given_up, status == 503, "{path} {kind}");
        }
    }

    #[tokio::test]
    async fn long_pages_and_json_are_compressed_and_files_are_not() {
        for (name, value, kind, length, encoding) in [
            ("x", "", "text/html; charset=utf-8", 5_000, "br"),
            ("x", "", "application/problem+json", 5_000, "br"),
            ("x", "", "application/json", 50, ""),
            ("x", "", "application/vnd.apache.parquet", 5_000, ""),
            ("content-disposition", "attachment", "application/json", 5_000, ""),
            ("etag", "\"abc\"", "text/plain", 5_000, ""),
            ("content-range", "bytes 0-9/10", "text/plain", 5_000, ""),
            ("content-encoding", "gzip", "text/html", 5_000, "gzip"),
        ] {
            let answer = async move || {
                ([(name, value), ("content-type", kind)], "a".repeat(length)).into_response()
            };
            let routes = Router::new().route("/", get(answer));
            let mut request = to(Method::GET, "/", "");
            request.headers_mut().insert("accept-encoding", "gzip, br".parse().unwrap());
            let (answer, body) = ask(short(routes), request).await;
            let said = answer.headers().get("content-encoding").map_or("", |v| v.to_str().unwrap());
            assert_eq!(said, encoding, "{name} {kind}");
            assert_eq!(body.len() < length, encoding == "br", "{name} {kind}");
        }
    }

    #[tokio::test]
    async fn what_somebody_looks_for_is_not_compressed_beside_what_they_alone_see() {
        let routes = Router::new().fallback(async || "a".repeat(5_000));
        for (path, cookie, encoding) in [
            ("/explore?q=tulip", "mlhub_at=x", ""),
            ("/explore?sort=name&%71=tulip", "mlhub_at=x", ""),
            ("/explore?q=tulip", "", "br"),
            ("/explore?quick=1", "mlhub_at=x", "br"),
            ("/explore", "mlhub_at=x", "br"),
        ] {
            let mut request = to(Method::GET, path, "");
            request.headers_mut().insert("accept-encoding", "gzip, br".parse().unwrap());
            if !cookie.is_empty() {
                request.headers_mut().insert("cookie", cookie.parse().unwrap());
            }
            let (answer, _) = ask(short(routes.clone()), request).await;
            let said = answer.headers().get("content-encoding").map_or("", |v| v.to_str().unwrap());
            assert_eq!(said, encoding, "{path} {cookie}");
        }
    }
}
