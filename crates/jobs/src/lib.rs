//! What runs beside requests: the runner that takes jobs out of the queue and starts a process
//! for each, and the live fan-out of what runs report.
//!
//! The rules (what becomes of a run or a version when its job ends) live in `hub`, which hands
//! them in as a [`Queue`].

pub mod live;
pub mod local;
mod machine;
mod queue;
mod runner;
mod settings;
mod token;

pub use live::Live;
pub use local::Local;
pub use queue::{Queue, Terms};
pub use runner::run;
pub use settings::Settings;
pub use token::{BadToken, JobToken, Secret};
