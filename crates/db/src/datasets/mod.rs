//! Rows of `datasets` and `dataset_versions`. Who may, and what follows, is decided in
//! `hub::datasets`.
//!
//! | file | what |
//! | --- | --- |
//! | `change` | make, describe, rename, open, delete |
//! | `look` | one and lists |
//! | `versions` | look at versions, make one current |
//! | `publish` | a version begins, is ready, failed |

mod change;
mod look;
mod publish;
mod versions;

pub use change::{NewDataset, create, delete, describe, rename, set_current, set_visibility};
pub(crate) use look::{DATASET, Row, edits, listed, order, with_current, with_latest};
pub use look::{find, list};
pub use publish::{
    Begun, NewVersion, begin_version, columns_before, fail_version, job_version, publish_version,
};
pub use versions::{Files, files, profile, version, versions};
