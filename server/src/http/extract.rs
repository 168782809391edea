//! Extractors that answer in problems and name the field.

use super::Rejection;
use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts, Request, rejection::BytesRejection};
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use mlhub_domain::problem::{Code, Problem};
use mlhub_hub::Actor;
use serde::Serialize;
use serde::de::DeserializeOwned;

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
        let bytes = gather(request, state).await?;
        Self::from_bytes(&bytes).map(Self)
    }
}

impl<T: DeserializeOwned> Json<T> {
    /// Reads a body that was gathered already.
    ///
    /// # Errors
    /// `Malformed` when it is not JSON; `UnknownKey` or `InvalidValue` naming the field.
    pub fn from_bytes(bytes: &[u8]) -> Result<T, Rejection> {
        let mut json = serde_json::Deserializer::from_slice(bytes);
        let value = serde_path_to_error::deserialize(&mut json).map_err(explain)?;
        json.end().map_err(|e| malformed(&e))?;
        Ok(value)
    }
}

/// The whole body, as far as its limit allows.
pub(super) async fn gather<S: Send + Sync>(
    request: Request,
    state: &S,
) -> Result<Bytes, Rejection> {
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
    Rejection::new(Code::Malformed, format!("The body is not JSON: {error}."))
}

fn explain(error: serde_path_to_error::Error<serde_json::Error>) -> Rejection {
    let field = error.path().to_string();
    let cause = error.into_inner();
    if !cause.is_data() {
        return malformed(&cause);
    }
    let text = cause.to_string();
    let message = text.split(" at line ").next().unwrap_or(&text).to_owned();
    let code =
        if message.starts_with("unknown field") { Code::UnknownKey } else { Code::InvalidValue };
    let field = if field == "." { String::new() } else { field };
    Problem::field(code, &field, message, None).into()
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

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Rejection> {
        match axum::extract::Query::<T>::from_request_parts(parts, state).await {
            Ok(axum::extract::Query(value)) => Ok(Self(value)),
            Err(error) => {
                Err(Rejection::new(Code::InvalidValue, format!("{}.", error.body_text())))
            }
        }
    }
}
