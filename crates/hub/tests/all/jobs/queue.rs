//! Jobs in turn, each of them once.

use super::{next, terms};
use crate::datasets::{dataset, send};
use mlhub_db::AsyncConnection as _;
use mlhub_domain::jobs::Attempt;
use mlhub_jobs::{Queue as _, Secret};
use mlhub_testing::TestHub;
use std::collections::HashSet;

#[tokio::test]
async fn a_request_that_is_cut_off_in_its_transaction_holds_no_lock() {
    let hub = TestHub::start().await;
    let object = "a".repeat(64).parse().unwrap();
    let mut conn = hub.pool().get().await.unwrap();
    let begun = tokio::sync::Notify::new();
    let request = conn.transaction(async |conn| {
        mlhub_db::objects::register(conn, &object, 1).await?;
        begun.notify_one();
        std::future::pending::<Result<(), mlhub_db::Error>>().await
    });
    tokio::select! {
        _ = request => unreachable!("it waits for ever"),
        () = begun.notified() => {}
    }
    drop(conn);
    let same = "INSERT INTO objects (sha256, size) VALUES (repeat('a', 64), 1)";
    hub.database().execute(&format!("SET lock_timeout = '10s'; {same}")).await;
}

#[tokio::test]
async fn users_take_turns_however_much_one_of_them_asks_for() {
    let hub = TestHub::start().await;
    let ada = dataset(&hub, "ada/titanic/passengers").await;
    let bob = dataset(&hub, "bob/titanic/passengers").await;
    let mut expected = Vec::new();
    for _ in 0..4 {
        expected.push(send(&hub, &ada, "a\n1\n").await.job);
    }
    let other = send(&hub, &bob, "a\n1\n").await.job;
    // The one with nothing at work goes before the one with one.
    expected.insert(1, other);
    hub.database()
        .execute(&format!("UPDATE jobs SET priority = 20 WHERE id = {}", expected[4]))
        .await;
    expected.swap(0, 4);
    let mut order = Vec::new();
    while let Some((attempt, _)) = next(&hub).await {
        order.push(attempt.job);
    }
    let [urgent, second, rest @ ..] = &order[..] else { panic!("{order:?}") };
    assert_eq!((*urgent, *second), (expected[0], other));
    assert!(rest.is_sorted() && rest.len() == 3, "{order:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn two_nodes_never_take_the_same_job() {
    let hub = TestHub::start().await;
    let at = dataset(&hub, "ada/titanic/passengers").await;
    for _ in 0..40 {
        send(&hub, &at, "a\n1\n").await;
    }
    let mut takers = tokio::task::JoinSet::new();
    for node in [hub.hub().clone(), hub.another_node().await] {
        for _ in 0..4 {
            let node = node.clone();
            takers.spawn(async move {
                let mut taken = Vec::new();
                // Empty-handed also when all that is left is being taken by others.
                while let Some((attempt, _)) = next(&node).await {
                    taken.push(attempt);
                }
                taken
            });
        }
    }
    let mut taken: Vec<Attempt> = takers.join_all().await.into_iter().flatten().collect();
    while let Some((attempt, _)) = next(&hub).await {
        taken.push(attempt);
    }
    assert_eq!(taken.len(), 40);
    assert_eq!(taken.iter().collect::<HashSet<_>>().len(), 40);
    assert!(taken.iter().all(|attempt| attempt.number == 1));
}

#[tokio::test]
async fn a_node_takes_no_more_than_its_slots() {
    let hub = TestHub::start().await;
    let at = dataset(&hub, "ada/titanic/passengers").await;
    for _ in 0..3 {
        send(&hub, &at, "a\n1\n").await;
    }
    let secret = Secret::random();
    let first = hub.claim(terms("small", 1, &secret)).await.unwrap().unwrap();
    assert_eq!(hub.claim(terms("small", 1, &secret)).await.unwrap(), None);
    assert!(hub.claim(terms("other", 1, &secret)).await.unwrap().is_some());
    hub.lost(first.0, "gone".into()).await.unwrap();
    assert!(hub.claim(terms("small", 1, &secret)).await.unwrap().is_some());
}
