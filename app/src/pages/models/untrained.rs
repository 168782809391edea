//! A model without a version: how its training goes, or how it went.

use crate::components::{EmptyState, Icon, RunTag};
use crate::pages::runs::{change_page, sentences};
use leptos::prelude::*;
use mlhub_domain::models::ModelPath;
use mlhub_domain::runs::{Run, RunStatus};

/// What stands instead of the first version. `run` is the newest that trains the model, `train` the
/// way to the form that starts one; each where the visitor may see or do that.
pub(super) fn untrained(
    at: &ModelPath,
    run: Option<&Run>,
    train: Option<AnyView>,
    sees: bool,
) -> AnyView {
    match run.filter(|run| run.status != RunStatus::Finished) {
        Some(run) => trained(at, run, train.is_some()),
        None => never(at, train, sees),
    }
}

fn never(at: &ModelPath, train: Option<AnyView>, sees: bool) -> AnyView {
    let runs = sees.then(|| {
        let href = format!("{}/runs", at.project().page());
        view! {
            <a class="btn" href=href>
                "See the runs"
            </a>
        }
    });
    view! {
        <EmptyState
            icon="box"
            title="Not trained yet"
            text="This model has a definition but no version. Its first finished training makes one."
        >
            {train}
            {runs}
        </EmptyState>
    }
    .into_any()
}

/// What the newest run came to, or that it still works.
fn trained(at: &ModelPath, run: &Run, edits: bool) -> AnyView {
    let (place, status) = (at.project().run(run.run), run.status);
    let page = place.page();
    let (icon, title, text) = said(run);
    if !status.ended() {
        let words = format!("Watch run {}", run.run);
        return view! {
            <EmptyState icon title text>
                <RunTag status/>
                <a class="btn primary" href=page>
                    <Icon name="activity"/>
                    {words}
                </a>
            </EmptyState>
        }
        .into_any();
    }
    let change = change_page(&place, run).filter(|_| edits).map(|href| {
        view! {
            <a class="btn primary" href=href>
                "Change and train again"
            </a>
        }
    });
    let words = format!("See run {}", run.run);
    view! {
        <EmptyState icon title text>
            {change}
            <a class="btn" href=page>
                {words}
            </a>
        </EmptyState>
    }
    .into_any()
}

/// An icon, what happened to a run that made no version, and why.
fn said(run: &Run) -> (&'static str, &'static str, String) {
    let number = run.run;
    match (run.status, &run.error) {
        (RunStatus::Failed, Some(error)) => {
            ("alert-triangle", "The training failed", sentences(&error.message, &error.hint))
        }
        (RunStatus::Failed, None) => {
            let text = format!("The log of run {number} says how far it came.");
            ("alert-triangle", "The training failed", text)
        }
        (RunStatus::Cancelled, _) => {
            let text = "It was stopped before there was a model to keep.";
            ("box", "The training was cancelled", text.into())
        }
        (RunStatus::Queued | RunStatus::Running | RunStatus::Paused | RunStatus::Finished, _) => {
            let text = format!("Run {number} makes the first version of this model.");
            ("activity", "In training", text)
        }
    }
}
