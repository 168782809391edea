//! The thread that says that the process lives, and hears what it is to do.

use crate::client::Client;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// The longest time between two heartbeats.
const PERIOD: Duration = Duration::from_secs(10);

/// Starts the thread. Whatever the job computes at the time, the process ends when it has lost
/// the job: what it would report is refused, and the time of the machine belongs to others.
pub(crate) fn start(client: Client, cancelled: Arc<AtomicBool>) {
    std::thread::spawn(move || {
        loop {
            match client.heartbeat(PERIOD) {
                Ok(reply) => {
                    if reply.cancel {
                        cancelled.store(true, Ordering::Relaxed);
                        // Answers come at once from now on.
                        std::thread::sleep(PERIOD / 2);
                    }
                }
                Err(error) => {
                    tracing::error!("the process ends: {error}");
                    end();
                }
            }
        }
    });
}

#[expect(clippy::exit, reason = "no other way ends a computation that looks at no flag")]
fn end() -> ! {
    std::process::exit(3)
}
