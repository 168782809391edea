//! The layers for what every answer has in common: that there is one, in time, and a short one.

use super::{Rejection, is_page, request};
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
    router.layer(CompressionLayer::new().compress_when(when))
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
    let kind = request.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    let form = kind.is_some_and(|kind| kind.starts_with("multipart/form-data"));
    path.ends_with("/download")
        || *method == Method::POST && (path.ends_with("/versions") || form && is_page(method, path))
}

/// Pages and JSON, but no files: those have tags and names, and are compressed or need not be. No
/// secret stays the same from answer to answer, so that nobody learns one from how long they are.
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
        request.header(header::CONTENT_TYPE, kind).body(Body::empty()).unwrap()
    }

    #[tokio::test]
    async fn a_panic_is_answered_with_the_id_of_its_request_and_not_with_its_words() {
        let broken = async || -> &'static str { panic!("the secret is tulip") };
        let router = answered(Router::new().route("/", get(broken)));
        let (answer, body) = ask(router, to(Method::GET, "/", "")).await;
        assert_eq!(answer.status(), 500);
        assert_eq!(answer.headers()[header::CONTENT_TYPE], "application/problem+json");
        let problem: Value = serde_json::from_slice(&body).unwrap();
        assert_eq!(problem["code"], "internal");
        assert_eq!(answer.headers()["x-request-id"], problem["request_id"].as_str().unwrap());
        assert!(!problem.to_string().contains("tulip"), "{problem}");
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
            (Method::POST, "/api/v1/projects/ada/titanic/datasets/x/versions", "text/csv", 200),
            (Method::GET, "/api/v1/projects/ada/titanic/datasets/x/versions/1/download", "", 200),
        ] {
            let (answer, _) = ask(router.clone(), to(method, path, kind)).await;
            assert_eq!(answer.status(), status, "{path} {kind}");
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
}
