//! What is followed, and up to where it has been heard. Pure: the socket calls it.

use mlhub_domain::live::{Ask, Tell};
use mlhub_domain::runs::NumberedEvent;
use std::collections::BTreeMap;

/// What a follower hears.
#[derive(Clone, Debug, PartialEq)]
pub enum Heard {
    /// Events in order, none twice, none missing.
    Events(Vec<NumberedEvent>),
    /// What was shown is too old to go on from: fetch the state anew and follow from there.
    Reset,
    /// There is nothing to follow, or one may not.
    Refused,
}

/// The topics of a tab.
#[derive(Clone, Debug, Default)]
pub(super) struct Topics {
    heard: BTreeMap<String, u64>,
}

/// What to do with a frame of the server.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Reaction {
    /// Nothing new.
    Nothing,
    /// The server's build.
    Build(String),
    /// Tell the followers of a topic.
    Tell(String, Heard),
    /// Events are missing: ask again from the last one heard.
    Ask(Ask),
}

impl Topics {
    /// Follows `topic` from the event after `after`. `None` when it is followed already from there
    /// or before.
    pub(super) fn follow(&mut self, topic: &str, after: u64) -> Option<Ask> {
        if self.heard.contains_key(topic) {
            return None;
        }
        self.heard.insert(topic.into(), after);
        Some(Ask::Sub { topic: topic.into(), after })
    }

    /// Follows `topic` no more.
    pub(super) fn leave(&mut self, topic: &str) -> Option<Ask> {
        self.heard.remove(topic).map(|_| Ask::Unsub { topic: topic.into() })
    }

    /// What to ask for on a new connection: everything followed, from the last number heard.
    pub(super) fn resume(&self) -> Vec<Ask> {
        let ask =
            |(topic, after): (&String, &u64)| Ask::Sub { topic: topic.clone(), after: *after };
        self.heard.iter().map(ask).collect()
    }

    /// Whether anything is followed.
    pub(super) fn is_empty(&self) -> bool {
        self.heard.is_empty()
    }

    /// Takes in a frame.
    pub(super) fn hear(&mut self, tell: Tell) -> Reaction {
        match tell {
            Tell::Hello { build } => Reaction::Build(build),
            Tell::Events { topic, events } => self.events(topic, events),
            Tell::Reset { topic } => self.end(topic, Heard::Reset),
            Tell::Refused { topic } => self.end(topic, Heard::Refused),
        }
    }

    fn events(&mut self, topic: String, mut events: Vec<NumberedEvent>) -> Reaction {
        let Some(last) = self.heard.get_mut(&topic) else {
            return Reaction::Nothing;
        };
        events.retain(|event| event.seq > *last);
        let (Some(first), Some(newest)) = (events.first(), events.last()) else {
            return Reaction::Nothing;
        };
        if first.seq != *last + 1 {
            return Reaction::Ask(Ask::Sub { after: *last, topic });
        }
        *last = newest.seq;
        Reaction::Tell(topic, Heard::Events(events))
    }

    fn end(&mut self, topic: String, heard: Heard) -> Reaction {
        match self.heard.remove(&topic) {
            Some(_) => Reaction::Tell(topic, heard),
            None => Reaction::Nothing,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::DateTime;
    use mlhub_domain::runs::Event;

    fn events(numbers: std::ops::RangeInclusive<u64>) -> Vec<NumberedEvent> {
        let at = DateTime::UNIX_EPOCH;
        let event = |seq| NumberedEvent { seq, at, event: Event::Phase { phase: "fit".into() } };
        numbers.map(event).collect()
    }

    fn tell(numbers: std::ops::RangeInclusive<u64>) -> Tell {
        Tell::Events { topic: "a/b/runs/1".into(), events: events(numbers) }
    }

    #[test]
    fn events_heard_twice_are_told_once() {
        let mut topics = Topics::default();
        topics.follow("a/b/runs/1", 2).unwrap();
        let told = |numbers| Reaction::Tell("a/b/runs/1".into(), Heard::Events(events(numbers)));
        assert_eq!(topics.hear(tell(1..=4)), told(3..=4));
        assert_eq!(topics.hear(tell(4..=5)), told(5..=5));
        assert_eq!(topics.hear(tell(1..=5)), Reaction::Nothing);
    }

    #[test]
    fn a_gap_is_asked_for_and_a_new_connection_resumes() {
        let mut topics = Topics::default();
        topics.follow("a/b/runs/1", 0).unwrap();
        assert_eq!(topics.follow("a/b/runs/1", 0), None);
        topics.hear(tell(1..=3));
        let again = Ask::Sub { topic: "a/b/runs/1".into(), after: 3 };
        assert_eq!(topics.hear(tell(6..=7)), Reaction::Ask(again.clone()));
        assert_eq!(topics.resume(), [again]);
    }

    #[test]
    fn a_reset_ends_the_topic() {
        let mut topics = Topics::default();
        topics.follow("t", 9).unwrap();
        let reset = Tell::Reset { topic: "t".into() };
        assert_eq!(topics.hear(reset.clone()), Reaction::Tell("t".into(), Heard::Reset));
        assert_eq!(topics.hear(reset), Reaction::Nothing);
        assert!(topics.is_empty());
    }
}
