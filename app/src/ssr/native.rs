//! Answers to requests for pages, for server functions, and for forms that a browser posted by
//! itself (see [`crate::forms`] for the idea).

use super::once::Left;
use super::{OnceCookie, shell};
use crate::Failure;
use crate::boot::{Answered, Boot, Refused, Typed};
use crate::forms::{Told, is_secret};
use axum::body::{Body, Bytes, to_bytes};
use axum::http::{
    HeaderMap, HeaderValue, Method, Request, Response, StatusCode, Uri, header, request::Parts,
};
use axum::response::IntoResponse;
use leptos::prelude::{Owner, provide_context, use_context};
use leptos_axum::{handle_server_fns_with_context, render_app_async_with_context};
use mlhub_domain::problem::Code;
use server_fn::error::{FromServerFnError, SERVER_FN_ERROR_HEADER};
use std::sync::atomic::Ordering;

/// The largest form accepted, in bytes; files go to the upload addresses.
pub const LARGEST_FORM: usize = 2 << 20;

/// The answer to a form whose function is gone.
pub const OLD_FORM: &str =
    "This form belongs to another version of ML Hub. Go back, reload, try again.";

/// Answers a request for a page, or a form posted to it. `context` provides what the request
/// brings along: hub, actor, [`Boot`].
pub async fn page(
    context: impl Fn() + Clone + Send + Sync + 'static,
    request: Request<Body>,
) -> Response<Body> {
    match *request.method() {
        Method::GET | Method::HEAD => visited(context, request).await,
        Method::POST => posted(context, request).await,
        _ => (StatusCode::METHOD_NOT_ALLOWED, [(header::ALLOW, "GET, HEAD, POST")]).into_response(),
    }
}

/// Answers a call of a server function by an island or by `enhance.js`: the problem as JSON, with
/// its status.
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
    let (parts, body) = answer.into_parts();
    let body = to_bytes(body, LARGEST_FORM).await.unwrap_or_default();
    let failure = Failure::de(body.clone());
    let mut answer = Response::from_parts(parts, Body::from(body));
    mark(&mut answer, &failure);
    answer
}

/// A page, which says what the form that was posted just before has left for it to say.
async fn visited(
    context: impl Fn() + Clone + Send + Sync + 'static,
    request: Request<Body>,
) -> Response<Body> {
    let once = once_cookie(&context);
    let left = once.and_then(|once| Some((once, once.left(request.headers())?)));
    let Some((once, left)) = left else {
        return render(context, request, Brought::Nothing).await;
    };
    let brought = match left {
        Left::Done(function, key) => {
            Brought::Answered(Answered { function, key, value: "null".into() })
        }
        Left::Deleted(name) => Brought::Deleted(name),
    };
    let mut page = render(context, request, brought).await;
    add_cookie(page.headers_mut(), &once.forget());
    page
}

/// The cookie for what is shown once, as this request would have it.
fn once_cookie(context: &impl Fn()) -> Option<OnceCookie> {
    Owner::new().with(|| {
        context();
        use_context()
    })
}

/// Goes with a page that came back without the form that was refused: nothing on it says why.
#[derive(Clone)]
pub struct Untold(pub Failure);

/// What a posted form brought to its page.
#[derive(Clone)]
enum Brought {
    /// No form was posted.
    Nothing,
    /// It could not be accepted.
    Refused(Refused),
    /// It only chooses what else it asks for.
    Typed(Typed),
    /// It was answered with something to show.
    Answered(Answered),
    /// It has deleted what was called so.
    Deleted(String),
}

/// Renders the page of `request`, with what a form brought to it.
async fn render(
    context: impl Fn() + Clone + Send + Sync + 'static,
    request: Request<Body>,
    brought: Brought,
) -> Response<Body> {
    let failure = match &brought {
        Brought::Refused(refused) => Some(refused.failure.clone()),
        Brought::Nothing | Brought::Typed(_) | Brought::Answered(_) | Brought::Deleted(_) => None,
    };
    let told = Told::default();
    let tells = told.clone();
    let context = move || {
        context();
        provide_context(tells.clone());
        let boot = use_context::<Boot>().unwrap_or_default();
        match brought.clone() {
            Brought::Nothing => {}
            Brought::Refused(refused) => provide_context(Boot { refused: Some(refused), ..boot }),
            Brought::Typed(typed) => provide_context(Boot { typed: Some(typed), ..boot }),
            Brought::Answered(answered) => {
                provide_context(Boot { answered: Some(answered), ..boot });
            }
            Brought::Deleted(name) => provide_context(Boot { deleted: Some(name), ..boot }),
        }
    };
    let mut answer = render_app_async_with_context(context, shell)(request).await;
    if let Some(failure) = failure
        && answer.status() == StatusCode::OK
    {
        mark(&mut answer, &failure);
        if !told.0.load(Ordering::Relaxed) {
            answer.extensions_mut().insert(Untold(failure));
        }
    }
    answer
}

/// Runs the server function that a posted form names.
async fn posted(
    context: impl Fn() + Clone + Send + Sync + 'static,
    request: Request<Body>,
) -> Response<Body> {
    let (parts, body) = request.into_parts();
    // The server has read it already: it refuses what is too large, and what breaks off.
    let form = to_bytes(body, LARGEST_FORM).await.unwrap_or_default();
    let fields: Vec<(String, String)> = form_urlencoded::parse(&form).into_owned().collect();
    let field = |name| fields.iter().find(|(n, _)| n == name).map_or("", |(_, value)| value);
    let name = field("_fn").to_string();
    let key = field("_key").to_string();
    let Some(address) = address_of(&name) else {
        let failure = Failure::new(Code::Malformed, OLD_FORM);
        let refused = Refused { function: name, key, failure, given: Vec::new() };
        return again(context, parts, Brought::Refused(refused)).await;
    };
    if fields.iter().any(|(name, _)| name == "_choose") {
        let typed = Typed { function: name, key, given: open(fields) };
        return again(context, parts, Brought::Typed(typed)).await;
    }
    let answer = function(context.clone(), call(&parts, address, form)).await;
    let failed = answer.headers().contains_key(SERVER_FN_ERROR_HEADER);
    if !failed && (!answer.status().is_success() || answer.headers().contains_key(header::LOCATION))
    {
        return moved_on(&parts, &answer);
    }
    let (head, body) = answer.into_parts();
    let body = to_bytes(body, LARGEST_FORM).await.unwrap_or_default();
    if failed {
        let failure = Failure::de(body);
        let refused = Refused { function: name, key, failure, given: open(fields) };
        return again(context, parts, Brought::Refused(refused)).await;
    }
    if body.as_ref() == b"null" {
        let mut moved = moved_on(&parts, &Response::from_parts(head, ()));
        // A form that wants to say that it is done has the page that follows say so.
        if fields.iter().any(|(name, _)| name == "_done")
            && let Some(line) = once_cookie(&context).and_then(|once| once.done(&name, &key))
        {
            add_cookie(moved.headers_mut(), &line);
        }
        return moved;
    }
    let value = String::from_utf8_lossy(&body).into_owned();
    let answered = Answered { function: name, key, value };
    let mut page = again(context, parts, Brought::Answered(answered)).await;
    carry_cookies(&head.headers, page.headers_mut());
    page
}

/// The address of a server function; `None` when there is none of that name.
fn address_of(function: &str) -> Option<Uri> {
    let address: Uri = format!("/fn/{function}").parse().ok()?;
    let known = server_fn::axum::get_server_fn_service(address.path(), Method::POST).is_some();
    (known && address.query().is_none()).then_some(address)
}

/// What a form may be shown again of what was typed into it.
fn open(fields: Vec<(String, String)>) -> Vec<(String, String)> {
    fields.into_iter().filter(|(name, _)| !name.starts_with('_') && !is_secret(name)).collect()
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
fn moved_on<B>(parts: &Parts, answer: &Response<B>) -> Response<Body> {
    if !answer.status().is_success() && !answer.status().is_redirection() {
        return answer.status().into_response();
    }
    let own = parts.uri.path_and_query().map_or("/", |path| path.as_str());
    let own = HeaderValue::from_str(own).unwrap_or(HeaderValue::from_static("/"));
    let place = answer.headers().get(header::LOCATION).cloned().unwrap_or(own);
    let mut moved = StatusCode::SEE_OTHER.into_response();
    carry_cookies(answer.headers(), moved.headers_mut());
    moved.headers_mut().insert(header::LOCATION, place);
    moved
}

/// Takes the cookies that a function has set along to the answer that the browser gets.
fn carry_cookies(from: &HeaderMap, to: &mut HeaderMap) {
    for cookie in from.get_all(header::SET_COOKIE) {
        to.append(header::SET_COOKIE, cookie.clone());
    }
}

fn add_cookie(to: &mut HeaderMap, line: &str) {
    if let Ok(line) = HeaderValue::from_str(line) {
        to.append(header::SET_COOKIE, line);
    }
}

/// Answers a form that the server itself could not accept, because it brings a file: its page once
/// more, with what was wrong, under the problem's status.
pub async fn refused(
    context: impl Fn() + Clone + Send + Sync + 'static,
    parts: Parts,
    refused: Refused,
) -> Response<Body> {
    again(context, parts, Brought::Refused(refused)).await
}

/// The page of the form once more, with what came of it.
async fn again(
    context: impl Fn() + Clone + Send + Sync + 'static,
    mut parts: Parts,
    brought: Brought,
) -> Response<Body> {
    parts.method = Method::GET;
    parts.headers.remove(header::CONTENT_LENGTH);
    parts.headers.remove(header::CONTENT_TYPE);
    render(context, Request::from_parts(parts, Body::empty()), brought).await
}

/// Gives an answer the status of a failure, and says when to try again where that may help.
fn mark(answer: &mut Response<Body>, failure: &Failure) {
    let status = StatusCode::from_u16(failure.status());
    *answer.status_mut() = status.unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    if let Some(seconds) = failure.0.retry_after() {
        answer.headers_mut().insert(header::RETRY_AFTER, seconds.into());
    }
}
