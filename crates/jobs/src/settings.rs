//! What the operator decides about jobs.

use std::num::NonZero;
use std::time::Duration;

/// Settings of a node, read once at the start.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Jobs at work on this node at the same time.
    pub slots: u32,
    /// Threads that each of them may use.
    pub threads: u32,
    /// So long may a job's process be silent before its job is given to another.
    pub lease: Duration,
    /// The time between two looks for silent ones.
    pub reap_every: Duration,
    /// The time that a cancelled job has to hand in what it has, before it is killed.
    pub grace: Duration,
    /// The most memory of a job's process, in bytes; `None` leaves it to the process, which takes
    /// nine tenths of the machine's.
    pub memory: Option<u64>,
    /// The largest file that a job may write, and the most that its scratch folder may hold, in
    /// bytes.
    pub scratch: u64,
}

impl Default for Settings {
    fn default() -> Self {
        let cores = std::thread::available_parallelism().map_or(1, NonZero::get);
        let cores = u32::try_from(cores).unwrap_or(u32::MAX);
        Self {
            slots: cores,
            threads: cores,
            lease: Duration::from_secs(60),
            reap_every: Duration::from_secs(15),
            grace: Duration::from_secs(30),
            memory: None,
            scratch: 64 << 30,
        }
    }
}
