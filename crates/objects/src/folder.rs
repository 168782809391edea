//! What lies where, and how a finished file becomes an object that survives a loss of power.
//! Everything here blocks: callers are on threads that may.

use crate::Error;
use mlhub_domain::digest::Digest;
use std::fs::{self, DirBuilder, File, Permissions};
use std::io::ErrorKind;
use std::os::unix::fs::{DirBuilderExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

/// The folder of a store on this machine.
#[derive(Debug)]
pub(crate) struct Folder {
    root: PathBuf,
}

impl Folder {
    pub(crate) fn open(root: &Path) -> Result<Self, Error> {
        fs::create_dir_all(root).map_err(Error::io("create", root))?;
        let root = root.canonicalize().map_err(Error::io("open", root))?;
        let folder = Self { root };
        for inner in [folder.temp(), folder.blobs()] {
            make(&inner)?;
        }
        Ok(folder)
    }

    pub(crate) fn temp(&self) -> PathBuf {
        self.root.join("tmp")
    }

    pub(crate) fn blobs(&self) -> PathBuf {
        self.root.join("blobs")
    }

    pub(crate) fn blob(&self, digest: &Digest) -> PathBuf {
        let name = digest.as_str();
        self.blobs().join(&name[..2]).join(&name[2..4]).join(name)
    }

    /// Makes the synced `file` at `path` the object `digest`.
    ///
    /// Renaming over an object that is there already replaces equal bytes by equal bytes, and
    /// makes it young again: a collector that spares young objects does not take it away before
    /// its new owner is written down.
    pub(crate) fn publish(&self, path: &Path, file: &File, digest: &Digest) -> Result<(), Error> {
        file.set_permissions(Permissions::from_mode(0o400))
            .and_then(|()| file.sync_all())
            .map_err(Error::io("write", path))?;
        let blob = self.blob(digest);
        let leaf = blob.parent().expect("a blob lies in blobs/ab/cd");
        let branch = leaf.parent().expect("a blob lies in blobs/ab/cd");
        make(branch)?;
        make(leaf)?;
        fs::rename(path, &blob).map_err(Error::io("publish", &blob))?;
        sync(leaf)
    }

    pub(crate) fn delete(&self, digest: &Digest) -> Result<bool, Error> {
        let blob = self.blob(digest);
        match fs::remove_file(&blob) {
            Ok(()) => {
                sync(blob.parent().expect("a blob lies in blobs/ab/cd"))?;
                Ok(true)
            }
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(false),
            Err(error) => Err(Error::io("remove", &blob)(error)),
        }
    }
}

/// Makes a folder of mode 0700 in one that exists, lastingly.
fn make(folder: &Path) -> Result<(), Error> {
    match DirBuilder::new().mode(0o700).create(folder) {
        Ok(()) => {}
        // Whoever made it may not have synced its parent yet, and we are about to promise
        // that what lies in it will last.
        Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
        Err(error) => return Err(Error::io("create", folder)(error)),
    }
    sync(folder.parent().expect("only folders within the store are made"))
}

fn sync(folder: &Path) -> Result<(), Error> {
    File::open(folder).and_then(|folder| folder.sync_all()).map_err(Error::io("sync", folder))
}
