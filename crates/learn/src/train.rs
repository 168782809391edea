//! The order of a training.

use crate::assignment::{Assignment, Fit, Params, Plan};
use crate::evaluate::{Held, evaluate};
use crate::report::{Later, Observer, Reporter};
use crate::rng::{Rng, Stream};
use crate::split::{Split, split};
use crate::target::{self, Target};
use crate::{TrainError, baseline, lightgbm, linear, network};
use mlhub_domain::algorithms::AlgorithmKind;
use mlhub_domain::evaluation::{Evaluation, Metrics};
use mlhub_domain::models::{Signature, Spec, Task, Validation};
use mlhub_domain::num::{Num, count, counted};
use mlhub_domain::schema::Column;
use mlhub_recipe::encoder::Fitted;
use mlhub_recipe::{Encoder, Frame};
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use std::time::Instant;

/// The share of the training rows that early stopping watches: more where there are few.
const INNER: f64 = 0.1;
const INNER_OF_FEW: f64 = 0.15;
const FEW: usize = 5_000;

/// What a training gives.
#[derive(Clone, Debug)]
pub struct Trained {
    /// Whether it was stopped by a person.
    pub cancelled: bool,
    /// Every hyperparameter with its value, and what else describes the run.
    pub params: Map<String, Value>,
    /// Seconds by phase: `split`, `fit`, `evaluate`, `refit`, `save`, `total`.
    pub timing: BTreeMap<String, Num>,
    /// The model, unless it was cancelled before there was one.
    pub model: Option<TrainedModel>,
}

/// A model and how good it is.
#[derive(Clone, Debug)]
pub struct TrainedModel {
    /// The file that `mlhub_predict` reads.
    pub artifact: Vec<u8>,
    /// How it was fitted.
    pub algorithm: AlgorithmKind,
    /// What it takes and gives.
    pub signature: Signature,
    /// Measured on the held-out rows.
    pub metrics: Metrics,
    /// The report.
    pub evaluation: Evaluation,
}

/// Follows `spec` on `frame`, whose columns are described by `columns`, with so many `threads`.
///
/// # Errors
/// [`TrainError`] when the spec does not fit the table, when the table is too small or has nothing
/// to learn from, and when fitting fails; each says what to try.
pub fn train(
    spec: &Spec,
    columns: &[Column],
    frame: Frame,
    threads: usize,
    observer: &mut dyn Observer,
) -> Result<Trained, TrainError> {
    let began = Instant::now();
    let mut report = Reporter::new(observer);
    let mut params = parameters(spec)?;
    let mut timing = Timing::default();
    report.phase("split");
    let target_column = column(columns, &spec.target)?;
    let features = features(spec, columns)?;
    let Target { truth, rows } = target::read(spec, target_column.kind, &frame)?;
    let dropped = frame.rows() - rows.len();
    if dropped > 0 {
        let name = &spec.target;
        let left_out = counted(dropped as u64, "row is", "rows are");
        report.warn(format!("{left_out} left out: no value in “{name}”."));
    }
    let run = Run {
        spec,
        assignment: Assignment {
            algorithm: spec.algorithm.kind,
            task: spec.task,
            frame: &frame,
            features: &features,
            target: target_column,
            truth: &truth,
            params: Params(&params),
            seed: spec.seed,
            threads,
        },
        rows: &rows,
    };
    let done = run.follow(&mut report, &mut timing)?;
    timing.seconds.insert("total".into(), Num(began.elapsed().as_secs_f64()));
    params.insert("rows".into(), rows.len().into());
    params.insert("rows_without_target".into(), dropped.into());
    params.extend(done.steps.map(|steps| ("steps".to_owned(), steps.into())));
    Ok(Trained { cancelled: done.cancelled, params, timing: timing.seconds, model: done.model })
}

#[derive(Default)]
struct Timing {
    seconds: BTreeMap<String, Num>,
}

impl Timing {
    fn of<T>(&mut self, phase: &str, work: impl FnOnce() -> T) -> T {
        let began = Instant::now();
        let result = work();
        self.seconds.insert(phase.into(), Num(began.elapsed().as_secs_f64()));
        result
    }
}

struct Run<'a> {
    spec: &'a Spec,
    assignment: Assignment<'a>,
    /// Those with a target.
    rows: &'a [u32],
}

struct Done {
    cancelled: bool,
    steps: Option<u64>,
    model: Option<TrainedModel>,
}

impl Run<'_> {
    fn follow(&self, report: &mut Reporter<'_>, timing: &mut Timing) -> Result<Done, TrainError> {
        let nothing = Done { cancelled: true, steps: None, model: None };
        let truth = self.assignment.truth;
        let (held, inner) = timing.of("split", || {
            let seed = self.spec.seed;
            let share = self.spec.validation.holdout;
            let held = split(self.rows, truth, share, &mut Rng::new(seed, Stream::Holdout));
            let share = if held.kept.len() < FEW { INNER_OF_FEW } else { INNER };
            let inner = split(&held.kept, truth, share, &mut Rng::new(seed, Stream::Inner));
            (held, inner)
        });
        report.phase("fit");
        let fit = timing.of("fit", || self.first(&held, &inner, report))?;
        let Some(fit) = fit else { return Ok(nothing) };
        report.phase("evaluate");
        let held_out = Held {
            rows: &held.out,
            train: &held.kept,
            measured_on: self.measured_on(held.out.len()),
        };
        let mut evaluation =
            timing.of("evaluate", || evaluate(&self.assignment, &fit, &held_out, report))?;
        let mut done = Done { cancelled: fit.cancelled, steps: Some(fit.steps), model: None };
        let mut published = fit;
        if self.spec.validation.refit && !done.cancelled {
            report.phase("refit");
            let all = count(self.rows.len() as u64);
            let told = match timing.of("refit", || self.again(published.steps, report))? {
                Some(again) if !again.cancelled => {
                    published = again;
                    format!("; then fitted again on all {all} rows")
                }
                // What was measured is still worth keeping.
                _ => {
                    done.cancelled = true;
                    format!("; the fit again on all {all} rows was cancelled")
                }
            };
            evaluation.measured_on += &told;
        }
        report.phase("save");
        done.model = Some(timing.of("save", || TrainedModel {
            artifact: published.artifact.to_bytes(),
            algorithm: self.assignment.algorithm,
            signature: published.artifact.manifest.signature.clone(),
            metrics: evaluation.metrics.clone(),
            evaluation,
        }));
        Ok(done)
    }

    /// The fit that is measured.
    fn first(
        &self,
        held: &Split,
        inner: &Split,
        report: &mut Reporter<'_>,
    ) -> Result<Option<Fit>, TrainError> {
        let fitted = Encoder::fit(self.assignment.frame, self.assignment.features, &held.kept);
        fitted.notes.iter().for_each(|note| report.warn(format!("{note}.")));
        self.anything(&fitted)?;
        if report.cancelled() {
            return Ok(None);
        }
        let plan = if self.searches() {
            Plan::Search { train: &inner.kept, inner: &inner.out }
        } else {
            Plan::Search { train: &held.kept, inner: &[] }
        };
        let (unit, steps) = self.effort();
        let later = Later { steps, rows: self.rows.len() };
        let later = if self.spec.validation.refit { later } else { Later::default() };
        report.info(format!(
            "{} rows to fit on, {} for early stopping, {} held out, {}.",
            count(plan.rows().len() as u64),
            count(if self.searches() { inner.out.len() as u64 } else { 0 }),
            count(held.out.len() as u64),
            counted(fitted.inputs.len() as u64, "column", "columns"),
        ));
        report.begin(unit, steps, plan.rows().len(), later);
        let fit = self.fit(&fitted, plan, report)?;
        if let Some(fit) = &fit {
            let again = if self.spec.validation.refit && !fit.cancelled { fit.steps } else { 0 };
            report.end(fit.steps, again);
        }
        Ok(fit)
    }

    /// The fit that is published: on all rows, up to the stopping point found.
    fn again(&self, steps: u64, report: &mut Reporter<'_>) -> Result<Option<Fit>, TrainError> {
        let fitted = Encoder::fit(self.assignment.frame, self.assignment.features, self.rows);
        if report.cancelled() {
            return Ok(None);
        }
        report.begin(self.effort().0, steps, self.rows.len(), Later::default());
        let fit = self.fit(&fitted, Plan::Repeat { rows: self.rows, steps }, report)?;
        report.end(steps, 0);
        Ok(fit)
    }

    fn fit(
        &self,
        fitted: &Fitted,
        plan: Plan<'_>,
        report: &mut Reporter<'_>,
    ) -> Result<Option<Fit>, TrainError> {
        match self.assignment.algorithm {
            AlgorithmKind::Lightgbm => lightgbm::fit(&self.assignment, fitted, plan, report),
            AlgorithmKind::Mlp => network::fit(&self.assignment, fitted, plan, report),
            AlgorithmKind::Logistic | AlgorithmKind::Ridge => {
                linear::fit(&self.assignment, fitted, plan, report)
            }
            AlgorithmKind::Baseline => Ok(Some(baseline::fit(&self.assignment, fitted, plan))),
        }
    }

    /// Whether a stopping point is to be found on rows of its own.
    fn searches(&self) -> bool {
        matches!(self.assignment.algorithm, AlgorithmKind::Lightgbm | AlgorithmKind::Mlp)
    }

    /// What is counted, and the most of it in one fit.
    fn effort(&self) -> (&'static str, u64) {
        let params = self.assignment.params;
        match self.assignment.algorithm {
            AlgorithmKind::Lightgbm => ("trees", params.count("trees")),
            AlgorithmKind::Mlp => ("epochs", params.count("epochs")),
            AlgorithmKind::Logistic => ("steps", params.count("max_iterations")),
            AlgorithmKind::Ridge | AlgorithmKind::Baseline => ("steps", 1),
        }
    }

    fn anything(&self, fitted: &Fitted) -> Result<(), TrainError> {
        if !fitted.inputs.is_empty() || self.assignment.algorithm == AlgorithmKind::Baseline {
            return Ok(());
        }
        let reasons: Vec<String> = fitted.notes.iter().take(3).map(ToString::to_string).collect();
        let reasons =
            if reasons.is_empty() { String::new() } else { format!(": {}", reasons.join("; ")) };
        Err(TrainError::new(
            format!("there is no column to learn from{reasons}"),
            "Add columns that differ from row to row, or choose the baseline.",
        ))
    }

    fn measured_on(&self, rows: usize) -> String {
        let share = Num((self.spec.validation.holdout * 1000.0).round() / 10.0);
        let held = count(rows as u64);
        let seed = self.spec.seed;
        let chosen = match self.spec.task {
            Task::Classification => format!("stratified by {}", self.spec.target),
            Task::Regression => "chosen at random".into(),
        };
        format!("{share} % held out ({held} rows), {chosen}, seed {seed}")
    }
}

fn parameters(spec: &Spec) -> Result<Map<String, Value>, TrainError> {
    let schema = spec.algorithm.kind.schema();
    if !schema.tasks.contains(&spec.task) {
        return Err(TrainError::new(
            format!("{} does not do {}", schema.title, spec.task.as_str()),
            "Choose another algorithm, or another task.",
        ));
    }
    if !Validation::HOLDOUT.contains(&spec.validation.holdout) {
        return Err(TrainError::new(
            format!("{} of the rows cannot be held out", Num(spec.validation.holdout)),
            "Hold out a share from 0.05 to 0.5.",
        ));
    }
    schema.complete(&spec.algorithm.params).map_err(|errors| {
        let all: Vec<_> = errors.iter().map(|e| format!("{}: {}", e.name, e.message)).collect();
        TrainError::new(all.join("; "), "Edit the model's hyperparameters.")
    })
}

fn column<'a>(columns: &'a [Column], name: &str) -> Result<&'a Column, TrainError> {
    let found = columns.iter().find(|column| column.name == name);
    found.ok_or_else(|| target::missing_column(name))
}

fn features(spec: &Spec, columns: &[Column]) -> Result<Vec<Column>, TrainError> {
    let Some(names) = &spec.features else {
        return Ok(columns.iter().filter(|column| column.name != spec.target).cloned().collect());
    };
    let mut features: Vec<Column> = Vec::new();
    for name in names {
        if *name == spec.target {
            return Err(TrainError::new(
                format!("“{name}” cannot be predicted from itself"),
                "Take the target out of the features.",
            ));
        }
        if features.iter().all(|feature| feature.name != *name) {
            features.push(column(columns, name)?.clone());
        }
    }
    Ok(features)
}
