//! What a view may know besides its data. What islands need of it stands as JSON in the head of the
//! page, so that the browser draws exactly what the server drew.

use crate::failure::Failure;
use chrono::{DateTime, Utc};
use mlhub_domain::jobs::RunningJob;
use mlhub_domain::names::OwnerName;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Everything that a view may depend on besides its own data. The server gives one for each
/// request by `provide_context`; in the browser it is read from the page.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Boot {
    /// Where the files are: logical name (`icons.svg`) → address (`/assets/icons.3f9a1c2b7d.svg`).
    pub assets: Assets,
    /// Who looks at the page; `None` when nobody is signed in.
    #[serde(skip)]
    pub visitor: Option<Visitor>,
    /// Light, dark, or as the system has it.
    #[serde(skip)]
    pub theme: Theme,
    /// Which build serves; a page of another build offers to reload.
    pub build: String,
    /// When the page was rendered: relative times count from here.
    pub now: DateTime<Utc>,
    /// The visitor's jobs at work.
    pub running: Vec<RunningJob>,
    /// The form that was posted and could not be accepted.
    #[serde(skip)]
    pub refused: Option<Refused>,
    /// The form that was posted to choose something, not to do it.
    #[serde(skip)]
    pub typed: Option<Typed>,
    /// What a form that was posted was answered, where that is something to show.
    #[serde(skip)]
    pub answered: Option<Answered>,
    /// The name of what a form has deleted that led to this page.
    #[serde(skip)]
    pub deleted: Option<String>,
}

/// Who looks at the page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Visitor {
    /// The name in addresses.
    pub username: OwnerName,
    /// The name shown to people.
    pub display_name: String,
    /// Whether this is a site administrator.
    pub admin: bool,
}

impl Visitor {
    /// One or two letters for the round face: those of the first two words of the name.
    pub fn initials(&self) -> String {
        let name =
            if self.display_name.is_empty() { self.username.as_str() } else { &self.display_name };
        let words = name.split(|c: char| !c.is_alphanumeric()).filter_map(|w| w.chars().next());
        words.take(2).flat_map(char::to_uppercase).collect()
    }
}

/// Addresses of the files that the build has hashed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Assets(pub BTreeMap<String, String>);

impl Assets {
    /// The address of `logical`. A file that the build does not know keeps its own name, so that a
    /// forgotten one shows up as a plain 404.
    pub fn url(&self, logical: &str) -> String {
        self.0.get(logical).cloned().unwrap_or_else(|| format!("/assets/{logical}"))
    }
}

/// How a page is coloured.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Theme {
    /// As the system has it.
    #[default]
    System,
    /// Ink on paper.
    Light,
    /// Paper on ink.
    Dark,
}

impl Theme {
    /// All, in the order of the switch.
    pub const ALL: [Self; 3] = [Self::System, Self::Light, Self::Dark];

    /// The word in the cookie and in the form.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }

    /// The value of `data-theme` on the document; the system's choice needs none.
    pub const fn attribute(self) -> Option<&'static str> {
        match self {
            Self::System => None,
            Self::Light | Self::Dark => Some(self.as_str()),
        }
    }

    /// The theme that a cookie or a form names; anything unknown is the system's.
    pub fn named(word: &str) -> Self {
        Self::ALL.into_iter().find(|theme| theme.as_str() == word).unwrap_or_default()
    }
}

/// A form that came in and could not be accepted: its page is rendered again with
/// this, at the address of the page and with the problem's status. It is never part of an address
/// or a cookie, so no link can make a page show a message, and nothing is too long for it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refused {
    /// The server function: `datasets/rename`.
    pub function: String,
    /// Which of several forms of that function; empty for the only one.
    pub key: String,
    /// Why.
    pub failure: Failure,
    /// What was typed, without secrets.
    pub given: Vec<(String, String)>,
}

/// A form in which something was chosen on which the rest of it depends: its page is rendered again
/// with what stands in it, and nothing is done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Typed {
    /// The server function: `models/train`.
    pub function: String,
    /// Which of several forms of that function; empty for the only one.
    pub key: String,
    /// What was typed, without secrets.
    pub given: Vec<(String, String)>,
}

/// What the server function of a form answered to a browser that posted it by itself: shown once, on
/// the page of the form, in the answer to the post. Where there is nothing to show but that it is
/// done, it is shown by the page that follows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answered {
    /// The server function: `models/predict`.
    pub function: String,
    /// Which of several forms of that function; empty for the only one.
    pub key: String,
    /// The answer as JSON.
    pub value: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn initials_come_from_the_first_two_words() {
        let initials = |name: &str| {
            let username = "ada-l".parse().unwrap();
            Visitor { username, display_name: name.into(), admin: false }.initials()
        };
        assert_eq!(initials("Mara Keller Ott"), "MK");
        assert_eq!(initials("élan"), "É");
        assert_eq!(initials(""), "AL");
    }

    #[test]
    fn an_unknown_file_keeps_its_name() {
        let assets = Assets(BTreeMap::from([("a.css".into(), "/assets/a.1.css".into())]));
        assert_eq!(assets.url("a.css"), "/assets/a.1.css");
        assert_eq!(assets.url("b.css"), "/assets/b.css");
    }
}
