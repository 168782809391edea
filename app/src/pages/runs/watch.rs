//! Watching a run: its events, heard once for all islands of the page.

use super::seen::Seen;
use crate::live::{Heard, Live};
use crate::{clock, platform};
use leptos::prelude::*;
use mlhub_domain::live::Topic;
use mlhub_domain::runs::{NumberedEvent, Run, RunLog, RunPath, Series};

/// A run as it is seen now. One signal holds all of it: what is said and drawn of it changes
/// together.
#[derive(Clone, Copy)]
pub(super) struct Watch(RwSignal<Seen>);

/// The run that the islands of a page watch; the first of them to hear of it tells the others.
#[derive(Clone, Copy, Default)]
pub struct Watched(RwSignal<Option<Watch>>);

impl Watched {
    /// The run that is watched, once it is.
    pub(super) fn get(self) -> Option<Watch> {
        self.0.get()
    }
}

impl Watch {
    /// What the server knew when it rendered the page.
    pub(super) fn new(run: &Run, series: Vec<Series>, log: RunLog) -> Self {
        Self(RwSignal::new(Seen::new(run, series, log, clock::now())))
    }

    /// Something of what is seen; looked at again whenever anything has changed.
    pub(super) fn with<T>(self, look: impl FnOnce(&Seen) -> T) -> T {
        self.0.with(look)
    }

    /// The same, told only when it is something else than before.
    pub(super) fn part<T>(self, look: impl Fn(&Seen) -> T + Send + Sync + 'static) -> Memo<T>
    where
        T: PartialEq + Send + Sync + 'static,
    {
        Memo::new(move |_| self.0.with(&look))
    }

    /// Hears the events of the run at `at` after `seq`, in an island, and shows it to the others.
    /// When too much was missed the page is loaded again; and when the run has ended, to show the
    /// report.
    pub(super) fn follow(self, at: &RunPath, seq: u64) {
        if let Some(watched) = use_context::<Watched>() {
            watched.0.set(Some(self));
        }
        let Some(live) = use_context::<Live>() else {
            return;
        };
        let topic = Topic::Run(at.clone()).to_string();
        Effect::new(move |_| {
            live.follow(topic.clone(), seq, move |heard| match heard {
                Heard::Events(events) => self.take_in(&events),
                Heard::Reset => platform::reload(),
                Heard::Refused => self.0.update(|seen| seen.gone = true),
            });
        });
        Effect::new(move |_| self.tick());
    }

    fn take_in(self, events: &[NumberedEvent]) {
        self.0.update(|seen| events.iter().for_each(|event| seen.take_in(event)));
        if self.0.with_untracked(|seen| seen.status.ended()) {
            platform::reload();
        }
    }

    /// Counts the seconds between events, which may be far apart.
    fn tick(self) {
        platform::after(1_000, move || {
            if self.0.with_untracked(Seen::works) {
                self.0.update(Seen::wait_a_second);
                self.tick();
            }
        });
    }
}
