//! The cluster that all test processes of this user share.
//!
//! Each process holds a shared lock while it lives. Beside each, a watcher waits for it to end and
//! then stops the cluster, if nobody holds the lock any more.

use mlhub_db::cluster::{Cluster, ClusterConfig, ClusterError, Durability, User};
use std::fs::{self, DirBuilder, File, Permissions};
use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::{OnceLock, mpsc};
use std::time::Duration;

/// The address of the cluster, with its database `mlhub`; started when it does not run.
pub fn url() -> &'static str {
    static URL: OnceLock<String> = OnceLock::new();
    URL.get_or_init(|| {
        // The cluster is a child of a runtime, and that of one test ends before the next begins.
        let (tell, told) = mpsc::channel();
        std::thread::spawn(move || keep(&tell));
        told.recv().unwrap()
    })
}

fn keep(tell: &mpsc::Sender<String>) {
    let folder = folder();
    let lock = File::create(folder.join("users")).unwrap();
    lock.lock_shared().unwrap();
    watch(&folder);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let config = config(&folder);
        let cluster = loop {
            match Cluster::start(&config).await {
                Ok(cluster) => break Some(cluster),
                // Another test process holds it: it may still be starting it.
                Err(ClusterError::InUse { .. }) => {
                    if let Some(url) = Cluster::running_url(&config.data) {
                        tell.send(url).unwrap();
                        break None;
                    }
                    tokio::time::sleep(Duration::from_millis(20)).await;
                }
                Err(error) => panic!("no PostgreSQL for the tests: {error}"),
            }
        };
        if let Some(cluster) = &cluster {
            tell.send(cluster.url()).unwrap();
        }
        std::future::pending::<()>().await;
    });
    drop(lock);
}

/// In `/tmp`, because as root the cluster runs as `nobody`, who may not enter everybody's home.
fn folder() -> PathBuf {
    let uid = nix::unistd::geteuid().as_raw();
    let folder = std::env::temp_dir().join(format!("mlhub-testing-{uid}"));
    DirBuilder::new().recursive(true).mode(0o711).create(&folder).unwrap();
    let meta = fs::symlink_metadata(&folder).unwrap();
    assert!(meta.is_dir() && meta.uid() == uid, "{} is somebody else's", folder.display());
    fs::set_permissions(&folder, Permissions::from_mode(0o711)).unwrap();
    folder
}

#[expect(
    clippy::disallowed_methods,
    reason = "tests are told by the environment where PostgreSQL is"
)]
fn config(folder: &Path) -> ClusterConfig {
    let mut config = ClusterConfig::new(folder.join("postgres"));
    config.bin = std::env::var_os("MLHUB_PG_BIN").map(PathBuf::from);
    config.path = std::env::var_os("PATH");
    config.durability = Durability::ForTests;
    if nix::unistd::geteuid().is_root() {
        config.run_as = Some(User::named("nobody").unwrap());
    }
    config
}

/// `kill -INT` is PostgreSQL's fast shutdown. Without `flock` the cluster stays until somebody
/// stops it; the next test process takes it over.
#[expect(clippy::zombie_processes, reason = "it outlives this process: that is what it is for")]
fn watch(folder: &Path) {
    const SCRIPT: &str = r#"
        while kill -0 "$1" 2>/dev/null; do sleep 0.5; done
        exec 9>>"$2/users"
        flock -n -x 9 || exit
        pid="$2/postgres/cluster/postmaster.pid"
        kill -INT "$(head -n 1 "$pid")"
        # One that was killed leaves its file behind.
        while [ -e "$pid" ] && kill -0 "$(head -n 1 "$pid")"; do sleep 0.1; done
    "#;
    let mut watcher = Command::new("sh");
    watcher.args(["-c", SCRIPT, "sh", &std::process::id().to_string()]).arg(folder);
    watcher.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    std::os::unix::process::CommandExt::process_group(&mut watcher, 0);
    watcher.spawn().unwrap();
}
