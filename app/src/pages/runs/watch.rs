//! A run as it is seen: what the server knew, and what has happened since.

use crate::charts::svg::{Line, LinePlot};
use crate::live::{Heard, Live};
use crate::pages::models::{foremost, metric_title, plots};
use crate::{clock, format, platform};
use chrono::{DateTime, Utc};
use leptos::prelude::*;
use mlhub_domain::live::run_topic;
use mlhub_domain::num::Num;
use mlhub_domain::runs::{Event, NumberedEvent, Progress, Run, RunLog, RunPath, RunStatus, Series};
use serde_json::{Map, Value};

/// The most lines of a log that are shown.
pub(super) const LINES: u32 = 300;

/// Hears the events of the run at `at` after `seq`, in an island. When too much was missed the page
/// is loaded again; when one may not see the run any more, `gone` is called once.
pub(super) fn follow(
    at: &RunPath,
    seq: u64,
    hear: impl Fn(&[NumberedEvent]) + Clone + Send + Sync + 'static,
    gone: impl Fn() + Clone + Send + Sync + 'static,
) {
    let Some(live) = use_context::<Live>() else {
        return;
    };
    let topic = run_topic(at);
    Effect::new(move |_| {
        let (hear, gone) = (hear.clone(), gone.clone());
        live.follow(topic.clone(), seq, move |heard| match heard {
            Heard::Events(events) => hear(&events),
            Heard::Reset => platform::reload(),
            Heard::Refused => gone(),
        });
    });
}

/// The parts of a run that change while it works.
#[derive(Clone, Copy)]
pub(super) struct Watch {
    pub(super) status: RwSignal<RunStatus>,
    pub(super) progress: RwSignal<Option<Progress>>,
    pub(super) series: RwSignal<Vec<Series>>,
    pub(super) log: RwSignal<RunLog>,
    pub(super) started: RwSignal<Option<DateTime<Utc>>>,
    /// The moment of the newest event: from the start to here the run has been at work.
    pub(super) latest: RwSignal<DateTime<Utc>>,
    /// Whether nothing more is heard of it.
    pub(super) gone: RwSignal<bool>,
    /// The hyperparameters: `epochs` and `trees` say how many steps there may be.
    params: StoredValue<Map<String, Value>>,
}

impl Watch {
    /// What the server knew when it rendered the page.
    pub(super) fn new(run: &Run, series: Vec<Series>, log: RunLog) -> Self {
        Self {
            status: RwSignal::new(run.status),
            progress: RwSignal::new(run.progress.clone()),
            series: RwSignal::new(series),
            log: RwSignal::new(log),
            started: RwSignal::new(run.started_at),
            latest: RwSignal::new(clock::now()),
            gone: RwSignal::new(false),
            params: StoredValue::new(run.params.clone()),
        }
    }

    /// Takes in events; says whether the run has ended by one of them.
    pub(super) fn take_in(self, events: &[NumberedEvent]) -> bool {
        let mut ended = false;
        for event in events {
            match &event.event {
                Event::Status { status } => {
                    ended |= status.ended();
                    self.become_status(*status, event.at);
                }
                Event::Progress(progress) => self.progress.set(Some(progress.clone())),
                Event::Metric { .. } | Event::Phase { .. } | Event::Log { .. } => {}
            }
        }
        if events.iter().any(|e| matches!(e.event, Event::Metric { .. })) {
            self.series.update(|series| events.iter().for_each(|event| add(series, event)));
        }
        if events.iter().any(|e| matches!(e.event, Event::Log { .. } | Event::Phase { .. })) {
            self.log.update(|log| {
                events.iter().for_each(|event| log.take_in(event, LINES as usize));
            });
        }
        if let Some(last) = events.last() {
            self.latest.update(|latest| *latest = last.at.max(*latest));
        }
        ended
    }

    fn become_status(self, status: RunStatus, at: DateTime<Utc>) {
        self.status.set(status);
        if status == RunStatus::Running && self.started.get_untracked().is_none() {
            self.started.set(Some(at));
        }
    }

    /// Counts the seconds between events, which may be far apart.
    pub(super) fn tick(self) {
        platform::after(1_000, move || {
            if !self.status.get_untracked().ended() && !self.gone.get_untracked() {
                self.latest.update(|latest| *latest += chrono::Duration::seconds(1));
                self.tick();
            }
        });
    }

    /// The share that is done, where that can be said.
    pub(super) fn share(self) -> Signal<Option<f64>> {
        Signal::derive(move || {
            let progress = self.progress.get()?;
            (progress.total > 0).then(|| progress.done as f64 / progress.total as f64)
        })
    }

    /// The most steps that the first fit may take, while it lasts: early stopping may end it sooner,
    /// and fitting again on all rows is counted behind it.
    pub(super) fn most(self) -> Option<u64> {
        if self.log.with(|log| log.phase != "fit") {
            return None;
        }
        let unit = self.progress.with(|progress| progress.as_ref().map(|p| p.unit.clone()))?;
        self.params.with_value(|params| params.get(&unit)?.as_u64())
    }

    /// Seconds at work.
    pub(super) fn elapsed(self) -> Option<f64> {
        let span = self.latest.get() - self.started.get()?;
        Some((span.num_milliseconds() as f64 / 1e3).max(0.0))
    }

    /// The curves to watch with the name of their metric; the steps still to come are shaded.
    pub(super) fn plot(self) -> Option<(String, LinePlot)> {
        let progress = self.progress.get();
        let unit = progress.as_ref().map_or("step", |p| singular(&p.unit)).to_string();
        let plots = self.series.with(|series| {
            plots(series.iter().map(|s| (s.key.as_str(), s.points.as_slice())), &unit)
        });
        let (metric, mut plot) = foremost(plots)?;
        plot.until = self.most().map(|most| most as f64);
        Some((metric, plot))
    }

    /// The newest values, each with what it is; of the curve that is watched the best one too.
    pub(super) fn newest(self) -> Vec<(String, f64)> {
        let Some((metric, plot)) = self.plot() else {
            return Vec::new();
        };
        let metric = metric_title(&metric);
        let newest = |line: &Line| Some((format!("{} {metric}", line.name), line.points.last()?.1));
        let mut values: Vec<(String, f64)> = plot.lines.iter().rev().filter_map(newest).collect();
        if let Some(best) = plot.best {
            let at = format!("best {metric}, {} {}", plot.x_title, format::number(best.x));
            values.insert(1.min(values.len()), (at, best.y));
        }
        values
    }
}

/// One of them: `epochs` is `epoch`.
pub(super) fn singular(unit: &str) -> &str {
    unit.strip_suffix('s').unwrap_or(unit)
}

/// Adds a point; one of a step that is there already takes its place.
fn add(series: &mut Vec<Series>, event: &NumberedEvent) {
    let Event::Metric { key, step, value } = &event.event else {
        return;
    };
    let at = series.iter().position(|s| s.key == *key).unwrap_or_else(|| {
        series.push(Series { key: key.clone(), points: Vec::new() });
        series.len() - 1
    });
    put(&mut series[at].points, *step, *value);
}

fn put(points: &mut Vec<(u64, Num)>, step: u64, value: Num) {
    match points.binary_search_by_key(&step, |(known, _)| *known) {
        Ok(at) => points[at].1 = value,
        Err(at) => points.insert(at, (step, value)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn numbered(seq: u64, event: Event) -> NumberedEvent {
        NumberedEvent { seq, at: DateTime::UNIX_EPOCH, event }
    }

    #[test]
    fn a_point_heard_twice_stands_once() {
        let mut series = Vec::new();
        for (seq, step) in [(1, 1), (2, 2), (3, 2), (4, 3)] {
            let value = Num(f64::from(u32::try_from(seq).unwrap()));
            let metric = Event::Metric { key: "train/loss".into(), step, value };
            add(&mut series, &numbered(seq, metric));
        }
        assert_eq!(series.len(), 1);
        assert_eq!(series[0].points, [(1, Num(1.0)), (2, Num(3.0)), (3, Num(4.0))]);
    }
}
