//! A run as it is seen: what the server knew, and what has happened since.

use crate::charts::svg::LinePlot;
use crate::clock;
use crate::live::{Heard, Live};
use crate::pages::models::{foremost, plots};
use chrono::{DateTime, Utc};
use leptos::prelude::*;
use mlhub_domain::live::run_topic;
use mlhub_domain::num::Num;
use mlhub_domain::runs::{Event, Level, NumberedEvent, Progress, Run, RunPath, RunStatus, Series};
use serde::{Deserialize, Serialize};

/// The most lines of a log that are shown.
const LINES: usize = 300;

/// A line of a log.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct LogLine {
    pub(super) seq: u64,
    pub(super) at: DateTime<Utc>,
    pub(super) level: Level,
    pub(super) message: String,
}

/// The log of a run and the phase it is in.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Log {
    pub(super) phase: String,
    pub(super) lines: Vec<LogLine>,
}

impl Log {
    /// Takes in an event; one that was taken in before changes nothing.
    pub(super) fn take_in(&mut self, event: &NumberedEvent) {
        match &event.event {
            Event::Phase { phase } => self.phase.clone_from(phase),
            Event::Log { level, message } => {
                if self.lines.last().is_none_or(|line| line.seq < event.seq) {
                    let (seq, at, level) = (event.seq, event.at, *level);
                    self.lines.push(LogLine { seq, at, level, message: message.clone() });
                }
                let extra = self.lines.len().saturating_sub(LINES);
                self.lines.drain(..extra);
            }
            Event::Status { .. } | Event::Progress(_) | Event::Metric { .. } => {}
        }
    }
}

/// The parts of a run that change while it works.
#[derive(Clone, Copy)]
pub(super) struct Watch {
    pub(super) status: RwSignal<RunStatus>,
    pub(super) progress: RwSignal<Option<Progress>>,
    pub(super) series: RwSignal<Vec<Series>>,
    pub(super) log: RwSignal<Log>,
    pub(super) started: RwSignal<Option<DateTime<Utc>>>,
    /// The moment of the newest event: from the start to here the run has been at work.
    pub(super) latest: RwSignal<DateTime<Utc>>,
}

impl Watch {
    /// What the server knew when it rendered the page.
    pub(super) fn new(run: &Run, series: Vec<Series>, log: Log) -> Self {
        Self {
            status: RwSignal::new(run.status),
            progress: RwSignal::new(run.progress.clone()),
            series: RwSignal::new(series),
            log: RwSignal::new(log),
            started: RwSignal::new(run.started_at),
            latest: RwSignal::new(clock::now()),
        }
    }

    /// Follows the run from the event after `seq`. `changes` grows when the page has to be fetched
    /// anew: the run has ended, or too much was missed.
    pub(super) fn follow(self, at: &RunPath, seq: u64, changes: RwSignal<usize>) {
        let Some(live) = use_context::<Live>() else {
            return;
        };
        let topic = run_topic(at);
        Effect::new(move |_| {
            live.follow(topic.clone(), seq, move |heard| {
                let stale = match heard {
                    Heard::Events(events) => self.take_in(&events),
                    Heard::Reset => true,
                    Heard::Refused => false,
                };
                if stale {
                    changes.update(|n| *n += 1);
                }
            });
        });
    }

    /// Takes in events; says whether the run has ended by one of them.
    fn take_in(self, events: &[NumberedEvent]) -> bool {
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
            self.log.update(|log| events.iter().for_each(|event| log.take_in(event)));
        }
        if let Some(last) = events.last() {
            self.latest.set(last.at);
        }
        ended
    }

    fn become_status(self, status: RunStatus, at: DateTime<Utc>) {
        self.status.set(status);
        if status == RunStatus::Running && self.started.get_untracked().is_none() {
            self.started.set(Some(at));
        }
    }

    /// The share that is done, where that can be said.
    pub(super) fn share(self) -> Signal<Option<f64>> {
        Signal::derive(move || {
            let progress = self.progress.get()?;
            (progress.total > 0).then(|| progress.done as f64 / progress.total as f64)
        })
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
        let works = !self.status.get().ended();
        plot.until = progress.filter(|p| works && p.total > 0).map(|p| p.total as f64);
        Some((metric, plot))
    }

    /// The newest value of each metric: on the validation part where there is one.
    pub(super) fn newest(self) -> Vec<(String, f64)> {
        self.series.with(|all| {
            let on = |part: &str| all.iter().any(|s| s.key.starts_with(part));
            let part = if on("validation/") { "validation/" } else { "" };
            let newest = |s: &Series| Some((s.key.clone(), s.points.last()?.1.0));
            all.iter().filter(|s| s.key.starts_with(part)).filter_map(newest).collect()
        })
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

    #[test]
    fn a_line_heard_twice_stands_once_and_the_phase_is_the_newest() {
        let mut log = Log::default();
        let line = |seq| {
            let event = Event::Log { level: Level::Info, message: format!("line {seq}") };
            numbered(seq, event)
        };
        for event in [line(1), line(2), line(2), line(1)] {
            log.take_in(&event);
        }
        log.take_in(&numbered(3, Event::Phase { phase: "fit".into() }));
        let shown: Vec<&str> = log.lines.iter().map(|line| line.message.as_str()).collect();
        assert_eq!(shown, ["line 1", "line 2"]);
        assert_eq!(log.phase, "fit");
    }
}
