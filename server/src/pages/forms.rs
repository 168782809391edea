//! Forms that a browser posts to their page by itself. The function that a form names has a line
//! of its own in the policy table, and is refused here as it would be under its own address.

use super::{show, upload};
use crate::http::{Rejection, State, extract, refusal, to_login};
use crate::policy;
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State as Extract};
use axum::http::Method;
use axum::response::{IntoResponse, Response};
use mlhub_app::ssr::{LARGEST_FORM, OLD_FORM};
use mlhub_domain::access::Action;
use mlhub_domain::problem::{Code, Kind};
use mlhub_hub::Actor;

/// `POST` to a page.
pub(super) async fn posted(state: Extract<State>, request: Request) -> Response {
    if extract::media(request.headers()).as_deref() == Some("multipart/form-data") {
        return Box::pin(upload::posted(state, request)).await;
    }
    let (parts, body) = request.into_parts();
    let Ok(bytes) = to_bytes(body, LARGEST_FORM).await else {
        let detail = format!("A form has at most {} MiB.", LARGEST_FORM >> 20);
        return Rejection::new(Code::TooLarge, detail).into_response();
    };
    let Some(action) = act(&bytes) else {
        return Rejection::new(Code::Malformed, OLD_FORM).into_response();
    };
    match refusal(action, parts.extensions.get::<Actor>()) {
        Some(error) if error.kind() == Kind::Unauthenticated => to_login(&parts.uri),
        Some(error) => Rejection::from(error).into_response(),
        None => show(state, Request::from_parts(parts, Body::from(bytes))).await,
    }
}

/// What the function that a form names does, if it may be called at all.
fn act(form: &[u8]) -> Option<Action> {
    let mut fields = form_urlencoded::parse(form);
    let function = fields.find_map(|(name, value)| (name == "_fn").then_some(value))?;
    policy::action(&Method::POST, &format!("/fn/{function}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_listed_function_can_be_named() {
        assert_eq!(act(b"email=x&_fn=accounts%2Flogin"), Some(Action::SignIn));
        for bad in ["", "_fn=", "_fn=nothing", "_fn=../api/v1/login", "email=x", "_fn=theme?x"] {
            assert_eq!(act(bad.as_bytes()), None, "{bad}");
        }
    }
}
