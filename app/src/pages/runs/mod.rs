//! Runs: one training, while it works and after it. Their list is a part of the project.

mod artifacts;
mod live;
mod parts;
mod seen;
mod show;
mod watch;

pub(super) use parts::{change_page, sentences};
pub use show::RunPage;
pub use watch::Watched;
