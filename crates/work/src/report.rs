//! Events, gathered and sent five times a second.

use crate::client::{Client, ClientError};
use mlhub_domain::jobs::EventBatch;
use mlhub_domain::runs::{Event, Progress};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::sync::{Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// The time between two batches.
const PERIOD: Duration = Duration::from_millis(200);
/// The most events in one batch.
const BATCH: usize = 1_000;
/// Events that may wait; then whoever reports waits.
const WAITING: usize = 10_000;

/// Sends what happens, in order. Any thread may report.
pub(crate) struct Reporter {
    sender: Mutex<Option<SyncSender<Event>>>,
    thread: Mutex<Option<JoinHandle<()>>>,
}

impl Reporter {
    pub(crate) fn start(client: Client) -> Self {
        let (sender, receiver) = sync_channel(WAITING);
        let thread = std::thread::spawn(move || send(&client, &receiver));
        Self { sender: Mutex::new(Some(sender)), thread: Mutex::new(Some(thread)) }
    }

    /// Reports an event.
    pub(crate) fn event(&self, event: Event) {
        let sender = self.sender.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some(sender) = sender {
            // The thread is gone when the server is: then the heartbeat ends the process.
            let _ = sender.send(event);
        }
    }

    /// Reports that a phase begins.
    pub(crate) fn phase(&self, phase: &str) {
        self.event(Event::Phase { phase: phase.into() });
    }

    /// Reports how much is done, and guesses from the time since `began` how long the rest takes.
    pub(crate) fn progress(&self, began: Instant, (done, total): (u64, u64), unit: &str) {
        let (elapsed, rest) = (began.elapsed().as_secs_f64(), total.saturating_sub(done));
        // In whole seconds: with something left to do, none is never left.
        let left = (done > 0 && rest > 0 && elapsed > 0.5)
            .then(|| (elapsed * rest as f64 / done as f64).ceil().max(1.0).into());
        self.event(Event::Progress(Progress {
            done,
            total,
            unit: unit.into(),
            rows_per_second: 0.0.into(),
            remaining: left,
        }));
    }

    /// Sends what is left, and ends.
    pub(crate) fn end(&self) {
        drop(self.sender.lock().unwrap_or_else(PoisonError::into_inner).take());
        let thread = self.thread.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(Err(_)) = thread.map(JoinHandle::join) {
            tracing::error!("the thread that sends events panicked");
        }
    }
}

fn send(client: &Client, receiver: &Receiver<Event>) {
    let mut first = 1;
    loop {
        let (events, more) = gather(receiver);
        if !events.is_empty() {
            let count = events.len() as u64;
            match client.events(&EventBatch { first, events }) {
                Ok(()) => first += count,
                Err(ClientError::Refused(why)) => {
                    tracing::error!("events are refused: {why}");
                    return;
                }
                Err(ClientError::Stale | ClientError::Away(_)) => return,
            }
        }
        if !more {
            return;
        }
    }
}

/// What happens within a period; of the progress only the newest counts. Whether more may come.
fn gather(receiver: &Receiver<Event>) -> (Vec<Event>, bool) {
    let mut events = Vec::new();
    let mut until: Option<Instant> = None;
    loop {
        let left = until.map_or(Duration::from_secs(3600), |until| {
            until.saturating_duration_since(Instant::now())
        });
        match receiver.recv_timeout(left) {
            Ok(event) => {
                if matches!(event, Event::Progress(_)) {
                    events.retain(|earlier| !matches!(earlier, Event::Progress(_)));
                }
                events.push(event);
                until.get_or_insert_with(|| Instant::now() + PERIOD);
                if events.len() >= BATCH {
                    return (events, true);
                }
            }
            Err(RecvTimeoutError::Timeout) => return (events, true),
            Err(RecvTimeoutError::Disconnected) => return (events, false),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn progress(done: u64) -> Event {
        let (rows_per_second, remaining) = (0.0.into(), None);
        Event::Progress(Progress {
            done,
            total: 9,
            unit: "bytes".into(),
            rows_per_second,
            remaining,
        })
    }

    #[test]
    fn of_the_progress_of_a_period_only_the_newest_is_sent() {
        let (sender, receiver) = sync_channel(10);
        let phase = Event::Phase { phase: "fit".into() };
        for event in [progress(1), phase.clone(), progress(2), progress(3)] {
            sender.send(event).unwrap();
        }
        drop(sender);
        assert_eq!(gather(&receiver), (vec![phase, progress(3)], false));
    }
}
