//! The first start. The cluster is made under another name and renamed when it is whole, so
//! that a crash leaves either no cluster or a good one.

use super::binaries::Binaries;
use super::folder::Folder;
use super::processes::command;
use super::{ClusterError, Durability};
use std::ffi::OsStr;
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Output, Stdio};
use tokio::io::AsyncWriteExt as _;

/// Unfinished clusters are called `making-…`.
const UNFINISHED: &str = "making-";

/// Sensible for a small machine that does other things too. Written once, into the cluster's
/// own `postgresql.conf`: the operator may change them there.
const SETTINGS: &str = "
# --- ML Hub: a small cluster beside its own server. Change as you like; what must not be
# changed (no TCP, socket, fsync) is given on the command line. ---
max_connections = 60
shared_buffers = 64MB
effective_cache_size = 512MB
work_mem = 8MB
maintenance_work_mem = 64MB
max_wal_size = 512MB
max_parallel_workers_per_gather = 1
random_page_cost = 1.1
jit = off
max_logical_replication_workers = 0
# Slow statements are logged without the values in them.
log_parameter_max_length = 0
log_min_duration_statement = 2s
log_lock_waits = on
log_autovacuum_min_duration = -1
";

/// Makes the cluster of `folder`, with the empty database `mlhub` in it.
pub(super) async fn create(
    folder: &Folder,
    binaries: &Binaries,
    durability: Durability,
) -> Result<(), ClusterError> {
    sweep(folder).await;
    let id = hex::encode(rand::random::<[u8; 4]>());
    let making = folder.root().join(format!("{UNFINISHED}{id}"));
    let made = async {
        initdb(folder, binaries, &making).await?;
        add_settings(&making).await?;
        create_database(folder, binaries, &making).await?;
        sync(&making, durability).await
    };
    let made = made.await;
    if made.is_err() {
        // The error tells more than a failure to tidy up after it.
        let _ = tokio::fs::remove_dir_all(&making).await;
    }
    made?;
    let cluster = folder.cluster();
    tokio::fs::rename(&making, &cluster).await.map_err(ClusterError::io("rename", &making))?;
    folder.sync()
}

async fn initdb(folder: &Folder, binaries: &Binaries, making: &Path) -> Result<(), ClusterError> {
    let program = binaries.program("initdb");
    let mut initdb = command(&program, folder.run_as());
    initdb.arg("-D").arg(making).arg("--pwfile").arg(folder.password_file());
    initdb.args(["-U", "mlhub", "--auth-local=scram-sha-256", "--auth-host=reject"]);
    initdb.args(["-E", "UTF8", "--locale=C.UTF-8", "--data-checksums"]);
    // Everything is synced at once in the end: see `sync`.
    initdb.arg("--no-sync");
    let output = initdb.kill_on_drop(true).output().await;
    let output = output.map_err(ClusterError::io("run", &program))?;
    if output.status.success() { Ok(()) } else { Err(failed(&program, &output)) }
}

async fn add_settings(making: &Path) -> Result<(), ClusterError> {
    let conf = making.join("postgresql.conf");
    let written = tokio::fs::read_to_string(&conf).await;
    let settings = written.map_err(ClusterError::io("read", &conf))? + SETTINGS;
    tokio::fs::write(&conf, settings).await.map_err(ClusterError::io("write", &conf))
}

/// In single-user mode: no server, no connection, and a crash still leaves nothing behind.
async fn create_database(
    folder: &Folder,
    binaries: &Binaries,
    making: &Path,
) -> Result<(), ClusterError> {
    let program = binaries.program("postgres");
    let mut single = command(&program, folder.run_as());
    single.args(["--single", "-c", "fsync=off", "-D"]).arg(making).arg("postgres");
    single.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let run = async {
        let mut child = single.kill_on_drop(true).spawn()?;
        let mut stdin = child.stdin.take().expect("it was asked for just above");
        stdin.write_all(b"CREATE DATABASE mlhub;\n").await?;
        drop(stdin);
        child.wait_with_output().await
    };
    let output = run.await.map_err(ClusterError::io("run", &program))?;
    // A failed statement is not an exit code in this mode.
    let said = String::from_utf8_lossy(&output.stderr);
    let complained = ["ERROR:", "FATAL:", "PANIC:"].iter().any(|word| said.contains(word));
    if output.status.success() && !complained { Ok(()) } else { Err(failed(&program, &output)) }
}

/// One call for the whole file system. Syncing the thousand files one by one, as `initdb` does,
/// takes twice as long as all the rest on a busy disk.
async fn sync(making: &Path, durability: Durability) -> Result<(), ClusterError> {
    if durability == Durability::ForTests {
        return Ok(());
    }
    let path = making.to_owned();
    let synced = tokio::task::spawn_blocking(move || {
        let folder = File::open(path)?;
        nix::unistd::syncfs(folder).map_err(io::Error::from)
    });
    let synced = synced.await.expect("a sync does not panic");
    synced.map_err(ClusterError::io("sync", making))
}

fn failed(program: &Path, output: &Output) -> ClusterError {
    let said = [output.stdout.as_slice(), output.stderr.as_slice()].concat();
    let said = String::from_utf8_lossy(&said);
    let lines: Vec<&str> = said.lines().filter(|line| !line.trim().is_empty()).collect();
    let tail = lines[lines.len().saturating_sub(5)..].join(" | ");
    let program = program.file_name().map_or_else(String::new, |name| name.display().to_string());
    ClusterError::Init { program, output: format!("{tail} ({})", output.status) }
}

/// Removes what earlier first starts left when they were killed. A process of theirs may still
/// be writing there; then the rest goes the next time.
async fn sweep(folder: &Folder) {
    for path in unfinished(folder.root()) {
        if let Err(error) = tokio::fs::remove_dir_all(&path).await {
            tracing::warn!(path = %path.display(), %error, "could not remove an unfinished cluster");
        }
    }
}

fn unfinished(root: &Path) -> Vec<PathBuf> {
    let ours = |name: &OsStr| name.as_encoded_bytes().starts_with(UNFINISHED.as_bytes());
    let entries = std::fs::read_dir(root).into_iter().flatten().flatten();
    entries.filter(|entry| ours(&entry.file_name())).map(|entry| entry.path()).collect()
}
