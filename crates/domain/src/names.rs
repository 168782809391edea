//! Names that people give: checked once, where they come in.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// Why a text is not a name. The text is meant for the person who typed it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadName {
    /// It has a character, a length or a start that names do not have.
    #[error(
        "use 1 to {max} of the characters {allowed}, starting with a letter or a digit{}",
        such_as(near)
    )]
    Shape {
        /// The most characters.
        max: usize,
        /// The characters allowed, in words.
        allowed: &'static str,
        /// A name as near to the text as one can be; empty when nothing of it fits.
        near: String,
    },
    /// It would be an address of ML Hub itself.
    #[error("“{0}” is a word that ML Hub keeps for its own addresses: choose another")]
    Reserved(String),
    /// It would be read as the number of a version.
    #[error("“{0}” would be taken for a version number: choose a word, such as “champion”")]
    Number(String),
}

/// Owner names that would collide with an address.
const RESERVED: &[&str] = &[
    "api",
    "app",
    "assets",
    "admin",
    "login",
    "logout",
    "signup",
    "setup",
    "settings",
    "dashboard",
    "explore",
    "docs",
    "design",
    "uploads",
    "internal",
    "fn",
    "healthz",
    "readyz",
    "metrics",
    ".well-known",
    "robots.txt",
    "sitemap.xml",
    "static",
    "orgs",
];

fn such_as(near: &str) -> String {
    if near.is_empty() { String::new() } else { format!(", such as “{near}”") }
}

/// What of `text` fits into a name of at most `max` characters, its words joined by `-`.
fn near(text: &str, max: usize, fits: fn(char) -> bool) -> String {
    let mut name = String::new();
    for c in text.chars() {
        let c = c.to_ascii_lowercase();
        if fits(c) {
            name.push(c);
        } else if !name.ends_with('-') {
            name.push('-');
        }
    }
    let mut name = name.trim_start_matches(['-', '_']).to_owned();
    name.truncate(max);
    name.truncate(name.trim_end_matches(['-', '_']).len());
    name
}

fn plain(c: char) -> bool {
    c.is_ascii_lowercase() || c.is_ascii_digit()
}

fn starts_well(text: &str) -> bool {
    text.bytes().next().is_some_and(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
}

fn thing(text: &str) -> Result<(), BadName> {
    let fits = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b"._-".contains(&b);
    if text.len() <= 64 && starts_well(text) && text.bytes().all(fits) {
        Ok(())
    } else {
        let near = near(text, 64, |c| plain(c) || c == '_');
        Err(BadName::Shape { max: 64, allowed: "a–z, 0–9, “.”, “_” and “-”", near })
    }
}

fn owner(text: &str) -> Result<(), BadName> {
    let fits = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
    if text.len() > 39 || !starts_well(text) || !text.bytes().all(fits) {
        let mut near = near(text, 39, plain);
        if RESERVED.contains(&near.as_str()) {
            near.clear();
        }
        return Err(BadName::Shape { max: 39, allowed: "a–z, 0–9 and “-”", near });
    }
    if RESERVED.contains(&text) { Err(BadName::Reserved(text.into())) } else { Ok(()) }
}

macro_rules! names {
    ($($(#[$doc:meta])* $name:ident by $check:ident, $pattern:literal;)+) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[cfg_attr(not(target_family = "wasm"), derive(utoipa::ToSchema), schema(pattern = $pattern))]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// The name as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl FromStr for $name {
            type Err = BadName;
            fn from_str(text: &str) -> Result<Self, BadName> {
                $check(text).map(|()| Self(text.into()))
            }
        }

        impl TryFrom<String> for $name {
            type Error = BadName;
            fn try_from(text: String) -> Result<Self, BadName> {
                text.parse()
            }
        }

        impl From<$name> for String {
            fn from(name: $name) -> Self {
                name.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    )+};
}

names! {
    /// The name of a user (later also of an organisation): the first part of every address.
    OwnerName by owner, "^[a-z0-9][a-z0-9-]{0,38}$";
    /// The name of a project, unique under its owner.
    ProjectName by thing, "^[a-z0-9][a-z0-9._-]{0,63}$";
    /// The name of a dataset, unique in its project.
    DatasetName by thing, "^[a-z0-9][a-z0-9._-]{0,63}$";
    /// The name of a model, unique in its project.
    ModelName by thing, "^[a-z0-9][a-z0-9._-]{0,63}$";
    /// The name of an experiment, unique in its project.
    ExperimentName by thing, "^[a-z0-9][a-z0-9._-]{0,63}$";
    /// A movable name of a model version, such as `champion`.
    Alias by alias, "^[a-z0-9][a-z0-9._-]{0,63}$";
}

/// An alias is a name that cannot be mistaken for a version number.
fn alias(text: &str) -> Result<(), BadName> {
    thing(text)?;
    let number = text.strip_prefix('v').unwrap_or(text);
    if number.bytes().all(|b| b.is_ascii_digit()) {
        return Err(BadName::Number(text.into()));
    }
    Ok(())
}

impl DatasetName {
    /// The name of a dataset that is called like `text`, as far as a name can be; empty when
    /// nothing of it fits.
    pub fn near(text: &str) -> String {
        near(text, 64, |c| plain(c) || c == '_')
    }
}

impl OwnerName {
    /// The name that an e-mail address suggests: the part before `@`, with what a name cannot hold
    /// turned into `-`. `None` when nothing usable is left.
    pub fn suggested_by(email: &str) -> Option<Self> {
        let local = email.split('@').next().unwrap_or_default();
        let name = near(local, 36, plain);
        match name.parse() {
            Ok(owner) => Some(owner),
            Err(BadName::Reserved(_)) => format!("{name}-1").parse().ok(),
            Err(BadName::Shape { .. } | BadName::Number(_)) => None,
        }
    }

    /// The same name with `-n` behind it, for when the plain one is taken.
    pub fn numbered(&self, n: u32) -> Self {
        Self(format!("{}-{n}", &self.0[..self.0.len().min(34)]))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_lower_case_short_and_start_plainly() {
        for good in ["a", "adult-census", "v1.2_x", "0", &"a".repeat(64)] {
            assert!(good.parse::<DatasetName>().is_ok(), "{good}");
        }
        for bad in ["", "A", "-a", ".a", "a b", "é", "a/b", "..", &"a".repeat(65), "a\n"] {
            assert!(bad.parse::<DatasetName>().is_err(), "{bad:?}");
        }
        assert!("a.b".parse::<OwnerName>().is_err());
        let said = |text: &str| text.parse::<ProjectName>().unwrap_err().to_string();
        assert!(said("Census 1994 (_new)").ends_with("a digit, such as “census-1994-_new”"));
        assert!(said("…").ends_with("starting with a letter or a digit"));
        assert_eq!("api".parse::<OwnerName>(), Err(BadName::Reserved("api".into())));
        let shape = "api!".parse::<OwnerName>().unwrap_err().to_string();
        assert!(!shape.contains("such as"), "{shape}");
    }

    #[test]
    fn an_alias_is_not_a_version_number() {
        assert!("champion".parse::<Alias>().is_ok());
        for bad in ["3", "v3", "v"] {
            assert_eq!(bad.parse::<Alias>(), Err(BadName::Number(bad.into())));
        }
    }

    #[test]
    fn an_e_mail_suggests_a_name() {
        let name = |email| OwnerName::suggested_by(email).map(String::from);
        assert_eq!(name("Ada.Lovelace@example.org").as_deref(), Some("ada-lovelace"));
        assert_eq!(name("admin@example.org").as_deref(), Some("admin-1"));
        assert_eq!(name("ünï@example.org").as_deref(), Some("n"));
        assert_eq!(name("!!@example.org"), None);
        assert_eq!("ada".parse::<OwnerName>().unwrap().numbered(2).as_str(), "ada-2");
    }
}
