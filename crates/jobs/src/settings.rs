//! What the operator decides about jobs.

use crate::machine;
use std::time::Duration;

/// So much memory a job is to have, in bytes, however many cores there are for others beside it.
const ENOUGH: u64 = 4 << 30;

/// With less than this, in bytes, many a table does not fit.
const LITTLE: u64 = 1 << 30;

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

    /// What the operator should hear of them, if anything.
    pub fn warning(&self) -> Option<String> {
        let memory = self.memory.filter(|memory| *memory < LITTLE)?;
        Some(format!(
            "a job has {} MiB of memory, less than many a table needs: run fewer jobs at once \
             than {}, or give each more with --job-memory",
            memory >> 20,
            self.slots
        ))
    }
}

impl Default for Settings {
    /// As many jobs as there are cores, and no more than there is [`ENOUGH`] memory for. Each may
    /// use all cores: most of the time it runs alone.
    fn default() -> Self {
        Self::sharing(slots(machine::cores(), for_jobs()))
    }
}

/// How many jobs run at once on so many cores, with so much memory between them.
fn slots(cores: u32, memory: Option<u64>) -> u32 {
    let fit = memory.map_or(cores, |memory| u32::try_from(memory / ENOUGH).unwrap_or(cores));
    cores.min(fit).max(1)
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
        assert_eq!(usual.slots, slots(machine::cores(), for_jobs()));
        assert_eq!(usual.threads, machine::cores());
    }

    #[test]
    fn many_cores_leave_each_job_enough_memory() {
        let gib = |n: u64| Some(n << 30);
        for (cores, memory, jobs) in
            [(8, gib(7), 1), (8, gib(8), 2), (8, gib(30), 7), (8, gib(400), 8), (4, None, 4)]
        {
            assert_eq!(slots(cores, memory), jobs, "{cores} cores, {memory:?}");
        }
        assert_eq!(slots(2, Some(1 << 29)), 1, "one runs however little there is");
    }

    #[test]
    fn the_operator_hears_of_jobs_with_little_memory() {
        let with = |memory| Settings { memory, ..Settings::sharing(3) }.warning();
        let told = with(Some(900 << 20)).unwrap();
        assert!(told.contains("900 MiB") && told.contains("than 3,"), "{told}");
        assert_eq!((with(Some(LITTLE)), with(None)), (None, None));
    }
}
