//! `projects`: what everything else belongs to.

use crate::http::{Caller, Json, Keyed, Page, Path, Query, Rejection, State};
use axum::extract::State as Extract;
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use mlhub_domain::access::Visibility;
use mlhub_domain::lists::{List, Sorts};
use mlhub_domain::names::{OwnerName, ProjectName};
use mlhub_domain::problem::{Code, Problem};
use mlhub_domain::projects::{Project, ProjectPath};
use mlhub_hub::projects::{self, Change, NewProject, Which};
use serde::Deserialize;

/// A project to be made.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ProjectBody {
    name: ProjectName,
    /// `private` when absent.
    visibility: Option<Visibility>,
    #[serde(default)]
    description: String,
}

/// Makes a project of one's own.
#[utoipa::path(post, path = "/api/v1/projects", tag = "projects", request_body = ProjectBody,
    responses((status = 201, body = Project)))]
pub(crate) async fn create(
    Extract(state): Extract<State>,
    Caller(actor): Caller,
    Keyed { key, body }: Keyed<ProjectBody>,
) -> Result<impl IntoResponse, Rejection> {
    let ProjectBody { name, visibility, description } = body;
    let visibility = visibility.unwrap_or(Visibility::Private);
    let owner = actor.user.as_ref().map(|user| user.username.to_string()).unwrap_or_default();
    let location = format!("/api/v1/projects/{owner}/{name}");
    let new = NewProject { name, visibility, description };
    let made = projects::create(&state.hub, &actor, &new, key.as_ref()).await?;
    Ok((StatusCode::CREATED, [(header::LOCATION, location)], Json(made)))
}

/// Which projects to list.
#[derive(Deserialize, Default, utoipa::IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct ProjectsQuery {
    /// Those of this owner that one may see in a list; one's own and those one is a member of
    /// when absent.
    #[param(inline)]
    owner: Option<OwnerName>,
    /// `public` for those that everybody sees, of which the 10,000 made last are looked through.
    #[param(inline)]
    visibility: Option<Visibility>,
    /// Items on the page.
    #[param(minimum = 1, maximum = 200, default = 50)]
    limit: Option<u32>,
    /// Where to go on: `next` of the page before.
    cursor: Option<String>,
    /// Only what this text is found in, as `owner/name`.
    q: Option<String>,
    /// What to sort by, with `-` before it for descending.
    sort: Option<String>,
}

/// Projects, the one changed last first.
#[utoipa::path(get, path = "/api/v1/projects", tag = "projects", params(ProjectsQuery),
    responses((status = 200, body = List<Project>)))]
pub(crate) async fn list(
    Extract(state): Extract<State>,
    Caller(actor): Caller,
    Query(which): Query<ProjectsQuery>,
) -> Result<Json<List<Project>>, Rejection> {
    let ProjectsQuery { owner, visibility, limit, cursor, q, sort } = which;
    let which = match (owner, visibility) {
        (Some(owner), None) => Which::OwnedBy(owner),
        (None, Some(Visibility::Public)) => Which::Public,
        (None, None) => Which::Mine,
        (_, Some(_)) => {
            let message = "use public, without an owner, or leave it out";
            return Err(Problem::field(Code::InvalidValue, "visibility", message, None).into());
        }
    };
    let page = Page { limit, cursor, q, sort };
    let query = page.checked(Sorts::PROJECTS)?;
    Ok(Json(projects::list(&state.hub, &actor, &which, &query).await?))
}

/// A project.
#[utoipa::path(get, path = "/api/v1/projects/{owner}/{project}", tag = "projects",
    responses((status = 200, body = Project)))]
pub(crate) async fn get(
    Extract(state): Extract<State>,
    Caller(actor): Caller,
    Path(at): Path<ProjectPath>,
) -> Result<Json<Project>, Rejection> {
    Ok(Json(projects::get(&state.hub, &actor, &at).await?))
}

/// What to change of a project; what is absent stays.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ProjectPatch {
    name: Option<ProjectName>,
    visibility: Option<Visibility>,
    description: Option<String>,
}

/// Changes a project. Who edits may describe it, who manages may also rename and open it.
#[utoipa::path(patch, path = "/api/v1/projects/{owner}/{project}", tag = "projects",
    request_body = ProjectPatch, responses((status = 200, body = Project)))]
pub(crate) async fn change(
    Extract(state): Extract<State>,
    Caller(actor): Caller,
    Path(at): Path<ProjectPath>,
    Json(patch): Json<ProjectPatch>,
) -> Result<Json<Project>, Rejection> {
    let ProjectPatch { name, visibility, description } = patch;
    let change = Change { name, visibility, description };
    Ok(Json(projects::change(&state.hub, &actor, &at, &change).await?))
}

/// Deletes a project with everything in it.
#[utoipa::path(delete, path = "/api/v1/projects/{owner}/{project}", tag = "projects",
    responses((status = 204)))]
pub(crate) async fn delete(
    Extract(state): Extract<State>,
    Caller(actor): Caller,
    Path(at): Path<ProjectPath>,
) -> Result<StatusCode, Rejection> {
    projects::delete(&state.hub, &actor, &at).await?;
    Ok(StatusCode::NO_CONTENT)
}
