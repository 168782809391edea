//! A run and its experiment begin.

use crate::grant::{Edit, Grant};
use crate::schema::{experiments, projects, runs};
use crate::{Conn, Error, json};
use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::upsert::excluded;
use diesel_async::RunQueryDsl;
use mlhub_domain::ids::{DatasetVersionId, ExperimentId, JobId, ModelId, ProjectId, RunId, UserId};
use mlhub_domain::models::Spec;
use mlhub_domain::names::ExperimentName;
use serde_json::Value;
use uuid::Uuid;

/// What a new run starts with.
pub struct NewRun<'a> {
    /// The experiment it belongs to.
    pub experiment: ExperimentId,
    /// The model it trains.
    pub model: Option<ModelId>,
    /// What it is trained on.
    pub dataset_version: Option<DatasetVersionId>,
    /// The job that executes it.
    pub job: Option<JobId>,
    /// A copy of the definition it follows.
    pub spec: Option<&'a Spec>,
    /// Hyperparameters, flat.
    pub params: Value,
    /// Who asks for it.
    pub by: UserId,
    /// When.
    pub now: DateTime<Utc>,
}

/// Makes a run and gives it the next number of its project. Row id and number.
///
/// # Errors
/// [`Error::Missing`] when the project was deleted meanwhile.
pub async fn create(
    conn: &mut Conn,
    project: &Grant<ProjectId, Edit>,
    new: NewRun<'_>,
) -> Result<(RunId, u32), Error> {
    let number: i32 = diesel::update(projects::table.find(project.id().0))
        .filter(projects::deleted_at.is_null())
        .set((projects::last_run.eq(projects::last_run + 1), projects::updated_at.eq(new.now)))
        .returning(projects::last_run)
        .get_result(conn)
        .await?;
    let spec = new.spec.map(|spec| json::write("spec", spec)).transpose()?;
    let id = diesel::insert_into(runs::table)
        .values((
            runs::project_id.eq(project.id().0),
            runs::number.eq(number),
            runs::uuid.eq(Uuid::now_v7()),
            runs::experiment_id.eq(new.experiment.0),
            runs::model_id.eq(new.model.map(|m| m.0)),
            runs::dataset_version_id.eq(new.dataset_version.map(|v| v.0)),
            runs::job_id.eq(new.job.map(|j| j.0)),
            runs::spec.eq(spec),
            runs::params.eq(new.params),
            runs::created_by.eq(new.by.0),
        ))
        .returning(runs::id)
        .get_result(conn)
        .await?;
    Ok((RunId(id), number.unsigned_abs()))
}

/// The experiment called `name`, made when it is not there.
///
/// # Errors
/// [`Error::Driver`] when PostgreSQL cannot answer.
pub async fn experiment(
    conn: &mut Conn,
    project: &Grant<ProjectId, Edit>,
    name: &ExperimentName,
) -> Result<ExperimentId, Error> {
    let id = diesel::insert_into(experiments::table)
        .values((experiments::project_id.eq(project.id().0), experiments::name.eq(name.as_str())))
        .on_conflict((experiments::project_id, experiments::name))
        .do_update()
        .set(experiments::name.eq(excluded(experiments::name)))
        .returning(experiments::id)
        .get_result(conn)
        .await?;
    Ok(ExperimentId(id))
}
