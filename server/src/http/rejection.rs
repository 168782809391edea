//! A problem as an HTTP answer: `application/problem+json`, or a page for a person.

use super::page::{self, Way};
use super::request;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use mlhub_domain::problem::{Code, FieldError, Kind, Problem};
use mlhub_hub as hub;
use serde::Serialize;

/// Why a handler answers with a problem.
#[derive(Debug)]
pub struct Rejection(pub Problem);

/// The body of a problem, as RFC 9457 has it, with our own code, fields and request id.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = Problem)]
pub struct Body {
    /// A name for the kind of problem.
    #[serde(rename = "type")]
    kind: String,
    /// One sentence that holds for every case of this code.
    title: &'static str,
    /// The HTTP status.
    status: u16,
    /// What happened, to what, and what to do.
    detail: String,
    /// The entry of the code table.
    code: Code,
    /// The fields it concerns.
    fields: Vec<Field>,
    /// To find it in the log.
    request_id: String,
}

/// What is wrong with one field.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = ProblemField)]
pub struct Field {
    /// As it is called in the JSON, the query or the form; dots and brackets go into nested values.
    field: String,
    /// What is wrong, and what to do.
    message: String,
}

impl From<FieldError> for Field {
    fn from(error: FieldError) -> Self {
        Self { field: error.field, message: error.message }
    }
}

impl Rejection {
    /// A problem of `code`.
    pub fn new(code: Code, detail: impl Into<String>) -> Self {
        Problem::new(code, detail).into()
    }
}

impl From<hub::Error> for Rejection {
    fn from(error: hub::Error) -> Self {
        if error.kind() == Kind::Internal || error.kind() == Kind::Unavailable {
            let cause = std::error::Error::source(&error).map(chain).unwrap_or_default();
            tracing::error!(request = request::id(), cause, "{error}");
        }
        Self(error.into_problem())
    }
}

fn chain(error: &(dyn std::error::Error + 'static)) -> String {
    let mut text = error.to_string();
    let mut next = error.source();
    while let Some(cause) = next {
        text = format!("{text}: {cause}");
        next = cause.source();
    }
    text
}

/// What stands below a field of a form is a whole sentence where it stands alone.
fn sentence(detail: String, about: Option<&FieldError>) -> String {
    let part = detail.starts_with(char::is_lowercase);
    let named = about.filter(|field| part && !field.field.is_empty());
    let subject = named.map(|field| format!("“{}”: ", field.field)).unwrap_or_default();
    let end = if detail.ends_with(['.', '!', '?']) { "" } else { "." };
    format!("{subject}{detail}{end}")
}

impl From<Problem> for Rejection {
    fn from(problem: Problem) -> Self {
        Self(problem)
    }
}

impl Rejection {
    /// The answer: a problem for a script, a page for a person. `way` is where that leads on to, where
    /// it is known better than by the code.
    pub(crate) fn leading_to(self, way: Option<Way>) -> Response {
        let Self(problem) = self;
        let detail = sentence(problem.detail.clone(), problem.fields.first());
        let page = request::page().map(|asked| page::of(&problem, &detail, &asked, way));
        let mut response = told(problem, detail);
        if let Some(page) = page {
            let headers = response.headers_mut();
            let html = HeaderValue::from_static("text/html; charset=utf-8");
            headers.insert(header::CONTENT_TYPE, html);
            headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
            headers.remove(header::CONTENT_LENGTH);
            *response.body_mut() = page.into();
        }
        response
    }
}

impl IntoResponse for Rejection {
    fn into_response(self) -> Response {
        self.leading_to(None)
    }
}

/// The answer to a script.
fn told(problem: Problem, detail: String) -> Response {
    let (kind, retry_after) = (problem.kind(), problem.retry_after());
    let status = StatusCode::from_u16(kind.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let body = Body {
        kind: format!("urn:mlhub:problem:{}", problem.code.as_str()),
        title: problem.code.title(),
        status: status.as_u16(),
        detail,
        code: problem.code,
        fields: problem.fields.into_iter().map(Field::from).collect(),
        request_id: request::id(),
    };
    let mut response = (status, axum::Json(body)).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
    if matches!(kind, Kind::Unauthenticated) {
        headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
    }
    if let Some(seconds) = retry_after {
        headers.insert(header::RETRY_AFTER, seconds.into());
    }
    response
}
