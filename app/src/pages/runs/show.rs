//! The page of a run: live while it works, its report afterwards.

use super::artifacts::ArtifactsCard;
use super::live::{LiveRun, LiveStatus, curves};
use super::parts::{LogCard, OutcomeNote, ParamsCard, TimingCard, change_page};
use super::watch::Watch;
use crate::charts::{LineChart, options};
use crate::components::{Card, Facts, Icon, RunTag, Tag, Time};
use crate::forms::{About, Call, ConfirmButton, Form, SubmitButton};
use crate::pages::models::{EvaluationView, headlines, metric_stat, metric_title};
use crate::shell::Head;
use crate::{Failure, Page, load, routes};
use leptos::prelude::*;
use mlhub_domain::evaluation::Evaluation;
use mlhub_domain::runs::{Artifact, Run, RunLog, RunPath, RunStatus, Series};

/// What the page shows.
struct RunData {
    at: RunPath,
    edits: bool,
    run: Run,
    /// Whether the dataset that it learns from is still there.
    has_data: bool,
    /// Whether it was asked to stop, and has not yet.
    cancelling: bool,
    series: Vec<Series>,
    log: RunLog,
    evaluation: Option<Evaluation>,
    artifacts: Vec<Artifact>,
}

/// Fetches it.
async fn show_run(at: RunPath) -> Result<RunData, Failure> {
    on_server!({
        use super::seen::LINES;
        use mlhub_domain::access::Role;
        use mlhub_domain::models::VersionRef;
        use mlhub_hub::{IfFound as _, datasets, jobs, models, projects, runs};
        let (hub, actor) = crate::ssr::caller()?;
        let runs::Moment { run, series, log } = runs::moment(&hub, &actor, &at, LINES).await?;
        let project = projects::get(&hub, &actor, &at.project()).await?;
        let evaluation = match &run.model {
            Some(made) => {
                let model = at.project().model(made.name.clone());
                let version = VersionRef::Number(made.version);
                models::evaluation(&hub, &actor, &model, &version).await.if_found()?
            }
            None => None,
        };
        let at_work = run.job.filter(|_| !run.status.ended());
        let cancelling = match at_work {
            Some(job) => {
                let job = jobs::get(&hub, &actor, job).await.if_found()?;
                job.is_some_and(|job| job.cancelling)
            }
            None => false,
        };
        // Of a run at work nothing is whole yet.
        let artifacts = match run.status.ended() {
            true => runs::artifacts(&hub, &actor, &at).await?,
            false => Vec::new(),
        };
        let edits = project.role >= Some(Role::Edit);
        let data = run.dataset.iter().map(|dataset| dataset.name.clone()).collect();
        let has_data = !datasets::seen(&hub, &actor, &at.project(), &data).await?.is_empty();
        Ok(RunData { at, edits, run, has_data, cancelling, series, log, evaluation, artifacts })
    })
}

/// Asks a run to stop; the best it has found so far is kept.
#[server(prefix = "/fn", endpoint = "runs/cancel")]
pub(super) async fn cancel_run(at: RunPath) -> Result<(), Failure> {
    let (hub, actor) = crate::ssr::caller()?;
    mlhub_hub::runs::cancel(&hub, &actor, &at, None).await?;
    Ok(())
}

/// `/{owner}/{project}/runs/{run}`
#[component]
pub fn RunPage() -> impl IntoView {
    let show = |data| view! { <RunView data/> }.into_any();
    load(routes::params::<RunPath>(), show_run, show)
}

#[component]
fn RunView(data: RunData) -> impl IntoView {
    let RunData { at, edits, run, has_data, cancelling, series, log, evaluation, artifacts } = data;
    let works = !run.status.ended();
    let title = format!("Run {}", at.run);
    let status = run.status;
    let tags = move || {
        if works {
            view! { <LiveStatus status/> }.into_any()
        } else {
            view! { <RunTag status/> }.into_any()
        }
    };
    let (place, about) = (at.clone(), run.clone());
    let facts = move || facts(&place, &about, has_data);
    let acts = acts(&at, &run, edits, cancelling);
    let outcome = view! { <OutcomeNote at=at.clone() run=run.clone() edits/> }.into_any();
    let page_title = format!("{title} {} · {}", run.status.as_str(), at.project());
    // Without script the page looks again by itself; slowly, so that one can press a button.
    let again = works.then(|| {
        view! {
            <noscript>
                <meta http-equiv="refresh" content="10"/>
            </noscript>
        }
    });
    let body = if works {
        let template = options::template();
        let (spec, params) = (run.spec.clone(), run.params.clone());
        view! {
            <LiveRun at run series log template>
                <ParamsCard spec params/>
            </LiveRun>
        }
        .into_any()
    } else {
        settled(run, series, log, evaluation, artifacts)
    };
    view! {
        <Page title=page_title>
            {again}
            <Head title=title tags facts>
                {acts}
            </Head>
            {outcome}
            {body}
        </Page>
    }
    .into_any()
}

/// A run that has ended: its report, or how far it came.
fn settled(
    run: Run,
    series: Vec<Series>,
    log: RunLog,
    evaluation: Option<Evaluation>,
    artifacts: Vec<Artifact>,
) -> AnyView {
    let watch = Watch::new(&run, series, log);
    let report = match evaluation {
        Some(evaluation) => view! { <EvaluationView evaluation/> }.into_any(),
        None => {
            let curves =
                curves(watch, |plot| view! { <LineChart plot/> }.into_any(), || ().into_any());
            view! {
                {measured(&run)}
                {curves}
            }
            .into_any()
        }
    };
    view! {
        {report}
        <div class="grid">
            <div class="c7 stack loose">
                <LogCard watch/>
                <TimingCard timing=run.timing/>
                <ArtifactsCard artifacts/>
            </div>
            <div class="c5">
                <ParamsCard spec=run.spec params=run.params/>
            </div>
        </div>
    }
    .into_any()
}

/// What is left of the report when the model of a run was deleted: its headlines.
fn measured(run: &Run) -> Option<AnyView> {
    let task = run.spec.as_ref()?.task;
    let known = headlines(task).into_iter().filter_map(|key| Some((key, run.metrics.get(key)?)));
    let stats = known.map(|(key, value)| {
        let stat = metric_stat(key, metric_title(key), value.0, None);
        view! { <Card class="c3">{stat}</Card> }.into_any()
    });
    let stats: Vec<AnyView> = stats.collect();
    (!stats.is_empty()).then(|| {
        view! {
            <section class="stack">
                <div class="row apart baseline">
                    <h2>"Evaluation"</h2>
                    <span class="muted small">
                        "Measured on rows kept aside. The full report went with the model."
                    </span>
                </div>
                <div class="grid">{stats}</div>
            </section>
        }
        .into_any()
    })
}

/// What it trains, on what, by whom, since when. Data that is gone is named, and leads nowhere.
fn facts(at: &RunPath, run: &Run, has_data: bool) -> AnyView {
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
        if !has_data {
            return view! { <span>"on " <b>{said}</b></span> }.into_any();
        }
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

/// What one can do: stop it, or go to what it made, and train that with other settings.
fn acts(at: &RunPath, run: &Run, edits: bool, cancelling: bool) -> AnyView {
    if let Some(made) = &run.model {
        let finished = run.status == RunStatus::Finished;
        let change = change_page(at, run).filter(|_| edits && finished).map(|href| {
            view! {
                <a class="btn" href=href>
                    "Change and train again"
                </a>
            }
        });
        let page = at.project().model(made.name.clone()).page();
        let href = format!("{page}?version={}", made.version);
        let said = format!("{} v{}", made.name, made.version);
        return view! {
            {change}
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
    if cancelling {
        return view! { <Tag>"Cancelling…"</Tag> }.into_any();
    }
    let at = at.clone();
    view! {
        <ConfirmButton
            label="Cancel…"
            warning="The training stops. The best model found so far is measured and kept; without one nothing is published."
        >
            <Form action={Call::<CancelRun>::new()} class="actions">
                <About at/>
                <SubmitButton class="btn stop">"Cancel the run"</SubmitButton>
            </Form>
        </ConfirmButton>
    }
    .into_any()
}
