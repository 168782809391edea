//! What lies where in the folder of a cluster, who may read it, and who holds it.

use super::{ClusterConfig, ClusterError, User};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_encode};
use std::fs::{self, DirBuilder, File, OpenOptions, Permissions, TryLockError};
use std::io::{ErrorKind, Read as _, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _, OpenOptionsExt as _};
use std::os::unix::fs::{PermissionsExt as _, chown};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// A unix socket's path has at most 107 bytes; PostgreSQL appends `/.s.PGSQL.5432`.
const LONGEST_SOCKET_FOLDER: usize = 107 - "/.s.PGSQL.5432".len();

/// What does not stand for itself where a URL has its host.
const IN_HOST: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.');

/// How long a child of a dead process may take to let go of the lock.
const LET_GO: Duration = Duration::from_secs(2);

/// The folder of a cluster, made and checked.
#[derive(Clone, Debug)]
pub(super) struct Folder {
    root: PathBuf,
    run_as: Option<User>,
}

/// Held for as long as a process works with the folder; the kernel lets go when it dies.
#[derive(Debug)]
pub(super) struct Lock {
    file: File,
}

impl Drop for Lock {
    fn drop(&mut self) {
        // Closing is not enough: a child between fork and exec has the file open for a moment.
        // If it fails, closing does it a little later.
        let _ = self.file.unlock();
    }
}

impl Folder {
    /// Makes the folder if need be, closes it to others and locks it.
    pub(super) fn claim(config: &ClusterConfig) -> Result<(Self, Lock), ClusterError> {
        if nix::unistd::geteuid().is_root() && config.run_as.is_none() {
            return Err(ClusterError::Root);
        }
        fs::create_dir_all(&config.data).map_err(ClusterError::io("create", &config.data))?;
        let found = Self::at(&config.data)?;
        let folder = Self { run_as: config.becomes().cloned(), ..found };
        folder.close(&folder.root)?;
        folder.passable()?;
        let lock = folder.lock()?;
        Ok((folder, lock))
    }

    /// The folder at `data`, which exists.
    pub(super) fn at(data: &Path) -> Result<Self, ClusterError> {
        let root = data.canonicalize().map_err(ClusterError::io("open", data))?;
        Ok(Self { root, run_as: None })
    }

    pub(super) fn root(&self) -> &Path {
        &self.root
    }

    pub(super) fn run_as(&self) -> Option<&User> {
        self.run_as.as_ref()
    }

    /// What PostgreSQL calls its data directory.
    pub(super) fn cluster(&self) -> PathBuf {
        self.root.join("cluster")
    }

    pub(super) fn log(&self) -> PathBuf {
        self.root.join("postgres.log")
    }

    pub(super) fn password_file(&self) -> PathBuf {
        self.root.join("password")
    }

    /// The major version that made the cluster; none when there is no cluster yet.
    pub(super) fn made_by(&self) -> Result<Option<u32>, ClusterError> {
        let cluster = self.cluster();
        if !cluster.exists() {
            return Ok(None);
        }
        let version = fs::read_to_string(cluster.join("PG_VERSION")).unwrap_or_default();
        version.trim().parse().map(Some).map_err(|_| ClusterError::Damaged {
            folder: cluster,
            reason: "its file PG_VERSION is missing or unreadable. Put the folder back from a \
                     backup, or move it away to begin with an empty one"
                .to_owned(),
        })
    }

    /// The password of the database user, made on the first start.
    pub(super) fn password(&self, made_by: Option<u32>) -> Result<String, ClusterError> {
        match (self.read_password(), made_by) {
            (Some(known), _) => Ok(known),
            (None, None) => self.make_password(),
            (None, Some(_)) => Err(ClusterError::Damaged {
                folder: self.root.clone(),
                reason: "the file `password` is missing, and with it the way into the database. \
                         Put it back from a backup"
                    .to_owned(),
            }),
        }
    }

    pub(super) fn read_password(&self) -> Option<String> {
        let known = fs::read_to_string(self.password_file()).ok()?.trim().to_owned();
        (!known.is_empty()).then_some(known)
    }

    fn make_password(&self) -> Result<String, ClusterError> {
        let password = hex::encode(rand::random::<[u8; 32]>());
        let path = self.password_file();
        let mut file = self.create(&path)?;
        let written = writeln!(file, "{password}").and_then(|()| file.sync_all());
        written.map_err(ClusterError::io("write", &path))?;
        Ok(password)
    }

    /// The folder for the socket: our own `run`, or, where its path would be too long, one of
    /// a stable name in `runtime` or `/tmp`.
    pub(super) fn socket_folder(&self, runtime: Option<&Path>) -> Result<PathBuf, ClusterError> {
        let own = self.root.join("run");
        let name = format!("mlhub-{:016x}", fnv1a(self.root.as_os_str().as_encoded_bytes()));
        let near = runtime.map(|runtime| runtime.join(&name));
        let folders = [Some(own), near, Some(Path::new("/tmp").join(&name))];
        let folder = folders.into_iter().flatten().find(|folder| fits(folder));
        let folder = folder.expect("a folder in /tmp is short enough");
        match DirBuilder::new().mode(0o700).create(&folder) {
            Err(error) if error.kind() != ErrorKind::AlreadyExists => {
                return Err(ClusterError::io("create", &folder)(error));
            }
            _ => {}
        }
        self.refuse_a_strangers(&folder)?;
        self.close(&folder)?;
        Ok(folder)
    }

    /// In `/tmp` anybody could have made the folder first, and would then read our passwords.
    fn refuse_a_strangers(&self, folder: &Path) -> Result<(), ClusterError> {
        let meta = fs::symlink_metadata(folder).map_err(ClusterError::io("look at", folder))?;
        let owners = [nix::unistd::geteuid().as_raw(), self.run_as.as_ref().map_or(0, |u| u.uid)];
        if meta.is_dir() && owners.contains(&meta.uid()) {
            return Ok(());
        }
        Err(ClusterError::Damaged {
            folder: folder.to_owned(),
            reason: "the folder for the socket belongs to somebody else. Remove it".to_owned(),
        })
    }

    /// A new file of mode 0600 that belongs to the user of the cluster.
    pub(super) fn create(&self, path: &Path) -> Result<File, ClusterError> {
        let mut options = OpenOptions::new();
        options.append(true).create(true).mode(0o600);
        let file = options.open(path).map_err(ClusterError::io("create", path))?;
        self.own(path)?;
        Ok(file)
    }

    /// Makes what was renamed or created in the folder survive a loss of power.
    pub(super) fn sync(&self) -> Result<(), ClusterError> {
        let synced = File::open(&self.root).and_then(|folder| folder.sync_all());
        synced.map_err(ClusterError::io("sync", &self.root))
    }

    /// Mode 0700, and owned by the user of the cluster.
    fn close(&self, folder: &Path) -> Result<(), ClusterError> {
        fs::set_permissions(folder, Permissions::from_mode(0o700))
            .map_err(ClusterError::io("close to others (chmod 0700)", folder))?;
        self.own(folder)
    }

    fn own(&self, path: &Path) -> Result<(), ClusterError> {
        let Some(user) = &self.run_as else { return Ok(()) };
        chown(path, Some(user.uid), Some(user.gid)).map_err(ClusterError::io("chown", path))
    }

    /// PostgreSQL says "Permission denied" without a path when a folder above is closed to it.
    fn passable(&self) -> Result<(), ClusterError> {
        let Some(user) = &self.run_as else { return Ok(()) };
        for folder in self.root.ancestors().skip(1) {
            let meta = fs::metadata(folder).map_err(ClusterError::io("look at", folder))?;
            let enter = match (meta.uid() == user.uid, meta.gid() == user.gid) {
                (true, _) => 0o100,
                (false, true) => 0o010,
                (false, false) => 0o001,
            };
            if meta.mode() & enter == 0 {
                let (folder, user) = (folder.to_owned(), user.name.clone());
                return Err(ClusterError::Closed { folder, user });
            }
        }
        Ok(())
    }

    fn lock(&self) -> Result<Lock, ClusterError> {
        let path = self.root.join("lock");
        let mut options = OpenOptions::new();
        options.read(true).write(true).create(true).truncate(false).mode(0o600);
        let mut file = options.open(&path).map_err(ClusterError::io("create", &path))?;
        let began = Instant::now();
        loop {
            match file.try_lock() {
                Ok(()) => break,
                // A killed server's child has the file open between fork and exec.
                Err(TryLockError::WouldBlock) if is_dead(&path) && began.elapsed() < LET_GO => {
                    std::thread::sleep(Duration::from_millis(10));
                }
                Err(TryLockError::WouldBlock) => return Err(self.in_use(file)),
                Err(TryLockError::Error(error)) => {
                    return Err(ClusterError::io("lock", &path)(error));
                }
            }
        }
        // The number is for the message above only; the lock is what counts.
        let written = file.set_len(0).and_then(|()| write!(file, "{}", std::process::id()));
        written.map_err(ClusterError::io("write", &path))?;
        self.own(&path)?;
        Ok(Lock { file })
    }

    fn in_use(&self, mut file: File) -> ClusterError {
        let mut pid = String::new();
        let read = file.read_to_string(&mut pid);
        let known = read.is_ok() && !pid.is_empty();
        let holder = if known { format!("process {pid}") } else { "just starting".to_owned() };
        ClusterError::InUse { folder: self.root.clone(), holder }
    }
}

/// Whether the process that wrote its number into `lock` has ended.
fn is_dead(lock: &Path) -> bool {
    let pid: Option<u32> = fs::read_to_string(lock).ok().and_then(|text| text.parse().ok());
    Path::new("/proc/self").exists()
        && pid.is_some_and(|pid| !Path::new("/proc").join(pid.to_string()).exists())
}

/// Whether a socket in `folder` can be bound, and be named in a URL and in a list.
fn fits(folder: &Path) -> bool {
    let text = folder.to_str().unwrap_or_default();
    let length = 1..=LONGEST_SOCKET_FOLDER;
    length.contains(&text.len()) && !text.contains([',', '"'])
}

/// The URL of the database `mlhub` behind the socket in `folder`.
pub(super) fn url(folder: &Path, password: &str) -> String {
    let host = percent_encode(folder.as_os_str().as_encoded_bytes(), IN_HOST);
    format!("postgres://mlhub:{password}@{host}:5432/mlhub")
}

/// A short name for a long path, the same in every version of this program.
fn fnv1a(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, &byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_survives_blanks_and_umlauts_in_the_path() {
        let url = url(Path::new("/srv/ml hub/mü/run"), "s3cret");
        assert_eq!(url, "postgres://mlhub:s3cret@%2Fsrv%2Fml%20hub%2Fm%C3%BC%2Frun:5432/mlhub");
        let parsed: tokio_postgres::Config = url.parse().unwrap();
        let host = tokio_postgres::config::Host::Unix("/srv/ml hub/mü/run".into());
        assert_eq!(parsed.get_hosts(), [host]);
    }

    #[test]
    fn a_long_path_gets_its_socket_elsewhere_and_always_at_the_same_place() {
        let (temp, runtime) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let data = temp.path().join("long".repeat(30));
        fs::create_dir(&data).unwrap();
        let folder = Folder::at(&data).unwrap();

        let first = folder.socket_folder(Some(runtime.path())).unwrap();
        assert!(first.starts_with(runtime.path()), "{}", first.display());
        assert_eq!(fs::metadata(&first).unwrap().mode() & 0o777, 0o700);
        assert_eq!(folder.socket_folder(Some(runtime.path())).unwrap(), first);

        let too_long = temp.path().join("also too long".repeat(10));
        let in_tmp = folder.socket_folder(Some(&too_long)).unwrap();
        assert_eq!(in_tmp.parent(), Some(Path::new("/tmp")));
        fs::remove_dir(in_tmp).unwrap();
    }

    #[test]
    fn a_socket_folder_that_is_a_link_is_refused() {
        let temp = tempfile::tempdir().unwrap();
        let folder = Folder::at(temp.path()).unwrap();
        std::os::unix::fs::symlink("/", folder.root().join("run")).unwrap();
        let error = folder.socket_folder(None).unwrap_err();
        assert!(matches!(error, ClusterError::Damaged { .. }), "{error}");
    }

    #[test]
    fn the_name_of_a_path_never_changes() {
        // FNV-1a's published vectors.
        assert_eq!(fnv1a(b""), 0xcbf2_9ce4_8422_2325);
        assert_eq!(fnv1a(b"foobar"), 0x8594_4171_f739_67e8);
    }
}
