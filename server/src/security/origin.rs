//! Refuses what another site makes a visitor's browser send. The rule is that of Go's
//! `CrossOriginProtection`: a browser says with each request where it comes from, in
//! `Sec-Fetch-Site` or, over plain http and in older ones, in `Origin`; who says neither is no
//! browser. A websocket is opened by a GET and read by whoever opened it, so with cookies it must
//! say `Origin`.

use super::{Guard, host};
use crate::http::Rejection;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, Method, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use mlhub_domain::problem::Code;

/// What a request says about where it comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum From {
    /// From a page of ours, or typed by the visitor.
    Ours,
    /// From another site.
    Elsewhere,
    /// It does not say.
    Silent,
}

/// Layer: answers 403 to a request that another site caused.
pub(super) async fn check(State(guard): State<Guard>, request: Request, next: Next) -> Response {
    let allowed = {
        let headers = request.headers();
        let cookies = guard.site.jar().any(headers);
        // No site can make a browser send a token that it does not have.
        let by_token = super::authenticate::bearer(headers).is_some() && !cookies;
        let own = |origin: &str| {
            host::of(&request).is_some_and(|host| guard.site.is_own_origin(origin, host))
        };
        by_token || is_allowed(request.method(), headers, cookies, own)
    };
    if allowed {
        return next.run(request).await;
    }
    let detail = "Your browser says that another site sent this. Open the page of ML Hub itself and try again.";
    Rejection::new(Code::CrossOrigin, detail).into_response()
}

pub(super) fn is_allowed(
    method: &Method,
    headers: &HeaderMap,
    cookies: bool,
    own: impl Fn(&str) -> bool,
) -> bool {
    let upgrade = headers.get_all(header::UPGRADE).iter().any(|value| {
        value.to_str().is_ok_and(|value| value.to_ascii_lowercase().contains("websocket"))
    });
    if upgrade {
        return match origin(headers, own) {
            From::Ours => true,
            From::Elsewhere => false,
            From::Silent => !cookies,
        };
    }
    if [Method::GET, Method::HEAD, Method::OPTIONS].contains(method) {
        return true;
    }
    match fetch_site(headers) {
        From::Ours => true,
        From::Elsewhere => false,
        From::Silent => origin(headers, own) != From::Elsewhere,
    }
}

fn fetch_site(headers: &HeaderMap) -> From {
    match only(headers, &HeaderName::from_static("sec-fetch-site")) {
        Ok(None) => From::Silent,
        Ok(Some("same-origin" | "none")) => From::Ours,
        Ok(Some(_)) | Err(()) => From::Elsewhere,
    }
}

fn origin(headers: &HeaderMap, own: impl Fn(&str) -> bool) -> From {
    match only(headers, &header::ORIGIN) {
        Ok(None) => From::Silent,
        Ok(Some(origin)) if own(origin) => From::Ours,
        Ok(Some(_)) | Err(()) => From::Elsewhere,
    }
}

/// The value of a header that stands once; an error when it stands twice or is not text.
fn only<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Result<Option<&'a str>, ()> {
    let mut values = headers.get_all(name).iter();
    match (values.next(), values.next()) {
        (None, _) => Ok(None),
        (Some(value), None) => value.to_str().map(Some).map_err(drop),
        (Some(_), Some(_)) => Err(()),
    }
}
