//! `projects/{owner}/{project}/runs`: what was executed, and what came of it.

use crate::http::bytes::attachment;
use crate::http::{Caller, Json, KeyOnly, Page, Path, Query, Rejection, State};
use axum::body::Body;
use axum::extract::State as Extract;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use mlhub_domain::lists::{List, Sorts};
use mlhub_domain::projects::ProjectPath;
use mlhub_domain::runs::{Artifact, NumberedEvent, Run, RunPath, RunStatus, Series};
use mlhub_hub::runs;
use serde::{Deserialize, Serialize};

/// Which runs to list.
#[derive(Deserialize, Default, utoipa::IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct RunsQuery {
    /// Only those that train this model.
    model: Option<String>,
    /// Only those of this experiment.
    experiment: Option<String>,
    /// Only those in this state.
    #[param(inline)]
    status: Option<RunStatus>,
    /// Items on the page.
    #[param(minimum = 1, maximum = 200, default = 50)]
    limit: Option<u32>,
    /// Where to go on: `next` of the page before.
    cursor: Option<String>,
    /// Only what these words are found in: the number (`run 7`), the name of the model or of the
    /// experiment.
    q: Option<String>,
    /// What to sort by, with `-` before it for descending. `-measured` has the best first, and keeps
    /// apart what cannot be compared.
    sort: Option<String>,
}

/// Runs of a project, the newest first.
#[utoipa::path(get, path = "/api/v1/projects/{owner}/{project}/runs", tag = "runs",
    params(RunsQuery), responses((status = 200, body = List<Run>)))]
pub(crate) async fn list(
    Extract(state): Extract<State>,
    Caller(actor): Caller,
    Path(at): Path<ProjectPath>,
    Query(which): Query<RunsQuery>,
) -> Result<Json<List<Run>>, Rejection> {
    let RunsQuery { model, experiment, status, limit, cursor, q, sort } = which;
    let query = Page { limit, cursor, q, sort }.checked(Sorts::RUNS)?;
    let listing = runs::Listing { model, experiment, status, query };
    Ok(Json(runs::list(&state.hub, &actor, &at, &listing).await?))
}

/// A run.
#[utoipa::path(get, path = "/api/v1/projects/{owner}/{project}/runs/{run}", tag = "runs",
    responses((status = 200, body = Run)))]
pub(crate) async fn get(
    Extract(state): Extract<State>,
    Caller(actor): Caller,
    Path(at): Path<RunPath>,
) -> Result<Json<Run>, Rejection> {
    Ok(Json(runs::get(&state.hub, &actor, &at).await?))
}

/// From which event on.
#[derive(Deserialize, Default, utoipa::IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct After {
    /// The number of the last event one has.
    #[param(default = 0)]
    after: u64,
}

/// Events in order.
#[derive(Serialize, utoipa::ToSchema)]
pub(crate) struct Events {
    items: Vec<NumberedEvent>,
}

/// Events after a number, at most a thousand.
#[utoipa::path(get, path = "/api/v1/projects/{owner}/{project}/runs/{run}/events", tag = "runs",
    params(After), responses((status = 200, body = Events)))]
pub(crate) async fn events(
    Extract(state): Extract<State>,
    Caller(actor): Caller,
    Path(at): Path<RunPath>,
    Query(from): Query<After>,
) -> Result<Json<Events>, Rejection> {
    let items = runs::events(&state.hub, &actor, &at, from.after).await?;
    Ok(Json(Events { items }))
}

/// Which metrics, and how many points of each.
#[derive(Deserialize, Default, utoipa::IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct MetricsQuery {
    /// Which, separated by commas; all when empty.
    #[param(required = false)]
    keys: String,
    /// The most points of each, and never fewer than 4.
    #[param(maximum = 10000, default = 500)]
    points: Option<usize>,
}

/// Metrics over the steps.
#[derive(Serialize, utoipa::ToSchema)]
pub(crate) struct MetricSeries {
    items: Vec<Series>,
}

/// The logged metrics of a run, thinned to what a chart can show.
#[utoipa::path(get, path = "/api/v1/projects/{owner}/{project}/runs/{run}/metrics", tag = "runs",
    params(MetricsQuery), responses((status = 200, body = MetricSeries)))]
pub(crate) async fn metrics(
    Extract(state): Extract<State>,
    Caller(actor): Caller,
    Path(at): Path<RunPath>,
    Query(query): Query<MetricsQuery>,
) -> Result<Json<MetricSeries>, Rejection> {
    let keys: Vec<String> =
        query.keys.split(',').map(str::trim).filter(|k| !k.is_empty()).map(String::from).collect();
    let items = runs::metrics(&state.hub, &actor, &at, &keys, query.points).await?;
    Ok(Json(MetricSeries { items }))
}

/// The files of a run: the model it made, the report on that, its log.
#[utoipa::path(get, path = "/api/v1/projects/{owner}/{project}/runs/{run}/artifacts", tag = "runs",
    responses((status = 200, body = List<Artifact>)))]
pub(crate) async fn artifacts(
    Extract(state): Extract<State>,
    Caller(actor): Caller,
    Path(at): Path<RunPath>,
) -> Result<Json<List<Artifact>>, Rejection> {
    let items = runs::artifacts(&state.hub, &actor, &at).await?;
    let total = items.len() as u64;
    Ok(Json(List { items, next: None, total }))
}

/// The log of a run, as a text file.
#[utoipa::path(get, path = "/api/v1/projects/{owner}/{project}/runs/{run}/log", tag = "runs",
    responses((status = 200, body = String, content_type = "text/plain")))]
pub(crate) async fn log(
    Extract(state): Extract<State>,
    Caller(actor): Caller,
    Path(at): Path<RunPath>,
) -> Result<Response, Rejection> {
    let text = runs::log(&state.hub, &actor, &at).await?;
    let headers = attachment(&at.log_name(), "text/plain; charset=utf-8");
    Ok((headers, Body::from_stream(text)).into_response())
}

/// Asks a run to stop; what it has learnt is kept as a model.
#[utoipa::path(post, path = "/api/v1/projects/{owner}/{project}/runs/{run}/cancel", tag = "runs",
    responses((status = 202, body = Run)))]
pub(crate) async fn cancel(
    Extract(state): Extract<State>,
    Caller(actor): Caller,
    Path(at): Path<RunPath>,
    KeyOnly(key): KeyOnly,
) -> Result<impl IntoResponse, Rejection> {
    let run = runs::cancel(&state.hub, &actor, &at, key.as_ref()).await?;
    Ok((StatusCode::ACCEPTED, Json(run)))
}
