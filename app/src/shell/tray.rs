//! The jobs that work for the visitor.

use crate::components::ProgressBar;
use crate::format;
use leptos::prelude::*;
use mlhub_domain::jobs::{JobState, RunningJob};

/// The visitor's jobs at work, for the tray and whoever shows them too.
#[derive(Clone, Copy)]
pub struct Running(pub RwSignal<Vec<RunningJob>>);

impl Running {
    /// Starts with what the server knew when it rendered the page.
    pub fn new(jobs: Vec<RunningJob>) -> Self {
        Self(RwSignal::new(jobs))
    }
}

/// How many jobs are at work, and each with its bar. Nothing at all when there is none.
#[component]
pub fn JobsTray() -> impl IntoView {
    let jobs = use_context::<Running>().unwrap_or_else(|| Running::new(Vec::new())).0;
    let count = move || jobs.with(Vec::len);
    let rows = move || jobs.get().into_iter().map(|job| row(job).into_any()).collect_view();
    view! {
        <Show when=move || { count() > 0 }>
            <details class="menu" data-menu="">
                <summary class="tray">
                    <span class="dot pulse"></span>
                    {count}
                    <span class="word">"at work"</span>
                </summary>
                <div class="panel">{rows}</div>
            </details>
        </Show>
    }
}

/// One job: what it works on, how far it is, how long it will take.
fn row(running: RunningJob) -> impl IntoView {
    let RunningJob { job, title, page } = running;
    let share = job.progress.as_ref().filter(|p| p.total > 0);
    let share = share.map(|p| p.done as f64 / p.total as f64);
    let said = match (&job.state, &job.progress) {
        (JobState::Ready, _) => "waits for a worker".to_string(),
        (JobState::Paused, _) => "paused".to_string(),
        (_, Some(progress)) => match progress.remaining {
            Some(left) => format!("about {} left", format::duration(left.0)),
            None => format!("{} {}", format::count(progress.done), progress.unit),
        },
        (_, None) => "begins".to_string(),
    };
    view! {
        <a class="job" href=page>
            <b>{title.clone()}</b>
            <ProgressBar label=title share=share/>
            <span class="muted small">{said}</span>
        </a>
    }
}
