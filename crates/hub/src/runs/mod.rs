//! Runs: what was executed, with what, and what came of it.

mod job;
mod look;
mod stop;

pub(crate) use job::{append, ended, requeued, started};
pub use look::{Listing, events, follow, get, list, log, metrics};
pub use stop::cancel;
