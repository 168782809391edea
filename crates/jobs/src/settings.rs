//! What the operator decides about jobs.

use crate::machine;
use std::time::Duration;

/// No job has less memory than this because others may run beside it, in bytes.
const LEAST: u64 = 1 << 30;

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
    /// The most memory of a job's process, in bytes; `None` where the machine does not say how much
    /// it has.
    pub memory: Option<u64>,
    /// The largest file that a job may write, and the most that its scratch folder may hold, in
    /// bytes.
    pub scratch: u64,
}

impl Settings {
    /// So many jobs at once, which have nine tenths of the machine's memory between them.
    pub fn sharing(slots: u32) -> Self {
        Self {
            slots,
            threads: machine::cores(),
            lease: Duration::from_secs(60),
            reap_every: Duration::from_secs(15),
            grace: Duration::from_secs(30),
            memory: for_jobs().map(|memory| memory / u64::from(slots.max(1))),
            scratch: 64 << 30,
        }
    }
}

impl Default for Settings {
    /// As many jobs as there are cores, and no more than there is memory for.
    fn default() -> Self {
        let cores = machine::cores();
        let fit = for_jobs().map_or(cores, |memory| u32::try_from(memory / LEAST).unwrap_or(cores));
        Self::sharing(cores.min(fit).max(1))
    }
}

/// What all jobs together may have.
fn for_jobs() -> Option<u64> {
    machine::memory().map(|memory| memory / 10 * 9)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn jobs_at_once_have_the_memory_between_them() {
        let most = machine::memory().unwrap();
        for slots in [1, 2, 7] {
            let settings = Settings::sharing(slots);
            let all = settings.memory.unwrap() * u64::from(slots);
            assert_eq!(settings.slots, slots);
            assert!(all <= most / 10 * 9 && all > most / 10 * 9 - 7, "{all} of {most}");
        }
        let usual = Settings::default();
        assert!((1..=machine::cores()).contains(&usual.slots));
        assert!(usual.slots == 1 || usual.memory.unwrap() >= LEAST);
    }
}
