//! A JSON body, and the `Idempotency-Key` that it came with.

use super::extract::gather;
use super::{Json, Rejection};
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::request::Parts;
use mlhub_domain::problem::Code;
use mlhub_hub::idempotency::Key;
use serde::de::DeserializeOwned;

/// For the POSTs that make something: hand `key` on to what makes it.
pub struct Keyed<T> {
    /// The key, when there is one.
    pub key: Option<Key>,
    /// The body.
    pub body: T,
}

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Keyed<T> {
    type Rejection = Rejection;

    async fn from_request(request: Request, state: &S) -> Result<Self, Rejection> {
        let (head, body) = request.into_parts();
        let request = Request::from_parts(head.clone(), body);
        let bytes = gather(request, state).await?;
        Ok(Self { key: key(&head, &bytes)?, body: Json::read(&head.headers, &bytes)? })
    }
}

/// The `Idempotency-Key` of a POST whose address says it all, or whose body is a file that is read
/// later.
pub struct KeyOnly(pub Option<Key>);

impl<S: Sync> FromRequestParts<S> for KeyOnly {
    type Rejection = Rejection;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Rejection> {
        key(parts, &[]).map(Self)
    }
}

/// The key of a request whose body, or what stands for it, is `body`.
fn key(head: &Parts, body: &[u8]) -> Result<Option<Key>, Rejection> {
    let Some(value) = head.headers.get("idempotency-key") else { return Ok(None) };
    let text = value
        .to_str()
        .map_err(|_| Rejection::new(Code::InvalidValue, "An Idempotency-Key is plain text."))?;
    let address = head.uri.path().as_bytes();
    Ok(Some(Key::new(text, &[head.method.as_str().as_bytes(), address, body])?))
}
