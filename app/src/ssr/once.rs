//! What the page after a form shows, once: the token that it has made, that it is done, or what was
//! deleted. It travels in a cookie that no script can read and that is over after a minute, so that
//! the page is an address like any other: loading it again shows it without, and posts nothing a
//! second time.
//!
//! The cookie is bound to nobody. Over plain http another port of the same host can set it, so it
//! never carries what a page says, only which of its own messages, and for one of them a name; a
//! token is asked after.

use super::{see_other, set_cookie};
use crate::Failure;
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};
use leptos::prelude::use_context;
use mlhub_domain::names::ProjectName;

/// Seconds from the form to its page.
const LIFE: u32 = 60;

/// How the word begins that says which form is done.
const DONE: &str = "done:";

/// How the word begins that says what was deleted.
const DELETED: &str = "deleted:";

/// What a form has left for the page that follows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Left {
    /// It is done: its function and its key.
    Done(String, String),
    /// What it deleted.
    Deleted(String),
}

/// How the cookie is called and flagged, which depends on how the server is reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OnceCookie {
    /// Its name.
    pub name: &'static str,
    /// Its flags: `Path=/; HttpOnly; …`.
    pub flags: &'static str,
}

impl OnceCookie {
    /// The `Set-Cookie` line that has the next page say that the form of `function` and `key` is
    /// done; none for a key that a cookie cannot hold.
    pub(super) fn done(self, function: &str, key: &str) -> Option<String> {
        let plain = |b: u8| b.is_ascii_alphanumeric() || b"/-_.".contains(&b);
        (function.bytes().all(plain) && key.bytes().all(plain))
            .then(|| self.line(&format!("{DONE}{function}:{key}"), LIFE))
    }

    /// What a form has left, as a request says.
    pub(super) fn left(self, headers: &HeaderMap) -> Option<Left> {
        let word = find(lines(headers), self.name)?;
        if let Some(name) = word.strip_prefix(DELETED) {
            return is_name(name).then(|| Left::Deleted(name.into()));
        }
        let (function, key) = word.strip_prefix(DONE)?.split_once(':')?;
        Some(Left::Done(function.into(), key.into()))
    }

    /// The `Set-Cookie` line after which it is gone.
    pub(super) fn forget(self) -> String {
        self.line("", 0)
    }

    fn line(self, word: &str, life: u32) -> String {
        format!("{}={word}; Max-Age={life}; {}", self.name, self.flags)
    }
}

/// Gives `word`, of letters, digits and `_`, to the next page that asks for it.
pub fn show_once(word: &str) {
    if let Some(once) = use_context::<OnceCookie>() {
        set_cookie(&once.line(word, LIFE));
    }
}

/// Sends the browser to `path` after the thing called `name` was deleted, and has the page there say
/// so. The last line of the function of every form that deletes.
///
/// # Errors
/// As [`see_other`]: none.
pub fn see_deleted(name: &str, path: &str) -> Result<(), Failure> {
    if let Some(once) = use_context::<OnceCookie>().filter(|_| is_name(name)) {
        set_cookie(&once.line(&format!("{DELETED}{name}"), LIFE));
    }
    see_other(path)
}

/// What [`show_once`] has left for this page, if anything; somebody else may have. With this answer
/// it is gone.
pub fn shown_once() -> Option<String> {
    let once = use_context::<OnceCookie>()?;
    let parts = use_context::<Parts>()?;
    let word = find(lines(&parts.headers), once.name).filter(|word| is_word(word))?;
    set_cookie(&once.forget());
    Some(word.into())
}

fn lines(headers: &HeaderMap) -> impl Iterator<Item = &str> {
    headers.get_all(header::COOKIE).iter().filter_map(|line| line.to_str().ok())
}

/// The cookie called `name`.
fn find<'a>(lines: impl Iterator<Item = &'a str>, name: &str) -> Option<&'a str> {
    let mut pairs = lines.flat_map(|line| line.split(';')).filter_map(|pair| pair.split_once('='));
    pairs.find_map(|(key, word)| (key.trim() == name).then_some(word.trim()))
}

/// Whether a text can be a name: those of projects, datasets and models are made alike.
fn is_name(text: &str) -> bool {
    text.parse::<ProjectName>().is_ok()
}

fn is_word(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    #[test]
    fn only_a_word_is_shown() {
        fn found(line: &str) -> Option<&str> {
            find([line].into_iter(), "once").filter(|word| is_word(word))
        }
        assert_eq!(found("a=1; once=mlh_x9; b=2"), Some("mlh_x9"));
        for other in ["", "once=", "xonce=a", "once=<b>", "once=a b", "once=done:a/b:"] {
            assert_eq!(found(other), None, "{other}");
        }
    }

    #[test]
    fn the_page_after_a_form_knows_which_one_is_done() {
        let once = OnceCookie { name: "once", flags: "Path=/" };
        let line = once.done("accounts/rename", "7").unwrap();
        assert_eq!(line, "once=done:accounts/rename:7; Max-Age=60; Path=/");
        let with = |cookie: &'static str| {
            HeaderMap::from_iter([(header::COOKIE, HeaderValue::from_static(cookie))])
        };
        let left = once.left(&with("a=1; once=done:accounts/rename:7"));
        assert_eq!(left, Some(Left::Done("accounts/rename".into(), "7".into())));
        assert_eq!(once.left(&with("once=mlh_x9")), None);
        assert_eq!(once.done("accounts/rename", "a;b"), None);
        let left = once.left(&with("once=deleted:old.passengers_2"));
        assert_eq!(left, Some(Left::Deleted("old.passengers_2".into())));
        for other in ["once=deleted:", "once=deleted:Your account", "once=deleted:a:b"] {
            assert_eq!(once.left(&with(other)), None, "{other}");
        }
    }
}
