//! Runs: what was executed, with what, and what came of it.

mod artifacts;
mod job;
mod look;
mod stop;

pub use artifacts::{artifacts, log};
pub(crate) use job::{append, cancelled, ended, requeued, started};
pub use look::{Listing, Moment, events, follow, get, list, metrics, moment};
pub use stop::cancel;
