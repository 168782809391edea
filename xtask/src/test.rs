//! `cargo xtask test`: the gate. Ends with one line, `N passed, N failed`.
use crate::workspace::Workspace;
use crate::{build, run, setup, shell, tidy};
use anyhow::{Context, Result, bail, ensure};
use serde::Deserialize;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;

/// How many checks held. A step that is not a test counts as one.
#[derive(Default)]
struct Count {
    passed: u64,
    failed: u64,
}

/// Runs everything; goes on after a failure where the next step does not need what failed.
///
/// # Errors
/// When a step or a test failed, after the closing line.
pub(crate) fn test(workspace: &Workspace) -> Result<()> {
    let mut count = Count::default();
    setup::setup(workspace)?;
    count.step("formatting", || shell::run(workspace.cargo().args(["fmt", "--all", "--check"])));
    count.step("tidy", || tidy::tidy(workspace));
    count.step("golden files", || golden_files(workspace));
    let built = count.step("pages", || build::site(workspace, false))
        && count.step("sizes", || tidy::sizes(workspace))
        && count.step("build, without a warning", || compile(workspace));
    if built {
        count.tests("cargo test", || cargo_tests(workspace));
        let folder = workspace.root().join("end2end");
        if folder.join("package.json").exists() {
            count.tests("browser tests", || browser_tests(workspace, &folder));
        }
    }
    println!("{} passed, {} failed", count.passed, count.failed);
    ensure!(count.failed == 0, "the gate is closed");
    Ok(())
}

impl Count {
    /// Runs a step that holds or not, and says so.
    fn step(&mut self, name: &str, step: impl FnOnce() -> Result<()>) -> bool {
        self.tests(name, || {
            step()?;
            Ok(Self { passed: 1, failed: 0 })
        })
    }

    /// Runs a step that counts its tests; one that breaks down counts as a failure.
    fn tests(&mut self, name: &str, step: impl FnOnce() -> Result<Self>) -> bool {
        println!("── {name}");
        let start = Instant::now();
        let Self { passed, failed } = step().unwrap_or_else(|error| {
            println!("{error:#}");
            Self { passed: 0, failed: 1 }
        });
        self.passed += passed;
        self.failed += failed;
        let verdict = if failed == 0 { "ok" } else { "FAILED" };
        println!("── {name}: {verdict}, {:.0} s", start.elapsed().as_secs_f64());
        failed == 0
    }
}

/// Makes every golden file again, beside what is committed, and compares: what the tests are
/// measured by must be what scikit-learn and NumPy say.
fn golden_files(workspace: &Workspace) -> Result<()> {
    let python = setup::fixtures_python(workspace)?;
    let scripts = generators(&workspace.root().join("fixtures"))?;
    ensure!(!scripts.is_empty(), "fixtures/ has no generate.py");
    for script in scripts {
        shell::run(Command::new(&python).arg(script).arg("--check"))?;
    }
    Ok(())
}

/// The `generate.py` of each folder of `fixtures`.
fn generators(fixtures: &Path) -> Result<Vec<PathBuf>> {
    let mut scripts = Vec::new();
    for folder in std::fs::read_dir(fixtures)? {
        scripts.push(folder?.path().join("generate.py"));
    }
    scripts.retain(|script| script.is_file());
    scripts.sort();
    Ok(scripts)
}

/// Builds the binary and every test. Our own crates are linted by clippy as they are built, and
/// Cargo repeats the warnings of what it did not have to build again: no warning may be left.
/// (`-Dwarnings` would do the same at the price of building our crates once more.)
fn compile(workspace: &Workspace) -> Result<()> {
    let mut warnings = 0;
    for arguments in [&["build"][..], &["test", "--no-run"], &["test", "--no-run", "-p", "xtask"]] {
        let mut cargo = workspace.cargo();
        cargo.args(arguments).arg("--message-format=json-diagnostic-rendered-ansi");
        let mut child = cargo.stdout(Stdio::piped()).spawn().context("cannot start cargo")?;
        let lines = BufReader::new(child.stdout.take().context("cargo's output is piped")?);
        for line in lines.lines() {
            if let Some(rendered) = rendered_warning(&line?) {
                print!("{rendered}");
                warnings += 1;
            }
        }
        ensure!(child.wait()?.success(), "cargo {} failed", arguments.join(" "));
    }
    ensure!(warnings == 0, "{warnings} warnings");
    Ok(())
}

/// The text of a warning or an error in a line of Cargo's JSON.
fn rendered_warning(line: &str) -> Option<String> {
    #[derive(Deserialize)]
    struct Line {
        message: Option<Message>,
    }
    #[derive(Deserialize)]
    struct Message {
        level: String,
        rendered: Option<String>,
    }
    let message = serde_json::from_str::<Line>(line).ok()?.message?;
    let counts = message.level.starts_with("warning") || message.level.starts_with("error");
    counts.then_some(message.rendered).flatten()
}

fn cargo_tests(workspace: &Workspace) -> Result<Count> {
    let mut count = Count::default();
    for arguments in [&["--no-fail-fast"][..], &["-p", "xtask"]] {
        let mut cargo = workspace.cargo();
        cargo.arg("test").args(arguments);
        with_postgres(workspace, &mut cargo)?;
        let mut child = cargo.stdout(Stdio::piped()).spawn().context("cannot start cargo")?;
        let lines = BufReader::new(child.stdout.take().context("cargo's output is piped")?);
        let mut seen = Count::default();
        for line in lines.lines() {
            let line = line?;
            println!("{line}");
            if let Some((passed, failed)) = test_result(&line) {
                seen.passed += passed;
                seen.failed += failed;
            }
        }
        if !child.wait()?.success() && seen.failed == 0 {
            seen.failed = 1; // a test program that died has no result line
        }
        count.passed += seen.passed;
        count.failed += seen.failed;
    }
    Ok(count)
}

/// Reads `test result: ok. 3 passed; 0 failed; …`.
fn test_result(line: &str) -> Option<(u64, u64)> {
    let rest = line.strip_prefix("test result: ")?.split_once(". ")?.1;
    let mut numbers = rest.split("; ").map(|part| part.split(' ').next()?.parse().ok());
    Some((numbers.next()??, numbers.next()??))
}

fn browser_tests(workspace: &Workspace, folder: &Path) -> Result<Count> {
    run::browser_tools(workspace, folder)?;
    let report = workspace.target().join("end2end.json");
    if report.exists() {
        std::fs::remove_file(&report)?;
    }
    let mut playwright = run::npm(workspace, folder);
    playwright
        .args(["exec", "--", "playwright", "test", "--reporter=list,json"])
        .env("PLAYWRIGHT_JSON_OUTPUT_FILE", &report)
        .env("MLHUB_BINARY", workspace.target().join("debug/mlhub"))
        .env("FIXTURES_PYTHON", setup::fixtures_python(workspace)?);
    with_postgres(workspace, &mut playwright)?;
    let status = playwright.status().context("cannot start npm")?;
    let Ok(text) = std::fs::read_to_string(&report) else {
        bail!("Playwright wrote no report ({status})");
    };
    let count = browser_results(&text)?;
    ensure!(status.success() || count.failed > 0, "Playwright ended with {status}");
    Ok(count)
}

fn with_postgres(workspace: &Workspace, command: &mut Command) -> Result<()> {
    if let Some(programs) = setup::postgres(workspace)? {
        command.env("MLHUB_PG_BIN", programs);
    }
    Ok(())
}

/// The counts in Playwright's JSON report. A test that needed a second try failed.
fn browser_results(report: &str) -> Result<Count> {
    #[derive(Deserialize)]
    struct Report {
        stats: Stats,
        errors: Vec<serde_json::Value>,
    }
    #[derive(Deserialize)]
    struct Stats {
        expected: u64,
        unexpected: u64,
        flaky: u64,
    }
    let Report { stats, errors } = serde_json::from_str(report).context("Playwright's report")?;
    let broken = u64::try_from(errors.len())?;
    Ok(Count { passed: stats.expected, failed: stats.unexpected + stats.flaky + broken })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn result_lines_of_cargo_are_counted() {
        let line = "test result: FAILED. 12 passed; 3 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.00s";
        assert_eq!(test_result(line), Some((12, 3)));
        assert_eq!(test_result("test domain::x ... ok"), None);
    }

    #[test]
    fn a_warning_in_the_build_is_seen_and_other_messages_are_not() {
        let warning =
            r#"{"reason":"compiler-message","message":{"level":"warning","rendered":"w"}}"#;
        let artifact = r#"{"reason":"compiler-artifact","fresh":true}"#;
        let note = r#"{"reason":"compiler-message","message":{"level":"note","rendered":"n"}}"#;
        assert_eq!(rendered_warning(warning).as_deref(), Some("w"));
        assert_eq!(rendered_warning(artifact), None);
        assert_eq!(rendered_warning(note), None);
    }

    #[test]
    fn every_folder_with_a_generator_is_checked() {
        let fixtures = tempfile::tempdir().unwrap();
        for (folder, file) in [("b", "generate.py"), ("a", "generate.py"), ("c", "data.csv")] {
            std::fs::create_dir(fixtures.path().join(folder)).unwrap();
            std::fs::write(fixtures.path().join(folder).join(file), "").unwrap();
        }
        let found = generators(fixtures.path()).unwrap();
        let expected = ["a", "b"].map(|folder| fixtures.path().join(folder).join("generate.py"));
        assert_eq!(found, expected);
    }

    #[test]
    fn a_flaky_browser_test_counts_as_failed() {
        let report = r#"{"stats":{"expected":5,"unexpected":1,"flaky":1,"skipped":2},"errors":[]}"#;
        let count = browser_results(report).unwrap();
        assert_eq!((count.passed, count.failed), (5, 2));
    }

    #[test]
    fn a_step_that_breaks_down_is_a_failure_and_the_count_goes_on() {
        let mut count = Count::default();
        assert!(!count.step("breaks", || bail!("no")));
        assert!(count.step("holds", || Ok(())));
        assert_eq!((count.passed, count.failed), (1, 1));
    }
}
