//! Files that are being written. Each is locked by its writer for as long as it lives, so that
//! a sweep tells what a dead process left from what is still wanted. Everything here blocks.

use crate::Error;
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::ErrorKind;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// A file with a name of its own that goes when this value does.
#[derive(Debug)]
pub(crate) struct Temp {
    path: PathBuf,
}

impl Temp {
    /// A new, empty, locked file in `folder`.
    pub(crate) fn create(folder: &Path) -> Result<(Self, File), Error> {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        // Two containers may have the same process number and share the folder.
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_nanos();
        let next = NEXT.fetch_add(1, Ordering::Relaxed);
        let path = folder.join(format!("{}-{now}-{next}", std::process::id()));
        let mut options = OpenOptions::new();
        let file = options.read(true).write(true).create_new(true).mode(0o600).open(&path);
        let file = file.map_err(Error::io("create", &path))?;
        let temp = Self { path };
        file.lock().map_err(Error::io("lock", &temp.path))?;
        Ok((temp, file))
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }
}

impl Drop for Temp {
    fn drop(&mut self) {
        // A published file was renamed away: then there is nothing to remove.
        match fs::remove_file(&self.path) {
            Err(error) if error.kind() != ErrorKind::NotFound => {
                tracing::warn!(path = %self.path.display(), %error, "could not remove a temporary file");
            }
            _ => {}
        }
    }
}

/// Removes the files in `folder` that nobody writes and that were last changed longer ago than
/// `age`. Answers how many.
pub(crate) fn sweep(folder: &Path, age: Duration) -> Result<usize, Error> {
    let mut removed = 0;
    for entry in fs::read_dir(folder).map_err(Error::io("list", folder))? {
        let path = entry.map_err(Error::io("list", folder))?.path();
        if is_abandoned(&path, age)? {
            fs::remove_file(&path).map_err(Error::io("remove", &path))?;
            removed += 1;
        }
    }
    Ok(removed)
}

fn is_abandoned(path: &Path, age: Duration) -> Result<bool, Error> {
    let file = match File::open(path) {
        Ok(file) => file,
        // Finished or dropped since the folder was listed.
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(false),
        Err(error) => return Err(Error::io("open", path)(error)),
    };
    match file.try_lock_shared() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => return Ok(false),
        Err(TryLockError::Error(error)) => return Err(Error::io("lock", path)(error)),
    }
    let meta = file.metadata().map_err(Error::io("look at", path))?;
    let changed = meta.modified().map_err(Error::io("look at", path))?;
    // A time in the future is a clock that was set back: not old.
    Ok(meta.is_file() && changed.elapsed().is_ok_and(|since| since >= age))
}
