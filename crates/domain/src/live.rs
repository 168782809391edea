//! What browser and server say to each other over the one websocket of a tab.

use crate::runs::{NumberedEvent, RunPath};
use serde::{Deserialize, Serialize};

/// From the browser.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Ask {
    /// Follow a topic from the event after `after`.
    Sub {
        /// What to follow: `owner/project/runs/7`.
        topic: String,
        /// The last event one has; 0 for none.
        after: u64,
    },
    /// Follow it no more.
    Unsub {
        /// The topic.
        topic: String,
    },
}

/// From the server.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Tell {
    /// The first frame of every connection.
    Hello {
        /// Which build serves; a page of another build offers to reload.
        build: String,
    },
    /// Events of a topic, in order and without a gap.
    Events {
        /// The topic.
        topic: String,
        /// The events.
        events: Vec<NumberedEvent>,
    },
    /// The reader was too slow, or what it has is too old: fetch the state anew.
    Reset {
        /// The topic.
        topic: String,
    },
    /// The topic cannot be followed: it is not there, or not visible.
    Refused {
        /// The topic.
        topic: String,
    },
}

/// The topic of a run's events.
pub fn run_topic(run: &RunPath) -> String {
    format!("{}/runs/{}", run.project(), run.run)
}

/// The run that a topic names.
pub fn topic_run(topic: &str) -> Option<RunPath> {
    let mut parts = topic.split('/');
    let path = RunPath {
        owner: parts.next()?.parse().ok()?,
        project: parts.next()?.parse().ok()?,
        run: match (parts.next()?, parts.next()?) {
            ("runs", number) => number.parse().ok()?,
            _ => return None,
        },
    };
    parts.next().is_none().then_some(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_topic_names_a_run_and_nothing_else() {
        let run = topic_run("ada/titanic/runs/7").unwrap();
        assert_eq!(run.run, 7);
        assert_eq!(run_topic(&run), "ada/titanic/runs/7");
        for bad in [
            "",
            "ada/titanic",
            "ada/titanic/runs",
            "ada/titanic/runs/x",
            "ada/titanic/runs/7/8",
            "ada/titanic/models/7",
        ] {
            assert!(topic_run(bad).is_none(), "{bad}");
        }
    }
}
