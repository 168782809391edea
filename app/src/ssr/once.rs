//! What a form has made and the page after it shows, once: a token. It travels in a cookie that no
//! script can read and that is over after a minute, so that the page is an address like any other:
//! loading it again shows it without, and posts nothing a second time.

use super::set_cookie;
use axum::http::header;
use axum::http::request::Parts;
use leptos::prelude::use_context;

/// Seconds from the form to its page.
const LIFE: u32 = 60;

/// How the cookie is called and flagged, which depends on how the server is reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OnceCookie {
    /// Its name.
    pub name: &'static str,
    /// Its flags: `Path=/; HttpOnly; …`.
    pub flags: &'static str,
}

/// Gives `word`, of letters, digits and `_`, to the next page that asks for it.
pub fn show_once(word: &str) {
    if let Some(OnceCookie { name, flags }) = use_context() {
        set_cookie(&format!("{name}={word}; Max-Age={LIFE}; {flags}"));
    }
}

/// What [`show_once`] has left for this page, if anything. With this answer it is gone.
pub fn shown_once() -> Option<String> {
    let OnceCookie { name, flags } = use_context()?;
    let parts = use_context::<Parts>()?;
    let lines = parts.headers.get_all(header::COOKIE).iter().filter_map(|line| line.to_str().ok());
    let word = find(lines, name)?;
    set_cookie(&format!("{name}=; Max-Age=0; {flags}"));
    Some(word)
}

/// The cookie called `name`, where it is a word.
fn find<'a>(lines: impl Iterator<Item = &'a str>, name: &str) -> Option<String> {
    let mut pairs = lines.flat_map(|line| line.split(';')).filter_map(|pair| pair.split_once('='));
    let (_, word) = pairs.find(|(key, _)| key.trim() == name)?;
    let fits = |word: &str| word.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
    Some(word.trim()).filter(|word| !word.is_empty() && fits(word)).map(String::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_word_is_shown() {
        let found = |line: &str| find([line].into_iter(), "once");
        assert_eq!(found("a=1; once=mlh_x9; b=2").as_deref(), Some("mlh_x9"));
        for other in ["", "once=", "xonce=a", "once=<b>", "once=a b"] {
            assert_eq!(found(other), None, "{other}");
        }
    }
}
