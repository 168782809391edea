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
    rows: usize,
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

    /// A fit of at most `steps` steps over `rows` rows begins; `later` steps follow it.
    pub(crate) fn begin(&mut self, unit: &'static str, steps: u64, later: u64, rows: usize) {
        self.unit = unit;
        self.total = self.before + steps + later;
        self.rows = rows;
        self.began = Instant::now();
        self.done = 0;
        self.progress(true);
    }

    /// `done` steps of this fit are done.
    pub(crate) fn step(&mut self, done: u64) {
        self.done = done;
        self.progress(false);
    }

    /// The fit is over, with a stopping point after `steps`, and `later` steps will follow.
    pub(crate) fn end(&mut self, steps: u64, later: u64) {
        self.done = self.done.max(steps);
        self.total = self.before + self.done + later;
        self.progress(true);
        self.before += self.done;
    }

    fn progress(&mut self, always: bool) {
        if !always && self.said.is_some_and(|said| said.elapsed() < PAUSE) {
            return;
        }
        let done = self.done;
        self.said = Some(Instant::now());
        let seconds = self.began.elapsed().as_secs_f64();
        let pace = if done > 0 && seconds > 0.0 { done as f64 / seconds } else { 0.0 };
        let all = self.before + done;
        let left = self.total.saturating_sub(all) as f64;
        self.observer.event(Event::Progress(Progress {
            done: all,
            total: self.total.max(all),
            unit: self.unit.into(),
            rows_per_second: Num(pace * self.rows as f64),
            remaining: (done >= FIRST_GUESS && pace > 0.0).then(|| Num(left / pace)),
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
