//! Somebody who sends requests: a browser with its cookies, or a script with its token.

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, Request, StatusCode, header};
use http_body_util::BodyExt as _;
use mlhub_hub::Actor;
use mlhub_hub::accounts::tokens::{self, NewToken};
use mlhub_server::config::{Config, Given};
use mlhub_server::http::State;
use mlhub_server::security::Site;
use mlhub_server::startup;
use mlhub_testing::TestHub;
use serde_json::Value;
use std::sync::Arc;
use tower::ServiceExt as _;

/// The host that the server of the tests is reached at.
pub(crate) const HOST: &str = "127.0.0.1:3000";

/// The whole service on `hub`, as people reach it at `base_url`, or at [`HOST`].
pub(crate) fn serve(hub: &TestHub, base_url: Option<&str>) -> Router {
    let state = state(hub, base_url);
    let site = Arc::new(Site::new(&state.config, HOST.parse().unwrap()));
    startup::router(state, &site)
}

/// What its handlers can ask for.
pub(crate) fn state(hub: &TestHub, base_url: Option<&str>) -> State {
    let mut config = Config::load(Given::default()).unwrap();
    config.base_url = base_url.map(str::to_owned);
    config.data = hub.folder().join("data");
    State { hub: hub.hub().clone(), config: Arc::new(config) }
}

/// One who sends requests.
#[derive(Clone)]
pub(crate) struct Browser {
    app: Router,
    pub(crate) cookies: Vec<(String, String)>,
    pub(crate) headers: HeaderMap,
}

/// What came back.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) json: Value,
    pub(crate) text: String,
}

impl Answer {
    /// The code of a problem.
    pub(crate) fn code(&self) -> &str {
        self.json["code"].as_str().unwrap_or_default()
    }

    /// A header as text; empty when it is not there.
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }
}

impl Browser {
    /// A browser without cookies.
    pub(crate) fn new(app: &Router) -> Self {
        let mut headers = HeaderMap::new();
        headers.insert(header::HOST, HeaderValue::from_static(HOST));
        Self { app: app.clone(), cookies: Vec::new(), headers }
    }

    /// One that has signed up as `name`.
    pub(crate) async fn signed_up(app: &Router, name: &str) -> Self {
        let mut browser = Self::new(app);
        let answer = browser.post("/api/v1/signup", account(name)).await;
        assert_eq!(answer.status, 201, "{answer:?}");
        browser
    }

    /// A script with a token of `actor` that reaches as far as `scope`.
    pub(crate) async fn script(app: &Router, hub: &TestHub, actor: &Actor, scope: &str) -> Self {
        let scopes = vec![scope.parse().unwrap()];
        let new = NewToken { name: "script".into(), scopes, expires_at: None };
        let secret = tokens::secret_for(hub, actor, None);
        tokens::create(hub, actor, &new, &secret, None).await.unwrap();
        Self::new(app).with("authorization", &format!("Bearer {}", secret.reveal()))
    }

    /// The same with another header.
    pub(crate) fn with(mut self, name: &'static str, value: &str) -> Self {
        self.headers.insert(HeaderName::from_static(name), HeaderValue::from_str(value).unwrap());
        self
    }

    /// The same, at another server.
    pub(crate) fn at(&self, app: &Router) -> Self {
        Self { app: app.clone(), ..self.clone() }
    }

    pub(crate) async fn get(&mut self, path: &str) -> Answer {
        self.send(Method::GET, path, Body::empty()).await
    }

    pub(crate) async fn post(&mut self, path: &str, body: Value) -> Answer {
        self.send(Method::POST, path, Body::from(body.to_string())).await
    }

    pub(crate) async fn patch(&mut self, path: &str, body: Value) -> Answer {
        self.send(Method::PATCH, path, Body::from(body.to_string())).await
    }

    pub(crate) async fn delete(&mut self, path: &str) -> Answer {
        self.send(Method::DELETE, path, Body::empty()).await
    }

    pub(crate) async fn send(&mut self, method: Method, path: &str, body: Body) -> Answer {
        let mut request = Request::builder().method(method.clone()).uri(path).body(body).unwrap();
        if method != Method::GET {
            let json = HeaderValue::from_static("application/json");
            request.headers_mut().insert(header::CONTENT_TYPE, json);
        }
        request.headers_mut().extend(self.headers.clone());
        if let Some(line) = self.cookie_line() {
            request.headers_mut().insert(header::COOKIE, line);
        }
        let response = self.app.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = body.collect().await.unwrap().to_bytes();
        for line in parts.headers.get_all(header::SET_COOKIE) {
            self.keep(line.to_str().unwrap());
        }
        let json = serde_json::from_slice(&bytes).unwrap_or_default();
        let text = String::from_utf8_lossy(&bytes).into_owned();
        Answer { status: parts.status, headers: parts.headers, json, text }
    }

    /// The header that carries its cookies, if it has any.
    pub(crate) fn cookie_line(&self) -> Option<HeaderValue> {
        let pairs: Vec<String> = self.cookies.iter().map(|(k, v)| format!("{k}={v}")).collect();
        (!pairs.is_empty()).then(|| HeaderValue::try_from(pairs.join("; ")).unwrap())
    }

    fn keep(&mut self, line: &str) {
        let (name, rest) = line.split_once('=').unwrap();
        let value = rest.split(';').next().unwrap();
        self.cookies.retain(|(known, _)| known != name);
        if !rest.contains("Max-Age=0;") {
            self.cookies.push((name.into(), value.into()));
        }
    }
}

/// What `name` sends to sign up.
pub(crate) fn account(name: &str) -> Value {
    let account = TestHub::account(name);
    serde_json::json!({"email": account.email, "password": account.password, "username": name})
}
