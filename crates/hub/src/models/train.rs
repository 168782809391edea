//! Starting a training.

use super::change::redefine;
use super::create::add;
use super::name::is_free;
use super::propose;
use super::spec::{can_be_learnt, check, fits};
use crate::datasets::no_version;
use crate::idempotency::{Key, once};
use crate::{Actor, Error, Hub, access, audit, db};
use db::grant::{Edit, Grant, Read};
use db::{AsyncConnection, Conn};
use mlhub_domain::datasets::VersionState;
use mlhub_domain::ids::{DatasetId, DatasetVersionId, JobId, UserId};
use mlhub_domain::jobs::{InputFile, JobSpec, TrainSpec};
use mlhub_domain::models::{Feature, ModelPath, Spec};
use mlhub_domain::names::{DatasetName, ExperimentName, ModelName};
use mlhub_domain::num::counted;
use mlhub_domain::problem::{Code, Kind};
use mlhub_domain::projects::ProjectPath;
use mlhub_domain::runs::{Event, Level};
use mlhub_domain::schema::Column;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// The most columns whose leaving out is told one by one.
const SAID: usize = 20;

/// What to train on.
#[derive(Clone, Debug)]
pub struct Training {
    /// The dataset, in the model's project.
    pub dataset: DatasetName,
    /// Which version; the current one when none is named.
    pub version: Option<u32>,
}

/// A training that was started.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Started {
    /// The run's number in its project.
    pub run: u32,
    /// The job that executes it.
    pub job: JobId,
}

/// Starts a training of the model at `at`, once for `key`: a run with a copy of the definition,
/// and its job.
///
/// # Errors
/// `NotFound`, `Forbidden` from [`access::model`] and [`access::dataset`]; `Conflict` when the
/// version is not ready; `InvalidSpec` when the definition does not fit the table.
pub async fn train(
    hub: &Hub,
    actor: &Actor,
    at: &ModelPath,
    training: &Training,
    key: Option<&Key>,
) -> Result<Started, Error> {
    once(hub, actor, key, async |conn| {
        let by = actor.id().ok_or_else(Error::unauthenticated)?;
        let model = access::model::<Edit>(conn, actor, at).await?;
        let definition = db::models::get(conn, &model).await?.spec;
        let table = find(conn, actor, &at.project(), training).await?;
        fits(&definition, &table.columns)?;
        start(hub, conn, actor, by, (at, &definition), table).await
    })
    .await
}

/// The definition that a training begins with.
#[derive(Clone, Copy, Debug)]
pub enum Definition<'a> {
    /// Of a new model.
    New(&'a Spec),
    /// Of a model that is there, which is trained like this from now on.
    Changed(&'a Spec),
}

/// Makes a model, or changes how one is trained, and trains it by that: both or neither.
///
/// # Errors
/// As [`super::create`], [`super::update`] and [`train`], and `InvalidSpec` when the values of the
/// table are known to leave nothing to learn; all that is wrong with name, definition and table is
/// told at once.
pub async fn define_and_train(
    hub: &Hub,
    actor: &Actor,
    at: &ModelPath,
    definition: Definition<'_>,
    training: &Training,
) -> Result<Started, Error> {
    let (spec, new) = match definition {
        Definition::New(spec) => (spec, Some(&at.name)),
        Definition::Changed(spec) => (spec, None),
    };
    let mut conn = hub.conn().await?;
    conn.transaction(async |conn| {
        let table = look(conn, actor, &at.project(), (new, spec), training).await?;
        match definition {
            Definition::New(spec) => add(hub, conn, actor, at, spec).await?,
            Definition::Changed(spec) => redefine(hub, conn, actor, at, spec).await?,
        }
        let by = actor.id().ok_or_else(Error::unauthenticated)?;
        start(hub, conn, actor, by, (at, spec), table).await
    })
    .await
}

/// Checks what [`define_and_train`] would refuse, and changes nothing: for a form of which something
/// else is wrong as well. A `new` model has that name.
///
/// # Errors
/// As [`define_and_train`].
pub async fn check_training(
    hub: &Hub,
    actor: &Actor,
    at: &ProjectPath,
    new: Option<&ModelName>,
    spec: &Spec,
    training: &Training,
) -> Result<(), Error> {
    let mut conn = hub.conn().await?;
    look(&mut conn, actor, at, (new, spec), training).await.map(drop)
}

/// The table that is asked for, unless something is wrong: then all of it is told at once.
async fn look(
    conn: &mut Conn,
    actor: &Actor,
    at: &ProjectPath,
    (new, spec): (Option<&ModelName>, &Spec),
    training: &Training,
) -> Result<Table, Error> {
    let table = match find(conn, actor, at, training).await {
        Err(error) if !error.kind().is_mistake() && error.kind() != Kind::NotFound => {
            return Err(error);
        }
        // One that is not there was wrongly chosen: what else is wrong is told first.
        found => found,
    };
    let named = match new {
        Some(name) => is_free(conn, actor, at, name).await,
        None => access::project::<Edit>(conn, actor, at).await.map(drop),
    };
    let fitting = match &table {
        Ok(table) => match fits(spec, &table.columns) {
            Ok(()) => learnable(conn, spec, table).await,
            unfit => unfit,
        },
        Err(_) => Ok(()),
    };
    Error::all([check(spec), fitting, named])?;
    table
}

/// Whether the values of the table leave something to learn, as far as its profile tells.
async fn learnable(conn: &mut Conn, spec: &Spec, table: &Table) -> Result<(), Error> {
    let profile = db::datasets::profile(conn, &table.dataset, table.number).await?;
    profile.map_or(Ok(()), |profile| can_be_learnt(spec, &profile))
}

/// A version of a dataset that one can train on.
struct Table {
    dataset: Grant<DatasetId, Read>,
    name: DatasetName,
    number: u32,
    id: DatasetVersionId,
    file: InputFile,
    columns: Vec<Column>,
    rows: u64,
}

async fn find(
    conn: &mut Conn,
    actor: &Actor,
    at: &ProjectPath,
    training: &Training,
) -> Result<Table, Error> {
    let name = &training.dataset;
    let at = at.dataset(name.clone());
    let dataset = access::dataset::<Read>(conn, actor, &at).await?;
    let current = db::datasets::find(conn, &dataset).await?.current;
    let number = training.version.or(current).ok_or_else(|| not_ready(name))?;
    let version = db::datasets::version(conn, &dataset, number).await;
    let version = version.map_err(no_version(&at, number))?;
    let files = db::datasets::files(conn, &dataset, number).await?;
    let (VersionState::Ready, Some(table)) = (version.state, files.table) else {
        return Err(not_ready(name));
    };
    Ok(Table {
        dataset,
        name: name.clone(),
        number,
        id: files.id,
        file: InputFile { sha256: table, size: version.size, path: None },
        columns: version.columns,
        rows: version.rows,
    })
}

/// Starts a training within a transaction.
async fn start(
    hub: &Hub,
    conn: &mut Conn,
    actor: &Actor,
    by: UserId,
    (at, definition): (&ModelPath, &Spec),
    table: Table,
) -> Result<Started, Error> {
    let model = access::model::<Edit>(conn, actor, at).await?;
    let project = access::project::<Edit>(conn, actor, &at.project()).await?;
    let (features, left_out) = features(conn, definition, &table).await?;
    let job_spec = JobSpec::Train(Box::new(TrainSpec {
        spec: Spec { features, ..definition.clone() },
        table: table.file,
        columns: table.columns,
        rows: table.rows,
    }));
    let new = db::jobs::NewJob { project: project.id(), user: by, spec: &job_spec, priority: 0 };
    let job = crate::jobs::enqueue(hub, conn, &new).await?;
    let experiment: ExperimentName = at.name.as_str().parse().map_err(Error::internal)?;
    let run = db::runs::NewRun {
        experiment: db::runs::experiment(conn, &project, &experiment).await?,
        model: Some(model.id()),
        dataset_version: Some(table.id),
        job: Some(job),
        spec: Some(definition),
        params: params(definition),
        by,
        now: hub.now(),
    };
    let (id, run) = db::runs::create(conn, &project, run).await?;
    if !left_out.is_empty() {
        db::runs::append(conn, id, &left_out).await?;
    }
    let detail = json!({"run": run, "dataset": table.name, "version": table.number});
    audit::record(conn, hub, actor, Some(project.id()), ("model.train", &at.page()), detail)
        .await?;
    Ok(Started { run, job })
}

/// The columns to predict from. Where the definition names none they are those that the form would
/// propose, and the log of the run says which are left out. Where none is proposed it is all of
/// them: what is wrong with each is then for the training to say.
async fn features(
    conn: &mut Conn,
    definition: &Spec,
    table: &Table,
) -> Result<(Option<Vec<String>>, Vec<Event>), Error> {
    if definition.features.is_some() {
        return Ok((definition.features.clone(), Vec::new()));
    }
    let profile = db::datasets::profile(conn, &table.dataset, table.number).await?;
    let proposal = profile.and_then(|profile| propose(&profile, Some(&definition.target)));
    let proposal = proposal.filter(|proposal| proposal.target == definition.target);
    let (taken, left): (Vec<Feature>, Vec<Feature>) =
        proposal.into_iter().flat_map(|p| p.features).partition(|feature| feature.include);
    if taken.is_empty() {
        return Ok((None, Vec::new()));
    }
    let names = taken.into_iter().map(|feature| feature.name).collect();
    Ok((Some(names), told(&left)))
}

/// What the log says of the columns that are left out.
fn told(left: &[Feature]) -> Vec<Event> {
    let said = |feature: &Feature| format!("“{}” is left out. {}", feature.name, feature.reason);
    let more = left.len().saturating_sub(SAID);
    let more = counted(more as u64, "more column is", "more columns are");
    let rest = (left.len() > SAID).then(|| format!("{more} left out, for such reasons."));
    let lines = left.iter().take(SAID).map(said).chain(rest);
    lines.map(|message| Event::Log { level: Level::Warning, message }).collect()
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

#[cfg(test)]
mod tests {
    use super::*;
    use mlhub_domain::schema::LogicalType;

    #[test]
    fn many_columns_that_are_left_out_are_told_as_a_number() {
        let feature = |n: usize| Feature {
            name: format!("c{n}"),
            kind: LogicalType::Text,
            include: false,
            reason: "One value only.".into(),
        };
        let said = |many: usize| {
            let events = told(&(0..many).map(feature).collect::<Vec<_>>());
            let lines = events.into_iter().map(|event| match event {
                Event::Log { message, .. } => message,
                other => panic!("{other:?}"),
            });
            lines.collect::<Vec<_>>()
        };
        assert_eq!(said(1), ["“c0” is left out. One value only."]);
        assert_eq!(said(20)[19], "“c19” is left out. One value only.");
        assert_eq!(said(21)[20], "1 more column is left out, for such reasons.");
        assert_eq!(said(22)[20..], ["2 more columns are left out, for such reasons."]);
    }
}
