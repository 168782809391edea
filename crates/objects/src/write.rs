//! Writing an object.

use crate::Error;
use crate::folder::Folder;
use crate::store::blocking;
use crate::temp::Temp;
use bytes::Bytes;
use mlhub_domain::digest::Digest;
use sha2::{Digest as _, Sha256};
use std::fs::File;
use std::io::{Read as _, Write as _};
use std::path::Path;
use std::sync::Arc;

/// So many bytes are gathered before a thread is asked to hash and write them: a writer holds
/// this much memory and one chunk more.
const GATHER: usize = 1 << 20;
/// Chunks may be small slices of large buffers that they keep alive; so not too many of them.
const GATHER_CHUNKS: usize = 256;

/// An object in the making. Dropping it leaves nothing behind.
///
/// When a call fails, or its future is dropped before it is done, the writer is of no more use
/// and says [`Error::Interrupted`].
#[derive(Debug)]
pub struct Writer {
    folder: Arc<Folder>,
    /// Away while a thread works on it.
    draft: Option<Draft>,
    gathered: Vec<Bytes>,
    gathered_bytes: usize,
    size: u64,
    limit: u64,
}

/// What was stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stored {
    /// The name of the object.
    pub sha256: Digest,
    /// In bytes.
    pub size: u64,
}

#[derive(Debug)]
struct Draft {
    temp: Temp,
    file: File,
    hash: Sha256,
}

impl Writer {
    pub(crate) fn begin(folder: Arc<Folder>, limit: u64) -> Result<Self, Error> {
        let (temp, file) = Temp::create(&folder.temp())?;
        let draft = Some(Draft { temp, file, hash: Sha256::new() });
        Ok(Self { folder, draft, gathered: Vec::new(), gathered_bytes: 0, size: 0, limit })
    }

    /// Bytes taken so far.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Takes the next bytes. What is taken reaches the disk by [`finish`](Self::finish).
    ///
    /// # Errors
    /// [`Error::TooLarge`] when these are too many; [`Error::Full`] when the disk is;
    /// [`Error::Interrupted`] after an earlier failure.
    pub async fn write(&mut self, bytes: Bytes) -> Result<(), Error> {
        if self.draft.is_none() {
            return Err(Error::Interrupted);
        }
        let size = self.size.saturating_add(bytes.len() as u64);
        if size > self.limit {
            self.draft = None;
            return Err(Error::TooLarge { limit: self.limit });
        }
        self.size = size;
        self.gathered_bytes += bytes.len();
        self.gathered.push(bytes);
        if self.gathered_bytes >= GATHER || self.gathered.len() >= GATHER_CHUNKS {
            self.flush().await?;
        }
        Ok(())
    }

    /// Makes what was written an object that survives a loss of power. An object with the same
    /// bytes that is there already stays the one object of these bytes.
    ///
    /// # Errors
    /// As [`write`](Self::write).
    pub async fn finish(mut self) -> Result<Stored, Error> {
        self.flush().await?;
        let draft = self.draft.take().ok_or(Error::Interrupted)?;
        let (folder, size) = (self.folder, self.size);
        blocking(move || {
            let sha256 = digest(draft.hash);
            folder.publish(draft.temp.path(), &draft.file, &sha256)?;
            Ok(Stored { sha256, size })
        })
        .await
    }

    async fn flush(&mut self) -> Result<(), Error> {
        let mut draft = self.draft.take().ok_or(Error::Interrupted)?;
        let chunks = std::mem::take(&mut self.gathered);
        self.gathered_bytes = 0;
        let draft = blocking(move || {
            for chunk in &chunks {
                draft.hash.update(chunk);
                draft.file.write_all(chunk).map_err(Error::io("write", draft.temp.path()))?;
            }
            Ok(draft)
        });
        self.draft = Some(draft.await?);
        Ok(())
    }
}

/// Moves the finished file at `path` in: a rename on the same disk, a copy from another.
pub(crate) fn put_file(folder: &Folder, path: &Path) -> Result<Stored, Error> {
    let meta = std::fs::symlink_metadata(path).map_err(Error::io("look at", path))?;
    if !meta.is_file() {
        let no_file = std::io::Error::other("it is not a plain file");
        return Err(Error::io("store", path)(no_file));
    }
    let mut file = File::open(path).map_err(Error::io("open", path))?;
    let (sha256, size) = hash(&mut file, path)?;
    match folder.publish(path, &file, &sha256) {
        Err(Error::Io { source, .. }) if source.kind() == std::io::ErrorKind::CrossesDevices => {
            copy(folder, path)
        }
        done => done.map(|()| Stored { sha256, size }),
    }
}

fn copy(folder: &Folder, path: &Path) -> Result<Stored, Error> {
    let mut from = File::open(path).map_err(Error::io("open", path))?;
    let (temp, mut to) = Temp::create(&folder.temp())?;
    std::io::copy(&mut from, &mut to).map_err(Error::io("write", temp.path()))?;
    let mut copied = File::open(temp.path()).map_err(Error::io("open", temp.path()))?;
    let (sha256, size) = hash(&mut copied, temp.path())?;
    folder.publish(temp.path(), &to, &sha256)?;
    std::fs::remove_file(path).map_err(Error::io("remove", path))?;
    Ok(Stored { sha256, size })
}

fn hash(file: &mut File, path: &Path) -> Result<(Digest, u64), Error> {
    let (mut hash, mut size, mut buffer) = (Sha256::new(), 0, vec![0; GATHER]);
    loop {
        let read = file.read(&mut buffer).map_err(Error::io("read", path))?;
        if read == 0 {
            return Ok((digest(hash), size));
        }
        hash.update(&buffer[..read]);
        size += read as u64;
    }
}

fn digest(hash: Sha256) -> Digest {
    Digest::of_bytes32(hash.finalize().into())
}
