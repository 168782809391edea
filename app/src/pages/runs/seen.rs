//! A run as one sees it: what the server knew of it, and every event since. All that is said and
//! drawn of a run at work follows from one of these, so that no part of the page is ahead of
//! another.

use crate::charts::svg::{Line, LinePlot};
use crate::format;
use crate::pages::models::{foremost, metric_title, plots};
use chrono::{DateTime, Utc};
use mlhub_domain::num::Num;
use mlhub_domain::runs::{Event, NumberedEvent, Progress, Run, RunLog, RunStatus, Series};
use serde_json::{Map, Value};

/// The most lines of a log that are shown.
pub(super) const LINES: u32 = 300;

/// What is known of a run at one moment.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Seen {
    pub(super) status: RunStatus,
    pub(super) log: RunLog,
    /// Whether nothing more is heard of it: it is gone, or one may not see it any more.
    pub(super) gone: bool,
    progress: Option<Progress>,
    series: Vec<Series>,
    started: Option<DateTime<Utc>>,
    /// The moment of the newest event: from the start to here the run has been at work.
    latest: DateTime<Utc>,
    /// The hyperparameters: `epochs` and `trees` say how many steps there may be.
    params: Map<String, Value>,
}

impl Seen {
    /// What the server knew when it rendered the page, which was `now`.
    pub(super) fn new(run: &Run, series: Vec<Series>, log: RunLog, now: DateTime<Utc>) -> Self {
        Self {
            status: run.status,
            log,
            gone: false,
            progress: run.progress.clone(),
            series,
            started: run.started_at,
            latest: now,
            params: run.params.clone(),
        }
    }

    /// Takes in the next event.
    pub(super) fn take_in(&mut self, event: &NumberedEvent) {
        match &event.event {
            Event::Status { status } => self.become_status(*status, event.at),
            Event::Progress(progress) => self.progress = Some(progress.clone()),
            Event::Metric { key, step, value } => add(&mut self.series, key, (*step, *value)),
            Event::Phase { .. } | Event::Log { .. } => {}
        }
        self.log.take_in(event, LINES as usize);
        self.latest = event.at.max(self.latest);
    }

    fn become_status(&mut self, status: RunStatus, at: DateTime<Utc>) {
        if (self.status, status) == (RunStatus::Queued, RunStatus::Running) {
            // What an attempt that was lost had measured is measured anew.
            self.progress = None;
            self.series.clear();
            self.log.phase.clear();
            self.started.get_or_insert(at);
        }
        self.status = status;
    }

    /// A second goes by in which nothing is heard.
    pub(super) fn wait_a_second(&mut self) {
        self.latest += chrono::Duration::seconds(1);
    }

    /// Whether there is more to come.
    pub(super) fn works(&self) -> bool {
        !self.status.ended() && !self.gone
    }

    /// Whether a worker has it.
    fn at_work(&self) -> bool {
        matches!(self.status, RunStatus::Running | RunStatus::Paused)
    }

    /// What is being done: “Fitting: epoch 60 of at most 100”; or what has become of it.
    pub(super) fn doing(&self) -> String {
        match self.status {
            RunStatus::Queued => "Waits for a worker".into(),
            RunStatus::Running => self.step(),
            RunStatus::Paused => "Paused".into(),
            RunStatus::Finished => "Finished".into(),
            RunStatus::Failed => "Failed".into(),
            RunStatus::Cancelled => "Cancelled".into(),
        }
    }

    fn step(&self) -> String {
        let phase = phase_title(&self.log.phase);
        match (&self.progress, self.most()) {
            (Some(p), Some(most)) if p.total > 0 => {
                let (done, all) = (format::count(p.done), format::count(most));
                // The bar counts both fits.
                let then = if p.total > most { ", then again on all rows" } else { "" };
                format!("{phase}: {} {done} of at most {all}{then}", singular(&p.unit))
            }
            (Some(p), _) if p.total == 0 && p.done > 0 => {
                format!("{phase}: {} {}", format::count(p.done), p.unit)
            }
            _ => phase,
        }
    }

    /// How fast it is; of a run that has ended, what comes now.
    pub(super) fn pace(&self) -> Option<String> {
        if self.status.ended() {
            return Some("The page is loaded again, with what came of it.".into());
        }
        let rate = self.progress.as_ref().filter(|_| self.at_work())?.rows_per_second.0;
        (rate > 0.0).then(|| format::rate(rate, "rows"))
    }

    /// How long it will take: less, where early stopping may end it sooner.
    pub(super) fn left(&self) -> Option<String> {
        let left = self.progress.as_ref().filter(|_| self.at_work())?.remaining?;
        let about = if self.most().is_some() { "at most" } else { "about" };
        Some(format!("{about} {} left", format::duration(left.0)))
    }

    /// The share that is done, where that can be said.
    pub(super) fn share(&self) -> Option<f64> {
        let known = self.progress.as_ref().filter(|progress| progress.total > 0);
        let share = known.map(|progress| progress.done as f64 / progress.total as f64);
        match self.status {
            RunStatus::Queued => None,
            RunStatus::Running | RunStatus::Paused => share,
            RunStatus::Finished => Some(1.0),
            // It got so far.
            RunStatus::Failed | RunStatus::Cancelled => Some(share.unwrap_or(0.0)),
        }
    }

    /// What the name of the tab begins with.
    pub(super) fn heading(&self) -> Option<String> {
        if self.status.ended() {
            return Some(self.status.as_str().into());
        }
        self.share().map(format::percent)
    }

    /// Seconds at work.
    pub(super) fn elapsed(&self) -> Option<f64> {
        let span = self.latest - self.started?;
        Some((span.num_milliseconds() as f64 / 1e3).max(0.0))
    }

    /// The most steps that the first fit may take, while it lasts: early stopping may end it sooner,
    /// and fitting again on all rows is counted behind it.
    fn most(&self) -> Option<u64> {
        if !self.at_work() || self.log.phase != "fit" {
            return None;
        }
        self.params.get(&self.progress.as_ref()?.unit)?.as_u64()
    }

    /// The curves to watch with the name of their metric; the steps still to come are shaded, as far
    /// as they are shown.
    pub(super) fn plot(&self) -> Option<(String, LinePlot)> {
        let unit = self.progress.as_ref().map_or("step", |progress| singular(&progress.unit));
        let curves = self.series.iter().map(|s| (s.key.as_str(), s.points.as_slice()));
        let (metric, mut plot) = foremost(plots(curves, unit))?;
        let done = self.progress.as_ref().map_or(0, |progress| progress.done);
        plot.until = self.most().map(|most| shown(most, done) as f64);
        Some((metric, plot))
    }

    /// The newest values, each with what it is; of the curve that is watched the best one too.
    pub(super) fn newest(&self) -> Vec<(String, f64)> {
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

/// The last step on the axis when `done` of at most `most` are there: of thousands, of which early
/// stopping leaves most out, only so many that the curve fills an eighth of the chart or more.
fn shown(most: u64, done: u64) -> u64 {
    let half = most / 2;
    if half < 100.max(4 * done) { most } else { shown(half, done) }
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

/// One of them: `epochs` is `epoch`.
fn singular(unit: &str) -> &str {
    unit.strip_suffix('s').unwrap_or(unit)
}

/// Adds a point; one of a step that is there already takes its place.
fn add(series: &mut Vec<Series>, key: &str, point: (u64, Num)) {
    let at = series.iter().position(|curve| curve.key == key).unwrap_or_else(|| {
        series.push(Series { key: key.into(), points: Vec::new() });
        series.len() - 1
    });
    let points = &mut series[at].points;
    match points.binary_search_by_key(&point.0, |(known, _)| *known) {
        Ok(at) => points[at] = point,
        Err(at) => points.insert(at, point),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use mlhub_domain::runs::Level;
    use serde_json::json;

    fn queued() -> Seen {
        Seen {
            status: RunStatus::Queued,
            log: RunLog::default(),
            gone: false,
            progress: None,
            series: Vec::new(),
            started: None,
            latest: DateTime::UNIX_EPOCH,
            params: json!({"trees": 40}).as_object().unwrap().clone(),
        }
    }

    fn status(status: RunStatus) -> Event {
        Event::Status { status }
    }

    fn phase(phase: &str) -> Event {
        Event::Phase { phase: phase.into() }
    }

    fn line(message: &str) -> Event {
        Event::Log { level: Level::Info, message: message.into() }
    }

    fn trees(done: u64, total: u64) -> Event {
        let remaining = (done < total).then_some(Num(2.0));
        let (unit, rows_per_second) = ("trees".into(), Num(5_000.0));
        Event::Progress(Progress { done, total, unit, rows_per_second, remaining })
    }

    fn loss(step: u64) -> Event {
        Event::Metric { key: "validation/loss".into(), step, value: Num(1.0 / step as f64) }
    }

    /// What a run tells, one event each second.
    fn numbered(events: Vec<Event>) -> Vec<NumberedEvent> {
        let at = |seq: u64| DateTime::UNIX_EPOCH + chrono::Duration::seconds(seq as i64);
        let number = |(seq, event)| NumberedEvent { seq, at: at(seq), event };
        (1..).zip(events).map(number).collect()
    }

    /// An attempt as a worker tells of it, up to where it has a model.
    fn attempt() -> Vec<Event> {
        let mut told =
            vec![status(RunStatus::Running), phase("read"), phase("split"), phase("fit")];
        for tree in 1..=20 {
            told.extend([loss(tree), trees(tree, 60)]);
        }
        let rest = ["evaluate", "refit"].map(phase);
        told.extend(rest);
        told.extend([trees(40, 40), phase("save"), line("Saved.")]);
        told
    }

    /// Every run there can be, from its first event to its last.
    fn runs() -> Vec<(RunStatus, Vec<NumberedEvent>)> {
        let lost =
            |told: usize| attempt().into_iter().take(told).chain([status(RunStatus::Queued)]);
        let finished = || [line("Published as version 1."), status(RunStatus::Finished)];
        let whole = attempt().into_iter().chain(finished());
        let again = lost(18).chain(attempt()).chain(finished());
        let stopped = attempt().into_iter().take(9).chain([status(RunStatus::Cancelled)]);
        let failed = attempt()
            .into_iter()
            .take(3)
            .chain([line("There is no column to learn from."), status(RunStatus::Failed)]);
        vec![
            (RunStatus::Finished, numbered(whole.collect())),
            (RunStatus::Finished, numbered(again.collect())),
            (RunStatus::Cancelled, numbered(stopped.collect())),
            (RunStatus::Cancelled, numbered(vec![status(RunStatus::Cancelled)])),
            (RunStatus::Failed, numbered(failed.collect())),
        ]
    }

    /// That nothing on the page says otherwise than its status.
    #[track_caller]
    fn is_consistent(seen: &Seen) {
        let (doing, share) = (seen.doing(), seen.share());
        let until = seen.plot().and_then(|(_, plot)| plot.until);
        let ends = ["Finished", "Failed", "Cancelled"];
        match seen.status {
            RunStatus::Queued => {
                assert_eq!((doing.as_str(), share), ("Waits for a worker", None));
            }
            RunStatus::Running | RunStatus::Paused => {
                assert!(!ends.contains(&doing.as_str()) && !doing.contains("Waits"), "{doing}");
                assert!(seen.pace().is_none_or(|pace| pace.contains("rows")), "{seen:?}");
                assert!(seen.elapsed().is_some(), "{seen:?}");
            }
            RunStatus::Finished | RunStatus::Failed | RunStatus::Cancelled => {
                assert_eq!(doing.to_lowercase(), seen.status.as_str());
                assert_eq!(seen.heading().as_deref(), Some(seen.status.as_str()));
                assert!(share.is_some(), "the bar stands still");
                assert_eq!(share == Some(1.0), seen.status == RunStatus::Finished);
                assert_eq!(seen.pace().unwrap(), "The page is loaded again, with what came of it.");
            }
        }
        if !seen.at_work() {
            assert_eq!((seen.left(), until), (None, None), "{doing}");
        }
        // The curve is at most one tree ahead of the count: its value comes first.
        if let (Some(p), "fit", true) = (&seen.progress, seen.log.phase.as_str(), seen.at_work()) {
            let drawn = seen.series.first().and_then(|curve| curve.points.last()).unwrap().0;
            assert!(drawn == p.done || drawn == p.done + 1, "{drawn} of {}", p.done);
        }
    }

    #[test]
    fn no_view_between_two_events_contradicts_itself() {
        for (end, events) in runs() {
            let mut seen = queued();
            is_consistent(&seen);
            for event in &events {
                seen.take_in(event);
                is_consistent(&seen);
            }
            assert_eq!((seen.status, seen.works()), (end, false));
        }
    }

    #[test]
    fn a_new_attempt_begins_its_curve_anew_and_goes_on_counting_seconds() {
        let mut told: Vec<Event> = attempt().into_iter().take(18).collect();
        told.extend([status(RunStatus::Queued), status(RunStatus::Running), phase("read")]);
        let mut seen = queued();
        numbered(told).iter().for_each(|event| seen.take_in(event));
        assert_eq!((seen.doing().as_str(), seen.share()), ("Reading the table", None));
        assert_eq!(seen.plot(), None);
        assert_eq!(seen.elapsed(), Some(20.0));
    }

    #[test]
    fn the_first_fit_is_counted_up_to_its_most_and_the_bar_counts_both() {
        let mut seen = queued();
        let told = vec![status(RunStatus::Running), phase("fit"), loss(1), loss(2), trees(30, 80)];
        numbered(told).iter().for_each(|event| seen.take_in(event));
        assert_eq!(seen.doing(), "Fitting: tree 30 of at most 40, then again on all rows");
        assert_eq!(seen.share(), Some(0.375));
        assert_eq!(seen.plot().unwrap().1.until, Some(40.0));
        assert_eq!(seen.left().unwrap().replace('\u{a0}', " "), "at most 2 s left");
    }

    #[test]
    fn of_many_steps_the_axis_shows_a_few_more_than_there_are() {
        let seen = [0, 8, 31, 32, 63, 250, 251, 2_000].map(|done| shown(2_000, done));
        assert_eq!(seen, [125, 125, 125, 250, 500, 1_000, 2_000, 2_000]);
        assert_eq!([shown(199, 1), shown(40, 30), shown(0, 0)], [199, 40, 0]);
    }

    #[test]
    fn a_point_heard_twice_stands_once() {
        let mut series = Vec::new();
        for (value, step) in [(1.0, 1), (2.0, 2), (3.0, 2), (4.0, 3)] {
            add(&mut series, "train/loss", (step, Num(value)));
        }
        assert_eq!(series.len(), 1);
        assert_eq!(series[0].points, [(1, Num(1.0)), (2, Num(3.0)), (3, Num(4.0))]);
    }
}
