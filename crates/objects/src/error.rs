//! What can go wrong with an object.

use mlhub_domain::digest::Digest;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

/// Why an object could not be written, read or removed.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// There is no such object.
    #[error("there is no object {0}")]
    Missing(Digest),
    /// More bytes came than the writer may take; nothing is kept.
    #[error("more than {limit} bytes")]
    TooLarge {
        /// What [`Store::begin`](crate::Store::begin) was given, in bytes.
        limit: u64,
    },
    /// The disk or the quota on it is used up, or the system takes no longer file; nothing is kept.
    #[error("no space is left for {}: free some, or move the data folder", path.display())]
    Full {
        /// What was being written.
        path: PathBuf,
    },
    /// The asked range begins behind the end.
    #[error("the range begins behind the end of the object, which has {size} bytes")]
    Range {
        /// Of the object, in bytes.
        size: u64,
    },
    /// An earlier call on this writer failed or was abandoned half-way; begin again.
    #[error("the write was interrupted: begin again")]
    Interrupted,
    /// The operating system refused.
    #[error("could not {action} {}: {source}", path.display())]
    Io {
        /// A verb, e.g. `write`.
        action: &'static str,
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
}

impl Error {
    /// For `map_err`: what was tried on which path.
    pub(crate) fn io(action: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self {
        move |source| match source.kind() {
            ErrorKind::StorageFull | ErrorKind::QuotaExceeded | ErrorKind::FileTooLarge => {
                Self::Full { path: path.to_owned() }
            }
            _ => Self::Io { action, path: path.to_owned(), source },
        }
    }

    /// As [`Error::io`], where a missing file is a missing object.
    pub(crate) fn of(digest: &Digest, path: &Path) -> impl FnOnce(io::Error) -> Self {
        move |source| match source.kind() {
            ErrorKind::NotFound => Self::Missing(digest.clone()),
            _ => Self::io("open", path)(source),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_disk_and_a_used_up_quota_are_told_from_other_failures() {
        // The numbers of Linux: ENOSPC, EDQUOT, EFBIG, EIO.
        for (number, full) in [(28, true), (122, true), (27, true), (5, false)] {
            let error = Error::io("write", Path::new("x"))(io::Error::from_raw_os_error(number));
            assert_eq!(matches!(error, Error::Full { .. }), full, "{error}");
        }
    }
}
