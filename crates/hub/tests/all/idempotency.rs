//! Repeated requests.

use crate::datasets::{dataset, send};
use crate::jobs::ingest;
use crate::{code, fields, kind};
use bytes::Bytes;
use chrono::Duration;
use futures_util::stream;
use mlhub_db::idempotency::{Request, hold};
use mlhub_db::{AsyncConnection as _, Pool};
use mlhub_domain::access::{Role, Visibility};
use mlhub_domain::lists::ListQuery;
use mlhub_domain::models::ModelPath;
use mlhub_domain::problem::{Code, Kind};
use mlhub_domain::projects::Project;
use mlhub_hub::accounts::tokens::{self, NewToken};
use mlhub_hub::datasets::{self, Incoming};
use mlhub_hub::idempotency::Key;
use mlhub_hub::models::{self, Training};
use mlhub_hub::projects::{self, NewProject, Which, members};
use mlhub_hub::{Actor, Clock, Error, Hub, Parts, Secrets, runs};
use mlhub_testing::{NoTables, TestHub};
use serde_json::{Value, json};
use std::sync::Arc;
use tokio::time::{self, timeout};

fn key(text: &str, body: &str) -> Key {
    Key::new(text, &[b"POST", b"/api/v1/projects", body.as_bytes()]).unwrap()
}

/// Makes a project called `name` for the key `k`.
async fn make(hub: &Hub, actor: &Actor, name: &str) -> Result<Project, Error> {
    let new = NewProject {
        name: name.parse().unwrap(),
        visibility: Visibility::Private,
        description: String::new(),
    };
    projects::create(hub, actor, &new, Some(&key("k", name))).await
}

/// How much was done.
async fn acts(hub: &TestHub) -> u32 {
    hub.database().value("SELECT count(*) FROM audit").await.unwrap().parse().unwrap()
}

#[tokio::test]
async fn a_repeated_request_makes_nothing_and_gets_the_same_answer() {
    let hub = TestHub::start().await;
    let (ada, bob) = (hub.user("ada").await, hub.user("bob").await);
    let made = make(&hub, &ada, "titanic").await.unwrap();
    assert_eq!(make(&hub, &ada, "titanic").await.unwrap(), made);
    assert_eq!(acts(&hub).await, 1);

    assert_eq!(code(make(&hub, &ada, "iris").await), Code::IdempotencyReuse);
    assert_eq!(make(&hub, &bob, "iris").await.unwrap().owner, "bob".parse().unwrap());
    assert_eq!(acts(&hub).await, 2);
}

#[tokio::test]
async fn a_key_is_kept_for_a_day() {
    let hub = TestHub::start().await;
    let ada = hub.user("ada").await;
    let made = make(&hub, &ada, "titanic").await.unwrap();
    hub.advance(Duration::hours(24));
    assert_eq!(make(&hub, &ada, "titanic").await.unwrap(), made);
    hub.advance(Duration::seconds(1));
    let other = make(&hub, &ada, "iris").await.unwrap();
    assert_eq!(make(&hub, &ada, "iris").await.unwrap(), other);
    assert_eq!(acts(&hub).await, 2);
}

#[tokio::test]
async fn a_request_that_failed_may_be_tried_again() {
    let hub = TestHub::start().await;
    let ada = hub.user("ada").await;
    let taken = hub.project("ada/titanic").await;
    assert_eq!(code(make(&hub, &ada, "titanic").await), Code::ProjectNameTaken);
    projects::delete(&hub, &ada, &taken).await.unwrap();
    assert_eq!(make(&hub, &ada, "titanic").await.unwrap().path(), taken);
}

#[tokio::test]
async fn many_at_once_make_one() {
    let hub = TestHub::start().await;
    let ada = hub.user("ada").await;
    let tries: Vec<_> = (0..20)
        .map(|_| {
            let (hub, ada) = (hub.hub().clone(), ada.clone());
            tokio::spawn(async move { make(&hub, &ada, "titanic").await })
        })
        .collect();
    let mut made = Vec::new();
    for one in tries {
        made.push(one.await.unwrap().unwrap());
    }
    made.dedup();
    assert_eq!((made.len(), acts(&hub).await), (1, 1));
}

#[tokio::test]
async fn one_transaction_at_a_time_works_for_a_key() {
    let hub = TestHub::start().await;
    let user = hub.user("ada").await.id().unwrap();
    let mut conns = [hub.pool().get().await.unwrap(), hub.pool().get().await.unwrap()];
    let [first, second] = &mut conns;
    let request = |key| Request { user, key, fingerprint: &[] };
    let held = first.transaction(async |first| {
        assert!(hold(first, &request("k")).await?);
        let other = second.transaction(async |second| {
            Ok::<_, mlhub_db::Error>([
                hold(second, &request("k")).await?,
                hold(second, &request("l")).await?,
            ])
        });
        other.await
    });
    assert_eq!(held.await.unwrap(), [false, true]);
    let free = second.transaction(async |second| hold(second, &request("k")).await);
    assert!(free.await.unwrap());
}

#[tokio::test]
async fn a_key_and_an_object_whose_texts_are_alike_do_not_wait_for_each_other() {
    let hub = TestHub::start().await;
    let user = hub.user("ada").await.id().unwrap();
    let mut conn = hub.pool().get().await.unwrap();
    conn.transaction(async |conn| {
        assert!(hold(conn, &Request { user, key: "k", fingerprint: &[] }).await?);
        for (seed, free) in [(0, "t"), (1, "f")] {
            let text = format!("'{user} k'");
            let sql = format!("SELECT pg_try_advisory_lock(hashtextextended({text}, {seed}))");
            assert_eq!(hub.database().value(&sql).await.as_deref(), Some(free), "{seed}");
        }
        Ok::<_, mlhub_db::Error>(())
    })
    .await
    .unwrap();
}

/// Another node on the same database, with so many connections.
fn node(hub: &TestHub, connections: usize) -> Hub {
    Hub::new(Parts {
        pool: Pool::new(hub.database().url(), connections).unwrap(),
        objects: hub.objects().clone(),
        tables: Arc::new(NoTables),
        secrets: Secrets::generate(),
        clock: Clock::frozen(hub.now()),
        settings: hub.settings().clone(),
    })
}

#[tokio::test]
async fn who_waits_for_the_first_request_keeps_no_connection_from_others() {
    let hub = TestHub::start().await;
    let ada = hub.user("ada").await;
    let (small, user, all) = (node(&hub, 2), ada.id().unwrap(), ListQuery::default());
    let mut first = hub.pool().get().await.unwrap();
    let repetitions = first.transaction(async |first| {
        // The first request is slow.
        assert!(hold(first, &Request { user, key: "k", fingerprint: &[] }).await?);
        let repeated: [_; 10] = std::array::from_fn(|_| {
            let (small, ada) = (small.clone(), ada.clone());
            tokio::spawn(async move { make(&small, &ada, "titanic").await })
        });
        for _ in 0..20 {
            let others = projects::list(&small, &ada, &Which::Mine, &all);
            let answered = timeout(time::Duration::from_secs(5), others).await;
            assert_eq!(answered.expect("nobody waits in its place").unwrap().total, 0);
        }
        assert!(repeated.iter().all(|one| !one.is_finished()), "they wait");
        Ok::<_, mlhub_db::Error>(repeated)
    });
    let mut made = Vec::new();
    for one in repetitions.await.unwrap() {
        made.push(one.await.unwrap().unwrap());
    }
    made.dedup();
    assert_eq!((made.len(), acts(&hub).await), (1, 1));
}

/// Everything that takes a key, in an order in which it can be done.
const OPERATIONS: [&str; 9] =
    ["project", "member", "dataset", "upload", "reading", "model", "train", "cancel", "token"];

/// Does one of them for a key of its own, in a project with a table and a model to train on it.
async fn ask(hub: &TestHub, ada: &Actor, operation: &str) -> Result<Value, Error> {
    let key = key(operation, "");
    let (at, survival) = (hub.project("ada/titanic").await, survival(hub).await);
    let key = Some(&key);
    let made = match operation {
        "project" => json!(make(hub, ada, "iris").await?),
        "member" => {
            let bob = "bob".parse().unwrap();
            json!(members::add(hub, ada, &at, &bob, Role::Read, key).await?)
        }
        "dataset" => {
            let name = "crew".parse().unwrap();
            let new = datasets::New { name, description: String::new(), visibility: None };
            json!(datasets::create(hub, ada, &at, &new, key).await?)
        }
        "upload" => {
            let bytes = stream::iter([Ok(Bytes::from_static(b"x,y\n2,b\n"))]);
            let file = Incoming { name: "data.csv", key: key.cloned(), bytes };
            let to = at.dataset("passengers".parse().unwrap());
            json!(datasets::upload(hub, ada, &to, file).await?)
        }
        "reading" => {
            let read = at.dataset("passengers".parse().unwrap());
            json!(datasets::cancel(hub, ada, &read, 2, key).await?)
        }
        "model" => {
            let name = "age".parse().unwrap();
            json!(models::create(hub, ada, &at, &name, &definition(), key).await?)
        }
        "train" => {
            let training = Training { dataset: "passengers".parse().unwrap(), version: Some(1) };
            json!(models::train(hub, ada, &survival, &training, key).await?)
        }
        "cancel" => json!(runs::cancel(hub, ada, &at.run(1), key).await?),
        "token" => {
            let secret = tokens::secret_for(hub, ada, key);
            let scopes = vec![Role::Read];
            let new = NewToken { name: "ci".into(), scopes, expires_at: None };
            json!(tokens::create(hub, ada, &new, &secret, key).await?)
        }
        other => panic!("{other}"),
    };
    Ok(made)
}

fn definition() -> mlhub_domain::models::Spec {
    let spec = json!({"task": "classification", "target": "y", "algorithm": {"kind": "baseline"}});
    serde_json::from_value(spec).unwrap()
}

async fn survival(hub: &TestHub) -> ModelPath {
    hub.project("ada/titanic").await.model("survival".parse().unwrap())
}

/// What the operations work on.
async fn prepared() -> (TestHub, Actor) {
    let hub = TestHub::start().await;
    let (ada, _) = (hub.user("ada").await, hub.user("bob").await);
    send(&hub, &dataset(&hub, "ada/titanic/passengers").await, "x,y\n1,a\n").await;
    ingest(&hub).await;
    let at = survival(&hub).await;
    models::create(&hub, &ada, &at.project(), &at.name, &definition(), None).await.unwrap();
    (hub, ada)
}

/// From now on whoever keeps an answer loses the connection, as if one of the two had died.
const DEADLY: &str = "CREATE FUNCTION die() RETURNS trigger LANGUAGE plpgsql AS \
     'BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NEW; END'; \
     CREATE TRIGGER die BEFORE INSERT OR UPDATE ON idempotency_keys FOR EACH ROW \
     WHEN (NEW.answer IS NOT NULL) EXECUTE FUNCTION die()";

#[tokio::test]
async fn whenever_the_server_dies_a_request_is_answered_with_what_it_made_or_made_nothing() {
    let (hub, ada) = prepared().await;
    for operation in OPERATIONS {
        let before = acts(&hub).await;
        hub.database().execute(DEADLY).await;
        let died = ask(&hub, &ada, operation).await;
        assert_eq!(kind(died), Kind::Unavailable, "{operation}");
        assert_eq!(acts(&hub).await, before, "{operation}: what has no answer is not done");
        hub.database().execute("DROP FUNCTION die CASCADE").await;

        let made = ask(&hub, &ada, operation).await.unwrap();
        // And if that answer was lost on its way:
        assert_eq!(ask(&hub, &ada, operation).await.unwrap(), made, "{operation}");
        assert_eq!(acts(&hub).await, before + 1, "{operation}: done once");
    }
}

#[tokio::test]
async fn a_request_whose_asker_goes_away_has_done_nothing_and_leaves_its_key_free() {
    let (hub, ada) = prepared().await;
    ask(&hub, &ada, "train").await.unwrap();
    let (run, before) = (hub.project("ada/titanic").await.run(1), acts(&hub).await);
    let job = runs::get(&hub, &ada, &run).await.unwrap().job.unwrap();
    let mut conn = hub.pool().get().await.unwrap();
    conn.transaction(async |conn| {
        mlhub_db::jobs::hold(conn, job).await?;
        // It waits for the job, which is held here.
        let asked = ask(&hub, &ada, "cancel");
        let waits = async {
            let waiting = "SELECT count(*) FROM pg_stat_activity \
                           WHERE datname = current_database() AND wait_event_type = 'Lock'";
            while hub.database().value(waiting).await.as_deref() != Some("1") {
                tokio::task::yield_now().await;
            }
        };
        tokio::select! {
            _ = asked => unreachable!("it waits"),
            () = waits => Ok::<_, mlhub_db::Error>(()),
        }
    })
    .await
    .unwrap();
    assert_eq!(acts(&hub).await, before);
    let stopped = ask(&hub, &ada, "cancel").await.unwrap();
    assert_eq!((&stopped["status"], acts(&hub).await), (&json!("cancelled"), before + 1));
}

#[tokio::test]
async fn a_token_is_not_made_again_for_a_key_that_is_kept_no_longer() {
    let hub = TestHub::start().await;
    let ada = hub.user("ada").await;
    ask(&hub, &ada, "token").await.unwrap();
    hub.advance(Duration::hours(25));
    let ada = hub.user("ada").await;
    assert_eq!(code(ask(&hub, &ada, "token").await), Code::IdempotencyReuse);
}

#[test]
fn a_key_is_short_and_printable() {
    assert!(Key::new("0b8e5f1e-6a7c-4d0e-9d59-0a8f6d7c1b2a", &[]).is_ok());
    for bad in ["", "two words", "é", "line\n", &"x".repeat(201)] {
        assert_eq!(fields(Key::new(bad, &[])), ["Idempotency-Key"]);
    }
}
