//! Answers to requests for pages, for server functions, and for forms that a browser posted by
//! itself (see [`crate::forms`] for the idea).

use super::shell;
use crate::Failure;
use crate::boot::{Boot, Refused};
use crate::forms::is_secret;
use axum::body::{Body, Bytes, to_bytes};
use axum::http::{HeaderValue, Method, Request, Response, StatusCode, Uri, header, request::Parts};
use axum::response::IntoResponse;
use leptos::prelude::{provide_context, use_context};
use leptos_axum::{handle_server_fns_with_context, render_app_async_with_context};
use server_fn::error::{FromServerFnError, SERVER_FN_ERROR_HEADER};

/// The largest form accepted; files go to the upload addresses.
const LARGEST_FORM: usize = 2 << 20;

/// The answer to a form whose function is gone.
const OLD_FORM: &str =
    "This form belongs to another version of ML Hub. Go back, reload, try again.";

/// Answers a request for a page, or a form posted to it. `context` provides what the request
/// brings along: hub, actor, [`Boot`].
pub async fn page(
    context: impl Fn() + Clone + Send + Sync + 'static,
    request: Request<Body>,
) -> Response<Body> {
    match *request.method() {
        Method::GET | Method::HEAD => render(context, request, None).await,
        Method::POST => posted(context, request).await,
        _ => (StatusCode::METHOD_NOT_ALLOWED, [(header::ALLOW, "GET, HEAD, POST")]).into_response(),
    }
}

/// Answers a call of a server function by the wasm client: the problem as JSON, with its status.
pub async fn function(
    context: impl Fn() + Clone + Send + Sync + 'static,
    mut request: Request<Body>,
) -> Response<Body> {
    // Forms without script go to their page; `text/html` would make Leptos redirect to the referrer.
    request.headers_mut().insert(header::ACCEPT, HeaderValue::from_static("application/json"));
    let answer = handle_server_fns_with_context(context, request).await.into_response();
    if !answer.headers().contains_key(SERVER_FN_ERROR_HEADER) {
        return answer;
    }
    let (mut parts, body) = answer.into_parts();
    let body = to_bytes(body, LARGEST_FORM).await.unwrap_or_default();
    parts.status = status(&Failure::de(body.clone()));
    Response::from_parts(parts, Body::from(body))
}

/// Renders the page of `request`, once more with what was `refused`.
async fn render(
    context: impl Fn() + Clone + Send + Sync + 'static,
    request: Request<Body>,
    refused: Option<Refused>,
) -> Response<Body> {
    let refused_status = refused.as_ref().map(|refused| status(&refused.failure));
    let context = move || {
        context();
        if let Some(refused) = refused.clone() {
            let boot = use_context::<Boot>().unwrap_or_default();
            provide_context(Boot { refused: Some(refused), ..boot });
        }
    };
    let mut answer = render_app_async_with_context(context, shell)(request).await;
    if let Some(status) = refused_status
        && answer.status() == StatusCode::OK
    {
        *answer.status_mut() = status;
    }
    answer
}

/// Runs the server function that a posted form names.
async fn posted(
    context: impl Fn() + Clone + Send + Sync + 'static,
    request: Request<Body>,
) -> Response<Body> {
    let (parts, body) = request.into_parts();
    let Ok(form) = to_bytes(body, LARGEST_FORM).await else {
        return StatusCode::PAYLOAD_TOO_LARGE.into_response();
    };
    let fields: Vec<(String, String)> = form_urlencoded::parse(&form).into_owned().collect();
    let field = |name| fields.iter().find(|(n, _)| n == name).map_or("", |(_, value)| value);
    let Ok(address) = format!("/fn/{}", field("_fn")).parse::<Uri>() else {
        return StatusCode::BAD_REQUEST.into_response();
    };
    let known = server_fn::axum::get_server_fn_service(address.path(), Method::POST).is_some();
    if !known || address.query().is_some() {
        return (StatusCode::BAD_REQUEST, OLD_FORM).into_response();
    }
    let name = field("_fn").to_string();
    let key = field("_key").to_string();
    let answer = function(context.clone(), call(&parts, address, form)).await;
    if !answer.headers().contains_key(SERVER_FN_ERROR_HEADER) {
        return moved_on(&parts, answer);
    }
    let body = to_bytes(answer.into_body(), LARGEST_FORM).await.unwrap_or_default();
    again(context, parts, fields, name, key, Failure::de(body)).await
}

/// The call of the function, with the form's own headers.
fn call(parts: &Parts, address: Uri, form: Bytes) -> Request<Body> {
    let mut call = Request::new(Body::from(form));
    *call.method_mut() = Method::POST;
    *call.uri_mut() = address;
    *call.headers_mut() = parts.headers.clone();
    *call.extensions_mut() = parts.extensions.clone();
    call
}

/// A success: 303 to where the function said, or to the page the form was on, with its cookies.
fn moved_on(parts: &Parts, answer: Response<Body>) -> Response<Body> {
    if !answer.status().is_success() {
        return answer;
    }
    let own = parts.uri.path_and_query().map_or("/", |path| path.as_str());
    let own = HeaderValue::from_str(own).unwrap_or(HeaderValue::from_static("/"));
    let place = answer.headers().get(header::LOCATION).cloned().unwrap_or(own);
    let mut moved = StatusCode::SEE_OTHER.into_response();
    for cookie in answer.headers().get_all(header::SET_COOKIE) {
        moved.headers_mut().append(header::SET_COOKIE, cookie.clone());
    }
    moved.headers_mut().insert(header::LOCATION, place);
    moved
}

/// A failure: the page once more, with the message and what was typed.
async fn again(
    context: impl Fn() + Clone + Send + Sync + 'static,
    mut parts: Parts,
    fields: Vec<(String, String)>,
    function: String,
    key: String,
    failure: Failure,
) -> Response<Body> {
    let given = fields.into_iter().filter(|(name, _)| !name.starts_with('_') && !is_secret(name));
    let refused = Refused { function, key, failure, given: given.collect() };
    parts.method = Method::GET;
    parts.headers.remove(header::CONTENT_LENGTH);
    parts.headers.remove(header::CONTENT_TYPE);
    render(context, Request::from_parts(parts, Body::empty()), Some(refused)).await
}

/// The status of a failure.
fn status(failure: &Failure) -> StatusCode {
    StatusCode::from_u16(failure.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
}
