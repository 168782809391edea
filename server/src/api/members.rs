//! `projects/{owner}/{project}/members`: who is in a project, and what they may do.

use crate::http::{Caller, Json, Keyed, Page, Path, Query, Rejection, State};
use axum::extract::State as Extract;
use axum::http::StatusCode;
use mlhub_domain::access::Role;
use mlhub_domain::lists::{List, Sorts};
use mlhub_domain::names::{OwnerName, ProjectName};
use mlhub_domain::projects::{Member, ProjectPath};
use mlhub_hub::projects::members;
use serde::Deserialize;

/// The members, the owner first, then by name.
#[utoipa::path(get, path = "/api/v1/projects/{owner}/{project}/members", tag = "members",
    params(Page), responses((status = 200, body = List<Member>)))]
pub(crate) async fn list(
    Extract(state): Extract<State>,
    Caller(actor): Caller,
    Path(at): Path<ProjectPath>,
    Query(page): Query<Page>,
) -> Result<Json<List<Member>>, Rejection> {
    let query = page.checked(Sorts::NONE)?;
    Ok(Json(members::list(&state.hub, &actor, &at, &query).await?))
}

/// Who becomes a member, and what they may do.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct MemberBody {
    /// Their username.
    user: OwnerName,
    /// `read`, `edit` or `manage`.
    role: Role,
}

/// Makes somebody a member.
#[utoipa::path(post, path = "/api/v1/projects/{owner}/{project}/members", tag = "members",
    request_body = MemberBody, responses((status = 201, body = Member)))]
pub(crate) async fn add(
    Extract(state): Extract<State>,
    Caller(actor): Caller,
    Path(at): Path<ProjectPath>,
    Keyed { key, body }: Keyed<MemberBody>,
) -> Result<(StatusCode, Json<Member>), Rejection> {
    let MemberBody { user, role } = body;
    let made = members::add(&state.hub, &actor, &at, &user, role, key.as_ref()).await?;
    Ok((StatusCode::CREATED, Json(made)))
}

/// Where a member is.
#[derive(Deserialize)]
pub(crate) struct MemberPath {
    owner: OwnerName,
    project: ProjectName,
    user: OwnerName,
}

impl MemberPath {
    fn split(self) -> (ProjectPath, OwnerName) {
        let Self { owner, project, user } = self;
        (ProjectPath { owner, project }, user)
    }
}

/// What a member may do from now on.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct MemberPatch {
    /// `read`, `edit` or `manage`.
    role: Role,
}

/// Gives a member another role.
#[utoipa::path(patch, path = "/api/v1/projects/{owner}/{project}/members/{user}", tag = "members",
    request_body = MemberPatch, responses((status = 200, body = Member)))]
pub(crate) async fn change(
    Extract(state): Extract<State>,
    Caller(actor): Caller,
    Path(at): Path<MemberPath>,
    Json(body): Json<MemberPatch>,
) -> Result<Json<Member>, Rejection> {
    let (at, user) = at.split();
    Ok(Json(members::set_role(&state.hub, &actor, &at, &user, body.role).await?))
}

/// Ends a membership: anybody's for who manages, one's own for everybody.
#[utoipa::path(delete, path = "/api/v1/projects/{owner}/{project}/members/{user}", tag = "members",
    responses((status = 204)))]
pub(crate) async fn remove(
    Extract(state): Extract<State>,
    Caller(actor): Caller,
    Path(at): Path<MemberPath>,
) -> Result<StatusCode, Rejection> {
    let (at, user) = at.split();
    members::remove(&state.hub, &actor, &at, &user).await?;
    Ok(StatusCode::NO_CONTENT)
}
