//! The jobs that work for the visitor.

use crate::components::ProgressBar;
use crate::{Failure, format, platform};
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::hooks::use_location;
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
pub struct Running(pub RwSignal<Vec<RunningJob>>);

impl Running {
    /// Starts with what the server knew when it rendered the page.
    pub fn new(jobs: Vec<RunningJob>) -> Self {
        Self(RwSignal::new(jobs))
    }
}

/// Keeps `running` true in the browser: looks when another page is shown, and again and again
/// while something is at work and the tab is seen.
fn keep_true(running: Running) {
    let path = use_location().pathname;
    let (ticks, tick) = signal(0_u32);
    let waiting = StoredValue::new(false);
    Effect::new(move |before: Option<String>| {
        ticks.track();
        let path = path.get();
        let at_work = running.0.with_untracked(|jobs| !jobs.is_empty());
        if before.is_some_and(|before| before != path || at_work) && platform::seen() {
            spawn_local(async move {
                if let Ok(jobs) = running_jobs().await
                    && running.0.try_with_untracked(|known| *known != jobs) == Some(true)
                {
                    running.0.set(jobs);
                }
            });
        }
        path
    });
    Effect::new(move |_| {
        ticks.track();
        let at_work = running.0.with(|jobs| !jobs.is_empty());
        if at_work && waiting.try_get_value() == Some(false) {
            waiting.set_value(true);
            platform::after(PACE, move || {
                if waiting.try_set_value(false).is_none() {
                    let _ = tick.try_update(|n| *n = n.wrapping_add(1));
                }
            });
        }
    });
}

/// How many jobs are at work, and each with its bar. Nothing at all when there is none.
#[component]
pub fn JobsTray() -> impl IntoView {
    let running = use_context::<Running>().unwrap_or_else(|| Running::new(Vec::new()));
    keep_true(running);
    let jobs = running.0;
    let count = move || jobs.with(Vec::len);
    let rows = move || jobs.get().into_iter().map(|job| row(job).into_any()).collect_view();
    view! {
        <Show when=move || { count() > 0 }>
            <details class="menu" data-menu="">
                <summary class="tray">
                    <span class="dot pulse"></span>
                    {count}
                    <span class="word">"running"</span>
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
    let said = match (&job.state, &job.progress) {
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
