//! What a page may ask of its request.

use crate::assets;
use crate::http::State;
use crate::security::{Jar, Nonce};
use axum::extract::Request;
use axum::http::{HeaderMap, header};
use leptos::prelude::provide_context;
use mlhub_app::boot::{Assets, Boot, Theme, Visitor};
use mlhub_app::ssr::CookieWriter;
use mlhub_domain::jobs::RunningJob;
use mlhub_hub::accounts::Visit;
use mlhub_hub::{Actor, Hub};
use std::sync::{Arc, LazyLock};

/// Everything that is provided to the views and functions of one request.
#[derive(Clone)]
pub(super) struct Given {
    hub: Hub,
    actor: Actor,
    visit: Option<Visit>,
    cookies: Option<CookieWriter>,
    nonce: Option<Nonce>,
    boot: Boot,
}

impl Given {
    /// The same with the jobs of the visitor, for the tray of a whole page.
    pub(super) async fn with_jobs(mut self) -> Self {
        self.boot.running = running(&self.hub, &self.actor).await;
        self
    }

    /// A closure that provides it, run once in the owner of the request.
    pub(super) fn provide(self) -> impl Fn() + Clone + Send + Sync + 'static {
        move || {
            let Self { hub, actor, visit, cookies, nonce, boot } = self.clone();
            provide_context(hub);
            provide_context(actor);
            provide_context(boot);
            if let Some(visit) = visit {
                provide_context(visit);
            }
            if let Some(cookies) = cookies {
                provide_context(cookies);
            }
            if let Some(nonce) = nonce {
                provide_context(nonce.for_views());
            }
        }
    }
}

/// Gathers what the request itself says.
pub(super) fn gather(state: &State, request: &Request) -> Given {
    let extensions = request.extensions();
    let actor = extensions.get::<Actor>().cloned().unwrap_or_default();
    let cookies = extensions.get::<Jar>().map(|jar| {
        let jar = *jar;
        CookieWriter(Arc::new(move |cookies| jar.lines(cookies)))
    });
    let visit = extensions.get::<Visit>().cloned();
    let nonce = extensions.get::<Nonce>().cloned();
    let theme = theme(request.headers());
    let visitor = actor.user.as_ref().map(|account| Visitor {
        username: account.username.clone(),
        display_name: account.display_name.clone(),
        admin: account.admin,
    });
    let boot = Boot {
        assets: ADDRESSES.clone(),
        visitor,
        theme,
        build: assets::build().to_owned(),
        now: state.hub.now(),
        running: Vec::new(),
        refused: None,
        answered: None,
    };
    Given { hub: state.hub.clone(), actor, visit, cookies, nonce, boot }
}

/// Where the files are that pages ask for; licences travel with the binary, not with each page.
static ADDRESSES: LazyLock<Assets> = LazyLock::new(|| {
    let wanted = |name: &str| !name.ends_with(".txt") && !name.ends_with(".json");
    Assets(assets::addresses().filter(|(name, _)| wanted(name)).collect())
});

async fn running(hub: &Hub, actor: &Actor) -> Vec<RunningJob> {
    if actor.user.is_none() {
        return Vec::new();
    }
    // A page without its tray is better than no page.
    mlhub_hub::jobs::open(hub, actor).await.unwrap_or_else(|error| {
        tracing::warn!("the jobs of a visitor could not be read: {error}");
        Vec::new()
    })
}

/// The colours that the visitor has chosen.
fn theme(headers: &HeaderMap) -> Theme {
    let lines = headers.get_all(header::COOKIE).iter().filter_map(|line| line.to_str().ok());
    let mut pairs = lines.flat_map(|line| line.split(';')).filter_map(|pair| pair.split_once('='));
    let word = pairs.find_map(|(name, value)| (name.trim() == "theme").then(|| value.trim()));
    word.map_or(Theme::System, Theme::named)
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    #[test]
    fn the_colours_come_from_their_cookie() {
        let with = |cookie| {
            let mut headers = HeaderMap::new();
            headers.insert(header::COOKIE, HeaderValue::from_static(cookie));
            theme(&headers)
        };
        assert_eq!(with("mlhub_at=x; theme=dark"), Theme::Dark);
        assert_eq!(with("mytheme=dark"), Theme::System);
        assert_eq!(with("theme=pink"), Theme::System);
        assert_eq!(theme(&HeaderMap::new()), Theme::System);
    }
}
