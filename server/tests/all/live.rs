//! The websocket of a tab: who is told what, from where on, and for how long.

use crate::browser::{Browser, serve};
use crate::tab::{Door, Tab};
use axum::body::Body;
use axum::http::{Method, StatusCode};
use bytes::Bytes;
use futures_util::stream;
use mlhub_domain::jobs::{EventBatch, Ingested, Outcome};
use mlhub_domain::live::Tell;
use mlhub_domain::profile::Profile;
use mlhub_domain::runs::{Event, Level};
use mlhub_domain::schema::{Column, LogicalType};
use mlhub_hub::jobs::{self, Claim};
use mlhub_hub::{Hub, Settings};
use mlhub_jobs::{JobToken, Queue as _, Secret, Terms};
use mlhub_testing::{NoTables, TestHub};
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio_tungstenite::tungstenite::Message;

const P: &str = "/api/v1/projects/ada/titanic";
const RUN: &str = "ada/titanic/runs/1";

/// Close code: what one was signed in by has ended.
const SESSION_ENDED: u16 = 4401;

/// A project of `ada` with a model that can be trained.
struct World {
    hub: TestHub,
    door: Door,
    ada: Browser,
    app: axum::Router,
}

impl World {
    async fn make(change: impl FnOnce(&mut Settings)) -> Self {
        let hub = TestHub::start_with(Arc::new(NoTables), change).await;
        let app = serve(&hub, None);
        let mut ada = Browser::signed_up(&app, "ada").await;
        made(&mut ada, "/api/v1/projects", json!({"name": "titanic"})).await;
        made(&mut ada, &format!("{P}/datasets"), json!({"name": "passengers"})).await;
        let upload = format!("{P}/datasets/passengers/versions?name=passengers.csv");
        let answer = ada.send(Method::POST, &upload, Body::from("x,y\n1,a\n")).await;
        assert_eq!(answer.status, 202, "{answer:?}");
        ingest(&hub).await;
        let algorithm = json!({"kind": "baseline"});
        let spec = json!({"task": "classification", "target": "y", "algorithm": algorithm});
        made(&mut ada, &format!("{P}/models"), json!({"name": "survival", "spec": spec})).await;
        let door = Door::open(&hub).await;
        Self { hub, door, ada, app }
    }

    /// One more run, which waits.
    async fn train(&mut self) {
        let train = format!("{P}/models/survival/train");
        made(&mut self.ada, &train, json!({"dataset": "passengers"})).await;
    }

    /// Run 1, whose process is at work: its event 1 says so.
    async fn at_work(change: impl FnOnce(&mut Settings)) -> (Self, Claim) {
        let mut world = Self::make(change).await;
        world.train().await;
        let claim = take(&world.hub).await;
        (world, claim)
    }

    /// Somebody who may look.
    async fn reader(&mut self, name: &str) -> Browser {
        let browser = Browser::signed_up(&self.app, name).await;
        made(&mut self.ada, &format!("{P}/members"), json!({"user": name, "role": "read"})).await;
        browser
    }
}

async fn made(browser: &mut Browser, path: &str, body: Value) {
    let answer = browser.post(path, body).await;
    assert!(answer.status.is_success(), "{path}: {answer:?}");
}

/// Takes the next job and proves to be its process.
async fn take(hub: &Hub) -> Claim {
    let secret = Secret::random();
    let (worker, lease) = ("node".into(), Duration::from_secs(60));
    let terms = Terms { worker, slots: 100, lease, token_hash: secret.hash() };
    let (attempt, _) = hub.claim(terms).await.unwrap().unwrap();
    let token = JobToken { attempt: attempt.number, secret };
    jobs::authenticate(hub, attempt.job, &token.reveal()).await.unwrap()
}

/// Makes the upload that waits a version that is ready.
async fn ingest(hub: &Hub) {
    let claim = take(hub).await;
    let bytes = stream::iter([Ok(Bytes::from_static(b"table"))]);
    let table = jobs::output(hub, claim, "table.parquet", bytes).await.unwrap();
    let column = |name: &str, kind| Column { name: name.into(), kind };
    let read = Outcome::Ingested(Box::new(Ingested {
        rows: 1,
        rejected_rows: 0,
        rejected_cells: 0,
        columns: vec![column("x", LogicalType::Number), column("y", LogicalType::Text)],
        notes: Vec::new(),
        profile: Profile { rows: 1, columns: Vec::new(), warnings: Vec::new() },
        table,
        rejected: None,
    }));
    jobs::finish(hub, claim, &read).await.unwrap();
}

/// The process of run 1 says lines `first` to `last`: its events `first + 1` to `last + 1`.
async fn report(hub: &Hub, claim: Claim, first: u64, last: u64) {
    let line = |n: u64| Event::Log { level: Level::Info, message: n.to_string() };
    let batch = EventBatch { first, events: (first..=last).map(line).collect() };
    jobs::events(hub, claim, &batch).await.unwrap();
}

fn from_to(first: u64, last: u64) -> Vec<u64> {
    (first..=last).collect()
}

fn often(settings: &mut Settings) {
    settings.pulse = Duration::from_millis(100);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tab_misses_nothing_and_hears_nothing_twice_however_often_it_comes_back() {
    let (world, claim) = World::at_work(|_| ()).await;
    let mut tab = world.door.greeted(&world.ada).await;
    tab.follow(RUN, 0).await;
    for first in (1..=60).step_by(20) {
        report(&world.hub, claim, first, first + 19).await;
    }
    assert_eq!(tab.until(RUN, 61).await, from_to(1, 61));
    drop(tab);
    report(&world.hub, claim, 61, 99).await;

    let mut tab = world.door.greeted(&world.ada).await;
    tab.follow(RUN, 61).await;
    assert_eq!(tab.until(RUN, 100).await, from_to(62, 100));
    // Once more in the same tab: it begins anew, from where it says, and is told once.
    tab.follow(RUN, 95).await;
    assert_eq!(tab.until(RUN, 100).await, from_to(96, 100));
    report(&world.hub, claim, 100, 104).await;
    assert_eq!(tab.until(RUN, 105).await, from_to(101, 105));
    tab.silent().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_tab_has_left_it_is_told_no_more() {
    let (world, claim) = World::at_work(|_| ()).await;
    let mut left = world.door.greeted(&world.ada).await;
    let mut stays = world.door.greeted(&world.ada).await;
    for tab in [&mut left, &mut stays] {
        tab.follow(RUN, 0).await;
        assert_eq!(tab.until(RUN, 1).await, [1]);
    }
    left.leave(RUN).await;
    left.silent().await;
    report(&world.hub, claim, 1, 5).await;
    assert_eq!(stays.until(RUN, 6).await, from_to(2, 6));
    left.silent().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tab_that_missed_too_much_is_told_to_fetch_the_state_anew() {
    let (world, claim) = World::at_work(|_| ()).await;
    for first in (1..=12_000).step_by(2_000) {
        report(&world.hub, claim, first, first + 1_999).await;
    }
    let mut tab = world.door.greeted(&world.ada).await;
    tab.follow(RUN, 0).await;
    assert_eq!(tab.told().await, Tell::Reset { topic: RUN.into() });
    report(&world.hub, claim, 12_001, 12_001).await;
    assert_eq!(tab.until(RUN, 12_002).await, [12_002]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_topic_is_refused_to_who_may_not_see_it_and_to_everybody_where_there_is_none() {
    let (mut world, claim) = World::at_work(|_| ()).await;
    let (nobody, eve) = (Browser::new(&world.app), Browser::signed_up(&world.app, "eve").await);
    let mut tabs = Vec::new();
    for browser in [&nobody, &eve] {
        let mut tab = world.door.greeted(browser).await;
        tab.follow(RUN, 0).await;
        tab.refused(RUN).await;
        tabs.push(tab);
    }
    let rae = world.reader("rae").await;
    let mut tab = world.door.greeted(&rae).await;
    for none in [
        "ada/titanic/runs/2",
        "ada/titanic/runs/x",
        "ada/titanic/models/1",
        "ada/nothing/runs/1",
        "ada/titanic/runs/1/events",
        "",
    ] {
        tab.follow(none, 0).await;
        tab.refused(none).await;
    }
    tab.follow(RUN, 0).await;
    report(&world.hub, claim, 1, 3).await;
    assert_eq!(tab.until(RUN, 4).await, from_to(1, 4));
    for mut tab in tabs {
        tab.silent().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_a_member_no_more_is_told_no_more() {
    let (mut world, claim) = World::at_work(often).await;
    let rae = world.reader("rae").await;
    let mut tab = world.door.greeted(&rae).await;
    tab.follow(RUN, 0).await;
    assert_eq!(tab.until(RUN, 1).await, [1]);
    let answer = world.ada.delete(&format!("{P}/members/rae")).await;
    assert!(answer.status.is_success(), "{answer:?}");
    tab.refused(RUN).await;
    report(&world.hub, claim, 1, 5).await;
    let mut owner = world.door.greeted(&world.ada).await;
    owner.follow(RUN, 0).await;
    assert_eq!(owner.until(RUN, 6).await, from_to(1, 6));
    tab.silent().await;
    tab.follow(RUN, 1).await;
    tab.refused(RUN).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_that_ends_ends_its_tabs() {
    let (mut world, _) = World::at_work(often).await;
    let mut rae = world.reader("rae").await;
    let mut tab = world.door.greeted(&rae).await;
    let answer = rae.post("/api/v1/logout", Value::Null).await;
    assert_eq!(answer.status, 204, "{answer:?}");
    let code = loop {
        match tab.frame().await {
            Some(Message::Close(close)) => break close.map(|close| u16::from(close.code)),
            Some(Message::Ping(_)) => {}
            other => panic!("it ends with a reason: {other:?}"),
        }
    };
    assert_eq!(code, Some(SESSION_ENDED));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tab_follows_so_many_topics_at_once() {
    let mut world = World::make(|_| ()).await;
    for _ in 1..=17 {
        world.train().await;
    }
    let topic = |run: u32| format!("ada/titanic/runs/{run}");
    let mut tab = world.door.greeted(&world.ada).await;
    for run in 1..=16 {
        tab.follow(&topic(run), 0).await;
    }
    // One that is followed already takes no second place.
    tab.follow(&topic(16), 0).await;
    tab.silent().await;
    tab.follow(&topic(17), 0).await;
    tab.refused(&topic(17)).await;
    tab.leave(&topic(3)).await;
    tab.follow(&topic(17), 0).await;
    tab.silent().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn so_many_tabs_are_open_at_once() {
    let world =
        World::make(|settings| (settings.tabs_each, settings.tabs_of_visitors) = (2, 1)).await;
    let nobody = Browser::new(&world.app);
    let (ada, door) = (&world.ada, &world.door);
    let mut open = vec![door.greeted(ada).await, door.greeted(ada).await];
    let refused = async |browser: &Browser| door.tab(browser).await.err();
    assert_eq!(refused(ada).await, Some(StatusCode::TOO_MANY_REQUESTS));
    let visitors = door.greeted(&nobody).await;
    assert_eq!(refused(&nobody).await, Some(StatusCode::SERVICE_UNAVAILABLE));
    // Who leaves makes room.
    drop((open.pop(), visitors));
    for browser in [ada, &nobody] {
        let began = Instant::now();
        while let Some(status) = refused(browser).await {
            assert!(began.elapsed() < Duration::from_secs(30), "no room: {status}");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}

/// Reads for a while; whether the connection lasts that long.
async fn lasts(tab: &mut Tab, pings: usize) -> bool {
    for _ in 0..pings {
        match tab.frame().await {
            Some(Message::Ping(_)) => {}
            None | Some(Message::Close(_)) => return false,
            Some(other) => panic!("nothing was asked for: {other:?}"),
        }
    }
    true
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tab_that_answers_no_ping_is_left_and_one_that_does_stays() {
    let quick = |settings: &mut Settings| {
        often(settings);
        settings.silence = Duration::from_secs(3);
    };
    let world = World::make(quick).await;
    let mut lives = world.door.greeted(&world.ada).await;
    let mut dead = world.door.greeted(&world.ada).await;
    // For twice as long as one may be silent.
    assert!(lasts(&mut lives, 60).await);
    // It has read nothing meanwhile, and so answered nothing: some pings were sent, then none.
    assert!(!lasts(&mut dead, 60).await);
    assert!(lasts(&mut lives, 5).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn frames_that_no_page_sends_end_the_connection() {
    let world = World::make(|_| ()).await;
    let large = json!({"sub": {"topic": "x".repeat(64 << 10), "after": 0}}).to_string();
    for nonsense in ["", "{}", "[1]", r#"{"sub":{"topic":"x"}}"#, &large] {
        let mut tab = world.door.greeted(&world.ada).await;
        tab.send(nonsense).await;
        while let Some(frame) = tab.frame().await {
            assert!(!frame.is_text(), "{nonsense:.40}: {frame:?}");
        }
    }
}
