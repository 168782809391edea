//! What a training says while it runs.

use mlhub_domain::evaluation::Curve;
use mlhub_domain::num::Num;
use mlhub_domain::runs::{Event, Level, Progress};
use std::collections::BTreeMap;
use std::time::{Duration, Instant};

/// Who listens to a training, and may end it.
pub trait Observer {
    /// Something happened. Progress comes at most five times a second.
    fn event(&mut self, event: Event);

    /// Whether to stop now and keep the best so far. Asked many times a second.
    fn cancelled(&self) -> bool;
}

/// What follows a fit.
#[derive(Clone, Copy, Default)]
pub(crate) struct Later {
    /// The most steps of it.
    pub(crate) steps: u64,
    /// Rows of each.
    pub(crate) rows: usize,
}

/// The time between two messages about progress.
const PAUSE: Duration = Duration::from_millis(200);
/// What is left is not guessed before so many steps.
const FIRST_GUESS: u64 = 3;
const MOST_POINTS: usize = 500;

pub(crate) struct Reporter<'a> {
    observer: &'a mut dyn Observer,
    curves: BTreeMap<String, Vec<(u64, f64)>>,
    unit: &'static str,
    /// Steps of earlier fits.
    before: u64,
    /// Steps of this fit so far.
    done: u64,
    /// Steps of all fits, as far as can be said.
    total: u64,
    /// Rows of each step of this fit, and of those that follow it.
    rows: usize,
    later_rows: usize,
    /// Seconds that a row of a step takes, as an earlier fit had it.
    pace: Option<f64>,
    /// The last step of this fit, which early stopping may not reach.
    last: u64,
    began: Instant,
    said: Option<Instant>,
}

impl<'a> Reporter<'a> {
    pub(crate) fn new(observer: &'a mut dyn Observer) -> Self {
        Self {
            observer,
            curves: BTreeMap::new(),
            unit: "steps",
            before: 0,
            done: 0,
            total: 0,
            rows: 0,
            later_rows: 0,
            pace: None,
            last: 0,
            began: Instant::now(),
            said: None,
        }
    }

    pub(crate) fn cancelled(&self) -> bool {
        self.observer.cancelled()
    }

    pub(crate) fn phase(&mut self, phase: &str) {
        self.observer.event(Event::Phase { phase: phase.into() });
    }

    pub(crate) fn info(&mut self, message: impl Into<String>) {
        self.observer.event(Event::Log { level: Level::Info, message: message.into() });
    }

    pub(crate) fn warn(&mut self, message: impl Into<String>) {
        self.observer.event(Event::Log { level: Level::Warning, message: message.into() });
    }

    /// A fit of at most `steps` steps over `rows` rows begins; as many as `later` says follow it.
    pub(crate) fn begin(&mut self, unit: &'static str, steps: u64, rows: usize, later: Later) {
        self.unit = unit;
        self.total = self.before + steps + later.steps;
        self.rows = rows;
        self.later_rows = later.rows;
        self.last = self.before + steps;
        self.began = Instant::now();
        self.done = 0;
        self.progress(true);
    }

    /// `done` steps of this fit are done.
    pub(crate) fn step(&mut self, done: u64) {
        self.done = self.done.max(done);
        self.progress(false);
    }

    /// The fit is over, with a stopping point after `steps`, and `later` steps will follow.
    pub(crate) fn end(&mut self, steps: u64, later: u64) {
        self.done = self.done.max(steps);
        self.last = self.before + self.done;
        self.total = self.last + later;
        self.progress(true);
        self.pace = self.pace();
        self.before += self.done;
    }

    /// Seconds for a row of a step, once there were enough of them.
    fn pace(&self) -> Option<f64> {
        let worked = self.done as f64 * self.rows as f64;
        let known = self.done >= FIRST_GUESS && worked > 0.0;
        if known { Some(self.began.elapsed().as_secs_f64() / worked) } else { self.pace }
    }

    /// Seconds left, in whole ones; none where nothing is left to be counted, or nothing is known.
    fn remaining(&self) -> Option<Num> {
        let all = self.before + self.done;
        let here = self.last.saturating_sub(all) as f64 * self.rows as f64;
        let later = self.total.saturating_sub(self.last.max(all)) as f64 * self.later_rows as f64;
        let rest = here + later;
        (rest > 0.0).then(|| Some(Num((rest * self.pace()?).ceil().max(1.0)))).flatten()
    }

    fn progress(&mut self, always: bool) {
        if !always && self.said.is_some_and(|said| said.elapsed() < PAUSE) {
            return;
        }
        self.said = Some(Instant::now());
        let all = self.before + self.done;
        let seconds = self.began.elapsed().as_secs_f64();
        let rows = self.done as f64 * self.rows as f64;
        self.observer.event(Event::Progress(Progress {
            done: all,
            total: self.total.max(all),
            unit: self.unit.into(),
            rows_per_second: Num(if seconds > 0.0 { rows / seconds } else { 0.0 }),
            remaining: self.remaining(),
        }));
    }

    pub(crate) fn metric(&mut self, key: &str, step: u64, value: f64) {
        self.curves.entry(key.into()).or_default().push((step, value));
        self.observer.event(Event::Metric { key: key.into(), step, value: Num(value) });
    }

    /// The metrics so far, thinned for a chart.
    pub(crate) fn curves(&self) -> Vec<Curve> {
        let thin = |points: &Vec<(u64, f64)>| {
            let place = |point: &(u64, f64)| (point.0 as f64, point.1);
            let points = mlhub_metrics::thin::thin(points, MOST_POINTS, place);
            points.into_iter().map(|(step, value)| (step, Num(value))).collect()
        };
        self.curves.iter().map(|(key, all)| Curve { key: key.clone(), points: thin(all) }).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Default)]
    struct Heard(Vec<Progress>);

    impl Observer for Heard {
        fn event(&mut self, event: Event) {
            if let Event::Progress(progress) = event {
                self.0.push(progress);
            }
        }
        fn cancelled(&self) -> bool {
            false
        }
    }

    #[test]
    fn two_fits_are_one_way_and_something_is_left_until_its_end() {
        let mut heard = Heard::default();
        let mut report = Reporter::new(&mut heard);
        let hour_ago = || Instant::now().checked_sub(Duration::from_secs(3_600)).unwrap();
        report.begin("epochs", 30, 100, Later { steps: 30, rows: 200 });
        report.began = hour_ago();
        report.step(10);
        report.progress(true);
        // Stopped early, with the best after 8.
        report.end(8, 8);
        report.begin("epochs", 8, 200, Later::default());
        report.began = hour_ago();
        (1..=8).for_each(|step| report.step(step));
        report.end(8, 0);
        let seen: Vec<_> = heard.0.iter().map(|p| (p.done, p.total, p.remaining)).collect();
        let hours = |hours: f64| Some(hours * 3_600.0);
        let expected = [
            (0, 60, None),
            // Twenty steps more, then thirty with twice the rows.
            (10, 60, hours(8.0)),
            (10, 18, hours(1.6)),
            (10, 18, hours(1.6)),
            (18, 18, None),
        ];
        assert_eq!(seen.len(), expected.len(), "{seen:?}");
        for ((done, total, left), (all, most, guess)) in seen.into_iter().zip(expected) {
            assert_eq!((done, total), (all, most));
            assert_eq!(left.is_some(), guess.is_some(), "{done} of {total}: {left:?}");
            let (left, guess) = (left.map_or(0.0, |left| left.0), guess.unwrap_or(0.0));
            assert!((left - guess).abs() < 60.0, "{done} of {total}: {left}");
        }
    }

    #[test]
    fn what_is_left_is_never_less_than_a_second() {
        let mut heard = Heard::default();
        let mut report = Reporter::new(&mut heard);
        report.begin("trees", 1_000, 10, Later::default());
        report.step(999);
        report.progress(true);
        assert_eq!(heard.0.last().unwrap().remaining, Some(Num(1.0)));
    }
}
