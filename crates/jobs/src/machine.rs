//! What this machine has.

use std::fs;
use std::path::Path;

/// Where the limits of control groups stand.
const GROUPS: &str = "/sys/fs/cgroup";

/// The threads that run at once.
pub(crate) fn cores() -> u32 {
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    u32::try_from(cores).unwrap_or(u32::MAX)
}

/// The bytes of memory that there are for this process: the machine's, or what its container or
/// its service may have of them. None where the machine does not say.
pub(crate) fn memory() -> Option<u64> {
    let machine = total(&fs::read_to_string("/proc/meminfo").ok()?)?;
    let own = fs::read_to_string("/proc/self/cgroup").unwrap_or_default();
    let limits = groups(&own).into_iter().filter_map(|group| {
        limit(&fs::read_to_string(Path::new(GROUPS).join(group).join("memory.max")).ok()?)
    });
    Some(limits.fold(machine, u64::min))
}

fn total(meminfo: &str) -> Option<u64> {
    let total = meminfo.lines().find_map(|line| line.strip_prefix("MemTotal:"))?;
    let kib: u64 = total.trim().trim_end_matches("kB").trim().parse().ok()?;
    Some(kib << 10)
}

/// The control groups of a process, from its own to the one around all: each of them may limit it.
fn groups(cgroup: &str) -> Vec<&str> {
    let own = cgroup.lines().find_map(|line| line.strip_prefix("0::/"));
    std::iter::successors(Some(own.unwrap_or_default()), |group| around(group)).collect()
}

/// The control group around one; none around the one around all.
fn around(group: &str) -> Option<&str> {
    match group.rsplit_once('/') {
        Some((around, _)) => Some(around),
        None => (!group.is_empty()).then_some(""),
    }
}

/// The bytes in `memory.max`; none where it says `max`.
fn limit(text: &str) -> Option<u64> {
    text.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_memory_is_that_of_the_machine_or_less() {
        let machine = total(&fs::read_to_string("/proc/meminfo").unwrap()).unwrap();
        let memory = memory().unwrap();
        assert!(0 < memory && memory <= machine, "{memory} of {machine}");
        assert_eq!(total("MemFree: 1 kB\nMemTotal:       16384 kB\n"), Some(16 << 20));
    }

    #[test]
    fn a_limit_of_any_group_around_holds() {
        let service = "12:cpu:/old\n0::/system.slice/mlhub.service\n";
        assert_eq!(groups(service), ["system.slice/mlhub.service", "system.slice", ""]);
        assert_eq!(groups("0::/\n"), [""]);
        assert_eq!(groups(""), [""]);
        assert_eq!((limit("1073741824\n"), limit("max\n")), (Some(1 << 30), None));
    }
}
