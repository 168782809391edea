//! A private project with everything in it, and everybody who may ask for it.

use super::asked::{self, Asked};
use crate::browser::{Browser, account, serve, state};
use crate::tab::Door;
use axum::Router;
use axum::body::Body;
use axum::http::{Method, StatusCode};
use mlhub_domain::live::Tell;
use mlhub_server::engine::Engine;
use mlhub_server::internal;
use mlhub_server::policy::{Line, SUB};
use mlhub_testing::TestHub;
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// Those who ask, from the one who may least.
pub(super) const PEOPLE: [&str; 8] =
    ["nobody", "stranger", "read", "edit", "manage", "owner", "late", "token"];

/// What was answered, in the order of [`PEOPLE`].
pub(super) type Answers = [Said; PEOPLE.len()];

/// An answer.
#[derive(Debug)]
pub(super) struct Said {
    pub(super) status: StatusCode,
    /// What a tab was told of a topic.
    frame: Option<&'static str>,
    /// It leads to the login.
    login: bool,
    /// It asks for the password again.
    again: bool,
    /// What it says of what went wrong: for whoever reads that a test failed.
    _detail: Value,
}

impl Said {
    /// What an open websocket comes to: it was opened, or not.
    fn upgrade(status: StatusCode) -> Self {
        Self { status, frame: None, login: false, again: false, _detail: Value::Null }
    }

    /// What stands behind the word: the status, or the frame.
    pub(super) fn details(&self) -> String {
        self.frame.map_or_else(|| self.status.as_u16().to_string(), str::to_owned)
    }

    pub(super) fn word(&self) -> &'static str {
        match self.status.as_u16() {
            _ if self.login => "login",
            _ if self.again => "again",
            101 | 200..=399 => "yes",
            401 => "login",
            403 => "no",
            404 => "hidden",
            _ => "?",
        }
    }
}

/// What an address names by a number.
pub(super) struct Ids {
    /// The job that trained the model.
    pub(super) job: String,
    /// The bytes that it read.
    pub(super) table: String,
    /// Another session of the owner.
    pub(super) session: String,
    /// Another token of the owner.
    pub(super) token: String,
}

pub(super) struct World {
    hub: TestHub,
    /// What people reach.
    app: Router,
    /// The same, over a socket.
    door: Door,
    /// What the processes of jobs reach.
    jobs: Router,
    people: [Browser; PEOPLE.len()],
    ids: Ids,
    _exports: TempDir,
}

impl World {
    /// `ada/titanic`, private: the dataset `passengers` v1, the model `survival` v1, which is
    /// `champion`, run 1, which made it, and run 2, which waits.
    pub(super) async fn make() -> Self {
        let exports = tempfile::tempdir().unwrap();
        let temp = exports.path().to_owned();
        let engine = |objects: &_| Arc::new(Engine::new(Clone::clone(objects), temp)) as Arc<_>;
        let hub = TestHub::start_reading(engine).await;
        // Without an administrator all pages lead to set-up.
        hub.admin("root").await;
        let app = serve(&hub, None);
        let [mut ada, stranger, read, edit, manage, _] =
            signed_up(&app, ["ada", "eve", "rae", "eda", "max", "kim"]).await;
        let project = "/api/v1/projects/ada/titanic";
        made(&mut ada, "/api/v1/projects", json!({"name": "titanic"})).await;
        for (user, role) in [("rae", "read"), ("eda", "edit"), ("max", "manage"), ("kim", "read")] {
            made(&mut ada, &format!("{project}/members"), json!({"user": user, "role": role}))
                .await;
        }
        let job = fill(&hub, &mut ada, project).await;

        let table = "SELECT table_sha256 FROM dataset_versions";
        let table = hub.database().value(table).await.unwrap();
        let mut login = account("ada");
        login.as_object_mut().unwrap().remove("username");
        let (mut phone, mut late) = (Browser::new(&app), Browser::new(&app));
        late.post("/api/v1/login", login.clone()).await;
        let early = "UPDATE sessions SET authenticated_at = authenticated_at - interval '15 min' \
                     WHERE id = (SELECT max(id) FROM sessions)";
        hub.database().execute(early).await;
        phone.post("/api/v1/login", login).await;
        let session = "SELECT max(id) FROM sessions";
        let session = hub.database().value(session).await.unwrap();
        let new = |name: &str| json!({"name": name, "scopes": ["read"]});
        let looker = made(&mut ada, "/api/v1/tokens", new("looker")).await;
        let old = made(&mut ada, "/api/v1/tokens", new("old")).await;
        let ids =
            Ids { job, table, session, token: old["id"].to_string().trim_matches('"').into() };
        let bearer = format!("Bearer {}", looker["token"].as_str().unwrap());
        let token = Browser::new(&app).with("authorization", &bearer);
        let people = [Browser::new(&app), stranger, read, edit, manage, ada, late, token];
        hub.database().remember().await;
        let jobs = internal::routes().into_router().with_state(state(&hub, None));
        let door = Door::open(&hub).await;
        Self { hub, app, door, jobs, people, ids, _exports: exports }
    }

    /// What everybody is answered, each in the same state of things.
    pub(super) async fn ask(&self, line: &Line) -> Answers {
        let mut answers = Vec::new();
        for person in self.people.clone() {
            if asked::by_socket(line) {
                answers.push(self.listen(line, &person).await);
                continue;
            }
            let Asked { method, path, body, kind } = asked::request(line, &self.ids);
            let jobs = path.starts_with("/internal/");
            let app = if jobs { &self.jobs } else { &self.app };
            let mut person = person.at(app).with("content-type", kind);
            let answer = person.send(method, &path, Body::from(body)).await;
            let login = answer.header("location").starts_with("/login");
            let again = answer.code() == "confirm-login";
            let _detail = answer.json["detail"].clone();
            let said = Said { status: answer.status, frame: None, login, again, _detail };
            if asked::changes(line) && said.word() == "yes" {
                self.hub.database().restore().await;
            }
            answers.push(said);
        }
        answers.try_into().unwrap()
    }
}

impl World {
    /// What `person` is answered who opens a websocket, and follows the topic of the line, if it is
    /// one.
    async fn listen(&self, line: &Line, person: &Browser) -> Said {
        let mut tab = match self.door.tab(person).await {
            Ok(tab) => tab,
            Err(status) => return Said::upgrade(status),
        };
        if line.0 != SUB {
            return Said::upgrade(StatusCode::SWITCHING_PROTOCOLS);
        }
        tab.follow(&asked::request(line, &self.ids).path, 0).await;
        let (status, frame) = loop {
            match tab.told().await {
                Tell::Hello { .. } => {}
                Tell::Events { .. } => break (StatusCode::OK, "events"),
                Tell::Reset { .. } => break (StatusCode::OK, "reset"),
                Tell::Refused { .. } => break (StatusCode::NOT_FOUND, "refused"),
            }
        };
        Said { frame: Some(frame), ..Said::upgrade(status) }
    }
}

async fn signed_up<const N: usize>(app: &Router, names: [&str; N]) -> [Browser; N] {
    let mut browsers = Vec::new();
    for name in names {
        browsers.push(Browser::signed_up(app, name).await);
    }
    browsers.try_into().unwrap_or_else(|_| panic!("one for each"))
}

async fn made(browser: &mut Browser, path: &str, body: Value) -> Value {
    let answer = browser.post(path, body).await;
    assert!(answer.status.is_success(), "{path}: {answer:?}");
    answer.json
}

/// Reads a table and trains a model, by real jobs; then one more is asked for that nobody does.
/// The number of the job that trained.
async fn fill(hub: &TestHub, ada: &mut Browser, project: &str) -> String {
    let program = env!("CARGO_BIN_EXE_mlhub").into();
    let state = state(hub, None);
    let work = internal::start(&state, program, mlhub_jobs::Settings::default()).await.unwrap();
    let dataset = format!("{project}/datasets/passengers");
    made(ada, &format!("{project}/datasets"), json!({"name": "passengers"})).await;
    let upload = format!("{dataset}/versions?name=passengers.csv");
    let table = "lived,age\n".to_owned() + &"yes,30\nno,40\nno,50\n".repeat(20);
    let answer = ada.send(Method::POST, &upload, Body::from(table)).await;
    assert_eq!(answer.status, 202, "{answer:?}");
    until(ada, &format!("{dataset}/versions/1"), "state", "ready").await;
    let algorithm = json!({"kind": "baseline"});
    let spec = json!({"task": "classification", "target": "lived", "algorithm": algorithm});
    made(ada, &format!("{project}/models"), json!({"name": "survival", "spec": spec})).await;
    let model = format!("{project}/models/survival");
    let train = (format!("{model}/train"), json!({"dataset": "passengers"}));
    let started = made(ada, &train.0, train.1.clone()).await;
    until(ada, &format!("{project}/runs/1"), "status", "finished").await;
    let alias = Body::from(json!({"version": 1}).to_string());
    let answer = ada.send(Method::PUT, &format!("{model}/aliases/champion"), alias).await;
    assert!(answer.status.is_success(), "{answer:?}");
    work.stop().await;
    made(ada, &train.0, train.1).await;
    started["job"].to_string().trim_matches('"').into()
}

async fn until(browser: &mut Browser, path: &str, key: &str, state: &str) {
    let began = Instant::now();
    loop {
        let seen = browser.get(path).await.json;
        if seen[key] == state {
            return;
        }
        assert_ne!(seen[key], "failed", "{seen}");
        assert!(began.elapsed() < Duration::from_secs(60), "{path} stays as it is: {seen}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}
