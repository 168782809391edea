//! Rows of `models`, `model_versions` and `model_aliases`.
//!
//! | file | what |
//! | --- | --- |
//! | `change` | make, describe, open, delete |
//! | `look` | one and lists |
//! | `versions` | look at versions and the report on each |
//! | `publish` | what a run trained becomes a version |
//! | `aliases` | names for versions |

mod aliases;
mod change;
mod look;
mod publish;
mod versions;

pub use aliases::{remove_alias, set_alias};
pub use change::{Change, create, delete, set_visibility, update};
pub(crate) use look::{SELECT, order, page};
pub use look::{get, list, names_from};
pub use publish::publish;
pub use versions::{evaluation, importance, version, versions};
