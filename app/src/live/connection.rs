//! The connection as views see it.

use super::topics::{Heard, Reaction, Topics};
use crate::components::Tag;
use crate::platform;
use leptos::prelude::*;
use mlhub_domain::live::{Ask, Tell};
use std::collections::BTreeMap;
use std::sync::Arc;

/// The state of the connection.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Link {
    /// Nothing is followed.
    #[default]
    Idle,
    /// Connected.
    Live,
    /// Lost; the next try is under way or near.
    Reconnecting,
    /// The browser has no network.
    Offline,
}

type Follower = Arc<dyn Fn(Heard) + Send + Sync>;

/// The websocket of the tab, from the context. Copies are the same connection.
#[derive(Clone, Copy)]
pub struct Live {
    build: StoredValue<String>,
    link: RwSignal<Link>,
    outdated: RwSignal<bool>,
    topics: StoredValue<Topics>,
    followers: StoredValue<BTreeMap<String, BTreeMap<u64, Follower>>>,
    next: StoredValue<u64>,
    outbox: StoredValue<Vec<Ask>>,
}

impl Live {
    /// A connection that opens when the first topic is followed. `build` is the page's own.
    pub fn new(build: String) -> Self {
        Self {
            build: StoredValue::new(build),
            link: RwSignal::default(),
            outdated: RwSignal::new(false),
            topics: StoredValue::default(),
            followers: StoredValue::default(),
            next: StoredValue::new(0),
            outbox: StoredValue::default(),
        }
    }

    /// The state of the connection.
    pub fn link(self) -> Signal<Link> {
        self.link.into()
    }

    /// Whether the server has told another build than the page's.
    pub fn outdated(self) -> Signal<bool> {
        self.outdated.into()
    }

    /// Hears `topic` from the event after `after` on, until the view that calls this is gone. Call
    /// it in an `Effect` or an event handler. A second follower of a topic hears from now on.
    pub fn follow(self, topic: String, after: u64, hear: impl Fn(Heard) + Send + Sync + 'static) {
        let id = self.next.get_value();
        self.next.set_value(id + 1);
        self.followers.update_value(|all| {
            all.entry(topic.clone()).or_default().insert(id, Arc::new(hear));
        });
        let ask = self.topics.try_update_value(|topics| topics.follow(&topic, after)).flatten();
        self.ask(ask);
        on_cleanup(move || self.leave(&topic, id));
    }

    fn leave(self, topic: &str, id: u64) {
        let last = self.followers.try_update_value(|all| {
            let Some(of_topic) = all.get_mut(topic) else {
                return false;
            };
            of_topic.remove(&id);
            let last = of_topic.is_empty();
            if last {
                all.remove(topic);
            }
            last
        });
        if last == Some(true) {
            let ask = self.topics.try_update_value(|topics| topics.leave(topic)).flatten();
            self.ask(ask);
        }
    }

    fn ask(self, ask: Option<Ask>) {
        if let Some(ask) = ask {
            self.outbox.update_value(|outbox| outbox.push(ask));
            platform::pump(self);
        }
    }

    /// Takes what waits to be sent.
    pub(crate) fn outbox(self) -> Vec<Ask> {
        self.outbox.try_update_value(std::mem::take).unwrap_or_default()
    }

    /// What to ask for on a new connection.
    pub(crate) fn resume(self) -> Vec<Ask> {
        self.outbox.set_value(Vec::new());
        self.topics.with_value(Topics::resume)
    }

    /// Whether anything is followed.
    pub(crate) fn wanted(self) -> bool {
        self.topics.try_with_value(|topics| !topics.is_empty()).unwrap_or(false)
    }

    /// Sets the state of the connection.
    pub(crate) fn set_link(self, link: Link) {
        if self.link.try_get_untracked() != Some(link) {
            self.link.set(link);
        }
    }

    /// Takes in a frame and tells those who follow.
    pub(crate) fn hear(self, tell: Tell) {
        match self.topics.try_update_value(|topics| topics.hear(tell)) {
            None | Some(Reaction::Nothing) => {}
            Some(Reaction::Build(build)) => {
                let ours = self.build.get_value();
                self.outdated.set(!ours.is_empty() && build != ours);
            }
            Some(Reaction::Ask(ask)) => self.ask(Some(ask)),
            Some(Reaction::Tell(topic, heard)) => {
                let followers: Vec<Follower> = self.followers.with_value(|all| {
                    all.get(&topic).into_iter().flat_map(BTreeMap::values).cloned().collect()
                });
                for follower in followers {
                    follower(heard.clone());
                }
                if !self.wanted() {
                    platform::pump(self); // that was the last one: nothing is live any more
                }
            }
        }
    }
}

/// Says whether what is shown is live. Nothing before something is followed.
#[component]
pub fn LinkChip() -> impl IntoView {
    let link = use_context::<Live>().map(Live::link);
    let tag = move || match link.map_or(Link::Idle, |link| link.get()) {
        Link::Idle => ().into_any(),
        Link::Live => view! { <Tag kind="live" pulse=true>"live"</Tag> }.into_any(),
        Link::Reconnecting => view! { <Tag>"reconnecting…"</Tag> }.into_any(),
        Link::Offline => view! { <Tag kind="bad">"offline"</Tag> }.into_any(),
    };
    view! { <span role="status">{tag}</span> }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::DateTime;
    use mlhub_domain::runs::{Event, NumberedEvent, RunStatus};

    #[test]
    fn two_followers_share_a_topic_and_the_last_one_leaves_it() {
        let owner = Owner::new();
        owner.with(|| {
            let live = Live::new("b1".into());
            let (seen, set_seen) = signal(0);
            let view = Owner::new();
            view.with(|| {
                live.follow("t".into(), 0, move |_| set_seen.update(|n| *n += 1));
                live.follow("t".into(), 0, move |_| set_seen.update(|n| *n += 1));
            });
            let event = Event::Status { status: RunStatus::Running };
            let events = vec![NumberedEvent { seq: 1, at: DateTime::UNIX_EPOCH, event }];
            live.hear(Tell::Events { topic: "t".into(), events });
            assert_eq!(seen.get_untracked(), 2);
            view.cleanup();
            assert!(!live.wanted());
            assert_eq!(
                live.outbox(),
                [Ask::Sub { topic: "t".into(), after: 0 }, Ask::Unsub { topic: "t".into() }]
            );
        });
    }

    #[test]
    fn another_build_outdates_the_page() {
        let owner = Owner::new();
        owner.with(|| {
            let live = Live::new("b1".into());
            live.hear(Tell::Hello { build: "b1".into() });
            assert!(!live.outdated().get_untracked());
            live.hear(Tell::Hello { build: "b2".into() });
            assert!(live.outdated().get_untracked());
        });
    }
}
