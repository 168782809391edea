//! Extractors that answer in problems and name the field.

use super::{Rejection, words};
use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts, Request, rejection::BytesRejection};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use mlhub_domain::problem::Code;
use mlhub_hub::Actor;
use serde::Serialize;
use serde::de::{DeserializeOwned, DeserializeSeed, IgnoredAny};
use std::marker::PhantomData;

/// The one who asks, as the layer before recognised them.
pub struct Caller(pub Actor);

impl<S: Sync> FromRequestParts<S> for Caller {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        Ok(Self(parts.extensions.get::<Actor>().cloned().unwrap_or_default()))
    }
}

/// A JSON body, in or out.
pub struct Json<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Json<T> {
    type Rejection = Rejection;

    async fn from_request(request: Request, state: &S) -> Result<Self, Rejection> {
        let headers = request.headers().clone();
        let bytes = gather(request, state).await?;
        Self::read(&headers, &bytes).map(Self)
    }
}

impl<T: DeserializeOwned> Json<T> {
    /// Reads a body that was gathered already.
    ///
    /// # Errors
    /// As [`read`].
    pub fn read(headers: &HeaderMap, bytes: &[u8]) -> Result<T, Rejection> {
        read(headers, bytes, "application/json", PhantomData::<T>)
    }
}

/// Reads a body of JSON into `seed`, unless its `Content-Type` says that it is none: what the
/// address reads is `wanted`.
///
/// # Errors
/// `UnsupportedMediaType` when it says so; `Malformed` when it is not JSON; `UnknownKey` or
/// `InvalidValue` naming the field.
pub fn read<'de, S: DeserializeSeed<'de>>(
    headers: &HeaderMap,
    bytes: &'de [u8],
    wanted: &str,
    seed: S,
) -> Result<S::Value, Rejection> {
    match media(headers) {
        Some(media) if !bytes.is_empty() && !may_be_json(&media) => {
            let detail =
                format!("Say what the body is: this address reads Content-Type: {wanted}.");
            Err(Rejection::new(Code::UnsupportedMediaType, detail))
        }
        Some(_) | None => from_bytes(bytes, seed),
    }
}

fn from_bytes<'de, S: DeserializeSeed<'de>>(
    bytes: &'de [u8],
    seed: S,
) -> Result<S::Value, Rejection> {
    if bytes.is_empty() {
        return Err(Rejection::new(Code::Malformed, "The body is empty: send JSON."));
    }
    let mut json = serde_json::Deserializer::from_slice(bytes);
    if bytes.trim_ascii_start().starts_with(b"[") {
        // An object would also be read from the list of its values.
        serde_json::from_slice::<IgnoredAny>(bytes).map_err(|error| malformed(&error))?;
        return Err(Rejection::new(Code::InvalidValue, "The body is a list: send an object."));
    }
    let mut track = serde_path_to_error::Track::new();
    let read = seed.deserialize(serde_path_to_error::Deserializer::new(&mut json, &mut track));
    let value = read.map_err(|error| explain(&track.path().to_string(), &error))?;
    json.end().map_err(|error| malformed(&error))?;
    Ok(value)
}

/// What the body is said to be, in lower case and without its parameters.
pub fn media(headers: &HeaderMap) -> Option<String> {
    let value = headers.get(header::CONTENT_TYPE)?.to_str().ok()?;
    let media = value.split(';').next().unwrap_or_default();
    Some(media.trim().to_ascii_lowercase())
}

/// Many a script leaves the type away, and curl calls what it sends a form unless told otherwise.
fn may_be_json(media: &str) -> bool {
    matches!(media, "" | "application/json" | "application/x-www-form-urlencoded")
        || media.starts_with("application/") && media.ends_with("+json")
}

/// The whole body, as far as its limit allows.
///
/// # Errors
/// `TooLarge`; `Malformed` when it breaks off.
pub async fn gather<S: Send + Sync>(request: Request, state: &S) -> Result<Bytes, Rejection> {
    Bytes::from_request(request, state).await.map_err(body)
}

fn body(rejection: BytesRejection) -> Rejection {
    match rejection.status() {
        StatusCode::PAYLOAD_TOO_LARGE => {
            Rejection::new(Code::TooLarge, "The body is larger than this address takes.")
        }
        _ => Rejection::new(Code::Malformed, "The body ended before it was complete."),
    }
}

fn malformed(error: &serde_json::Error) -> Rejection {
    let (said, place) = apart(error);
    let why = words::not_json(&said);
    Rejection::new(Code::Malformed, format!("The body is not JSON: {why}{place}."))
}

fn explain(path: &str, cause: &serde_json::Error) -> Rejection {
    if !cause.is_data() {
        return malformed(cause);
    }
    let (said, place) = apart(cause);
    words::unfit(path, &said, &place).into()
}

/// What the parser says, and where.
fn apart(error: &serde_json::Error) -> (String, String) {
    let (line, column) = (error.line(), error.column());
    let said = error.to_string();
    let place = format!(" at line {line} column {column}");
    let said = said.strip_suffix(&place).unwrap_or(&said).to_owned();
    (said, format!(" (line {line}, column {column})"))
}

impl<T: Serialize> IntoResponse for Json<T> {
    fn into_response(self) -> Response {
        axum::Json(self.0).into_response()
    }
}

/// The named parts of the address. A part that cannot name anything names nothing: 404.
pub struct Path<T>(pub T);

impl<T: DeserializeOwned + Send, S: Send + Sync> FromRequestParts<S> for Path<T> {
    type Rejection = Rejection;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Rejection> {
        match axum::extract::Path::<T>::from_request_parts(parts, state).await {
            Ok(axum::extract::Path(value)) => Ok(Self(value)),
            Err(_) => Err(mlhub_hub::Error::not_found(parts.uri.path()).into()),
        }
    }
}

/// The query string.
pub struct Query<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Query<T> {
    type Rejection = Rejection;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Rejection> {
        let pairs = form_urlencoded::parse(parts.uri.query().unwrap_or_default().as_bytes());
        let query = serde_urlencoded::Deserializer::new(pairs);
        let unfit = |error: serde_path_to_error::Error<serde_urlencoded::de::Error>| {
            words::unfit(&error.path().to_string(), &error.inner().to_string(), "")
        };
        Ok(Self(serde_path_to_error::deserialize(query).map_err(unfit)?))
    }
}
