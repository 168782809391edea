//! Repeated requests.

use crate::{code, fields};
use chrono::Duration;
use mlhub_domain::problem::Code;
use mlhub_hub::idempotency::{Key, once};
use mlhub_hub::{Actor, Error, Hub};
use mlhub_testing::TestHub;
use serde_json::{Value, json};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use tokio::sync::oneshot;

/// Counts what was made.
#[derive(Clone, Default)]
struct Maker(Arc<AtomicU32>);

impl Maker {
    async fn make(self) -> Result<Value, Error> {
        let n = self.0.fetch_add(1, Ordering::SeqCst) + 1;
        Ok(json!({"made": n}))
    }

    async fn fail(self) -> Result<Value, Error> {
        self.0.fetch_add(1, Ordering::SeqCst);
        Err(Error::new(Code::ProjectNameTaken, "taken"))
    }

    fn made(&self) -> u32 {
        self.0.load(Ordering::SeqCst)
    }
}

fn key(text: &str, body: &str) -> Option<Key> {
    Some(Key::new(text, &[b"POST", b"/api/v1/projects", body.as_bytes()]).unwrap())
}

async fn ask(hub: &Hub, actor: &Actor, key: Option<Key>, maker: &Maker) -> Result<Value, Error> {
    once(hub, actor, key, maker.clone().make()).await
}

#[tokio::test]
async fn a_repeated_request_makes_nothing_and_gets_the_same_answer() {
    let hub = TestHub::start().await;
    let (ada, bob, maker) = (hub.user("ada").await, hub.user("bob").await, Maker::default());
    let one = json!({"made": 1});
    assert_eq!(ask(&hub, &ada, key("k", "{}"), &maker).await.unwrap(), one);
    assert_eq!(ask(&hub, &ada, key("k", "{}"), &maker).await.unwrap(), one);
    assert_eq!(code(ask(&hub, &ada, key("k", "{ }"), &maker).await), Code::IdempotencyReuse);
    assert_eq!(maker.made(), 1);

    assert_eq!(ask(&hub, &bob, key("k", "{}"), &maker).await.unwrap(), json!({"made": 2}));
    assert_eq!(ask(&hub, &ada, key("l", "{}"), &maker).await.unwrap(), json!({"made": 3}));
    assert_eq!(ask(&hub, &ada, None, &maker).await.unwrap(), json!({"made": 4}));
    assert_eq!(ask(&hub, &ada, None, &maker).await.unwrap(), json!({"made": 5}));
}

#[tokio::test]
async fn a_key_is_kept_for_a_day() {
    let hub = TestHub::start().await;
    let (ada, maker) = (hub.user("ada").await, Maker::default());
    ask(&hub, &ada, key("k", "{}"), &maker).await.unwrap();
    hub.advance(Duration::hours(24));
    assert_eq!(ask(&hub, &ada, key("k", "{}"), &maker).await.unwrap(), json!({"made": 1}));
    hub.advance(Duration::seconds(1));
    assert_eq!(ask(&hub, &ada, key("k", "[]"), &maker).await.unwrap(), json!({"made": 2}));
}

#[tokio::test]
async fn a_request_that_failed_may_be_tried_again() {
    let hub = TestHub::start().await;
    let (ada, maker) = (hub.user("ada").await, Maker::default());
    let failed = once(&hub, &ada, key("k", "{}"), maker.clone().fail()).await;
    assert_eq!(code(failed), Code::ProjectNameTaken);
    assert_eq!(ask(&hub, &ada, key("k", "{}"), &maker).await.unwrap(), json!({"made": 2}));
}

#[tokio::test]
async fn a_request_that_ended_in_a_panic_may_be_tried_again() {
    let hub = TestHub::start().await;
    let (ada, maker) = (hub.user("ada").await, Maker::default());
    let broken = async || -> Result<Value, Error> { panic!("a mistake of ours") };
    let failed = once(&hub, &ada, key("k", "{}"), broken()).await;
    assert_eq!(code(failed), Code::Internal);
    assert_eq!(ask(&hub, &ada, key("k", "{}"), &maker).await.unwrap(), json!({"made": 1}));
}

#[tokio::test]
async fn many_at_once_make_one() {
    let hub = TestHub::start().await;
    let (ada, maker) = (hub.user("ada").await, Maker::default());
    let tries: Vec<_> = (0..20)
        .map(|_| {
            let (hub, ada, maker) = (hub.hub().clone(), ada.clone(), maker.clone());
            tokio::spawn(async move { ask(&hub, &ada, key("k", "{}"), &maker).await })
        })
        .collect();
    for one in tries {
        assert_eq!(one.await.unwrap().unwrap(), json!({"made": 1}));
    }
    assert_eq!(maker.made(), 1);
}

#[tokio::test]
async fn the_work_goes_on_when_the_one_who_asked_goes_away() {
    let hub = TestHub::start().await;
    let (ada, maker) = (hub.user("ada").await, Maker::default());
    let (begun, begins) = oneshot::channel();
    let (go, may_go) = oneshot::channel::<()>();
    let work = {
        let maker = maker.clone();
        async move {
            begun.send(()).unwrap();
            may_go.await.unwrap();
            maker.make().await
        }
    };
    let (node, actor) = (hub.hub().clone(), ada.clone());
    let first = tokio::spawn(async move { once(&node, &actor, key("k", "{}"), work).await });
    begins.await.unwrap();
    first.abort();
    assert!(first.await.unwrap_err().is_cancelled());
    go.send(()).unwrap();
    assert_eq!(ask(&hub, &ada, key("k", "{}"), &maker).await.unwrap(), json!({"made": 1}));
    assert_eq!(maker.made(), 1);
}

#[tokio::test]
async fn a_key_of_a_server_that_died_is_free_after_ten_minutes() {
    let hub = TestHub::start().await;
    let (ada, maker) = (hub.user("ada").await, Maker::default());
    let claim = format!(
        "INSERT INTO idempotency_keys (user_id, key, fingerprint, created_at) \
         VALUES ({}, 'k', '', '{}')",
        ada.id().unwrap(),
        hub.now().to_rfc3339()
    );
    hub.database().execute(&claim).await;
    assert_eq!(code(ask(&hub, &ada, key("k", "{}"), &maker).await), Code::IdempotencyReuse);
    hub.advance(Duration::seconds(601));
    assert_eq!(ask(&hub, &ada, key("k", "{}"), &maker).await.unwrap(), json!({"made": 1}));
}

#[test]
fn a_key_is_short_and_printable() {
    assert!(Key::new("0b8e5f1e-6a7c-4d0e-9d59-0a8f6d7c1b2a", &[]).is_ok());
    for bad in ["", "two words", "é", "line\n", &"x".repeat(201)] {
        assert_eq!(fields(Key::new(bad, &[])), ["Idempotency-Key"]);
    }
}
