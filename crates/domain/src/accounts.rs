//! Users, their sessions and their tokens.

use crate::access::Role;
use crate::ids::{SessionId, TokenId, UserId};
use crate::names::OwnerName;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// What a set-up link is good for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SetUpLink {
    /// It makes the first administrator.
    Good,
    /// It is not the one of this server.
    Wrong,
    /// Nothing any more: there is an administrator.
    Used,
}

/// An e-mail address: kept as typed, compared without regard to case.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_family = "wasm"), derive(utoipa::ToSchema))]
#[serde(try_from = "String", into = "String")]
pub struct Email(String);

/// A text that is not an e-mail address.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("an e-mail address looks like ada@example.org")]
pub struct BadEmail;

impl Email {
    /// The address as typed.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether its host has a domain, as every one that mail is sent to has, or is this machine.
    pub fn is_whole(&self) -> bool {
        let host = self.0.rsplit('@').next().unwrap_or_default();
        let parts = || host.split('.');
        host == "localhost" || (parts().count() > 1 && parts().all(|part| !part.is_empty()))
    }
}

impl std::str::FromStr for Email {
    type Err = BadEmail;

    fn from_str(text: &str) -> Result<Self, BadEmail> {
        let text = text.trim();
        let (local, host) = text.rsplit_once('@').ok_or(BadEmail)?;
        let plain =
            |t: &str| !t.is_empty() && !t.chars().any(|c| c.is_whitespace() || c.is_control());
        let host_ok = plain(host) && !host.starts_with(['.', '-']) && !host.ends_with(['.', '-']);
        if text.len() <= 254 && plain(local) && !local.contains('@') && host_ok {
            Ok(Self(text.into()))
        } else {
            Err(BadEmail)
        }
    }
}

impl TryFrom<String> for Email {
    type Error = BadEmail;
    fn try_from(text: String) -> Result<Self, BadEmail> {
        text.parse()
    }
}

impl From<Email> for String {
    fn from(email: Email) -> Self {
        email.0
    }
}

impl std::fmt::Display for Email {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// An account, as its holder sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_family = "wasm"), derive(utoipa::ToSchema))]
pub struct User {
    /// Row number.
    pub id: UserId,
    /// The name in addresses.
    pub username: OwnerName,
    /// The address used to log in.
    pub email: Email,
    /// The name shown to people; the username when never set.
    pub display_name: String,
    /// Whether this is a site administrator.
    pub admin: bool,
    /// When the account was made.
    pub created_at: DateTime<Utc>,
}

/// A personal access token, without its secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_family = "wasm"), derive(utoipa::ToSchema))]
pub struct Token {
    /// Row number.
    pub id: TokenId,
    /// What its holder calls it.
    pub name: String,
    /// What it may do at most; the holder's role in a project limits it further.
    pub scopes: Vec<Role>,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it stops working; `null` for never.
    pub expires_at: Option<DateTime<Utc>>,
    /// When it was last used, to the minute.
    pub last_used_at: Option<DateTime<Utc>>,
}

/// A login on one browser, for the list of sessions.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_family = "wasm"), derive(utoipa::ToSchema))]
pub struct Session {
    /// Row number.
    pub id: SessionId,
    /// What the browser said it is.
    pub agent: String,
    /// When it logged in.
    pub created_at: DateTime<Utc>,
    /// When it was last seen, to the refresh.
    pub seen_at: DateTime<Utc>,
    /// Whether it is the one that asks.
    pub current: bool,
}

/// The fewest characters of a password.
pub const PASSWORD_MIN: usize = 10;

/// The most bytes of a password.
pub const PASSWORD_MAX: usize = 256;

/// How hard a password is to guess.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_family = "wasm"), derive(utoipa::ToSchema))]
pub struct Strength {
    /// 0 (at once) to 4 (not in a lifetime); passwords need 3.
    pub score: u8,
    /// What to do about it, as a sentence; empty when it is good enough.
    pub hint: String,
}

impl Strength {
    /// Whether an account may have such a password.
    pub fn suffices(&self) -> bool {
        self.score >= 3
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_e_mail_has_one_at_between_two_parts() {
        for good in ["ada@example.org", " ada@localhost ", "a+b@x.y"] {
            assert_eq!(good.parse::<Email>().unwrap().as_str(), good.trim());
        }
        for bad in ["", "ada", "@x", "ada@", "a b@x", "a@b@c", "a@.x", "a@x\n.y"] {
            assert!(bad.parse::<Email>().is_err(), "{bad:?}");
        }
        let whole = |text: &str| text.parse::<Email>().unwrap().is_whole();
        assert!(["ada@example.org", "ada@localhost", "ada@mail.x.y"].into_iter().all(whole));
        assert!(!["ada@x", "ada@x..org"].into_iter().any(whole));
    }
}
