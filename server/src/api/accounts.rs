//! Accounts and sessions: `signup`, `login`, `logout`, `setup`, `me`, `sessions`.

use crate::http::{Caller, Json, Page, Path, Query, Rejection, State};
use crate::security::Jar;
use axum::Extension;
use axum::extract::State as Extract;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{AppendHeaders, IntoResponse, Response};
use mlhub_domain::accounts::{Session, User};
use mlhub_domain::ids::SessionId;
use mlhub_domain::lists::{List, Sorts};
use mlhub_hub::accounts::{self, NewAccount, SignedIn, Visit};
use serde::Deserialize;

/// What an account is made of.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SignUp {
    email: String,
    password: String,
    /// The name in addresses; made from the e-mail address when absent.
    username: Option<String>,
}

impl From<SignUp> for NewAccount {
    fn from(body: SignUp) -> Self {
        let SignUp { email, password, username } = body;
        Self { email, password, username }
    }
}

/// Makes an account and logs in.
#[utoipa::path(post, path = "/api/v1/signup", tag = "accounts", request_body = SignUp,
    responses((status = 201, body = User, description = "With the cookies of a session.")))]
pub(crate) async fn sign_up(
    Extract(state): Extract<State>,
    Extension(visit): Extension<Visit>,
    Extension(jar): Extension<Jar>,
    Json(body): Json<SignUp>,
) -> Result<Response, Rejection> {
    let signed = accounts::sign_up(&state.hub, &body.into(), &visit).await?;
    Ok(signed_in(StatusCode::CREATED, jar, signed))
}

/// The code of the set-up link, and the account of the first administrator.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SetUp {
    /// What stands behind `code=` in the link.
    code: String,
    email: String,
    password: String,
    username: Option<String>,
}

/// Makes the first administrator, once, and logs in.
#[utoipa::path(post, path = "/api/v1/setup", tag = "accounts", request_body = SetUp,
    responses((status = 201, body = User, description = "With the cookies of a session.")))]
pub(crate) async fn set_up(
    Extract(state): Extract<State>,
    Extension(visit): Extension<Visit>,
    Extension(jar): Extension<Jar>,
    Json(body): Json<SetUp>,
) -> Result<Response, Rejection> {
    let SetUp { code, email, password, username } = body;
    let new = NewAccount { email, password, username };
    let signed = accounts::set_up(&state.hub, &code, &new, &visit).await?;
    Ok(signed_in(StatusCode::CREATED, jar, signed))
}

/// How to log in.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct LogIn {
    email: String,
    password: String,
}

/// Logs in.
#[utoipa::path(post, path = "/api/v1/login", tag = "accounts", request_body = LogIn,
    responses((status = 200, body = User, description = "With the cookies of a session.")))]
pub(crate) async fn log_in(
    Extract(state): Extract<State>,
    Extension(visit): Extension<Visit>,
    Extension(jar): Extension<Jar>,
    Json(body): Json<LogIn>,
) -> Result<Response, Rejection> {
    let signed = accounts::log_in(&state.hub, &body.email, &body.password, &visit).await?;
    Ok(signed_in(StatusCode::OK, jar, signed))
}

fn signed_in(status: StatusCode, jar: Jar, signed: SignedIn) -> Response {
    let lines = jar.lines(&signed.cookies);
    let lines = lines.into_iter().filter_map(|line| HeaderValue::try_from(line).ok());
    let cookies = AppendHeaders(lines.map(|line| (header::SET_COOKIE, line)).collect::<Vec<_>>());
    (status, cookies, Json(signed.user)).into_response()
}

/// Ends the session; its cookies are cleared.
#[utoipa::path(post, path = "/api/v1/logout", tag = "accounts", responses((status = 204)))]
pub(crate) async fn log_out(
    Extract(state): Extract<State>,
    Caller(actor): Caller,
) -> Result<StatusCode, Rejection> {
    accounts::log_out(&state.hub, &actor).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// One's own account.
#[utoipa::path(get, path = "/api/v1/me", tag = "accounts", responses((status = 200, body = User)))]
pub(crate) async fn me(
    Extract(state): Extract<State>,
    Caller(actor): Caller,
) -> Result<Json<User>, Rejection> {
    Ok(Json(accounts::me(&state.hub, &actor).await?))
}

/// What to change of one's own account.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct MePatch {
    display_name: String,
}

/// Changes one's own account.
#[utoipa::path(patch, path = "/api/v1/me", tag = "accounts", request_body = MePatch,
    responses((status = 200, body = User)))]
pub(crate) async fn change_me(
    Extract(state): Extract<State>,
    Caller(actor): Caller,
    Json(body): Json<MePatch>,
) -> Result<Json<User>, Rejection> {
    Ok(Json(accounts::set_display_name(&state.hub, &actor, &body.display_name).await?))
}

/// The old password and the new one.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewPassword {
    current_password: String,
    password: String,
}

/// Sets a new password and ends all other sessions.
#[utoipa::path(post, path = "/api/v1/me/password", tag = "accounts", request_body = NewPassword,
    responses((status = 204)))]
pub(crate) async fn change_password(
    Extract(state): Extract<State>,
    Caller(actor): Caller,
    Json(body): Json<NewPassword>,
) -> Result<StatusCode, Rejection> {
    let NewPassword { current_password, password } = body;
    accounts::change_password(&state.hub, &actor, &current_password, &password).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The browsers one is logged in with.
#[utoipa::path(get, path = "/api/v1/sessions", tag = "accounts",
    params(Page), responses((status = 200, body = List<Session>)))]
pub(crate) async fn sessions(
    Extract(state): Extract<State>,
    Caller(actor): Caller,
    Query(page): Query<Page>,
) -> Result<Json<List<Session>>, Rejection> {
    let query = page.checked(Sorts::NONE)?;
    Ok(Json(accounts::find_sessions(&state.hub, &actor, &query).await?))
}

/// Ends the session of another browser.
#[utoipa::path(delete, path = "/api/v1/sessions/{session}", tag = "accounts",
    responses((status = 204)))]
pub(crate) async fn end_session(
    Extract(state): Extract<State>,
    Caller(actor): Caller,
    Path(session): Path<SessionId>,
) -> Result<StatusCode, Rejection> {
    accounts::end_session(&state.hub, &actor, session).await?;
    Ok(StatusCode::NO_CONTENT)
}
