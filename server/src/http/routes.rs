//! Routes are added here and nowhere else: one that does not stand in the policy table is not
//! served, and a test fails for it.

use super::{Query, Rejection};
use crate::{api, policy};
use axum::Router;
use axum::extract::{FromRef, FromRequestParts as _, Request};
use axum::handler::Handler;
use axum::http::{Method, Uri};
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{MethodFilter, on};
use mlhub_domain::access::{Action, Needs, Role};
use mlhub_domain::problem::{Code, Kind};
use mlhub_hub::actor::Credential;
use mlhub_hub::{Actor, Error, Hub};
use serde::Deserialize;

/// What handlers can ask for.
#[derive(Clone, FromRef)]
pub struct State {
    /// What ML Hub can do.
    pub hub: Hub,
    /// The configuration in force.
    pub config: std::sync::Arc<crate::config::Config>,
}

/// A router under construction, and what it serves.
#[derive(Default)]
pub struct Routes {
    router: Router<State>,
    served: Vec<(Method, String)>,
    unlisted: Vec<(Method, String)>,
}

impl Routes {
    /// Serves `method path` with `handler`, after the policy table's say.
    #[must_use]
    pub fn add<H, T>(mut self, method: Method, path: &str, handler: H) -> Self
    where
        H: Handler<T, State>,
        T: 'static,
    {
        let filter = MethodFilter::try_from(method.clone());
        match (policy::action(&method, path), filter) {
            (Some(action), Ok(filter)) => {
                let guard = from_fn(move |request, next| guard(action, request, next));
                let mut route = on(filter, handler);
                if api::takes_no_query(&method, path) {
                    route = route.route_layer(from_fn(no_query));
                }
                self.router = self.router.route(path, route.route_layer(guard));
                self.served.push((method, path.into()));
            }
            _ => self.unlisted.push((method, path.into())),
        }
        self
    }

    /// `GET path`.
    #[must_use]
    pub fn get<H: Handler<T, State>, T: 'static>(self, path: &str, handler: H) -> Self {
        self.add(Method::GET, path, handler)
    }

    /// `POST path`.
    #[must_use]
    pub fn post<H: Handler<T, State>, T: 'static>(self, path: &str, handler: H) -> Self {
        self.add(Method::POST, path, handler)
    }

    /// `PUT path`.
    #[must_use]
    pub fn put<H: Handler<T, State>, T: 'static>(self, path: &str, handler: H) -> Self {
        self.add(Method::PUT, path, handler)
    }

    /// `PATCH path`.
    #[must_use]
    pub fn patch<H: Handler<T, State>, T: 'static>(self, path: &str, handler: H) -> Self {
        self.add(Method::PATCH, path, handler)
    }

    /// `DELETE path`.
    #[must_use]
    pub fn delete<H: Handler<T, State>, T: 'static>(self, path: &str, handler: H) -> Self {
        self.add(Method::DELETE, path, handler)
    }

    /// What is served.
    pub fn served(&self) -> &[(Method, String)] {
        &self.served
    }

    /// What was asked for and is not served, because it does not stand in the policy table.
    pub fn unlisted(&self) -> &[(Method, String)] {
        &self.unlisted
    }

    /// The finished router.
    pub fn into_router(self) -> Router<State> {
        for (method, path) in &self.unlisted {
            tracing::error!(%method, path, "not in the policy table, so not served");
        }
        self.router
    }
}

/// Refuses who cannot possibly be allowed. What a role allows is decided in `hub`, where the thing
/// is known.
async fn guard(action: Action, request: Request, next: Next) -> Response {
    let Some(error) = refusal(action, request.extensions().get::<Actor>()) else {
        return next.run(request).await;
    };
    let lost = error.kind() == Kind::Unauthenticated;
    if lost && is_page(request.method(), request.uri().path()) {
        return to_login(request.uri());
    }
    Rejection::from(error).into_response()
}

/// The query of an address that takes none.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Nothing {}

/// Refuses a query where none is read, as one with an unknown key is refused elsewhere: whoever
/// sends it expects something of it.
async fn no_query(request: Request, next: Next) -> Response {
    let (mut parts, body) = request.into_parts();
    match Query::<Nothing>::from_request_parts(&mut parts, &()).await {
        Ok(Query(Nothing {})) => next.run(Request::from_parts(parts, body)).await,
        Err(rejection) => rejection.into_response(),
    }
}

/// Why `actor` cannot possibly be allowed to do `action`.
pub(crate) fn refusal(action: Action, actor: Option<&Actor>) -> Option<Error> {
    let signed_in = actor.is_some_and(|actor| actor.user.is_some());
    let by_session = actor.is_some_and(|a| matches!(a.credential, Credential::Session(_)));
    match action.needs() {
        Needs::Nothing | Needs::SetupLink | Needs::Job | Needs::Role(Role::Read) => None,
        Needs::User | Needs::Role(_) if signed_in => None,
        Needs::Session if by_session => None,
        Needs::Session if signed_in => Some(Error::session()),
        Needs::User | Needs::Role(_) | Needs::Session => Some(Error::unauthenticated()),
    }
}

/// What stands at the address does not know the method; what it knows goes with the answer, in
/// `Allow`.
pub(crate) async fn wrong_method(method: Method, uri: Uri) -> Rejection {
    let detail =
        format!("{method} does nothing at {}: the header Allow says what does.", uri.path());
    Rejection::new(Code::MethodNotAllowed, detail)
}

/// Leads to the login, and from there back to `uri`.
pub(crate) fn to_login(uri: &Uri) -> Response {
    let target = uri.path_and_query().map_or("/", |target| target.as_str());
    let next: String = form_urlencoded::byte_serialize(target.as_bytes()).collect();
    Redirect::to(&format!("/login?next={next}")).into_response()
}

/// Whether a person reads the answer: pages, and the forms that are posted to them.
pub(crate) fn is_page(method: &Method, path: &str) -> bool {
    let scripts = ["/api/", "/fn/", "/assets/"];
    [Method::GET, Method::HEAD, Method::POST].contains(method)
        && !scripts.iter().any(|place| path.starts_with(place))
}
