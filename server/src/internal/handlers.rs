//! What job processes ask and say.

use crate::http::incoming::received;
use crate::http::{Json, Path, Query, Rejection, State, bytes};
use axum::body::Body;
use axum::extract::{FromRequestParts, State as Extract};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::Response;
use mlhub_domain::digest::Digest;
use mlhub_domain::ids::JobId;
use mlhub_domain::jobs::{EventBatch, Failure, HeartbeatReply, JobSpec, Outcome, Output};
use mlhub_hub::jobs::Claim;
use mlhub_hub::{Error, jobs};
use serde::Deserialize;
use std::time::Duration;

/// The process of an attempt at the job that the address names, recognised by its token.
pub(super) struct Worker(Claim);

/// The job that the address names, whatever else it names.
#[derive(Deserialize)]
struct At {
    id: JobId,
}

impl FromRequestParts<State> for Worker {
    type Rejection = Rejection;

    async fn from_request_parts(parts: &mut Parts, state: &State) -> Result<Self, Rejection> {
        let Path(At { id }) = Path::<At>::from_request_parts(parts, state).await?;
        let header = parts.headers.get(header::AUTHORIZATION).and_then(|v| v.to_str().ok());
        let token = header.and_then(|value| value.strip_prefix("Bearer "));
        let token = token.ok_or_else(Error::unauthenticated)?;
        Ok(Self(jobs::authenticate(&state.hub, id, token).await?))
    }
}

pub(super) async fn spec(
    Extract(state): Extract<State>,
    Worker(claim): Worker,
) -> Result<Json<JobSpec>, Rejection> {
    Ok(Json(jobs::spec(&state.hub, claim).await?))
}

#[derive(Deserialize)]
pub(super) struct InputPath {
    sha256: Digest,
}

pub(super) async fn input(
    Extract(state): Extract<State>,
    Worker(claim): Worker,
    Path(InputPath { sha256 }): Path<InputPath>,
    headers: HeaderMap,
) -> Result<Response, Rejection> {
    let size = jobs::input(&state.hub, claim, &sha256, ..0).await?.size();
    let media = "application/octet-stream";
    let file = bytes::Stored { sha256: &sha256, size, name: "input", media };
    bytes::stored(&state.hub, &file, &headers).await
}

#[derive(Deserialize)]
pub(super) struct Wait {
    /// Seconds that the answer may wait for news.
    #[serde(default)]
    wait: u64,
}

pub(super) async fn heartbeat(
    Extract(state): Extract<State>,
    Worker(claim): Worker,
    Query(Wait { wait }): Query<Wait>,
) -> Result<Json<HeartbeatReply>, Rejection> {
    Ok(Json(jobs::heartbeat(&state.hub, claim, Duration::from_secs(wait)).await?))
}

pub(super) async fn events(
    Extract(state): Extract<State>,
    Worker(claim): Worker,
    Json(batch): Json<EventBatch>,
) -> Result<StatusCode, Rejection> {
    jobs::events(&state.hub, claim, &batch).await?;
    Ok(StatusCode::NO_CONTENT)
}

#[derive(Deserialize)]
pub(super) struct OutputPath {
    name: String,
}

pub(super) async fn output(
    Extract(state): Extract<State>,
    Worker(claim): Worker,
    Path(OutputPath { name }): Path<OutputPath>,
    body: Body,
) -> Result<Json<Output>, Rejection> {
    let bytes = received(body.into_data_stream());
    Ok(Json(jobs::output(&state.hub, claim, &name, bytes).await?))
}

pub(super) async fn finish(
    Extract(state): Extract<State>,
    Worker(claim): Worker,
    Json(outcome): Json<Outcome>,
) -> Result<StatusCode, Rejection> {
    jobs::finish(&state.hub, claim, &outcome).await?;
    Ok(StatusCode::NO_CONTENT)
}

pub(super) async fn fail(
    Extract(state): Extract<State>,
    Worker(claim): Worker,
    Json(failure): Json<Failure>,
) -> Result<StatusCode, Rejection> {
    jobs::fail(&state.hub, claim, failure).await?;
    Ok(StatusCode::NO_CONTENT)
}
