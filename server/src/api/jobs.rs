//! `jobs/{id}`

use crate::http::{Caller, Json, Path, Rejection, State};
use axum::extract::State as Extract;
use mlhub_domain::ids::JobId;
use mlhub_domain::jobs::Job;
use mlhub_hub::jobs;

/// A job, for whoever may read its project.
#[utoipa::path(get, path = "/api/v1/jobs/{id}", tag = "jobs", responses((status = 200, body = Job)))]
pub(crate) async fn get(
    Extract(state): Extract<State>,
    Caller(actor): Caller,
    Path(id): Path<JobId>,
) -> Result<Json<Job>, Rejection> {
    Ok(Json(jobs::get(&state.hub, &actor, id).await?))
}
