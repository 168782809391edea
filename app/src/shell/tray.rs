//! The jobs that work for the visitor.

use crate::components::ProgressBar;
use crate::{Failure, format, platform};
use leptos::prelude::*;
use leptos::task::spawn_local;
use mlhub_domain::jobs::{Job, JobState, RunningJob};

/// Milliseconds between two looks while something is at work.
const PACE: u32 = 2_500;

/// The jobs of the one who asks that have not ended.
#[server(prefix = "/fn", endpoint = "jobs/running")]
async fn running_jobs() -> Result<Vec<RunningJob>, Failure> {
    let (hub, actor) = crate::ssr::caller()?;
    Ok(mlhub_hub::jobs::open(&hub, &actor).await?)
}

/// The visitor's jobs at work, for the tray and whoever shows them too.
#[derive(Clone, Copy)]
pub struct Running {
    jobs: RwSignal<Vec<RunningJob>>,
    followed: StoredValue<bool>,
}

impl Running {
    /// Starts with what the server knew when it rendered the page.
    pub fn new(jobs: Vec<RunningJob>) -> Self {
        Self { jobs: RwSignal::new(jobs), followed: StoredValue::new(false) }
    }

    /// Those of the page, kept true in the browser: it looks again and again while something is at
    /// work and the tab is seen.
    pub fn followed() -> RwSignal<Vec<RunningJob>> {
        let running = use_context::<Self>().unwrap_or_else(|| Self::new(Vec::new()));
        if !running.followed.get_value() {
            running.followed.set_value(true);
            Effect::new(move |_| {
                if running.jobs.with(|jobs| !jobs.is_empty()) {
                    platform::after(PACE, move || running.look());
                }
            });
        }
        running.jobs
    }

    fn look(self) {
        if !platform::seen() {
            return platform::after(PACE, move || self.look());
        }
        spawn_local(async move {
            match running_jobs().await {
                Ok(jobs) => self.jobs.set(jobs),
                Err(failure) if failure.status() == 401 => self.jobs.set(Vec::new()), // signed out
                // When the server cannot be reached it may be back the next time.
                Err(_) => platform::after(PACE, move || self.look()),
            }
        });
    }
}

/// How many jobs are at work, and each with its bar. Nothing at all when there is none.
#[island]
pub fn JobsTray() -> impl IntoView {
    let jobs = Running::followed();
    let waiting = |job: &&RunningJob| job.job.state == JobState::Ready;
    let counts = move || {
        let (all, waiting) = jobs.with(|jobs| (jobs.len(), jobs.iter().filter(waiting).count()));
        (all - waiting, waiting)
    };
    let first = move || match counts() {
        (0, waiting) => waiting,
        (running, _) => running,
    };
    let words = move || match counts() {
        (0, _) => "waiting".to_string(),
        (_, 0) => "running".to_string(),
        (_, waiting) => format!("running, {waiting} waiting"),
    };
    let rows = move || jobs.get().into_iter().map(|job| row(job).into_any()).collect_view();
    view! {
        <Show when=move || jobs.with(|jobs| !jobs.is_empty())>
            <details class="menu" data-menu="">
                <summary class="tray">
                    <span class="dot pulse"></span>
                    {first}
                    <span class="word">{words}</span>
                </summary>
                <div class="panel">{rows}</div>
            </details>
        </Show>
    }
}

/// How far a job is: the share that is done, if that is known, and a few words.
pub fn job_state(job: &Job) -> (Option<f64>, String) {
    let known = job.progress.as_ref().filter(|p| p.total > 0);
    let share = known.map(|p| p.done as f64 / p.total as f64);
    // What waits does not move.
    let share = share.or_else(|| (job.state == JobState::Ready).then_some(0.0));
    let said = match (&job.state, &job.progress) {
        _ if job.cancelling => "Cancelling…".to_string(),
        (JobState::Ready, _) => "waits for a worker".to_string(),
        (JobState::Paused, _) => "paused".to_string(),
        (_, Some(progress)) => match progress.remaining {
            Some(left) => format!("about {} left", format::duration(left.0)),
            None => format!("{} {}", format::count(progress.done), progress.unit),
        },
        (_, None) => "begins".to_string(),
    };
    (share, said)
}

/// One job: what it works on, how far it is, how long it will take.
fn row(running: RunningJob) -> impl IntoView {
    let RunningJob { job, title, page } = running;
    let (share, said) = job_state(&job);
    view! {
        <a class="job" href=page>
            <b>{title.clone()}</b>
            <ProgressBar label=title share=share/>
            <span class="muted small">{said}</span>
        </a>
    }
}
