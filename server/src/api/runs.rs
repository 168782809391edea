//! `projects/{owner}/{project}/runs`: what was executed, and what came of it.

use crate::http::{Caller, Json, Path, Query, Rejection, State};
use axum::extract::State as Extract;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use mlhub_domain::lists::{List, ListQuery};
use mlhub_domain::projects::ProjectPath;
use mlhub_domain::runs::{NumberedEvent, Run, RunPath, RunStatus, Series};
use mlhub_hub::runs;
use serde::{Deserialize, Serialize};

/// Which runs to list.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(crate) struct RunsQuery {
    model: Option<String>,
    experiment: Option<String>,
    status: Option<RunStatus>,
    limit: Option<u32>,
    cursor: Option<String>,
    q: Option<String>,
    sort: Option<String>,
}

/// Runs of a project, the newest first.
#[utoipa::path(get, path = "/api/v1/projects/{owner}/{project}/runs", tag = "runs",
    responses((status = 200, body = List<Run>)))]
pub(crate) async fn list(
    Extract(state): Extract<State>,
    Caller(actor): Caller,
    Path(at): Path<ProjectPath>,
    Query(which): Query<RunsQuery>,
) -> Result<Json<List<Run>>, Rejection> {
    let RunsQuery { model, experiment, status, limit, cursor, q, sort } = which;
    let query = ListQuery { limit, cursor, q, sort };
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
#[derive(Deserialize, Default)]
#[serde(default)]
pub(crate) struct After {
    after: u64,
}

/// Events in order.
#[derive(Serialize, utoipa::ToSchema)]
pub(crate) struct Events {
    items: Vec<NumberedEvent>,
}

/// Events after a number, at most a thousand.
#[utoipa::path(get, path = "/api/v1/projects/{owner}/{project}/runs/{run}/events", tag = "runs",
    responses((status = 200, body = Events)))]
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
#[derive(Deserialize, Default)]
#[serde(default)]
pub(crate) struct MetricsQuery {
    /// Separated by commas; all when empty.
    keys: String,
    points: Option<usize>,
}

/// Metrics over the steps.
#[derive(Serialize, utoipa::ToSchema)]
pub(crate) struct MetricSeries {
    items: Vec<Series>,
}

/// The logged metrics of a run, thinned to what a chart can show.
#[utoipa::path(get, path = "/api/v1/projects/{owner}/{project}/runs/{run}/metrics", tag = "runs",
    responses((status = 200, body = MetricSeries)))]
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

/// Asks a run to stop; what it has learnt is kept as a model.
#[utoipa::path(post, path = "/api/v1/projects/{owner}/{project}/runs/{run}/cancel", tag = "runs",
    responses((status = 202, body = Run)))]
pub(crate) async fn cancel(
    Extract(state): Extract<State>,
    Caller(actor): Caller,
    Path(at): Path<RunPath>,
) -> Result<impl IntoResponse, Rejection> {
    let run = runs::cancel(&state.hub, &actor, &at).await?;
    Ok((StatusCode::ACCEPTED, Json(run)))
}
