//! Trains a model on a table.

use crate::{End, Job, broken};
use mlhub_data::Table;
use mlhub_domain::jobs::{Failure, Outcome, TrainSpec, Trained, TrainedModel};
use mlhub_domain::num::Num;
use mlhub_domain::runs::Event;
use mlhub_domain::schema::Column;
use mlhub_learn::{Observer, TrainError};
use std::path::Path;
use std::time::Instant;

/// The file that the artifact is written to before it is handed in.
const ARTIFACT: &str = "model.mlhub";

pub(crate) fn train(job: &Job, task: &TrainSpec) -> Result<Outcome, End> {
    let path = job.input(&task.table)?;
    job.reporter.phase("read");
    let began = Instant::now();
    let columns = wanted(task);
    let names: Vec<String> = columns.iter().map(|column| column.name.clone()).collect();
    let frame = Table::open(&path)
        .and_then(|table| table.frame(&names))
        .map_err(|error| broken("The table could not be read", &error))?;
    let read = began.elapsed().as_secs_f64();
    let mut watcher = Watcher { job };
    let trained = mlhub_learn::train(&task.spec, &columns, frame, job.threads, &mut watcher)
        .map_err(failure)?;
    let model = trained.model.map(|model| hand_in(job, model)).transpose()?;
    let mut timing = trained.timing;
    timing.insert("read".into(), Num(read));
    timing.insert("total".into(), Num(began.elapsed().as_secs_f64()));
    let (cancelled, params) = (trained.cancelled, trained.params);
    Ok(Outcome::Trained(Box::new(Trained { cancelled, params, timing, model })))
}

/// The columns that the definition speaks of, in the table's order; all when it names no features.
fn wanted(task: &TrainSpec) -> Vec<Column> {
    let spec = &task.spec;
    let speaks_of = |column: &&Column| match &spec.features {
        None => true,
        Some(features) => column.name == spec.target || features.contains(&column.name),
    };
    task.columns.iter().filter(speaks_of).cloned().collect()
}

fn hand_in(job: &Job, model: mlhub_learn::TrainedModel) -> Result<TrainedModel, End> {
    let mlhub_learn::TrainedModel { artifact, algorithm, signature, metrics, evaluation } = model;
    let path = Path::new(ARTIFACT);
    std::fs::write(path, artifact)
        .map_err(|error| broken("The model could not be written", &error))?;
    let artifact = job.client.put(ARTIFACT, path)?;
    Ok(TrainedModel { artifact, algorithm, signature, metrics, evaluation })
}

fn failure(error: TrainError) -> Failure {
    Failure { message: error.message, hint: error.hint, read: None, retry: false }
}

struct Watcher<'a> {
    job: &'a Job,
}

impl Observer for Watcher<'_> {
    fn event(&mut self, event: Event) {
        self.job.reporter.event(event);
    }

    fn cancelled(&self) -> bool {
        self.job.cancelled()
    }
}
