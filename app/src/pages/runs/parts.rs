//! The parts of a run's page.

use super::seen::Seen;
use super::watch::Watch;
use crate::components::{Card, Note, ProgressBar, Stat, with_query};
use crate::live::LinkChip;
use crate::{format, platform};
use leptos::html;
use leptos::prelude::*;
use mlhub_domain::algorithms::CATALOGUE;
use mlhub_domain::models::Spec;
use mlhub_domain::num::Num;
use mlhub_domain::runs::{Level, LogLine, Run, RunPath, RunStatus};
use mlhub_domain::text::sentence;
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// The most columns that are named.
const NAMED: usize = 12;

/// How far the run is, and how long it will take; at its end, what has become of it.
#[component]
pub(super) fn ProgressCard(watch: Watch, at: RunPath) -> impl IntoView {
    let page = at.page();
    let elapsed = move || watch.with(Seen::elapsed);
    let elapsed = move || elapsed().map(|s| format!("{} elapsed", format::duration(s)));
    let works = watch.part(Seen::works);
    view! {
        <Card>
            <div class="stack tight">
                <div class="row small">
                    <b>{move || watch.with(Seen::doing)}</b>
                    <span class="muted">{move || watch.with(Seen::pace)}</span>
                    <span class="grow"></span>
                    <span class="muted">{elapsed}</span>
                    <b class="alive">{move || watch.with(Seen::left)}</b>
                    <Show when=move || works.get()>
                        <LinkChip/>
                    </Show>
                    <a class="btn small needs-no-script" href=page>
                        "Reload"
                    </a>
                </div>
                <ProgressBar label="Training" share=watch.part(Seen::share)/>
            </div>
        </Card>
    }
    .into_any()
}

/// The form with the settings of a run, to be changed; none for a run that was logged from outside.
pub(in crate::pages) fn change_page(at: &RunPath, run: &Run) -> Option<String> {
    let page = at.project().train_page(None);
    run.spec.as_ref().map(|_| with_query(&page, "run", Some(&at.run.to_string())))
}

/// What came of it, where that is not simply a model: why, and what to do.
#[component]
pub(super) fn OutcomeNote(at: RunPath, run: Run, edits: bool) -> impl IntoView {
    let word = match run.status {
        RunStatus::Finished => "Train a new model",
        RunStatus::Queued
        | RunStatus::Running
        | RunStatus::Paused
        | RunStatus::Failed
        | RunStatus::Cancelled => "Change and try again",
    };
    let change = change_page(&at, &run).filter(|_| edits).map(|href| {
        view! {
            <a class="btn small" href=href>
                {word}
            </a>
        }
    });
    let (kind, title, said) = match (run.status, run.error, &run.model) {
        (RunStatus::Failed, Some(error), _) => {
            ("bad", "The training failed", sentences(&error.message, &error.hint))
        }
        (RunStatus::Failed, None, _) => {
            ("bad", "The training failed", "The log says how far it came.".into())
        }
        (RunStatus::Cancelled, _, None) => {
            ("plain", "Cancelled", "There was no model to keep yet.".into())
        }
        (RunStatus::Cancelled, _, Some(_)) => {
            ("plain", "Cancelled", "The best model found until then was kept.".into())
        }
        // Whatever was trained to its end had a model.
        (RunStatus::Finished, _, None) if run.spec.is_some() => {
            ("plain", "Its model was deleted", "These settings can train a new one.".into())
        }
        (
            RunStatus::Queued | RunStatus::Running | RunStatus::Paused | RunStatus::Finished,
            _,
            _,
        ) => return ().into_any(),
    };
    view! {
        <Note kind title=title>
            <span class="row apart">
                <span>{said}</span>
                {change}
            </span>
        </Note>
    }
    .into_any()
}

/// Nothing more is heard of the run: it is gone, or one may not see it any more.
#[component]
pub(super) fn GoneNote(at: RunPath) -> impl IntoView {
    let sign_in = with_query("/login", "next", Some(&at.page()));
    view! {
        <Note title="You cannot see this run any more">
            "It was deleted or closed to you, or you are signed out. What stands here is the last \
             that was heard. "
            // Where this stands nothing can be cancelled (`style/pages.css`).
            <a class="gone" href=sign_in>
                "Sign in"
            </a>
        </Note>
    }
    .into_any()
}

/// The newest values while it works.
#[component]
pub(super) fn SoFarCard(watch: Watch) -> impl IntoView {
    let stats = move || {
        let stat = |(label, value): (String, f64)| {
            view! { <Stat value=format::metric(value) label=label/> }.into_any()
        };
        watch.with(Seen::newest).into_iter().map(stat).collect_view()
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
    let lines = watch.part(|seen| seen.log.lines.clone());
    let place = NodeRef::<html::Div>::new();
    Effect::new(move |_| {
        lines.track();
        platform::keep_at_end(place);
    });
    let none = move || lines.with(Vec::is_empty);
    view! {
        <Card title="Log">
            <div class="log" role="region" tabindex="0" aria-label="Log" node_ref=place>
                <For each=move || lines.get() key=|line| line.seq children=line/>
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

/// What went wrong, and what to do.
pub(in crate::pages) fn sentences(message: &str, hint: &str) -> String {
    format!("{} {hint}", sentence(message))
}

/// A value as people read it: texts without quotes, numbers with all of their digits.
fn said(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Number(number) => number.as_f64().map_or_else(|| number.to_string(), format::exact),
        Value::Array(list) => list.iter().map(said).collect::<Vec<_>>().join(", "),
        other => other.to_string(),
    }
}

/// What was set, in the words and the order of the form, and then what the training found.
#[component]
pub(super) fn ParamsCard(spec: Option<Spec>, mut params: Map<String, Value>) -> impl IntoView {
    if spec.is_none() && params.is_empty() {
        return ().into_any();
    }
    let kind = params.get("algorithm").and_then(Value::as_str);
    let algorithm = CATALOGUE.iter().find(|algorithm| Some(algorithm.kind.as_str()) == kind);
    let mut rows = spec.map_or_else(Vec::new, columns);
    if let Some(algorithm) = algorithm {
        params.remove("algorithm");
        rows.push(("Algorithm".to_string(), algorithm.title.to_string()));
        let set = algorithm.params.iter().filter_map(|param| {
            let value = params.remove(param.name)?;
            // Below zero it is no amount but a word, such as “no limit”.
            let amount = value.as_f64().is_none_or(|x| x >= 0.0);
            let value = said(&value);
            let unit = Some(param.unit).filter(|unit| amount && !unit.is_empty());
            let value = unit.map_or(value.clone(), |unit| format!("{value} {unit}"));
            Some((param.title.to_string(), value))
        });
        rows.extend(set);
    }
    for (key, title) in BESIDE {
        let value = params.remove(key);
        rows.extend(value.map(|value| (title.into(), beside(key, &value))));
    }
    rows.extend(params.iter().map(|(key, value)| (key.clone(), said(value))));
    let rows = rows.into_iter().map(|(title, value)| {
        view! {
            <dt>{title}</dt>
            <dd>{value}</dd>
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

/// What is predicted, and from which columns.
fn columns(spec: Spec) -> Vec<(String, String)> {
    let from = spec.features.map_or_else(
        || "the proposed columns".to_string(),
        |features| match features.split_at_checked(NAMED) {
            Some((named, others)) if !others.is_empty() => {
                format!("{} and {} more", named.join(", "), format::count(others.len() as u64))
            }
            _ => features.join(", "),
        },
    );
    vec![("Predicts".into(), spec.target), ("From".into(), from)]
}

/// What stands in the params of a run beside the hyperparameters.
const BESIDE: [(&str, &str); 5] = [
    ("holdout", "Kept aside to measure"),
    ("seed", "Seed"),
    ("rows", "Rows with a target"),
    ("rows_without_target", "Rows without a target"),
    ("steps", "Steps kept"),
];

fn beside(key: &str, value: &Value) -> String {
    match (key, value.as_f64()) {
        ("holdout", Some(share)) => format::percent(share),
        // It is a name, to be typed again.
        ("seed", ..) => value.to_string(),
        _ => said(value),
    }
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
    fn a_failure_is_told_in_whole_sentences() {
        let said = sentences("only 3 rows have a value in “y”", "Add rows.");
        assert_eq!(said, "Only 3 rows have a value in “y”. Add rows.");
        assert_eq!(sentences("“y” is empty.", "Fill it."), "“y” is empty. Fill it.");
    }

    #[test]
    fn a_run_says_what_it_predicts_from_what() {
        let from = |features: Value| {
            let spec = json!({
                "task": "regression", "target": "y", "features": features,
                "algorithm": {"kind": "ridge"},
            });
            let [predicts, from] =
                columns(serde_json::from_value(spec).unwrap()).try_into().unwrap();
            assert_eq!(predicts, ("Predicts".into(), "y".into()));
            from.1
        };
        assert_eq!(from(json!(null)), "the proposed columns");
        assert_eq!(from(json!(["a", "b"])), "a, b");
        let many: Vec<String> = (0..NAMED + 2).map(|n| format!("c{n}")).collect();
        assert!(from(json!(many)).ends_with(&format!("c{} and 2 more", NAMED - 1)));
    }

    #[test]
    fn settings_are_said_without_quotes_and_brackets() {
        assert_eq!(said(&json!("relu")), "relu");
        assert_eq!(said(&json!([256, 128])), "256, 128");
        assert_eq!(said(&json!(0.1)), "0.1");
        assert_eq!(said(&json!(10_000)), "10\u{a0}000");
        assert_eq!([said(&json!(1e-6)), said(&json!(-1))], ["1e-6", "−1"]);
        assert_eq!(beside("steps", &json!(12_345)), "12\u{a0}345");
        assert_eq!(beside("seed", &json!(12_345)), "12345");
    }
}
