//! What benches need: peers in processes of their own, medians, the lines that they say.

use anyhow::{Context, Result, bail};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::time::Duration;

/// Says a line.
#[expect(clippy::print_stdout, reason = "a bench says its figures on stdout")]
pub(crate) fn say(line: &str) {
    println!("{line}");
}

/// Says what came out: ours, the peer's, and the ratio of the two.
pub(crate) fn report(bench: &str, case: &str, ours: f64, peer: f64, unit: &str) {
    let ratio = if peer > 0.0 { ours / peer } else { 0.0 };
    say(&format!(
        "bench {bench}/{case} ours={ours:.3} peer={peer:.3} unit={unit} ratio={ratio:.3}"
    ));
}

/// Says what came out beside the most that it may be; whether it is within.
pub(crate) fn within(bench: &str, case: &str, ours: f64, limit: f64, unit: &str) -> bool {
    let verdict = if ours < limit { "" } else { " BEYOND" };
    say(&format!("bench {bench}/{case} ours={ours:.3} limit={limit:.3} unit={unit}{verdict}"));
    ours < limit
}

/// The middle of what `of` says of the runs.
pub(crate) fn median<T>(runs: &[T], of: impl Fn(&T) -> f64) -> f64 {
    let mut values: Vec<f64> = runs.iter().map(of).collect();
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}

/// The memory of this process at its highest, in kB.
pub(crate) fn peak_kilobytes() -> Result<u64> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let peak = peak.and_then(|line| line.split_whitespace().next()).context("VmHWM")?;
    Ok(peak.parse()?)
}

/// A command that takes longer is stuck, as DuckDB is at times on a file that it cannot read.
const LONGEST: Duration = Duration::from_secs(300);

/// Runs a command; what it says on standard output.
pub(crate) fn output(command: &mut Command) -> Result<String> {
    let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()?;
    let (ended, watched) = channel::<()>();
    let id = child.id().to_string();
    let watch = std::thread::spawn(move || {
        let stuck = watched.recv_timeout(LONGEST) == Err(RecvTimeoutError::Timeout);
        stuck.then(|| Command::new("kill").args(["-9", &id]).status())
    });
    let output = child.wait_with_output()?;
    drop(ended);
    if matches!(watch.join(), Ok(Some(_))) {
        bail!("it did not end within {} s", LONGEST.as_secs());
    }
    if !output.status.success() {
        let error = String::from_utf8_lossy(&output.stderr);
        let named = error.lines().rfind(|line| line.contains("Error"));
        bail!("{}", named.or(error.lines().last()).unwrap_or("no reason").to_owned());
    }
    Ok(String::from_utf8(output.stdout)?)
}

/// An interpreter with the peers in it, kept below `folder`.
pub(crate) fn python_with(folder: &Path, packages: &[&str]) -> Result<PathBuf> {
    let venv = folder.join("venv");
    let python = venv.join("bin/python");
    if !python.exists() {
        output(Command::new("python3").args(["-m", "venv"]).arg(&venv))?;
    }
    output(Command::new(&python).args(["-m", "pip", "install", "--quiet"]).args(packages))
        .context("the peers cannot be installed")?;
    Ok(python)
}
