//! `projects/{owner}/{project}/models`: definitions, versions, training, prediction.

use crate::http::{Caller, Json, Keyed, Page, Path, Query, Rejection, State, extract};
use axum::Extension;
use axum::body::Body;
use axum::extract::{Request, State as Extract};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use mlhub_domain::access::Visibility;
use mlhub_domain::evaluation::Evaluation;
use mlhub_domain::ids::JobId;
use mlhub_domain::lists::List;
use mlhub_domain::models::{
    Model, ModelPath, ModelVersion, PredictRequest, Predictions, Spec, VersionRef,
};
use mlhub_domain::names::{Alias, BadName, DatasetName, ModelName, OwnerName, ProjectName};
use mlhub_domain::problem::{Code, Problem};
use mlhub_domain::projects::ProjectPath;
use mlhub_hub::accounts::Visit;
use mlhub_hub::idempotency::once;
use mlhub_hub::models;
use serde::{Deserialize, Serialize};

/// The orders of the list.
const SORTS: [&str; 6] = ["name", "-name", "updated", "-updated", "created", "-created"];

/// A new model.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewModel {
    name: ModelName,
    spec: Spec,
}

/// What to change of a model.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ModelPatch {
    name: Option<ModelName>,
    description: Option<String>,
    card: Option<String>,
    spec: Option<Spec>,
    visibility: Option<Visibility>,
}

/// What to train on.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct TrainRequest {
    dataset: DatasetName,
    /// The current version when absent.
    version: Option<u32>,
}

/// A training that was started.
#[derive(Serialize, utoipa::ToSchema)]
pub(crate) struct TrainAnswer {
    /// The run's number in its project.
    run: u32,
    /// The job that executes it.
    job: JobId,
}

/// Which version an alias points at.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct AliasRequest {
    version: u32,
}

/// The address of a model version.
#[derive(Deserialize)]
pub(crate) struct VersionPath {
    owner: OwnerName,
    project: ProjectName,
    name: ModelName,
    version: VersionRef,
}

impl VersionPath {
    fn split(self) -> (ModelPath, VersionRef) {
        let Self { owner, project, name, version } = self;
        (ModelPath { owner, project, name }, version)
    }
}

/// The address of an alias.
#[derive(Deserialize)]
pub(crate) struct AliasPath {
    owner: OwnerName,
    project: ProjectName,
    name: ModelName,
    /// Not an [`Alias`]: one that cannot be is a mistake to be told of, not an empty address.
    alias: String,
}

/// Makes a model: a definition, without a version yet.
#[utoipa::path(post, path = "/api/v1/projects/{owner}/{project}/models", tag = "models",
    request_body = NewModel, responses((status = 201, body = Model)))]
pub(crate) async fn create(
    Extract(state): Extract<State>,
    Caller(actor): Caller,
    Path(at): Path<ProjectPath>,
    Keyed { key, body }: Keyed<NewModel>,
) -> Result<impl IntoResponse, Rejection> {
    let NewModel { name, spec } = body;
    let location = at.model(name.clone()).api();
    let (hub, asker) = (state.hub.clone(), actor.clone());
    let work = async move { models::create(&hub, &asker, &at, &name, &spec).await };
    let made = once(&state.hub, &actor, key, work).await?;
    Ok((StatusCode::CREATED, [(header::LOCATION, location)], Json(made)))
}

/// Models of a project, the one changed last first.
///
/// `sort` takes `name`, `updated`, `created`, with `-` before it for descending.
#[utoipa::path(get, path = "/api/v1/projects/{owner}/{project}/models", tag = "models",
    params(Page), responses((status = 200, body = List<Model>)))]
pub(crate) async fn list(
    Extract(state): Extract<State>,
    Caller(actor): Caller,
    Path(at): Path<ProjectPath>,
    Query(page): Query<Page>,
) -> Result<Json<List<Model>>, Rejection> {
    let query = page.checked(&SORTS)?;
    Ok(Json(models::list(&state.hub, &actor, &at, &query).await?))
}

/// A model.
#[utoipa::path(get, path = "/api/v1/projects/{owner}/{project}/models/{name}", tag = "models",
    responses((status = 200, body = Model)))]
pub(crate) async fn get(
    Extract(state): Extract<State>,
    Caller(actor): Caller,
    Path(at): Path<ModelPath>,
) -> Result<Json<Model>, Rejection> {
    Ok(Json(models::get(&state.hub, &actor, &at).await?))
}

/// Changes a model. A changed definition holds for later runs only.
#[utoipa::path(patch, path = "/api/v1/projects/{owner}/{project}/models/{name}", tag = "models",
    request_body = ModelPatch, responses((status = 200, body = Model)))]
pub(crate) async fn update(
    Extract(state): Extract<State>,
    Caller(actor): Caller,
    Path(at): Path<ModelPath>,
    Json(patch): Json<ModelPatch>,
) -> Result<Json<Model>, Rejection> {
    let ModelPatch { name, description, card, spec, visibility } = patch;
    let change = models::Change { name, description, card, spec, visibility };
    Ok(Json(models::update(&state.hub, &actor, &at, &change).await?))
}

/// Deletes a model. Its runs stay.
#[utoipa::path(delete, path = "/api/v1/projects/{owner}/{project}/models/{name}", tag = "models",
    responses((status = 204)))]
pub(crate) async fn delete(
    Extract(state): Extract<State>,
    Caller(actor): Caller,
    Path(at): Path<ModelPath>,
) -> Result<StatusCode, Rejection> {
    models::delete(&state.hub, &actor, &at).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Starts a training.
#[utoipa::path(post, path = "/api/v1/projects/{owner}/{project}/models/{name}/train", tag = "models",
    request_body = TrainRequest, responses((status = 202, body = TrainAnswer)))]
pub(crate) async fn train(
    Extract(state): Extract<State>,
    Caller(actor): Caller,
    Path(at): Path<ModelPath>,
    Keyed { key, body }: Keyed<TrainRequest>,
) -> Result<impl IntoResponse, Rejection> {
    let training = models::Training { dataset: body.dataset, version: body.version };
    let (hub, asker) = (state.hub.clone(), actor.clone());
    let work = async move {
        let started = models::train(&hub, &asker, &at, &training).await;
        started.map(|models::Started { run, job }| TrainAnswer { run, job })
    };
    let started = once(&state.hub, &actor, key, work).await?;
    Ok((StatusCode::ACCEPTED, Json(started)))
}

/// The versions of a model, the newest first.
///
/// `sort` takes `version` and `-version`; `q` is looked for in the aliases.
#[utoipa::path(get, path = "/api/v1/projects/{owner}/{project}/models/{name}/versions", tag = "models",
    params(Page), responses((status = 200, body = List<ModelVersion>)))]
pub(crate) async fn versions(
    Extract(state): Extract<State>,
    Caller(actor): Caller,
    Path(at): Path<ModelPath>,
    Query(page): Query<Page>,
) -> Result<Json<List<ModelVersion>>, Rejection> {
    let query = page.checked(&["version", "-version"])?;
    Ok(Json(models::versions(&state.hub, &actor, &at, &query).await?))
}

/// A version, by number or alias.
#[utoipa::path(get, path = "/api/v1/projects/{owner}/{project}/models/{name}/versions/{version}",
    tag = "models", responses((status = 200, body = ModelVersion)))]
pub(crate) async fn version(
    Extract(state): Extract<State>,
    Caller(actor): Caller,
    Path(at): Path<VersionPath>,
) -> Result<Json<ModelVersion>, Rejection> {
    let (at, version) = at.split();
    Ok(Json(models::version(&state.hub, &actor, &at, &version).await?))
}

/// The report on a version.
#[utoipa::path(get, path = "/api/v1/projects/{owner}/{project}/models/{name}/versions/{version}/evaluation",
    tag = "models", responses((status = 200, body = Evaluation)))]
pub(crate) async fn evaluation(
    Extract(state): Extract<State>,
    Caller(actor): Caller,
    Path(at): Path<VersionPath>,
) -> Result<Json<Evaluation>, Rejection> {
    let (at, version) = at.split();
    Ok(Json(models::evaluation(&state.hub, &actor, &at, &version).await?))
}

/// The artifact of a version, as a file.
#[utoipa::path(get, path = "/api/v1/projects/{owner}/{project}/models/{name}/versions/{version}/download",
    tag = "models", responses(
        (status = 200, description = "The file.", content_type = "application/octet-stream")))]
pub(crate) async fn download(
    Extract(state): Extract<State>,
    Caller(actor): Caller,
    Path(at): Path<VersionPath>,
) -> Result<Response, Rejection> {
    let (at, version) = at.split();
    let (found, bytes) = models::artifact(&state.hub, &actor, &at, &version).await?;
    let disposition = format!("attachment; filename=\"{}-v{}.mlhub\"", at.name, found.version);
    let headers = [
        (header::CONTENT_TYPE, "application/octet-stream".to_owned()),
        (header::CONTENT_LENGTH, found.size.to_string()),
        (header::CONTENT_DISPOSITION, disposition),
        (header::ETAG, format!("\"{}\"", found.sha256)),
    ];
    Ok((headers, Body::from_stream(bytes.into_stream())).into_response())
}

/// Lets an alias point at a version.
#[utoipa::path(put, path = "/api/v1/projects/{owner}/{project}/models/{name}/aliases/{alias}", tag = "models",
    request_body = AliasRequest, responses((status = 200, body = ModelVersion)))]
pub(crate) async fn set_alias(
    Extract(state): Extract<State>,
    Caller(actor): Caller,
    Path(at): Path<AliasPath>,
    Json(request): Json<AliasRequest>,
) -> Result<Json<ModelVersion>, Rejection> {
    let AliasPath { owner, project, name, alias } = at;
    let alias: Alias = alias.parse().map_err(|why: BadName| {
        Problem::field(Code::InvalidValue, "alias", why.to_string(), Some(&alias))
    })?;
    let at = ModelPath { owner, project, name };
    Ok(Json(models::set_alias(&state.hub, &actor, &at, &alias, request.version).await?))
}

/// Predicts for at most 10,000 rows of JSON or CSV, in at most 32 MiB, all or nothing.
#[utoipa::path(post, path = "/api/v1/projects/{owner}/{project}/models/{name}/versions/{version}/predict",
    tag = "models",
    request_body(content((PredictRequest = "application/json"), (String = "text/csv"))),
    responses((status = 200, body = Predictions)))]
pub(crate) async fn predict(
    Extract(state): Extract<State>,
    Caller(actor): Caller,
    Extension(visit): Extension<Visit>,
    Path(at): Path<VersionPath>,
    request: Request,
) -> Result<Json<Predictions>, Rejection> {
    let (at, version) = at.split();
    let asked = models::Asked { at: &at, version: &version, visit: &visit };
    let ready = models::ask(&state.hub, &actor, asked).await?;
    let headers = request.headers().clone();
    // Only now: who may not ask has sent nothing that we keep.
    let body = extract::gather(request, &state).await?;
    let read = move |rows: &mut models::Rows<'_>| {
        if extract::media(&headers).as_deref() == Some("text/csv") {
            return rows.read_csv(&body);
        }
        extract::read(&headers, &body, rows).map_err(|rejection| rejection.0.into())
    };
    Ok(Json(ready.predict(read).await?))
}
