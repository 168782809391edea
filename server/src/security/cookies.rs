//! The cookies of a session. Over https their names begin with `__Host-`: the browser then takes
//! them from nobody but this very host, over https. Over plain http it would not take them at all.

use axum::http::{HeaderMap, header};
use chrono::Duration;
use mlhub_app::ssr::OnceCookie;
use mlhub_hub::accounts::Cookies;

/// How the cookies of this site are called and flagged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Jar {
    access: &'static str,
    refresh: &'static str,
    once: &'static str,
    flags: &'static str,
}

impl Jar {
    /// The names and flags for a site that people reach over https, or not.
    pub(super) fn new(https: bool) -> Self {
        match https {
            true => Self {
                access: "__Host-mlhub_at",
                refresh: "__Host-mlhub_rt",
                once: "__Host-mlhub_once",
                flags: "Path=/; HttpOnly; SameSite=Lax; Secure",
            },
            false => Self {
                access: "mlhub_at",
                refresh: "mlhub_rt",
                once: "mlhub_once",
                flags: "Path=/; HttpOnly; SameSite=Lax",
            },
        }
    }

    /// The `Set-Cookie` lines that give a browser its session. The access token is over after five
    /// minutes whatever the browser keeps: it stays beside the refresh token so that both go
    /// together.
    pub fn lines(&self, cookies: &Cookies) -> Vec<String> {
        let seconds = cookies.keep.max(Duration::zero()).num_seconds();
        let line = |name, value| format!("{name}={value}; Max-Age={seconds}; {}", self.flags);
        vec![line(self.access, &cookies.access), line(self.refresh, &cookies.refresh)]
    }

    /// The `Set-Cookie` lines that make a browser forget its session.
    pub fn clearing(&self) -> Vec<String> {
        let line = |name| format!("{name}=; Max-Age=0; {}", self.flags);
        vec![line(self.access), line(self.refresh)]
    }

    /// The cookie for what is shown once.
    pub fn once(&self) -> OnceCookie {
        OnceCookie { name: self.once, flags: self.flags }
    }

    /// The access and the refresh token that a request brought.
    pub(super) fn read<'a>(&self, headers: &'a HeaderMap) -> (Option<&'a str>, Option<&'a str>) {
        (find(headers, self.access), find(headers, self.refresh))
    }

    /// Whether a request brought any part of a session.
    pub(super) fn any(&self, headers: &HeaderMap) -> bool {
        let (access, refresh) = self.read(headers);
        access.is_some() || refresh.is_some()
    }
}

/// The first cookie called `name`; an empty one is none.
fn find<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let lines = headers.get_all(header::COOKIE).iter().filter_map(|line| line.to_str().ok());
    let mut pairs = lines.flat_map(|line| line.split(';')).filter_map(|pair| pair.split_once('='));
    let value = pairs.find_map(|(key, value)| (key.trim() == name).then(|| value.trim()));
    value.filter(|value| !value.is_empty())
}
