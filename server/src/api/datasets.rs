//! `projects/{owner}/{project}/datasets`

use crate::http::{Caller, Json, Keyed, Page, Path, Query, Rejection, State};
use axum::extract::State as Extract;
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use mlhub_domain::access::Visibility;
use mlhub_domain::datasets::{Dataset, DatasetPath};
use mlhub_domain::lists::{List, Sorts};
use mlhub_domain::names::DatasetName;
use mlhub_domain::projects::ProjectPath;
use mlhub_hub::datasets;
use serde::Deserialize;

/// A new dataset.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewDataset {
    name: DatasetName,
    #[serde(default)]
    description: String,
    /// Follows the project when absent.
    visibility: Option<Visibility>,
}

/// What to change of a dataset.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct DatasetPatch {
    name: Option<DatasetName>,
    description: Option<String>,
    visibility: Option<Visibility>,
}

/// Which version to show and use.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CurrentRequest {
    version: u32,
}

/// Makes a dataset, without a version yet.
#[utoipa::path(post, path = "/api/v1/projects/{owner}/{project}/datasets", tag = "datasets",
    request_body = NewDataset, responses((status = 201, body = Dataset)))]
pub(crate) async fn create(
    Extract(state): Extract<State>,
    Caller(actor): Caller,
    Path(at): Path<ProjectPath>,
    Keyed { key, body }: Keyed<NewDataset>,
) -> Result<impl IntoResponse, Rejection> {
    let NewDataset { name, description, visibility } = body;
    let location = at.dataset(name.clone()).api();
    let new = datasets::New { name, description, visibility };
    let made = datasets::create(&state.hub, &actor, &at, &new, key.as_ref()).await?;
    Ok((StatusCode::CREATED, [(header::LOCATION, location)], Json(made)))
}

/// Datasets of a project, by name.
///
/// A dataset that never had a version that is ready stands in the lists of members with `edit` only.
#[utoipa::path(get, path = "/api/v1/projects/{owner}/{project}/datasets", tag = "datasets",
    params(Page), responses((status = 200, body = List<Dataset>)))]
pub(crate) async fn list(
    Extract(state): Extract<State>,
    Caller(actor): Caller,
    Path(at): Path<ProjectPath>,
    Query(page): Query<Page>,
) -> Result<Json<List<Dataset>>, Rejection> {
    let query = page.checked(Sorts::DATASETS)?;
    Ok(Json(datasets::list(&state.hub, &actor, &at, &query).await?))
}

/// A dataset with its newest version.
#[utoipa::path(get, path = "/api/v1/projects/{owner}/{project}/datasets/{name}", tag = "datasets",
    responses((status = 200, body = Dataset)))]
pub(crate) async fn get(
    Extract(state): Extract<State>,
    Caller(actor): Caller,
    Path(at): Path<DatasetPath>,
) -> Result<Json<Dataset>, Rejection> {
    Ok(Json(datasets::get(&state.hub, &actor, &at).await?))
}

/// Renames, describes or opens a dataset.
#[utoipa::path(patch, path = "/api/v1/projects/{owner}/{project}/datasets/{name}", tag = "datasets",
    request_body = DatasetPatch, responses((status = 200, body = Dataset)))]
pub(crate) async fn update(
    Extract(state): Extract<State>,
    Caller(actor): Caller,
    Path(at): Path<DatasetPath>,
    Json(patch): Json<DatasetPatch>,
) -> Result<Json<Dataset>, Rejection> {
    let DatasetPatch { name, description, visibility } = patch;
    let change = datasets::Change { name, description, visibility };
    Ok(Json(datasets::update(&state.hub, &actor, &at, &change).await?))
}

/// Deletes a dataset. Runs and models that came of it stay.
#[utoipa::path(delete, path = "/api/v1/projects/{owner}/{project}/datasets/{name}",
    tag = "datasets", responses((status = 204)))]
pub(crate) async fn delete(
    Extract(state): Extract<State>,
    Caller(actor): Caller,
    Path(at): Path<DatasetPath>,
) -> Result<StatusCode, Rejection> {
    datasets::delete(&state.hub, &actor, &at).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Rolls a dataset back or forward to one of its versions.
#[utoipa::path(post, path = "/api/v1/projects/{owner}/{project}/datasets/{name}/current",
    tag = "datasets", request_body = CurrentRequest, responses((status = 200, body = Dataset)))]
pub(crate) async fn make_current(
    Extract(state): Extract<State>,
    Caller(actor): Caller,
    Path(at): Path<DatasetPath>,
    Json(request): Json<CurrentRequest>,
) -> Result<Json<Dataset>, Rejection> {
    Ok(Json(datasets::make_current(&state.hub, &actor, &at, request.version).await?))
}
