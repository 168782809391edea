//! `projects/{owner}/{project}/models`: definitions, versions, training, prediction.

use crate::http::{
    AtOnce, Caller, Json, Keyed, Page, Path, Query, Rejection, State, bytes, extract,
};
use axum::Extension;
use axum::extract::{Request, State as Extract};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use mlhub_domain::access::Visibility;
use mlhub_domain::evaluation::Evaluation;
use mlhub_domain::ids::JobId;
use mlhub_domain::lists::{List, Sorts};
use mlhub_domain::models::{
    Model, ModelPath, ModelVersion, PredictRequest, Predictions, Spec, VersionRef,
};
use mlhub_domain::names::{Alias, BadName, DatasetName, ModelName, OwnerName, ProjectName};
use mlhub_domain::problem::{Code, FieldError, Problem};
use mlhub_domain::projects::ProjectPath;
use mlhub_hub::accounts::Visit;
use mlhub_hub::{Error, models};
use serde::{Deserialize, Serialize};

/// A new model.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewModel {
    // Not a `ModelName`: one that cannot be is told together with the rest.
    #[schema(value_type = ModelName)]
    name: String,
    spec: Spec,
}

/// What to change of a model.
#[derive(Clone, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ModelPatch {
    // As in `NewModel`.
    #[schema(value_type = Option<ModelName>)]
    name: Option<String>,
    description: Option<String>,
    card: Option<String>,
    spec: Option<Spec>,
    visibility: Option<Visibility>,
}

impl ModelPatch {
    /// The name as it was sent, and the rest.
    fn split(self) -> (Option<String>, models::Change) {
        let Self { name, description, card, spec, visibility } = self;
        (name, models::Change { name: None, description, card, spec, visibility })
    }
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

impl AliasPath {
    fn split(self) -> Result<(ModelPath, Alias), Problem> {
        let Self { owner, project, name, alias } = self;
        let named = alias.parse().map_err(|why: BadName| {
            Problem::field(Code::InvalidValue, "alias", why.to_string(), Some(&alias))
        })?;
        Ok((ModelPath { owner, project, name }, named))
    }
}

/// Makes a model: a definition, without a version yet.
#[utoipa::path(post, path = "/api/v1/projects/{owner}/{project}/models", tag = "models",
    request_body = NewModel, responses((status = 201, body = Model)))]
pub(crate) async fn create(
    Extract(state): Extract<State>,
    Caller(actor): Caller,
    Path(at): Path<ProjectPath>,
    Keyed { key, body }: Keyed<AtOnce<NewModel>>,
) -> Result<impl IntoResponse, Rejection> {
    let NewModel { name, spec } =
        body.read(|new| wrong(Some(&new.name), models::check(&new.spec)))?;
    let name = named(&name, models::check(&spec))?;
    let location = at.model(name.clone()).api();
    let made = models::create(&state.hub, &actor, &at, &name, &spec, key.as_ref()).await?;
    Ok((StatusCode::CREATED, [(header::LOCATION, location)], Json(made)))
}

/// What is wrong with the name, and with the rest of what was sent.
fn wrong(name: Option<&str>, rest: Result<(), Error>) -> Vec<FieldError> {
    let unfit = |name: &str| {
        let why = name.parse::<ModelName>().err()?.to_string();
        Some(FieldError { field: "name".into(), message: why, given: Some(name.into()) })
    };
    let rest = rest.err().map(Error::into_problem);
    let rest = rest.into_iter().flat_map(|problem| problem.fields);
    name.and_then(unfit).into_iter().chain(rest).collect()
}

/// The name; or what is wrong with it, and with the rest of what was sent.
fn named(name: &str, rest: Result<(), Error>) -> Result<ModelName, Problem> {
    name.parse().map_err(|why: BadName| Problem {
        fields: wrong(Some(name), rest),
        ..Problem::new(Code::InvalidValue, why.to_string())
    })
}

/// Models of a project, the one changed last first.
///
/// Sorted by `-measured` the best comes first, whichever way the metric gets better, and what cannot
/// be compared is kept apart; by `-against` the one that is furthest better than the baseline.
#[utoipa::path(get, path = "/api/v1/projects/{owner}/{project}/models", tag = "models",
    params(Page), responses((status = 200, body = List<Model>)))]
pub(crate) async fn list(
    Extract(state): Extract<State>,
    Caller(actor): Caller,
    Path(at): Path<ProjectPath>,
    Query(page): Query<Page>,
) -> Result<Json<List<Model>>, Rejection> {
    let listing = models::Listing { query: page.checked(Sorts::MODELS)?, task: None };
    Ok(Json(models::list(&state.hub, &actor, &at, &listing).await?))
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
    Json(patch): Json<AtOnce<ModelPatch>>,
) -> Result<Json<Model>, Rejection> {
    let (name, mut change) =
        patch.read(|patch| wrong(patch.name.as_deref(), patch.clone().split().1.check()))?.split();
    change.name = name.map(|name| named(&name, change.check())).transpose()?;
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
    let models::Started { run, job } =
        models::train(&state.hub, &actor, &at, &training, key.as_ref()).await?;
    Ok((StatusCode::ACCEPTED, Json(TrainAnswer { run, job })))
}

/// The versions of a model, the newest first.
///
/// `q` is looked for in the aliases.
#[utoipa::path(get, path = "/api/v1/projects/{owner}/{project}/models/{name}/versions", tag = "models",
    params(Page), responses((status = 200, body = List<ModelVersion>)))]
pub(crate) async fn versions(
    Extract(state): Extract<State>,
    Caller(actor): Caller,
    Path(at): Path<ModelPath>,
    Query(page): Query<Page>,
) -> Result<Json<List<ModelVersion>>, Rejection> {
    let query = page.checked(Sorts::VERSIONS)?;
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

/// The artifact of a version, as a file, which can be had in ranges.
#[utoipa::path(get, path = "/api/v1/projects/{owner}/{project}/models/{name}/versions/{version}/download",
    tag = "models", responses(
        (status = 200, description = "The file.", content_type = "application/octet-stream"),
        (status = 206, description = "The part of it that `Range` asks for.",
            content_type = "application/octet-stream"),
        (status = 304, description = "`If-None-Match` names what it would be."),
        (status = 416, description = "`Range` asks for what is not there."),
    ))]
pub(crate) async fn download(
    Extract(state): Extract<State>,
    Caller(actor): Caller,
    Path(at): Path<VersionPath>,
    headers: HeaderMap,
) -> Result<Response, Rejection> {
    let (at, version) = at.split();
    let ModelVersion { version, sha256, size, .. } =
        models::version(&state.hub, &actor, &at, &version).await?;
    let (name, media) = (at.file_name(version), "application/octet-stream");
    let file = bytes::Stored { sha256: &sha256, size, name: &name, media };
    bytes::stored(&state.hub, &file, &headers).await
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
    let (at, alias) = at.split()?;
    Ok(Json(models::set_alias(&state.hub, &actor, &at, &alias, request.version).await?))
}

/// Removes an alias. What asks for it is answered 404 from then on; its version stays.
///
/// Without a `champion` the newest version is the one that is shown where none is named.
#[utoipa::path(delete, path = "/api/v1/projects/{owner}/{project}/models/{name}/aliases/{alias}", tag = "models",
    responses((status = 204)))]
pub(crate) async fn remove_alias(
    Extract(state): Extract<State>,
    Caller(actor): Caller,
    Path(at): Path<AliasPath>,
) -> Result<StatusCode, Rejection> {
    let (at, alias) = at.split()?;
    models::remove_alias(&state.hub, &actor, &at, &alias).await?;
    Ok(StatusCode::NO_CONTENT)
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
        let read = extract::read(&headers, &body, "application/json, or text/csv", rows);
        read.map_err(|rejection| rejection.0.into())
    };
    Ok(Json(ready.predict(read).await?))
}
