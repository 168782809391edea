//! A run while it works: the islands of its page.

use super::parts::{GoneNote, LogCard, ProgressCard, SoFarCard};
use super::watch::{Watch, follow};
use crate::charts::GrowingChart;
use crate::charts::svg::LinePlot;
use crate::components::{Card, EmptyState, ReloadBar, RunTag};
use crate::pages::models::metric_title;
use crate::{format, platform};
use leptos::prelude::*;
use mlhub_domain::runs::{Event, NumberedEvent, Run, RunLog, RunPath, RunStatus, Series};

/// How far the run is, beside its name.
#[island]
pub(super) fn LiveStatus(
    /// The run.
    at: RunPath,
    /// Its status when the page was rendered.
    status: RunStatus,
    /// The newest event that the page knows of.
    seq: u64,
) -> impl IntoView {
    let now = RwSignal::new(Some(status));
    let hear = move |events: &[NumberedEvent]| {
        for event in events {
            if let Event::Status { status } = event.event {
                now.set(Some(status));
            }
        }
    };
    follow(&at, seq, hear, move || now.set(None));
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
    let hear = move |events: &[NumberedEvent]| {
        if watch.take_in(events) {
            platform::reload();
        }
    };
    follow(&at, run.seq, hear, move || watch.gone.set(true));
    Effect::new(move |_| watch.tick());
    let name = format!("Run {} · {} · ML Hub", at.run, at.project());
    Effect::new(move |_| {
        if let Some(share) = watch.share().get() {
            platform::set_title(&format!("{} · {name}", format::percent(share)));
        }
    });
    let draw = move |plot| {
        let template = template.clone();
        view! { <GrowingChart plot template/> }.into_any()
    };
    let curves = curves(watch, draw, nothing_yet);
    let progress = move || {
        if watch.gone.get() {
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
                <LogCard watch/>
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
    let plot = Memo::new(move |_| watch.plot());
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
