//! The parts of a run's page.

use super::watch::{Watch, singular};
use crate::components::{Card, Note, ProgressBar, Stat};
use crate::live::LinkChip;
use crate::{format, platform};
use leptos::html;
use leptos::prelude::*;
use mlhub_domain::num::Num;
use mlhub_domain::runs::{Level, LogLine, Run, RunPath, RunStatus};
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// How far the run is, and how long it will take.
#[component]
pub(super) fn ProgressCard(watch: Watch, at: RunPath) -> impl IntoView {
    let page = at.page();
    let elapsed = move || watch.elapsed().map(|s| format!("{} elapsed", format::duration(s)));
    view! {
        <Card>
            <div class="stack tight">
                <div class="row small">
                    <b>{move || done(watch)}</b>
                    <span class="muted">{move || rate(watch)}</span>
                    <span class="grow"></span>
                    <span class="muted">{elapsed}</span>
                    <b class="alive">{move || left(watch)}</b>
                    <LinkChip/>
                    <a class="btn small needs-no-script" href=page>
                        "Reload"
                    </a>
                </div>
                <ProgressBar label="Training" share=watch.share()/>
            </div>
        </Card>
    }
    .into_any()
}

/// “Epoch 60 of 100”, or what is being done.
fn done(watch: Watch) -> String {
    if watch.status.get() == RunStatus::Queued {
        return "Waits for a worker".into();
    }
    let phase = watch.log.with(|log| phase_title(&log.phase));
    match watch.progress.get() {
        Some(p) if p.total > 0 && watch.most().is_some() => {
            let (done, most) = (format::count(p.done), watch.most().unwrap_or_default());
            format!("{phase}: {} {done} of at most {}", singular(&p.unit), format::count(most))
        }
        Some(p) if p.total > 0 => phase,
        Some(p) if p.done > 0 => format!("{phase}: {} {}", format::count(p.done), p.unit),
        Some(_) | None => phase,
    }
}

/// A phase as a heading.
fn phase_title(phase: &str) -> String {
    match phase {
        "read" => "Reading the table".into(),
        "split" => "Keeping rows aside".into(),
        "fit" => "Fitting".into(),
        "evaluate" => "Measuring".into(),
        "refit" => "Fitting again on all rows".into(),
        "save" => "Saving the model".into(),
        "" => "Starting".into(),
        other => other.into(),
    }
}

fn rate(watch: Watch) -> Option<String> {
    let rate = watch.progress.get()?.rows_per_second.0;
    (rate > 0.0).then(|| format::rate(rate, "rows"))
}

fn left(watch: Watch) -> Option<String> {
    let left = watch.progress.get()?.remaining?;
    Some(format!("about {} left", format::duration(left.0)))
}

/// What came of it, where that is not a model: why, and what to do.
#[component]
pub(super) fn OutcomeNote(at: RunPath, run: Run) -> impl IntoView {
    let again = at.project().train_page(run.dataset.as_ref().map(|dataset| &dataset.name));
    match (run.status, run.error) {
        (RunStatus::Failed, Some(error)) => view! {
            <Note kind="bad" title="The training failed">
                {error.message} " " {error.hint} " " <a href=again>"Train again"</a>
            </Note>
        }
        .into_any(),
        (RunStatus::Failed, None) => view! {
            <Note kind="bad">"The training failed. The log says how far it came."</Note>
        }
        .into_any(),
        (RunStatus::Cancelled, _) if run.model.is_none() => view! {
            <Note kind="plain">
                "Cancelled before there was a model to keep. " <a href=again>"Train again"</a>
            </Note>
        }
        .into_any(),
        (RunStatus::Cancelled, _) => view! {
            <Note kind="plain">"Cancelled: the best model found until then was kept."</Note>
        }
        .into_any(),
        _ => ().into_any(),
    }
}

/// The newest values while it works.
#[component]
pub(super) fn SoFarCard(watch: Watch) -> impl IntoView {
    let stats = move || {
        let stat = |(label, value): (String, f64)| {
            view! { <Stat value=format::metric(value) label=label/> }.into_any()
        };
        watch.newest().into_iter().map(stat).collect_view()
    };
    view! {
        <Card title="So far" class="c4">
            <div class="stack loose">{stats}</div>
        </Card>
    }
}

/// The log.
#[component]
pub(super) fn LogCard(watch: Watch) -> impl IntoView {
    let lines = move || watch.log.with(|log| log.lines.clone());
    let place = NodeRef::<html::Div>::new();
    Effect::new(move |_| {
        watch.log.track();
        platform::keep_at_end(place);
    });
    let none = move || watch.log.with(|log| log.lines.is_empty());
    view! {
        <Card title="Log" class="c7 high">
            <div class="log" role="region" tabindex="0" aria-label="Log" node_ref=place>
                <For each=lines key=|line| line.seq children=line/>
                <Show when=none>
                    <div class="muted">"Nothing yet."</div>
                </Show>
            </div>
        </Card>
    }
}

fn line(line: LogLine) -> AnyView {
    let class = match line.level {
        Level::Info => "",
        Level::Warning => "warn",
        Level::Error => "error",
    };
    let time = line.at.format("%H:%M:%S").to_string();
    view! {
        <div class=class>
            <time datetime=line.at.to_rfc3339()>{time}</time>
            {line.message}
        </div>
    }
    .into_any()
}

/// A value as people read it: texts without quotes.
fn said(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(list) => list.iter().map(said).collect::<Vec<_>>().join(", "),
        other => other.to_string(),
    }
}

/// Hyperparameters and whatever else was set.
#[component]
pub(super) fn ParamsCard(params: Map<String, Value>) -> impl IntoView {
    if params.is_empty() {
        return ().into_any();
    }
    let rows = params.iter().map(|(key, value)| {
        view! {
            <dt>{key.clone()}</dt>
            <dd>{said(value)}</dd>
        }
        .into_any()
    });
    let rows = rows.collect_view();
    view! {
        <Card title="Settings">
            <dl>{rows}</dl>
        </Card>
    }
    .into_any()
}

/// Where the time went.
#[component]
pub(super) fn TimingCard(timing: BTreeMap<String, Num>) -> impl IntoView {
    if timing.is_empty() {
        return ().into_any();
    }
    let order = ["queued", "read", "split", "fit", "evaluate", "refit", "save", "total"];
    let rows = order.into_iter().filter_map(|phase| {
        let seconds = timing.get(phase)?.0;
        let row = view! {
            <dt>{phase}</dt>
            <dd>{format::duration(seconds)}</dd>
        };
        Some(row.into_any())
    });
    let rows = rows.collect_view();
    view! {
        <Card title="Where the time went">
            <dl>{rows}</dl>
        </Card>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn settings_are_said_without_quotes_and_brackets() {
        assert_eq!(said(&json!("relu")), "relu");
        assert_eq!(said(&json!([256, 128])), "256, 128");
        assert_eq!(said(&json!(0.1)), "0.1");
    }
}
