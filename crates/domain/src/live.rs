//! What browser and server say to each other over the one websocket of a tab.

use crate::runs::{NumberedEvent, RunPath};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

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

/// What a tab can follow.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Topic {
    /// The events of a run: `owner/project/runs/7`.
    Run(RunPath),
}

impl Topic {
    /// Every [`kind`](Self::kind).
    pub const KINDS: [&str; 1] = ["{owner}/{project}/runs/{run}"];

    /// What kind of topic it is, as the policy table has it.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Run(_) => "{owner}/{project}/runs/{run}",
        }
    }
}

impl fmt::Display for Topic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Run(run) => write!(f, "{}/runs/{}", run.project(), run.run),
        }
    }
}

/// A text that names nothing to follow.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("there is no such topic")]
pub struct NoTopic;

impl FromStr for Topic {
    type Err = NoTopic;

    fn from_str(text: &str) -> Result<Self, NoTopic> {
        let parts: Vec<&str> = text.split('/').collect();
        let [owner, project, "runs", run] = parts[..] else { return Err(NoTopic) };
        Ok(Self::Run(RunPath {
            owner: owner.parse().map_err(|_| NoTopic)?,
            project: project.parse().map_err(|_| NoTopic)?,
            run: run.parse().map_err(|_| NoTopic)?,
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_topic_names_a_run_and_nothing_else() {
        let topic: Topic = "ada/titanic/runs/7".parse().unwrap();
        let Topic::Run(run) = &topic;
        assert_eq!((run.page().as_str(), run.run), ("/ada/titanic/runs/7", 7));
        assert_eq!(topic.to_string(), "ada/titanic/runs/7");
        assert_eq!(topic.kind(), Topic::KINDS[0]);
        for bad in [
            "",
            "ada/titanic",
            "ada/titanic/runs",
            "ada/titanic/runs/x",
            "ada/titanic/runs/7/8",
            "ada/titanic/models/7",
            "/ada/titanic/runs/7",
        ] {
            assert_eq!(bad.parse::<Topic>(), Err(NoTopic), "{bad}");
        }
    }
}
