//! What a page may ask of its request.

use crate::http::State;
use crate::security::{Jar, Nonce};
use crate::{api, assets};
use axum::extract::Request;
use axum::http::{HeaderMap, header};
use leptos::prelude::provide_context;
use mlhub_app::boot::{Assets, Boot, Theme, Visitor};
use mlhub_app::ssr::{ApiDescription, CookieWriter, OnceCookie, Origin};
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
    once: Option<OnceCookie>,
    nonce: Option<Nonce>,
    origin: Origin,
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
            let Self { hub, actor, visit, cookies, once, nonce, origin, boot } = self.clone();
            provide_context(hub);
            provide_context(actor);
            provide_context(origin);
            provide_context(boot);
            provide_context(API.clone());
            if let Some(visit) = visit {
                provide_context(visit);
            }
            if let Some(cookies) = cookies {
                provide_context(cookies);
            }
            if let Some(once) = once {
                provide_context(once);
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
    let once = extensions.get::<Jar>().map(Jar::once);
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
        typed: None,
        answered: None,
        deleted: None,
    };
    let origin = origin(state.config.base_url.as_deref(), request.headers());
    Given { hub: state.hub.clone(), actor, visit, cookies, once, nonce, origin, boot }
}

/// The address of this server: the one that the operator named. Without a name it is reached over
/// plain http, at a host that was checked to be ours.
fn origin(base: Option<&str>, headers: &HeaderMap) -> Origin {
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok());
    let reached = || format!("http://{}", host.unwrap_or("localhost"));
    Origin(base.map_or_else(reached, str::to_owned))
}

/// Where the files are that pages ask for; licences travel with the binary, not with each page.
static ADDRESSES: LazyLock<Assets> = LazyLock::new(|| {
    let wanted = |name: &str| !name.ends_with(".txt") && !name.ends_with(".json");
    Assets(assets::addresses().filter(|(name, _)| wanted(name)).collect())
});

/// The description of the REST API, read once.
static API: LazyLock<ApiDescription> = LazyLock::new(|| {
    let document = serde_json::from_str(&api::openapi_json()).expect("our own JSON can be read");
    ApiDescription(Arc::new(document))
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
    fn the_address_is_the_operators_or_the_one_that_was_reached() {
        let headers = |host| HeaderMap::from_iter([(header::HOST, HeaderValue::from_static(host))]);
        let named = Some("http://hub.example.org:8080");
        assert_eq!(origin(named, &headers("127.0.0.1:3000")).0, "http://hub.example.org:8080");
        let named = Some("https://hub.example.org");
        assert_eq!(origin(named, &headers("hub.example.org")).0, "https://hub.example.org");
        assert_eq!(origin(None, &headers("192.0.2.1:3000")).0, "http://192.0.2.1:3000");
        assert_eq!(origin(None, &headers("localhost:3000")).0, "http://localhost:3000");
    }

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
