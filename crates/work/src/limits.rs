//! What this process allows itself: it reads files of strangers.

use crate::call::Call;
use nix::sys::prctl::{set_dumpable, set_no_new_privs};
use nix::sys::resource::{Resource, getrlimit, setrlimit};
use nix::sys::signal::{SigSet, Signal};

/// Lets no other process of this user look into this one: jobs share a user, and another job's
/// token lies in its memory. What the kernel lets nobody dump, it lets nobody read. Who opened that
/// memory before this call keeps it open: a job that was taken over and waits for others to start
/// is not kept out. A user for each job would be.
pub(crate) fn hide() -> nix::Result<()> {
    set_dumpable(false)
}

/// Gives up what a job never needs: more privileges, core dumps, endless files and memory.
pub(crate) fn restrain(call: &Call) -> nix::Result<()> {
    set_no_new_privs()?;
    // A process that stands still when the server dies is told to hang up: it goes on instead.
    let mut hang_up = SigSet::empty();
    hang_up.add(Signal::SIGHUP);
    hang_up.thread_block()?;
    lower(Resource::RLIMIT_CORE, 0)?;
    if let Some(scratch) = call.scratch {
        lower(Resource::RLIMIT_FSIZE, scratch)?;
    }
    // What the process asks for, not what it maps: inputs are mapped whole.
    if let Some(memory) = call.memory {
        lower(Resource::RLIMIT_DATA, memory)?;
    }
    Ok(())
}

fn lower(resource: Resource, limit: u64) -> nix::Result<()> {
    let (_, hard) = getrlimit(resource)?;
    let limit = limit.min(hard);
    setrlimit(resource, limit, limit)
}
