//! A run while it works: the islands of its page.

use super::parts::{GoneNote, LogCard, ProgressCard, SoFarCard};
use super::seen::Seen;
use super::watch::{Watch, Watched};
use crate::charts::GrowingChart;
use crate::charts::svg::LinePlot;
use crate::components::{Card, EmptyState, ReloadBar, RunTag};
use crate::pages::models::metric_title;
use crate::platform;
use leptos::prelude::*;
use mlhub_domain::runs::{Run, RunLog, RunPath, RunStatus, Series};

/// How far the run is, beside its name: as [`LiveRun`] sees it.
#[island]
pub(super) fn LiveStatus(
    /// Its status when the page was rendered.
    status: RunStatus,
) -> impl IntoView {
    let watched = use_context::<Watched>();
    let now = Memo::new(move |_| match watched.and_then(Watched::get) {
        Some(watch) => watch.with(|seen| (!seen.gone).then_some(seen.status)),
        None => Some(status),
    });
    let tag = move || now.get().map(|status| view! { <RunTag status/> }.into_any());
    view! { <span role="status">{tag}</span> }
}

/// Progress, curves, newest values, log. When the run has ended the page is loaded again: it then
/// shows the report.
#[island]
pub(super) fn LiveRun(
    /// The run.
    at: RunPath,
    /// What the server knew of it.
    run: Run,
    /// Its curves until then.
    series: Vec<Series>,
    /// Its log until then.
    log: RunLog,
    /// What the curves are drawn like, see [`options::template`].
    template: String,
    /// What stands beside the log and does not change.
    children: Children,
) -> impl IntoView {
    let watch = Watch::new(&run, series, log);
    watch.follow(&at, run.seq);
    let name = format!("Run {} · {} · ML Hub", at.run, at.project());
    let heading = watch.part(Seen::heading);
    Effect::new(move |_| {
        if let Some(heading) = heading.get() {
            platform::set_title(&format!("{heading} · {name}"));
        }
    });
    let draw = move |plot| {
        let template = template.clone();
        view! { <GrowingChart plot template/> }.into_any()
    };
    let curves = curves(watch, draw, nothing_yet);
    let gone = watch.part(|seen| seen.gone);
    let progress = move || {
        if gone.get() {
            view! { <GoneNote at=at.clone()/> }.into_any()
        } else {
            view! { <ProgressCard watch at=at.clone()/> }.into_any()
        }
    };
    view! {
        <div class="stack loose">
            <ReloadBar/>
            {progress}
            {curves}
            <div class="grid">
                <div class="c7">
                    <LogCard watch/>
                </div>
                <div class="c5">{children()}</div>
            </div>
        </div>
    }
}

fn nothing_yet() -> AnyView {
    view! {
        <section class="c12">
            <EmptyState
                icon="activity"
                title="No values yet"
                text="The curves appear here as soon as the first values are measured."
            />
        </section>
    }
    .into_any()
}

/// The curves, as `draw` draws them, with the newest values beside them; `none` before there are
/// any. The chart is made anew only when other curves come; points that come move it.
pub(super) fn curves(
    watch: Watch,
    draw: impl Fn(Signal<LinePlot>) -> AnyView + Send + Sync + 'static,
    none: fn() -> AnyView,
) -> AnyView {
    let plot = watch.part(Seen::plot);
    let shape = Memo::new(move |_| {
        let lines = |plot: &LinePlot| plot.lines.len();
        plot.with(|plot| plot.as_ref().map(|(metric, plot)| (metric.clone(), lines(plot))))
    });
    let drawn = Signal::derive(move || {
        plot.with(|plot| plot.as_ref().map(|(_, plot)| plot.clone()).unwrap_or_default())
    });
    let chart = move || match shape.get() {
        Some((metric, _)) => {
            let mut title = metric_title(&metric);
            if let Some(first) = title.get_mut(..1) {
                first.make_ascii_uppercase();
            }
            let chart = draw(drawn);
            view! {
                <Card title=title class="c8">
                    {chart}
                </Card>
                <SoFarCard watch/>
            }
            .into_any()
        }
        None => none(),
    };
    view! { <div class="grid">{chart}</div> }.into_any()
}
