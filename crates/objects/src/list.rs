//! All objects there are, for the collection of orphans.

use crate::Error;
use crate::folder::Folder;
use crate::store::blocking;
use futures_util::{Stream, TryStreamExt as _, stream};
use mlhub_domain::digest::Digest;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::SystemTime;

/// An object as the store has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its name.
    pub sha256: Digest,
    /// In bytes.
    pub size: u64,
    /// When it was last stored: storing the same bytes again makes it young.
    pub stored_at: SystemTime,
}

/// Every object, ordered by name; one folder of them is in memory at a time.
pub(crate) fn list(folder: Arc<Folder>) -> impl Stream<Item = Result<Entry, Error>> + Send {
    let branches = stream::once(subfolders(folder.blobs())).try_flatten();
    let leaves =
        branches.and_then(|branch| async { Ok(stream::once(subfolders(branch)).try_flatten()) });
    let entries = leaves.try_flatten().and_then(|leaf| blocking(move || objects(&leaf)));
    entries.map_ok(|entries| stream::iter(entries.into_iter().map(Ok))).try_flatten()
}

async fn subfolders(folder: PathBuf) -> Result<impl Stream<Item = Result<PathBuf, Error>>, Error> {
    let found = blocking(move || paths(&folder)).await?;
    Ok(stream::iter(found.into_iter().map(Ok)))
}

fn objects(leaf: &Path) -> Result<Vec<Entry>, Error> {
    let mut entries = Vec::new();
    for path in paths(leaf)? {
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        let Ok(sha256) = name.parse::<Digest>() else {
            tracing::warn!(path = %path.display(), "this file in the object store is not an object");
            continue;
        };
        let meta = match fs::metadata(&path) {
            Ok(meta) => meta,
            // Deleted since the folder was listed.
            Err(error) if error.kind() == ErrorKind::NotFound => continue,
            Err(error) => return Err(Error::io("look at", &path)(error)),
        };
        let stored_at = meta.modified().map_err(Error::io("look at", &path))?;
        entries.push(Entry { sha256, size: meta.len(), stored_at });
    }
    Ok(entries)
}

fn paths(folder: &Path) -> Result<Vec<PathBuf>, Error> {
    let read = fs::read_dir(folder).map_err(Error::io("list", folder))?;
    let paths = read.map(|entry| entry.map(|entry| entry.path()));
    let mut paths: Vec<_> = paths.collect::<Result<_, _>>().map_err(Error::io("list", folder))?;
    paths.sort();
    Ok(paths)
}
