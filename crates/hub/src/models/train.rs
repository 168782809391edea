//! Starting a training.

use super::change::redefine;
use super::create::add;
use super::spec;
use crate::datasets::no_version;
use crate::{Actor, Error, Hub, access, audit, db};
use db::grant::{Edit, Read};
use db::{AsyncConnection, Conn};
use mlhub_domain::datasets::VersionState;
use mlhub_domain::ids::JobId;
use mlhub_domain::jobs::{InputFile, JobSpec, TrainSpec};
use mlhub_domain::models::{ModelPath, Spec};
use mlhub_domain::names::{DatasetName, ExperimentName};
use mlhub_domain::problem::Code;
use serde_json::{Value, json};

/// What to train on.
#[derive(Clone, Debug)]
pub struct Training {
    /// The dataset, in the model's project.
    pub dataset: DatasetName,
    /// Which version; the current one when none is named.
    pub version: Option<u32>,
}

/// A training that was started.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Started {
    /// The run's number in its project.
    pub run: u32,
    /// The job that executes it.
    pub job: JobId,
}

/// Starts a training of the model at `at`: a run with a copy of the definition, and its job.
///
/// # Errors
/// `NotFound`, `Forbidden` from [`access::model`] and [`access::dataset`]; `Conflict` when the
/// version is not ready; `InvalidSpec` when the definition does not fit the table.
pub async fn train(
    hub: &Hub,
    actor: &Actor,
    at: &ModelPath,
    training: &Training,
) -> Result<Started, Error> {
    let mut conn = hub.conn().await?;
    conn.transaction(async |conn| start(hub, conn, actor, at, training).await).await
}

/// Makes a model and starts its first training: both or neither.
///
/// # Errors
/// As [`super::create`] and [`train`].
pub async fn create_and_train(
    hub: &Hub,
    actor: &Actor,
    at: &ModelPath,
    definition: &Spec,
    training: &Training,
) -> Result<Started, Error> {
    let mut conn = hub.conn().await?;
    conn.transaction(async |conn| {
        add(hub, conn, actor, at, definition).await?;
        start(hub, conn, actor, at, training).await
    })
    .await
}

/// Changes how a model is trained, and trains it by that: both or neither.
///
/// # Errors
/// As [`super::update`] and [`train`].
pub async fn change_and_train(
    hub: &Hub,
    actor: &Actor,
    at: &ModelPath,
    definition: &Spec,
    training: &Training,
) -> Result<Started, Error> {
    let mut conn = hub.conn().await?;
    conn.transaction(async |conn| {
        redefine(hub, conn, actor, at, definition).await?;
        start(hub, conn, actor, at, training).await
    })
    .await
}

/// Starts a training within a transaction.
async fn start(
    hub: &Hub,
    conn: &mut Conn,
    actor: &Actor,
    at: &ModelPath,
    training: &Training,
) -> Result<Started, Error> {
    let by = actor.id().ok_or_else(Error::unauthenticated)?;
    let model = access::model::<Edit>(conn, actor, at).await?;
    let project = access::project::<Edit>(conn, actor, &at.project()).await?;
    let dataset_path = at.project().dataset(training.dataset.clone());
    let dataset = access::dataset::<Read>(conn, actor, &dataset_path).await?;
    let definition = db::models::get(conn, &model).await?.spec;

    let found = db::datasets::find(conn, &dataset).await?;
    let number = training.version.or(found.current).ok_or_else(|| not_ready(&training.dataset))?;
    let version = db::datasets::version(conn, &dataset, number)
        .await
        .map_err(no_version(&dataset_path, number))?;
    let files = db::datasets::files(conn, &dataset, number).await?;
    let (VersionState::Ready, Some(table)) = (version.state, files.table) else {
        return Err(not_ready(&training.dataset));
    };
    spec::fits(&definition, &version.columns)?;

    let job_spec = JobSpec::Train(Box::new(TrainSpec {
        spec: definition.clone(),
        table: InputFile { sha256: table, size: version.size, path: None },
        columns: version.columns,
        rows: version.rows,
    }));
    let new = db::jobs::NewJob { project: project.id(), user: by, spec: &job_spec, priority: 0 };
    let job = crate::jobs::enqueue(hub, conn, &new).await?;
    let experiment: ExperimentName = at.name.as_str().parse().map_err(Error::internal)?;
    let run = db::runs::NewRun {
        experiment: db::runs::experiment(conn, &project, &experiment).await?,
        model: Some(model.id()),
        dataset_version: Some(files.id),
        job: Some(job),
        spec: Some(&definition),
        params: params(&definition),
        by,
    };
    let (_, run) = db::runs::create(conn, &project, run).await?;
    let detail = json!({"run": run, "dataset": training.dataset, "version": number});
    audit::record(conn, hub, actor, Some(project.id()), ("model.train", &at.page()), detail)
        .await?;
    Ok(Started { run, job })
}

fn not_ready(dataset: &DatasetName) -> Error {
    let detail = format!(
        "“{dataset}” has no version that is ready: wait for the upload, or look at why it failed."
    );
    Error::new(Code::VersionNotReady, detail)
}

/// The hyperparameters with their defaults, and the rest of the definition, flat.
fn params(spec: &Spec) -> Value {
    let full = spec.algorithm.kind.schema().complete(&spec.algorithm.params);
    let mut params = full.unwrap_or_else(|_| spec.algorithm.params.clone());
    params.insert("algorithm".into(), spec.algorithm.kind.as_str().into());
    params.insert("seed".into(), spec.seed.into());
    params.insert("holdout".into(), spec.validation.holdout.into());
    params.into()
}
