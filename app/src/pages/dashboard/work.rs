//! What is at work, and what went wrong.

use crate::components::{Card, Icon, ProgressBar, Time};
use crate::platform;
use crate::shell::{Running, job_state};
use leptos::prelude::*;
use mlhub_domain::dashboard::Attention;

/// The jobs at work with their bars; nothing at all when there is none. When one has ended the rest
/// of the page has news: it is loaded again.
#[island]
pub(super) fn RunningCard() -> impl IntoView {
    let jobs = Running::followed();
    Effect::new(move |before: Option<usize>| {
        let count = jobs.with(Vec::len);
        if before.is_some_and(|before| before > count) {
            platform::reload();
        }
        count
    });
    let rows = move || {
        let row = |running: mlhub_domain::jobs::RunningJob| {
            let (share, said) = job_state(&running.job);
            view! {
                <li class="item">
                    <span class="dot pulse alive"></span>
                    <span class="what">
                        <a href=running.page>{running.title.clone()}</a>
                        <span class="meta">{said}</span>
                    </span>
                    <ProgressBar label=running.title share=share/>
                </li>
            }
            .into_any()
        };
        jobs.get().into_iter().map(row).collect_view()
    };
    view! {
        <Show when=move || jobs.with(|jobs| !jobs.is_empty())>
            <Card title="At work" class="flush">
                <ul class="list" role="list">
                    {rows}
                </ul>
            </Card>
        </Show>
    }
}

/// What failed and was not repaired since.
#[component]
pub(super) fn AttentionCard(items: Vec<Attention>) -> impl IntoView {
    let rows = items.into_iter().map(|item| {
        view! {
            <li class="item">
                <span class="failed">
                    <Icon name="alert-triangle"/>
                </span>
                <span class="what">
                    <a href=item.page>{item.what}</a>
                    <span class="meta">{item.why}</span>
                </span>
                <span class="meta">{item.project}</span>
                <span class="meta">
                    <Time at=item.at/>
                </span>
            </li>
        }
        .into_any()
    });
    view! {
        <Card title="Needs attention" class="flush">
            <ul class="list" role="list">
                {rows.collect_view()}
            </ul>
        </Card>
    }
}
