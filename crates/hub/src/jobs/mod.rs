//! Background work: the rules around the queue. What a job's end means for what it worked on is
//! decided here, in the transaction that ends it, so that it happens once or not at all.
//!
//! | file | what |
//! | --- | --- |
//! | `enqueue` | into the queue, within limits |
//! | `attempt` | what the process of an attempt asks and says |
//! | `end` | it hands in a result, gives up, or is lost |
//! | `cancel` | a person stops it |
//! | `look` | what people see |
//! | `runner` | what the runner asks |

mod attempt;
mod cancel;
mod end;
mod enqueue;
mod look;
mod runner;

pub use attempt::{Claim, authenticate, events, heartbeat, input, output, spec};
pub(crate) use cancel::{cancel, cancel_all};
pub use end::{fail, finish, lost, reap};
pub(crate) use enqueue::enqueue;
pub use look::{get, open};

use crate::{Error, Hub, db};
use mlhub_domain::ids::RunId;
use mlhub_domain::jobs::Attempt;
use mlhub_domain::problem::Code;

/// A run with news, to be told to its watchers after the commit: its newest number.
pub(crate) type Told = Option<(RunId, u64)>;

pub(crate) fn tell(hub: &Hub, told: Told) {
    if let Some((run, seq)) = told {
        hub.live().published(run, seq);
    }
}

fn stale(attempt: Attempt) -> Error {
    let detail = format!(
        "Attempt {} at job {} no longer has the job: end the process.",
        attempt.number, attempt.job
    );
    Error::new(Code::StaleAttempt, detail)
}

/// For `map_err` after a statement that names an attempt.
fn fenced(attempt: Attempt) -> impl FnOnce(db::Error) -> Error {
    move |error| match error {
        db::Error::Stale | db::Error::Missing => stale(attempt),
        other => other.into(),
    }
}
