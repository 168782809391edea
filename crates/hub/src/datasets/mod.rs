//! Datasets: what people upload, look at and roll back.
//!
//! | file | what |
//! | --- | --- |
//! | `create`, `change` | make, describe, rename, open, delete |
//! | `look` | datasets, versions and profiles |
//! | `rows` | rows and rejected cells of a version |
//! | `upload` | bytes become a version that a job reads |
//! | `cancel` | a person stops that job |
//! | `job` | what its end means |
//! | `current` | roll back and forward |
//! | `download` | the uploaded bytes, or the table in another format |
//! | `bytes` | between the object store and the database |

mod bytes;
mod cancel;
mod change;
mod create;
mod current;
mod download;
mod job;
mod look;
mod rows;
mod upload;

pub(crate) use bytes::{register, size, store, stored};
pub use cancel::cancel;
pub use change::{Change, delete, update};
pub use create::{New, create};
pub use current::make_current;
pub use download::{Content, Download, download};
pub(crate) use job::{cancelled, fail, publish};
pub use look::{Moment, get, list, moment, profile, seen, version, versions};
pub use rows::{rejected, rows};
pub(crate) use upload::create_from;
pub use upload::{Incoming, Uploaded, may_upload, upload, upload_new};

use crate::Error;
use mlhub_domain::datasets::{DatasetPath, VersionState};
use mlhub_domain::problem::Code;

pub(crate) fn no_version(at: &DatasetPath, version: u32) -> impl FnOnce(crate::db::Error) -> Error {
    move |error| match error {
        crate::db::Error::Missing => Error::not_found(format!("{}, version {version}", at.page())),
        other => other.into(),
    }
}

fn not_ready(version: u32, state: VersionState) -> Error {
    let why = match state {
        VersionState::Processing => "is still being read: wait until its job has ended",
        VersionState::Failed => "could not be read: look at its error, and upload a better file",
        VersionState::Ready => "has no table",
    };
    Error::new(Code::VersionNotReady, format!("Version {version} {why}."))
}
