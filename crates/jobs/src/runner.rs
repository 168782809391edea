//! Takes jobs out of the queue and watches over their processes.

use crate::local::Local;
use crate::queue::{Queue, Terms};
use crate::token::{JobToken, Secret};
use crate::{Live, Settings};
use mlhub_db::{Pool, jobs};
use mlhub_domain::jobs::Attempt;
use std::collections::{HashMap, HashSet};
use std::io;
use std::sync::Arc;
use std::time::Duration;
use tokio::task::{self, JoinError, JoinSet, spawn_blocking};
use tokio::time::{Instant, MissedTickBehavior, interval, interval_at};
use tokio_util::sync::CancellationToken;

/// The time between two looks at the queue when nobody says that it changed, and at processes
/// that take too much.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// Runs jobs on this node until `stop`. Processes at work then go on: the next server that starts
/// on the same data folder within a lease hears their heartbeats and adopts them.
pub async fn run<Q: Queue>(
    queue: Q,
    local: Local,
    live: Live,
    settings: Settings,
    stop: CancellationToken,
) {
    let mut changed = live.queue_changed();
    let mut runner = Runner {
        queue,
        local: Arc::new(local),
        settings,
        pool: live.pool(),
        processes: JoinSet::new(),
        watched: HashMap::new(),
        adopted: Vec::new(),
    };
    runner.adopted = runner.sweep().await;
    // Not at once: processes that outlived a restart of the server report first.
    let period = runner.settings.reap_every;
    let mut reap = interval_at(Instant::now() + period, period);
    let mut look = interval(LOOK_EVERY);
    for timer in [&mut reap, &mut look] {
        timer.set_missed_tick_behavior(MissedTickBehavior::Delay);
    }
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            Some(done) = runner.processes.join_next_with_id() => runner.done(done).await,
            _ = changed.changed() => {}
            _ = reap.tick() => {
                match runner.queue.reap().await {
                    Ok(0) => {}
                    Ok(count) => tracing::warn!(count, "{count} silent jobs were taken back"),
                    Err(error) => tracing::warn!(%error, "could not look for silent jobs"),
                }
                runner.sweep().await;
            }
            _ = look.tick() => {
                runner.notice().await;
                runner.restrain().await;
            }
        }
        runner.fill().await;
    }
}

struct Runner<Q> {
    queue: Q,
    local: Arc<Local>,
    settings: Settings,
    pool: Pool,
    processes: JoinSet<String>,
    /// Those whose process is one of these, or is just being started.
    watched: HashMap<task::Id, Attempt>,
    /// Those at work that an earlier server started, or whose watch broke: nobody tells us of their
    /// end.
    adopted: Vec<Attempt>,
}

impl<Q: Queue> Runner<Q> {
    /// Starts jobs until no slot is free or no job is ready.
    async fn fill(&mut self) {
        loop {
            let secret = Secret::random();
            let terms = Terms {
                worker: self.local.worker().into(),
                slots: self.settings.slots,
                lease: self.settings.lease,
                token_hash: secret.hash(),
            };
            let (attempt, kind) = match self.queue.claim(terms).await {
                Ok(Some(claimed)) => claimed,
                Ok(None) => return,
                Err(error) => {
                    tracing::warn!(%error, "could not look for jobs");
                    return;
                }
            };
            tracing::info!(job = %attempt, kind = kind.as_str(), "job {attempt} starts");
            let token = JobToken { attempt: attempt.number, secret };
            let watch = self.processes.spawn(watch(Arc::clone(&self.local), attempt, token));
            self.watched.insert(watch.id(), attempt);
        }
    }

    /// Works on files and processes where that holds nobody up.
    async fn blocking<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Local) -> T + Send + 'static,
    ) -> io::Result<T> {
        let local = Arc::clone(&self.local);
        spawn_blocking(move || work(&local)).await.map_err(io::Error::other)
    }

    /// The same, where there is nothing to answer. It fails only when the server is stopping: the
    /// next one sweeps.
    async fn tidy(&self, work: impl FnOnce(&Local) + Send + 'static) {
        if let Err(error) = self.blocking(work).await {
            tracing::warn!(%error, "could not tidy up behind a job");
        }
    }

    /// Those of `attempts` whose process lives, and those whose is gone.
    async fn part(&self, attempts: Vec<Attempt>) -> io::Result<(Vec<Attempt>, Vec<Attempt>)> {
        self.blocking(|local| attempts.into_iter().partition(|attempt| local.alive(*attempt))).await
    }

    /// Whoever watched a process is done. One that broke knows nothing of it: then it is looked for
    /// as one of those that an earlier server started.
    async fn done(&mut self, done: Result<(task::Id, String), JoinError>) {
        let id = done.as_ref().map_or_else(JoinError::id, |(id, _)| *id);
        let Some(attempt) = self.watched.remove(&id) else { return };
        match done {
            Ok((_, why)) => self.ended(attempt, why).await,
            Err(error) => {
                tracing::error!(%error, job = %attempt, "job {attempt} is watched no more");
                self.adopted.push(attempt);
            }
        }
    }

    /// A process is gone: cleans up behind it. Nothing else happens if it had handed in a result.
    async fn ended(&self, attempt: Attempt, why: String) {
        self.tidy(move |local| local.remove(attempt)).await;
        if let Err(error) = self.queue.lost(attempt, why).await {
            // The lease runs out by itself.
            tracing::warn!(%error, job = %attempt, "could not report the end of job {attempt}");
        }
    }

    /// Reports the adopted processes that are gone.
    async fn notice(&mut self) {
        if self.adopted.is_empty() {
            return;
        }
        let Ok((alive, gone)) = self.part(self.adopted.clone()).await else { return };
        self.adopted = alive;
        self.all_gone(gone).await;
    }

    async fn all_gone(&self, attempts: Vec<Attempt>) {
        for attempt in attempts {
            self.ended(attempt, "its process was gone when it was looked for".into()).await;
        }
    }

    /// Ends processes that were cancelled and go on, or that fill the disk.
    async fn restrain(&self) {
        let Ok(mut conn) = self.pool.get().await else { return };
        let grace = self.settings.grace;
        let overdue = jobs::overdue(&mut conn, self.local.worker(), grace).await;
        drop(conn);
        for attempt in overdue.unwrap_or_default() {
            tracing::warn!(job = %attempt, "job {attempt} was cancelled and did not stop: killed");
            self.kill(attempt, "it was cancelled and did not stop").await;
        }
        for (attempt, bytes) in self.blocking(Local::scratch_sizes).await.unwrap_or_default() {
            if bytes > self.settings.scratch {
                tracing::warn!(job = %attempt, bytes, "job {attempt} fills the disk: killed");
                self.kill(attempt, "it wrote more to its scratch folder than it may").await;
            }
        }
    }

    async fn kill(&self, attempt: Attempt, why: &str) {
        self.tidy(move |local| local.kill(attempt)).await;
        if let Err(error) = self.queue.lost(attempt, why.into()).await {
            tracing::warn!(%error, job = %attempt, "could not end job {attempt}");
        }
    }

    /// Removes what attempts that are no longer at work left behind, processes included, and
    /// reports those whose process is gone: it died while no server watched. Those at work that
    /// an earlier server started.
    async fn sweep(&self) -> Vec<Attempt> {
        let Ok(mut conn) = self.pool.get().await else { return Vec::new() };
        let running = match jobs::running_on(&mut conn, self.local.worker()).await {
            Ok(running) => running,
            Err(error) => {
                tracing::warn!(%error, "could not look for the jobs at work here");
                return Vec::new();
            }
        };
        drop(conn);
        let known = running.iter().copied().collect();
        self.tidy(move |local| local.sweep(&known)).await;
        let watched: HashSet<Attempt> = self.watched.values().copied().collect();
        let unwatched = running.into_iter().filter(|attempt| !watched.contains(attempt));
        let Ok((alive, gone)) = self.part(unwatched.collect()).await else { return Vec::new() };
        self.all_gone(gone).await;
        alive
    }
}

/// Starts the process of an attempt and waits for its end; what to say of it if it handed in no
/// result. One that takes its time until it has its token keeps nobody else waiting.
async fn watch(local: Arc<Local>, attempt: Attempt, token: JobToken) -> String {
    let started = spawn_blocking(move || local.start(attempt, &token)).await;
    match started.map_err(io::Error::other).flatten() {
        Ok(mut process) => process.ended().await,
        Err(error) => format!("the process could not be started: {error}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use mlhub_domain::ids::JobId;
    use mlhub_domain::jobs::JobKind;
    use std::convert::Infallible;
    use std::sync::Mutex;

    /// A queue without jobs, which remembers whose end was reported.
    #[derive(Default)]
    struct Reported(Mutex<Vec<Attempt>>);

    impl Queue for Reported {
        type Error = Infallible;

        async fn claim(&self, _: Terms) -> Result<Option<(Attempt, JobKind)>, Infallible> {
            Ok(None)
        }

        async fn lost(&self, attempt: Attempt, _: String) -> Result<(), Infallible> {
            self.0.lock().unwrap().push(attempt);
            Ok(())
        }

        async fn reap(&self) -> Result<usize, Infallible> {
            Ok(0)
        }
    }

    #[tokio::test]
    async fn an_attempt_whose_watch_breaks_is_looked_for_and_reported() {
        let (folder, settings) = (tempfile::tempdir().unwrap(), Settings::default());
        let local = Local::open(folder.path(), "/bin/true".into(), String::new(), &settings);
        let mut runner = Runner {
            queue: Reported::default(),
            local: Arc::new(local.unwrap()),
            settings,
            pool: Pool::new("postgres://nowhere/mlhub", 1).unwrap(),
            processes: JoinSet::new(),
            watched: HashMap::new(),
            adopted: Vec::new(),
        };
        let attempt = Attempt { job: JobId(7), number: 1 };
        let watch = runner.processes.spawn(async { panic!("it breaks") });
        runner.watched.insert(watch.id(), attempt);
        let done = runner.processes.join_next_with_id().await.unwrap();
        runner.done(done).await;
        assert!(runner.watched.is_empty());
        // Its process is gone, or never was.
        runner.notice().await;
        assert_eq!(*runner.queue.0.lock().unwrap(), [attempt]);
    }
}
