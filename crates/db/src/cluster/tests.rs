//! On a real PostgreSQL: the one on PATH or Debian's, or that of `MLHUB_PG_BIN`. As root they
//! run it as `nobody`, else as whoever runs them.

use super::processes::{PidFile, all_on, running, signal};
use super::{Cluster, ClusterConfig, ClusterError, Durability, User};
use nix::sys::signal::Signal;
use std::ffi::OsString;
use std::fs::{self, Permissions};
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::path::PathBuf;
use std::time::Duration;
use tokio::sync::oneshot;
use tokio::time::{sleep, timeout};
use tokio_postgres::{Client, NoTls};

/// A folder for one cluster; whatever runs there ends with the test.
struct Scratch {
    _temp: tempfile::TempDir,
    config: ClusterConfig,
}

impl Scratch {
    fn new() -> Self {
        Self::below("")
    }

    fn below(inside: &str) -> Self {
        let temp = tempfile::tempdir().unwrap();
        fs::set_permissions(temp.path(), Permissions::from_mode(0o755)).unwrap();
        let mut config = ClusterConfig::new(temp.path().join(inside).join("postgres"));
        config.bin = environment("MLHUB_PG_BIN").map(PathBuf::from);
        config.path = environment("PATH");
        config.durability = Durability::ForTests;
        if is_root() {
            config.run_as = Some(User::named("nobody").unwrap());
        }
        Self { _temp: temp, config }
    }

    fn cluster(&self) -> PathBuf {
        self.config.data.canonicalize().unwrap().join("cluster")
    }

    async fn start(&self) -> Cluster {
        Cluster::start(&self.config).await.unwrap()
    }

    async fn refusal(&self) -> ClusterError {
        Cluster::start(&self.config).await.unwrap_err()
    }

    /// What a `kill -9` of PostgreSQL alone leaves: its files, and backends that do not know.
    async fn kill_the_postmaster(&self) {
        let pid = running(&self.cluster()).unwrap().pid;
        signal(pid, Signal::SIGKILL);
        until(|| running(&self.cluster()).is_none()).await;
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        if self.config.data.exists() {
            all_on(&self.cluster()).into_iter().for_each(|pid| signal(pid, Signal::SIGKILL));
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "where PostgreSQL is depends on the machine")]
fn environment(name: &str) -> Option<OsString> {
    std::env::var_os(name)
}

fn is_root() -> bool {
    nix::unistd::geteuid().is_root()
}

async fn until(mut done: impl FnMut() -> bool) {
    let wait = async {
        while !done() {
            sleep(Duration::from_millis(5)).await;
        }
    };
    timeout(Duration::from_secs(30), wait).await.expect("it happens within half a minute");
}

async fn connect(url: &str) -> Result<Client, tokio_postgres::Error> {
    let (client, connection) = tokio_postgres::connect(url, NoTls).await?;
    tokio::spawn(connection);
    Ok(client)
}

async fn ask(url: &str, sql: &str) -> String {
    let client = connect(url).await.unwrap();
    client.query_one(sql, &[]).await.unwrap().get(0)
}

async fn run(url: &str, sql: &str) {
    connect(url).await.unwrap().batch_execute(sql).await.unwrap();
}

#[tokio::test]
async fn the_second_start_finds_what_the_first_one_stored() {
    let scratch = Scratch::new();
    let cluster = scratch.start().await;
    let url = cluster.url();
    run(&url, "CREATE TABLE note AS SELECT 'kept'::text AS what").await;
    cluster.stop().await;
    assert!(all_on(&scratch.cluster()).is_empty());
    assert_eq!(Cluster::running_url(&scratch.config.data), None);

    let again = scratch.start().await;
    assert_eq!(again.url(), url);
    assert_eq!(ask(&url, "SELECT what FROM note").await, "kept");
}

#[tokio::test]
async fn a_start_that_is_stopped_leaves_nothing_running() {
    let scratch = Scratch::new();
    let stopped = Cluster::start_until(&scratch.config, async {}).await;
    assert!(matches!(stopped, Err(ClusterError::Stopped)), "{stopped:?}");
    scratch.start().await.stop().await;

    let begun = until(|| !all_on(&scratch.cluster()).is_empty());
    match Cluster::start_until(&scratch.config, begun).await {
        Err(ClusterError::Stopped) => {}
        // It was quicker.
        started => started.unwrap().stop().await,
    }
    assert!(all_on(&scratch.cluster()).is_empty());
    scratch.start().await.stop().await;
}

#[tokio::test]
async fn by_default_it_is_durable_and_only_its_owner_reaches_it() {
    let mut scratch = Scratch::new();
    scratch.config.durability = Durability::Durable;
    let cluster = scratch.start().await;
    for (setting, value) in [
        ("fsync", "on"),
        ("full_page_writes", "on"),
        ("synchronous_commit", "on"),
        ("data_checksums", "on"),
        ("listen_addresses", ""),
        ("server_encoding", "UTF8"),
        ("shared_buffers", "64MB"),
        ("max_connections", "60"),
        ("jit", "off"),
    ] {
        assert_eq!(ask(&cluster.url(), &format!("SHOW {setting}")).await, value, "{setting}");
    }
    let collation = "SELECT datcollate FROM pg_database WHERE datname = current_database()";
    assert_eq!(ask(&cluster.url(), collation).await, "C.UTF-8");

    let password = fs::read_to_string(scratch.config.data.join("password")).unwrap();
    assert!(!format!("{cluster:?}").contains(password.trim()), "nor does whoever reads a log");
    let guessed = cluster.url().replace(password.trim(), "guessed");
    let refused = connect(&guessed).await.unwrap_err();
    assert_eq!(refused.code(), Some(&tokio_postgres::error::SqlState::INVALID_PASSWORD));

    for (name, mode) in [("", 0o700), ("run", 0o700), ("password", 0o600), ("postgres.log", 0o600)]
    {
        let meta = fs::metadata(scratch.config.data.join(name)).unwrap();
        assert_eq!(meta.mode() & 0o777, mode, "{name}");
    }
}

#[tokio::test]
async fn a_killed_postmaster_is_started_again_and_keeps_what_was_committed() {
    let scratch = Scratch::new();
    let cluster = scratch.start().await;
    let (url, first) = (cluster.url(), cluster.pid().unwrap());
    run(&url, "CREATE TABLE note AS SELECT 'kept'::text AS what").await;
    let (stop, stopped) = oneshot::channel::<()>();
    let watch = tokio::spawn(cluster.supervise(async { drop(stopped.await) }));

    scratch.kill_the_postmaster().await;
    until(|| running(&scratch.cluster()).is_some_and(|file| file.ready && file.pid != first)).await;
    assert_eq!(ask(&url, "SELECT what FROM note").await, "kept");

    stop.send(()).unwrap();
    watch.await.unwrap().unwrap();
    assert!(all_on(&scratch.cluster()).is_empty());
}

#[tokio::test]
async fn a_busy_backend_of_a_dead_postmaster_does_not_keep_the_next_from_starting() {
    let scratch = Scratch::new();
    let cluster = scratch.start().await;
    let busy = connect(&cluster.url()).await.unwrap();
    let endless = "SELECT count(*) FROM generate_series(1, 1000000000000) a";
    let query = tokio::spawn(async move { busy.query_one(endless, &[]).await.err() });
    let active = "SELECT count(*)::text FROM pg_stat_activity WHERE query LIKE '%series(1, 1%'
                  AND state = 'active' AND pid <> pg_backend_pid()";
    while ask(&cluster.url(), active).await != "1" {}
    drop(cluster);
    scratch.kill_the_postmaster().await;
    assert!(!all_on(&scratch.cluster()).is_empty(), "the backend goes on");

    let again = scratch.start().await;
    assert_eq!(ask(&again.url(), "SELECT 'answers'").await, "answers");
    assert!(query.await.unwrap().is_some());
}

#[tokio::test]
async fn a_cluster_that_a_killed_server_left_running_is_taken_over() {
    let scratch = Scratch::new();
    let first = scratch.start().await;
    let pid = first.pid();
    drop(first);

    let second = scratch.start().await;
    assert_eq!(second.pid(), pid);
    assert_eq!(ask(&second.url(), "SELECT 'answers'").await, "answers");

    let (stop, stopped) = oneshot::channel::<()>();
    let watch = tokio::spawn(second.supervise(async { drop(stopped.await) }));
    scratch.kill_the_postmaster().await;
    until(|| running(&scratch.cluster()).is_some_and(|file| file.ready)).await;
    stop.send(()).unwrap();
    watch.await.unwrap().unwrap();
}

#[tokio::test]
async fn one_that_runs_with_other_settings_is_restarted_instead() {
    let mut scratch = Scratch::new();
    let unsafe_one = scratch.start().await;
    let pid = unsafe_one.pid();
    drop(unsafe_one);

    scratch.config.durability = Durability::Durable;
    let durable = scratch.start().await;
    assert_ne!(durable.pid(), pid);
    assert_eq!(ask(&durable.url(), "SHOW fsync").await, "on");
}

#[tokio::test]
async fn a_stale_pid_file_does_not_stop_a_start_whoever_has_the_number_now() {
    let scratch = Scratch::new();
    drop(scratch.start().await);
    scratch.kill_the_postmaster().await;
    let path = scratch.cluster().join("postmaster.pid");
    let stale = fs::read_to_string(&path).unwrap();
    let dead = PidFile::read(&scratch.cluster()).unwrap();
    let reused = stale.replacen(&dead.pid.to_string(), &std::process::id().to_string(), 1);
    fs::write(&path, reused).unwrap();

    let again = scratch.start().await;
    assert_eq!(ask(&again.url(), "SELECT 'answers'").await, "answers");
}

#[tokio::test]
async fn a_folder_in_use_is_refused_with_the_number_of_who_holds_it() {
    let scratch = Scratch::new();
    let cluster = scratch.start().await;
    let said = scratch.refusal().await.to_string();
    assert!(said.contains("in use by another mlhub"), "{said}");
    assert!(said.contains(&format!("process {}", std::process::id())), "{said}");

    let beside = Cluster::running_url(&scratch.config.data).unwrap();
    assert_eq!(beside, cluster.url());
    assert_eq!(ask(&beside, "SELECT 'answers'").await, "answers");
}

#[tokio::test]
async fn a_lock_that_a_dead_process_left_to_its_child_is_waited_for() {
    let scratch = Scratch::new();
    scratch.start().await.stop().await;
    let mut dead = std::process::Command::new("true").spawn().unwrap();
    dead.wait().unwrap();
    let path = scratch.config.data.join("lock");
    fs::write(&path, dead.id().to_string()).unwrap();
    let held = fs::File::open(&path).unwrap();
    held.lock().unwrap();
    std::thread::spawn(move || {
        std::thread::sleep(Duration::from_millis(200));
        drop(held);
    });
    let again = scratch.start().await;
    assert_eq!(ask(&again.url(), "SELECT 'answers'").await, "answers");
}

#[tokio::test]
async fn a_cluster_of_another_version_is_refused_with_a_way_on_and_left_alone() {
    let scratch = Scratch::new();
    scratch.start().await.stop().await;
    let version = scratch.cluster().join("PG_VERSION");
    let own = fs::read_to_string(&version).unwrap();
    for other in ["99", "9"] {
        fs::write(&version, other).unwrap();
        let said = scratch.refusal().await.to_string();
        for word in [&format!("made by PostgreSQL {other}"), own.trim(), "apt-get", "pg_upgrade"] {
            assert!(said.contains(word), "{word} in: {said}");
        }
    }
    fs::write(&version, own).unwrap();
    scratch.start().await;
}

#[tokio::test]
async fn a_first_start_that_was_killed_leaves_nothing_in_the_way() {
    let scratch = Scratch::new();
    let half = scratch.config.data.join("making-dead");
    fs::create_dir_all(half.join("base")).unwrap();
    fs::write(scratch.config.data.join("password"), "left\n").unwrap();
    if let Some(user) = &scratch.config.run_as {
        let password = scratch.config.data.join("password");
        std::os::unix::fs::chown(password, Some(user.uid), Some(user.gid)).unwrap();
    }

    let cluster = scratch.start().await;
    assert!(!half.exists());
    assert_eq!(ask(&cluster.url(), "SELECT current_database()::text").await, "mlhub");
}

#[tokio::test]
async fn damage_is_named_and_never_repaired_by_an_empty_cluster() {
    let scratch = Scratch::new();
    scratch.start().await.stop().await;
    let (password, version) =
        (scratch.config.data.join("password"), scratch.cluster().join("PG_VERSION"));

    fs::rename(&password, password.with_extension("away")).unwrap();
    let said = scratch.refusal().await.to_string();
    assert!(said.contains("the file `password` is missing"), "{said}");
    fs::rename(password.with_extension("away"), &password).unwrap();

    fs::rename(&version, version.with_extension("away")).unwrap();
    let said = scratch.refusal().await.to_string();
    assert!(said.contains("PG_VERSION is missing"), "{said}");
    fs::rename(version.with_extension("away"), &version).unwrap();

    fs::write(scratch.cluster().join("postgresql.conf"), "this is not a setting\n").unwrap();
    let said = scratch.refusal().await.to_string();
    assert!(said.contains("ended with code 1") && said.contains("syntax error"), "{said}");
}

#[tokio::test]
async fn a_data_folder_with_a_long_path_works_like_any_other() {
    let scratch = Scratch::below(&"deep/".repeat(30));
    let cluster = scratch.start().await;
    assert!(cluster.url().contains("@%2Ftmp%2Fmlhub-"), "{}", cluster.url());
    assert_eq!(ask(&cluster.url(), "SELECT 'answers'").await, "answers");
    let socket = running(&scratch.cluster()).unwrap().socket;
    cluster.stop().await;
    fs::remove_dir(socket).unwrap();
}

#[tokio::test]
async fn root_must_say_whom_to_become_and_whoever_that_is_must_get_there() {
    if !is_root() {
        return;
    }
    let mut scratch = Scratch::below("closed");
    let closed = scratch.config.data.parent().unwrap().to_owned();
    fs::create_dir(&closed).unwrap();
    fs::set_permissions(&closed, Permissions::from_mode(0o700)).unwrap();
    let said = scratch.refusal().await.to_string();
    assert!(said.contains("`nobody` may not enter") && said.contains("closed"), "{said}");

    scratch.config.run_as = None;
    assert!(matches!(scratch.refusal().await, ClusterError::Root));
    let nobody = User::named("no such user").unwrap_err().to_string();
    assert!(nobody.contains("`no such user`"), "{nobody}");
}
