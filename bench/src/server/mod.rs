//! The server as it is installed: how soon it is there, and how much memory it takes, at rest and
//! while a large file arrives and is read.
//!
//! It has no peer but limits: a figure beyond its limit ends the bench with an error. Memory is what
//! the kernel counts as resident, without PostgreSQL.

mod generate;
mod serve;

use crate::peers::{median, output, say, within};
use anyhow::{Context, Result, ensure};
use clap::Args;
use serde_json::{Value, json};
use serve::Server;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

/// Whoever uploads.
const ADA: [&str; 2] = ["--email", "ada@example.org"];

/// A server that was just started still has something to do; then it rests.
const REST: Duration = Duration::from_secs(5);

/// Reading a file may take so long.
const LONGEST: Duration = Duration::from_secs(600);

/// `make bench NAME=server`
#[derive(Args)]
pub(crate) struct Options {
    /// The program `mlhub`, built for release; `make bench` names it
    #[arg(long)]
    binary: PathBuf,
    /// The size of the file that is uploaded
    #[arg(long, default_value_t = 1024)]
    megabytes: u64,
    /// First and later starts
    #[arg(long, default_value_t = 5)]
    runs: usize,
    /// Where data folders are made, and removed at the end
    #[arg(long, default_value_os_t = std::env::temp_dir().join("mlhub-bench-server"))]
    folder: PathBuf,
}

/// Measures, and says what came out.
pub(crate) fn run(options: &Options) -> Result<()> {
    let folder = &options.folder;
    fs::create_dir_all(folder)?;
    // Started by root, the server becomes somebody else, who has to get in.
    fs::set_permissions(folder, fs::Permissions::from_mode(0o755))?;
    let (first, later) = starts(options)?;
    let mut held = within("server", "start-first", first, 5.0, "s");
    held &= within("server", "start-later", later, 1.5, "s");

    let place = data(folder, 0);
    let (server, _) = Server::start(&options.binary, &place)?;
    let token = account(options, &place)?;
    sleep(REST);
    let idle = megabytes(server.pid(), "VmRSS:")?;
    held &= within("server", "idle-memory", idle, 100.0, "MB");

    let versions = dataset(&server, &token)?;
    let began = Instant::now();
    upload(&versions, &token, options.megabytes << 20)?;
    let seconds = began.elapsed().as_secs_f64();
    let grown = megabytes(server.pid(), "VmHWM:")? - idle;
    held &= within("server", "upload-memory", grown, 64.0, "MB");
    let (rows, read) = watch(&format!("{versions}/1"), &token, &place)?;
    held &= within("server", "ingest-memory", read, 1_073.7, "MB");
    say(&format!("{} MiB, {rows} rows: sent and taken in {seconds:.1} s", options.megabytes));
    server.stop()?;
    for run in 0..options.runs.max(1) {
        fs::remove_dir_all(data(folder, run))?;
    }
    ensure!(held, "a limit is not kept");
    Ok(())
}

/// The data folder of a run.
fn data(folder: &Path, run: usize) -> PathBuf {
    folder.join(format!("data-{}-{run}", std::process::id()))
}

/// Seconds from the command to the line that says that the server is ready: with a data folder that
/// has to be made, its database cluster included, and with one that is there.
fn starts(options: &Options) -> Result<(f64, f64)> {
    let mut runs = Vec::new();
    for run in 0..options.runs.max(1) {
        let mut took = [0.0; 2];
        for seconds in &mut took {
            let (server, ready_after) =
                Server::start(&options.binary, &data(&options.folder, run))?;
            *seconds = ready_after.as_secs_f64();
            server.stop()?;
        }
        runs.push(took);
    }
    Ok((median(&runs, |[first, _]| *first), median(&runs, |[_, later]| *later)))
}

/// Makes an account at the console; its token.
fn account(options: &Options, data: &Path) -> Result<String> {
    let admin = |rest: &[&str]| {
        let mut command = Command::new(&options.binary);
        command.arg("admin").args(rest).args(ADA).arg("--data").arg(data);
        output(command.env_remove("DATABASE_URL"))
    };
    admin(&["create-user", "--password", "turbine plum archive"])?;
    let said = admin(&["token"])?;
    Ok(said.lines().last().context("no token")?.to_owned())
}

/// Makes a dataset; the address of its versions.
fn dataset(server: &Server, token: &str) -> Result<String> {
    let projects = format!("{}/api/v1/projects", server.base());
    ask(token, &projects, Some(json!({"name": "bench"})))?;
    let datasets = format!("{projects}/ada/bench/datasets");
    ask(token, &datasets, Some(json!({"name": "large"})))?;
    Ok(format!("{datasets}/large/versions"))
}

/// A client of few words: curl, with the token.
fn curl(token: &str) -> Command {
    let mut curl = Command::new("curl");
    curl.args(["--silent", "--show-error", "--fail-with-body", "--noproxy", "*"]);
    curl.arg("--header").arg(format!("Authorization: Bearer {token}"));
    curl
}

/// What the server answers, to a question or to something to make.
fn ask(token: &str, address: &str, body: Option<Value>) -> Result<Value> {
    let mut curl = curl(token);
    if let Some(body) = body {
        curl.args(["--header", "Content-Type: application/json", "--data", &body.to_string()]);
    }
    Ok(serde_json::from_str(&output(curl.arg(address))?)?)
}

/// Sends a table of so many bytes, made while it is sent.
fn upload(versions: &str, token: &str, bytes: u64) -> Result<()> {
    let mut curl = curl(token);
    curl.args(["--request", "POST", "--upload-file", "-"])
        .arg(format!("{versions}?name=large.csv"));
    let mut child = curl.stdin(Stdio::piped()).stdout(Stdio::null()).spawn()?;
    let written = generate::table(child.stdin.take().context("a pipe")?, bytes);
    ensure!(child.wait()?.success(), "the upload was not taken");
    Ok(written?)
}

/// Waits until a version has been read: its rows, and the memory that its job took at most.
fn watch(version: &str, token: &str, data: &Path) -> Result<(u64, f64)> {
    let (began, mut most) = (Instant::now(), 0.0_f64);
    loop {
        let seen = ask(token, version, None)?;
        match seen["state"].as_str() {
            Some("ready") => return Ok((seen["rows"].as_u64().unwrap_or_default(), most)),
            Some("processing") => {}
            _ => anyhow::bail!("the file was not read: {seen}"),
        }
        ensure!(began.elapsed() < LONGEST, "the file is not read in {LONGEST:?}");
        for job in jobs(data) {
            // It may have ended meanwhile.
            most = most.max(megabytes(job, "VmHWM:").unwrap_or_default());
        }
        sleep(Duration::from_millis(20));
    }
}

/// The processes of jobs.
fn jobs(data: &Path) -> Vec<u32> {
    let files = fs::read_dir(data.join("jobs")).into_iter().flatten().flatten();
    let pids =
        files.map(|file| file.path()).filter(|path| path.extension() == Some("pid".as_ref()));
    let pid =
        |path: PathBuf| fs::read_to_string(path).ok()?.split_whitespace().next()?.parse().ok();
    pids.filter_map(pid).collect()
}

/// A size in what the kernel says of a process.
fn megabytes(process: u32, key: &str) -> Result<f64> {
    let status = fs::read_to_string(format!("/proc/{process}/status"))?;
    let kilobytes = status.lines().find_map(|line| line.strip_prefix(key)).context("no size")?;
    let kilobytes: f64 = kilobytes.trim().trim_end_matches("kB").trim().parse()?;
    Ok(kilobytes * 1024.0 / 1e6)
}
