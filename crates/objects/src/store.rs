//! The store as its callers see it.

use crate::folder::Folder;
use crate::read::within;
use crate::temp::{Temp, sweep};
use crate::write::put_file;
use crate::{Entry, Error, Reader, Stored, Writer, list};
use bytes::Bytes;
use futures_util::Stream;
use mlhub_domain::digest::Digest;
use std::ops::RangeBounds;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

/// Objects in a folder of this machine. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Store {
    folder: Arc<Folder>,
}

impl Store {
    /// The store in `folder`, which is made when it is missing.
    ///
    /// # Errors
    /// [`Error::Io`] when it cannot be made or entered.
    pub async fn open(folder: &Path) -> Result<Self, Error> {
        let folder = folder.to_owned();
        let folder = blocking(move || Folder::open(&folder)).await?;
        Ok(Self { folder: Arc::new(folder) })
    }

    /// Begins an object of at most `limit` bytes.
    ///
    /// # Errors
    /// [`Error::Full`] or [`Error::Io`] when nothing can be written.
    pub async fn begin(&self, limit: u64) -> Result<Writer, Error> {
        let folder = Arc::clone(&self.folder);
        blocking(move || Writer::begin(folder, limit)).await
    }

    /// Moves a finished file in, which nobody may be writing any more; `path` is gone then.
    ///
    /// # Errors
    /// [`Error::Full`] when it comes from another disk and has no room; [`Error::Io`] when it
    /// is no plain file or cannot be moved. The file stays where it was.
    pub async fn put_file(&self, path: &Path) -> Result<Stored, Error> {
        let (folder, path) = (Arc::clone(&self.folder), path.to_owned());
        blocking(move || put_file(&folder, &path)).await
    }

    /// Opens the bytes of an object within `range`; what lies behind its end is cut off.
    ///
    /// # Errors
    /// [`Error::Missing`]; [`Error::Range`] when the range begins behind the end.
    pub async fn open_read(
        &self,
        sha256: &Digest,
        range: impl RangeBounds<u64>,
    ) -> Result<Reader, Error> {
        let path = self.folder.blob(sha256);
        let file = tokio::fs::File::open(&path).await.map_err(Error::of(sha256, &path))?;
        let size = file.metadata().await.map_err(Error::io("look at", &path))?.len();
        let range = within(&range, size)?;
        Reader::new(file, size, range).await.map_err(Error::io("read", &path))
    }

    /// Where the bytes of an object lie, to be read only. None in a store without files; the
    /// object may be missing.
    pub fn local_path(&self, sha256: &Digest) -> Option<PathBuf> {
        Some(self.folder.blob(sha256))
    }

    /// The size of an object, in bytes.
    ///
    /// # Errors
    /// [`Error::Missing`].
    pub async fn size(&self, sha256: &Digest) -> Result<u64, Error> {
        let path = self.folder.blob(sha256);
        let meta = tokio::fs::metadata(&path).await.map_err(Error::of(sha256, &path))?;
        Ok(meta.len())
    }

    /// Whether there is such an object.
    ///
    /// # Errors
    /// [`Error::Io`] when the folder cannot be read.
    pub async fn contains(&self, sha256: &Digest) -> Result<bool, Error> {
        match self.size(sha256).await {
            Ok(_) => Ok(true),
            Err(Error::Missing(_)) => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// Removes an object; answers whether it was there. Whoever reads it now reads on.
    ///
    /// # Errors
    /// [`Error::Io`] when it cannot be removed.
    pub async fn delete(&self, sha256: &Digest) -> Result<bool, Error> {
        let (folder, sha256) = (Arc::clone(&self.folder), sha256.clone());
        blocking(move || folder.delete(&sha256)).await
    }

    /// All objects, ordered by name, while others come and go.
    pub fn list(&self) -> impl Stream<Item = Result<Entry, Error>> + Send + use<> {
        list::list(Arc::clone(&self.folder))
    }

    /// Removes what dead processes left half-written, if it was last touched at least
    /// `older_than` ago; answers how many files. What a living writer holds stays.
    ///
    /// # Errors
    /// [`Error::Io`] when the folder cannot be read or cleared.
    pub async fn sweep_temp(&self, older_than: Duration) -> Result<usize, Error> {
        let folder = Arc::clone(&self.folder);
        blocking(move || sweep(&folder.temp(), older_than)).await
    }

    /// Tries whether objects can be written now.
    ///
    /// # Errors
    /// What a write would say: [`Error::Full`], [`Error::Io`].
    pub async fn writable(&self) -> Result<(), Error> {
        let folder = Arc::clone(&self.folder);
        blocking(move || {
            use std::io::Write as _;
            let (temp, mut file) = Temp::create(&folder.temp())?;
            // A page: on a full disk an empty file can often still be made.
            let written = file.write_all(&[0; 4096]).and_then(|()| file.sync_all());
            written.map_err(Error::io("write", temp.path()))
        })
        .await
    }

    /// Stores bytes that are in memory.
    ///
    /// # Errors
    /// As [`Writer::finish`].
    pub async fn put(&self, bytes: Bytes) -> Result<Stored, Error> {
        let mut writer = self.begin(bytes.len() as u64).await?;
        writer.write(bytes).await?;
        writer.finish().await
    }
}

/// Runs `work` where it may block.
pub(crate) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Error> + Send + 'static,
) -> Result<T, Error> {
    match tokio::task::spawn_blocking(work).await {
        Ok(done) => done,
        Err(stopped) => match stopped.try_into_panic() {
            Ok(panic) => std::panic::resume_unwind(panic),
            // The runtime shuts down.
            Err(_) => Err(Error::Interrupted),
        },
    }
}
