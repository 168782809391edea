//! Projects and who is in them.

mod change;
mod create;
mod look;
pub mod members;
mod owner;
mod sample;

pub use crate::db::projects::{Change, Which};
pub use change::{change, delete};
pub use create::{NewProject, create};
pub use look::{get, get_to_edit, get_to_manage, is_open, list};
pub use owner::{Owned, owner, shows};
pub use sample::sample;
