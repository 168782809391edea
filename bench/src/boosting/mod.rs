//! From a CSV file to a measured and published model, against LightGBM in Python with pandas.
//!
//! Both do the same work with the same settings: read the file, keep a fifth aside, fit on the rest
//! while watching an inner validation part, measure on what was kept aside, fit again on all rows,
//! write the model. Both grow all trees, both times: where the loss on the validation part is lowest
//! is luck of its draw, which the time must not hang on. Ours also writes typed Parquet, a profile and a report on the way. Time
//! counts from the first statement after the imports; each run is a process of its own, in turn.
//!
//! The peer reads with pandas' own engine, as `read_csv` does unless told otherwise: this is the
//! claim. A second row has it read with pyarrow's, the fastest that pandas knows.

mod generate;

use crate::peers::{median, output, peak_kilobytes, python_with, report, say};
use anyhow::{Context, Result, bail, ensure};
use clap::Args;
use mlhub_data::{IngestOptions, Table, ingest};
use mlhub_domain::models::{AlgorithmChoice, Spec, Task, Validation};
use mlhub_domain::runs::Event;
use mlhub_learn::{Observer, train};
use serde_json::{Map, Value, json};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

const PACKAGES: [&str; 5] =
    ["lightgbm==4.7.0", "pandas==3.1.1", "pyarrow==26.0.1", "scikit-learn==1.9.1", "numpy>=2"];
const THREADS: usize = 2;
const TREES: u32 = 200;
/// The script that the peer runs.
const SCRIPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/boosting.py");

/// `make bench NAME=boosting`
#[derive(Args)]
pub(crate) struct Options {
    /// Where inputs and models are written
    #[arg(long, default_value_os_t = std::env::temp_dir().join("mlhub-bench-boosting"))]
    folder: PathBuf,
    /// Rows of the made tables, in percent of the full size
    #[arg(long, default_value_t = 100)]
    percent: u64,
    /// Runs of each
    #[arg(long, default_value_t = 5)]
    runs: usize,
    /// A table of one's own instead of the made ones; with `--target` and `--task`
    #[arg(long, requires = "target")]
    table: Option<PathBuf>,
    /// The column to predict
    #[arg(long)]
    target: Option<String>,
    /// `classification` or `regression`
    #[arg(long, default_value = "classification")]
    task: String,
    /// An interpreter that has lightgbm, pandas and scikit-learn; else one is set up
    #[arg(long)]
    python: Option<PathBuf>,
}

/// One training on one file, in a process of its own.
#[derive(Args)]
pub(crate) struct Once {
    table: PathBuf,
    out: PathBuf,
    target: String,
    task: String,
}

/// Trains on a file and prints what a measurement needs.
pub(crate) fn once(options: &Once) -> Result<()> {
    let began = Instant::now();
    let ingest_options = IngestOptions { threads: THREADS, ..IngestOptions::default() };
    let go_on = |_, _| ControlFlow::Continue(());
    let read = ingest(&options.table, "input.csv", &options.out, &ingest_options, &go_on)?;
    let names: Vec<String> = read.columns.iter().map(|column| column.name.clone()).collect();
    let frame = Table::open(&options.out.join("table.parquet"))?.frame(&names)?;
    let params = json!({ "trees": TREES, "early_stopping": 0 });
    let spec = Spec {
        task: task(&options.task)?,
        target: options.target.clone(),
        features: None,
        algorithm: AlgorithmChoice {
            kind: serde_json::from_value(json!("lightgbm"))?,
            params: params.as_object().cloned().unwrap_or_else(Map::new),
        },
        validation: Validation::default(),
        seed: 42,
    };
    let trained = train(&spec, &read.columns, frame, THREADS, &mut Silent)?;
    let model = trained.model.context("nothing was trained")?;
    std::fs::write(options.out.join("model.mlhub"), &model.artifact)?;
    let score = model.metrics.get(metric(spec.task)).context("no score")?.0;
    let seconds = began.elapsed().as_secs_f64();
    say(&json!({ "seconds": seconds, "score": score, "peak_kb": peak_kilobytes()? }).to_string());
    Ok(())
}

struct Silent;

impl Observer for Silent {
    fn event(&mut self, _: Event) {}

    fn cancelled(&self) -> bool {
        false
    }
}

fn task(word: &str) -> Result<Task> {
    match word {
        "classification" => Ok(Task::Classification),
        "regression" => Ok(Task::Regression),
        other => bail!("{other}: use classification or regression"),
    }
}

const fn metric(task: Task) -> &'static str {
    match task {
        Task::Classification => "accuracy",
        Task::Regression => "rmse",
    }
}

/// Runs the comparison.
pub(crate) fn run(options: &Options) -> Result<()> {
    std::fs::create_dir_all(&options.folder)?;
    let python = match &options.python {
        Some(python) => python.clone(),
        None => python_with(&options.folder, &PACKAGES)?,
    };
    let versions = output(Command::new(&python).args([SCRIPT, "versions"]))?;
    say(&format!(
        "peer {} · {THREADS} threads each · {TREES} trees, 31 leaves, learning rate 0.1 · categories \
         as pandas categories · {} runs in turn, medians",
        versions.trim(),
        options.runs
    ));
    if let (Some(table), Some(target)) = (&options.table, &options.target) {
        let name = table.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        return compare(&name, table, target, &options.task, options, &python);
    }
    for input in &generate::INPUTS {
        let file = options.folder.join(format!("{}.csv", input.name));
        input.write(&file, options.percent)?;
        say(&format!("{}: {}", input.name, input.what));
        compare(input.name, &file, "target", input.task, options, &python)?;
    }
    Ok(())
}

/// Who runs: ours, and the peer with each engine of pandas' `read_csv`.
const READERS: [Option<&str>; 3] = [None, Some("c"), Some("pyarrow")];

/// What one run took.
struct Measured {
    seconds: f64,
    megabytes: f64,
    score: f64,
}

fn compare(
    name: &str,
    table: &Path,
    target: &str,
    task: &str,
    options: &Options,
    python: &Path,
) -> Result<()> {
    let mut runs: [Vec<Measured>; 3] = Default::default();
    for round in 0..options.runs.max(1) {
        for turn in 0..READERS.len() {
            let who = (round + turn) % READERS.len();
            let out = options.folder.join(READERS[who].unwrap_or("ours"));
            std::fs::create_dir_all(&out)?;
            let (program, what): (PathBuf, &[&str]) = match READERS[who] {
                None => (std::env::current_exe()?, &["boosting-once"]),
                Some(_) => (python.to_owned(), &[SCRIPT, "train"]),
            };
            let mut command = Command::new(program);
            command.args(what).arg(table).arg(&out).args([target, task]).args(READERS[who]);
            let said = output(&mut command)?;
            let said: Value = serde_json::from_str(said.trim().lines().last().unwrap_or_default())?;
            let number = |key: &str| said[key].as_f64().with_context(|| format!("no {key}"));
            runs[who].push(Measured {
                seconds: number("seconds")?,
                megabytes: number("peak_kb")? / 1e3,
                score: number("score")?,
            });
        }
    }
    let [ours, peer, faster] = &runs;
    let [seconds, megabytes] = [|m: &Measured| m.seconds, |m: &Measured| m.megabytes];
    report("boosting", name, median(ours, seconds), median(peer, seconds), "s");
    let pyarrow = format!("{name}-pyarrow");
    report("boosting", &pyarrow, median(ours, seconds), median(faster, seconds), "s");
    let memory = format!("{name}-memory");
    report("boosting", &memory, median(ours, megabytes), median(peer, megabytes), "MB");
    let scores = [ours, peer].map(|runs| median(runs, |m| m.score));
    say(&format!("{name}: {task} score ours {:.4}, peer {:.4}", scores[0], scores[1]));
    ensure!(scores.iter().all(|score| score.is_finite()), "a score is missing");
    Ok(())
}
