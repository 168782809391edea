//! From a CSV file to typed Parquet and a profile, against DuckDB and Polars.
//!
//! Each measurement is a process of its own, ours and the peers' in turn. After the first run of
//! each, one judge compares every cell of every result with the text of the file: a reader that
//! loses cells has not read the file, however fast it was.

mod generate;

use crate::peers::{median, output, peak_kilobytes, python_with, report, say};
use anyhow::{Context, Result, ensure};
use clap::Args;
use generate::{INPUTS, Input};
use mlhub_data::{IngestOptions, ingest};
use serde_json::{Value, json};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

const PEERS: [&str; 2] = ["duckdb", "polars"];
const PACKAGES: [&str; 3] = ["duckdb==2.0.0", "polars==2.1.0", "pyarrow==26.0.1"];
const THREADS: usize = 2;
/// The script runs the peers and judges the results.
const SCRIPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/ingest.py");

/// `make bench NAME=ingest`
#[derive(Args)]
pub(crate) struct Options {
    /// Where the inputs and results are written
    #[arg(long, default_value_os_t = std::env::temp_dir().join("mlhub-bench-ingest"))]
    folder: PathBuf,
    /// Rows of the inputs, in percent of the full size
    #[arg(long, default_value_t = 100)]
    percent: u64,
    /// Runs of each reader
    #[arg(long, default_value_t = 5)]
    runs: usize,
    /// Only this input
    #[arg(long)]
    input: Option<String>,
    /// An interpreter that has duckdb, polars and pyarrow; else one is set up
    #[arg(long)]
    python: Option<PathBuf>,
}

/// One reading of one file, in a process of its own.
#[derive(Args)]
pub(crate) struct Once {
    input: PathBuf,
    out: PathBuf,
}

/// Reads a file and prints what a measurement needs.
pub(crate) fn once(options: &Once) -> Result<()> {
    let ingest_options = IngestOptions { threads: THREADS, ..IngestOptions::default() };
    let go_on = |_, _| ControlFlow::Continue(());
    let read = ingest(&options.input, "input.csv", &options.out, &ingest_options, &go_on)?;
    let said = json!({
        "rows": read.rows,
        "listed": read.rejected_cells,
        "peak_kb": peak_kilobytes()?,
    });
    say(&said.to_string());
    Ok(())
}

/// What one run took.
struct Measured {
    seconds: f64,
    megabytes: f64,
    /// Cells that it could not keep and says so.
    listed: u64,
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
        "peers {} · {THREADS} threads each · Parquet with zstd, then SUMMARIZE or describe · {} \
         runs in turn, medians",
        versions.trim(),
        options.runs
    ));
    let wanted = |input: &&Input| options.input.as_deref().is_none_or(|name| name == input.name);
    for input in INPUTS.iter().filter(wanted) {
        compare(input, options, &python)?;
    }
    Ok(())
}

/// Ours and the peers on one input.
fn compare(input: &Input, options: &Options, python: &Path) -> Result<()> {
    let file = options.folder.join(format!("{}.csv", input.name));
    input.write(&file, options.percent)?;
    let size = std::fs::metadata(&file)?.len() / 1_000_000;
    say(&format!("{}: {size} MB, {}", input.name, input.what));
    let readers = ["ours", PEERS[0], PEERS[1]];
    let mut runs: [Vec<Measured>; 3] = Default::default();
    let mut wrong: [Option<(u64, u64)>; 3] = [None; 3];
    for round in 0..options.runs.max(1) {
        for (i, reader) in readers.iter().enumerate() {
            if runs[i].len() < round {
                continue;
            }
            let out = options.folder.join(reader);
            std::fs::create_dir_all(&out)?;
            let measured = match measure(reader, &file, &out, python) {
                Ok(measured) => measured,
                Err(error) if i > 0 => {
                    say(&format!("{reader} fails on {}: {error:#}", input.name));
                    continue;
                }
                Err(error) => return Err(error),
            };
            if round == 0 {
                // What is listed as rejected is told, not lost.
                let wrong_cells = judge(&file, &out.join("table.parquet"), python)?;
                wrong[i] = Some((wrong_cells.saturating_sub(measured.listed), measured.listed));
            }
            runs[i].push(measured);
        }
    }
    let ours = (median(&runs[0], |m| m.seconds), median(&runs[0], |m| m.megabytes));
    for (i, peer) in PEERS.iter().enumerate() {
        if runs[i + 1].is_empty() {
            continue;
        }
        let peer_is = |of: fn(&Measured) -> f64| median(&runs[i + 1], of);
        let (seconds, megabytes) = (peer_is(|m| m.seconds), peer_is(|m| m.megabytes));
        report("ingest", &format!("{}-{peer}", input.name), ours.0, seconds, "s");
        report("ingest", &format!("{}-{peer}-memory", input.name), ours.1, megabytes, "MB");
    }
    for (reader, wrong) in readers.iter().zip(wrong) {
        let said = match wrong {
            None => "it does not read the file".into(),
            Some((lost, 0)) => lost.to_string(),
            Some((lost, listed)) => format!("{lost}, and {listed} listed as rejected"),
        };
        say(&format!("{}: cells lost or changed by {reader}: {said}", input.name));
    }
    ensure!(wrong[0].is_some_and(|(lost, _)| lost == 0), "ours changes cells of {}", input.name);
    Ok(())
}

/// Reads `file` once, in a new process.
fn measure(reader: &str, file: &Path, out: &Path, python: &Path) -> Result<Measured> {
    let mut command = if reader == "ours" {
        let mut ours = Command::new(std::env::current_exe()?);
        ours.arg("ingest-once");
        ours
    } else {
        let mut peer = Command::new(python);
        peer.args([SCRIPT, reader]);
        peer
    };
    let began = Instant::now();
    let said = output(command.arg(file).arg(out))?;
    let seconds = began.elapsed().as_secs_f64();
    let said: Value = serde_json::from_str(said.trim().lines().last().unwrap_or_default())?;
    let kilobytes = said["peak_kb"].as_f64().context("no peak_kb")?;
    let listed = said["listed"].as_u64().unwrap_or(0);
    Ok(Measured { seconds, megabytes: kilobytes / 1e3, listed })
}

/// How many cells of the table are not what stands in the file.
fn judge(file: &Path, table: &Path, python: &Path) -> Result<u64> {
    let said = output(Command::new(python).args([SCRIPT, "judge"]).arg(file).arg(table))?;
    said.trim().parse().context("the judge says no number")
}
