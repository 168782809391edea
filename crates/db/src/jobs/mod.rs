//! Rows of `jobs` and `job_outputs`: the queue. What follows from the end of a job for what it
//! worked on is decided above, in `hub::jobs`, in the same transaction.
//!
//! | file | what |
//! | --- | --- |
//! | `queue` | put in, take out |
//! | `attempt` | what the process of an attempt says: heartbeat, events, outputs |
//! | `end` | finish, fail, try again, cancel |
//! | `look` | what people see |

mod attempt;
mod end;
mod look;
mod queue;

pub use attempt::{Beat, add_output, beat, credential, outputs, saw_events, set_progress, spec};
pub use end::{Cancelled, Held, cancel, end, expired, hold, overdue, retry};
pub use look::{find, open_in, open_of, reading};
pub use queue::{Claim, NewJob, claim, enqueue, open_count, running_on};

/// Says that the queue changed. The payload is a job's number when it is to be cancelled.
pub const CHANNEL: &str = "mlhub_jobs";
