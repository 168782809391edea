//! Runs: one training, while it works and after it. Their list is a part of the project.

mod live;
mod parts;
mod show;
mod watch;

pub use show::RunPage;
