//! `tokens`: what scripts log in with.

use crate::http::{Caller, Json, Keyed, Page, Path, Query, Rejection, State};
use axum::extract::State as Extract;
use axum::http::StatusCode;
use chrono::{DateTime, Utc};
use mlhub_domain::access::Role;
use mlhub_domain::accounts::Token;
use mlhub_domain::ids::TokenId;
use mlhub_domain::lists::{List, Sorts};
use mlhub_hub::accounts::tokens::{self, NewToken};
use serde::{Deserialize, Serialize};

/// A token to be made.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct TokenBody {
    name: String,
    /// `read`, `edit`, `manage`; each includes the ones before.
    scopes: Vec<Role>,
    /// When it stops working; never when absent.
    expires_at: Option<DateTime<Utc>>,
}

/// A token that was just made: its secret is shown this once.
#[derive(Serialize, utoipa::ToSchema)]
pub(crate) struct NewTokenAnswer {
    /// The secret, `mlh_…`.
    token: String,
    #[serde(flatten)]
    made: Token,
}

/// Makes a token.
///
/// Its secret is in this answer and nowhere else; who repeats the request with the same
/// `Idempotency-Key` is shown it again.
#[utoipa::path(post, path = "/api/v1/tokens", tag = "tokens", request_body = TokenBody,
    responses((status = 201, body = NewTokenAnswer)))]
pub(crate) async fn create(
    Extract(state): Extract<State>,
    Caller(actor): Caller,
    Keyed { key, body }: Keyed<TokenBody>,
) -> Result<(StatusCode, Json<NewTokenAnswer>), Rejection> {
    let TokenBody { name, scopes, expires_at } = body;
    let new = NewToken { name, scopes, expires_at };
    let secret = tokens::secret_for(&state.hub, &actor, key.as_ref());
    let token = secret.reveal().to_owned();
    let made = tokens::create(&state.hub, &actor, &new, &secret, key.as_ref()).await?;
    Ok((StatusCode::CREATED, Json(NewTokenAnswer { token, made })))
}

/// One's tokens, newest first, without their secrets.
#[utoipa::path(get, path = "/api/v1/tokens", tag = "tokens",
    params(Page), responses((status = 200, body = List<Token>)))]
pub(crate) async fn list(
    Extract(state): Extract<State>,
    Caller(actor): Caller,
    Query(page): Query<Page>,
) -> Result<Json<List<Token>>, Rejection> {
    let query = page.checked(Sorts::NONE)?;
    Ok(Json(tokens::list(&state.hub, &actor, &query).await?))
}

/// Revokes a token: it stops working at once.
#[utoipa::path(delete, path = "/api/v1/tokens/{token}", tag = "tokens", responses((status = 204)))]
pub(crate) async fn revoke(
    Extract(state): Extract<State>,
    Caller(actor): Caller,
    Path(token): Path<TokenId>,
) -> Result<StatusCode, Rejection> {
    tokens::revoke(&state.hub, &actor, token).await?;
    Ok(StatusCode::NO_CONTENT)
}
