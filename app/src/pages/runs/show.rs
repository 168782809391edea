//! The page of a run: live while it works, its report afterwards.

use super::parts::{LogCard, OutcomeNote, ParamsCard, ProgressCard, SoFarCard, TimingCard};
use super::watch::{Log, Watch};
use crate::charts::{LineChart, width};
use crate::components::{Card, EmptyState, Facts, Icon, RunTag, Time};
use crate::forms::{ConfirmButton, Form, Hidden, SubmitButton};
use crate::pages::models::{EvaluationView, metric_title};
use crate::shell::{Head, reloading, successes};
use crate::{Failure, Page, load, routes};
use leptos::prelude::*;
use mlhub_domain::evaluation::Evaluation;
use mlhub_domain::runs::{Run, RunPath, Series};
use serde::{Deserialize, Serialize};

/// What the page shows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct RunData {
    at: RunPath,
    edits: bool,
    run: Run,
    series: Vec<Series>,
    log: Log,
    evaluation: Option<Evaluation>,
}

/// Fetches it. The run comes first: what happens while the rest is read is heard once more.
#[server(prefix = "/fn", endpoint = "runs/show")]
pub(super) async fn show_run(at: RunPath) -> Result<RunData, Failure> {
    use mlhub_domain::access::Role;
    use mlhub_domain::models::VersionRef;
    use mlhub_hub::{models, projects, runs};
    /// Pages of events that are read for the log; the longest training has fewer.
    const PAGES: usize = 100;
    let (hub, actor) = crate::ssr::caller()?;
    let run = runs::get(&hub, &actor, &at).await?;
    let project = projects::get(&hub, &actor, &at.project()).await?;
    let series = runs::metrics(&hub, &actor, &at, &[], None).await?;
    let mut log = Log::default();
    let mut after = 0;
    for _ in 0..PAGES {
        let events = runs::events(&hub, &actor, &at, after).await?;
        let Some(last) = events.last() else {
            break;
        };
        after = last.seq;
        for event in &events {
            log.take_in(event);
        }
    }
    let evaluation = match &run.model {
        Some(made) => {
            let model = at.project().model(made.name.clone());
            let version = VersionRef::Number(made.version);
            models::evaluation(&hub, &actor, &model, &version).await.ok()
        }
        None => None,
    };
    let edits = project.role >= Some(Role::Edit);
    Ok(RunData { at, edits, run, series, log, evaluation })
}

/// Asks a run to stop; the best it has found so far is kept.
#[server(prefix = "/fn", endpoint = "runs/cancel")]
pub(super) async fn cancel_run(at: RunPath) -> Result<(), Failure> {
    let (hub, actor) = crate::ssr::caller()?;
    mlhub_hub::runs::cancel(&hub, &actor, &at).await?;
    Ok(())
}

/// `/{owner}/{project}/runs/{run}`
#[component]
pub fn RunPage() -> impl IntoView {
    let cancel = ServerAction::<CancelRun>::new();
    let changes = RwSignal::new(0_usize);
    let again = [successes(cancel), Memo::new(move |_| changes.get())];
    let at = reloading(routes::params::<RunPath>(), again);
    let show = move |data| view! { <RunView cancel changes data/> }.into_any();
    load(at, |(at, _)| show_run(at), show)
}

#[component]
fn RunView(
    cancel: ServerAction<CancelRun>,
    changes: RwSignal<usize>,
    data: RunData,
) -> impl IntoView {
    let RunData { at, edits, run, series, log, evaluation } = data;
    let watch = Watch::new(&run, series, log);
    let works = !run.status.ended();
    if works {
        watch.follow(&at, run.seq, changes);
    }
    let title = format!("Run {}", at.run);
    let tags = move || view! { <span role="status">{move || tag(watch)}</span> };
    let (place, about) = (at.clone(), run.clone());
    let facts = move || facts(&place, &about);
    let acts = acts(cancel, &at, &run, edits);
    let reported = evaluation.is_some();
    let report = evaluation.map(|evaluation| view! { <EvaluationView evaluation/> }.into_any());
    let middle = if reported { ().into_any() } else { curves(watch, works) };
    let progress = works.then(|| view! { <ProgressCard watch at=at.clone()/> }.into_any());
    view! {
        <Page title=format!("{title} · {}", at.project())>
            <Head title=title tags facts>
                {acts}
            </Head>
            <OutcomeNote at=at.clone() run=run.clone()/>
            {progress}
            {middle}
            {report}
            <div class="grid">
                <LogCard watch/>
                <ParamsCard params=run.params.clone()/>
                <TimingCard timing=run.timing.clone()/>
            </div>
        </Page>
    }
    .into_any()
}

fn tag(watch: Watch) -> AnyView {
    let status = watch.status.get();
    view! { <RunTag status/> }.into_any()
}

/// What it trains, on what, by whom, since when.
fn facts(at: &RunPath, run: &Run) -> AnyView {
    let project = at.project();
    let trains = run.trains.clone().map(|name| {
        let href = project.model(name.clone()).page();
        view! {
            <span>
                "trains " <a href=href>{name.to_string()}</a>
            </span>
        }
        .into_any()
    });
    let dataset = run.dataset.clone().map(|dataset| {
        let page = project.dataset(dataset.name.clone()).page();
        let href = format!("{page}?version={}", dataset.version);
        let said = format!("{} v{}", dataset.name, dataset.version);
        view! {
            <span>
                "on " <a href=href>{said}</a>
            </span>
        }
        .into_any()
    });
    let algorithm = run.spec.as_ref().map(|spec| {
        view! { <span>"by " <b>{spec.algorithm.kind.schema().title}</b></span> }.into_any()
    });
    let (started_by, created_at) = (run.created_by.to_string(), run.created_at);
    view! {
        <Facts>
            {trains}
            {dataset}
            {algorithm}
            <span>
                "started by " <b>{started_by}</b> " " <Time at=created_at/>
            </span>
        </Facts>
    }
    .into_any()
}

/// What one can do: stop it, or go to what it made.
fn acts(cancel: ServerAction<CancelRun>, at: &RunPath, run: &Run, edits: bool) -> AnyView {
    if let Some(made) = &run.model {
        let page = at.project().model(made.name.clone()).page();
        let href = format!("{page}?version={}", made.version);
        let said = format!("{} v{}", made.name, made.version);
        return view! {
            <a class="btn primary" href=href>
                <Icon name="box"/>
                {said}
            </a>
        }
        .into_any();
    }
    if !edits || run.status.ended() || run.job.is_none() {
        return ().into_any();
    }
    let at = at.clone();
    view! {
        <ConfirmButton
            label="Cancel…"
            warning="The training stops. The best model found so far is measured and kept; without one nothing is published."
        >
            <Form action=cancel class="actions">
                <Hidden name="at[owner]" value=at.owner.to_string()/>
                <Hidden name="at[project]" value=at.project.to_string()/>
                <Hidden name="at[run]" value=at.run.to_string()/>
                <SubmitButton class="btn stop">"Cancel the run"</SubmitButton>
            </Form>
        </ConfirmButton>
    }
    .into_any()
}

/// The curves with the newest values beside them. The chart is made anew only when other curves
/// come; points that come move it.
fn curves(watch: Watch, works: bool) -> AnyView {
    let plot = Memo::new(move |_| watch.plot());
    let shape = Memo::new(move |_| {
        let lines = |plot: &crate::charts::svg::LinePlot| plot.lines.len();
        plot.with(|plot| plot.as_ref().map(|(metric, plot)| (metric.clone(), lines(plot))))
    });
    let chart = move || match shape.get() {
        Some((metric, _)) => {
            let mut title = metric_title(&metric);
            if let Some(first) = title.get_mut(..1) {
                first.make_ascii_uppercase();
            }
            let drawn = Signal::derive(move || {
                plot.with(|plot| plot.as_ref().map(|(_, plot)| plot.clone()).unwrap_or_default())
            });
            view! {
                <Card title=title class="c8">
                    <LineChart plot=drawn wide=width(8)/>
                </Card>
                <SoFarCard watch/>
            }
            .into_any()
        }
        None if works => view! {
            <section class="c12">
                <EmptyState
                    icon="activity"
                    title="No values yet"
                    text="The curves appear here as soon as the first values are measured."
                />
            </section>
        }
        .into_any(),
        None => ().into_any(),
    };
    view! { <div class="grid">{chart}</div> }.into_any()
}
