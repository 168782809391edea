//! The one connection of this node that hears the others.

use super::Inner;
use mlhub_db::listen::{Listener, Note};
use mlhub_db::{events, jobs};
use mlhub_domain::ids::RunId;
use std::sync::Weak;
use std::time::Duration;

/// The longest pause before another try to connect.
const LONGEST_PAUSE: Duration = Duration::from_secs(30);

/// Listens for as long as it is let.
pub(super) async fn listen(inner: Weak<Inner>, url: String) {
    let mut pause = Duration::from_millis(250);
    loop {
        match Listener::connect(&url, &[events::CHANNEL, jobs::CHANNEL]).await {
            Ok(mut listener) => {
                pause = Duration::from_millis(250);
                // Whatever was said while nobody listened.
                if !tell(&inner, look_everywhere) {
                    return;
                }
                let error = loop {
                    match listener.next().await {
                        Ok(note) => {
                            if !tell(&inner, |inner| heard(inner, &note)) {
                                return;
                            }
                        }
                        Err(error) => break error,
                    }
                };
                tracing::warn!(%error, "the connection that listens was lost; connecting again");
            }
            Err(error) => tracing::warn!(%error, "could not listen to the database"),
        }
        tokio::time::sleep(pause).await;
        pause = (pause * 2).min(LONGEST_PAUSE);
    }
}

fn tell(inner: &Weak<Inner>, what: impl FnOnce(&Inner)) -> bool {
    inner.upgrade().inspect(|inner| what(inner)).is_some()
}

fn look_everywhere(inner: &Inner) {
    inner.queue.send_modify(|()| {});
    for feed in inner.feeds().values() {
        feed.look();
    }
}

fn heard(inner: &Inner, note: &Note) {
    if note.channel == events::CHANNEL {
        if let Some((run, seq)) = read_run(&note.payload) {
            inner.news(run, seq);
        }
    } else if let Ok(job) = note.payload.parse() {
        // Nobody waits for it here: then its process hears of it at its next heartbeat.
        let _ = inner.cancels.send(job);
    } else {
        inner.queue.send_modify(|()| {});
    }
}

fn read_run(payload: &str) -> Option<(RunId, u64)> {
    let (run, seq) = payload.split_once(' ')?;
    Some((run.parse().ok()?, seq.parse().ok()?))
}
