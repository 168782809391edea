//! Refreshing, replaying, ending sessions.

use crate::code;
use chrono::Duration;
use mlhub_db::{AsyncConnection as _, sessions as stored};
use mlhub_domain::ids::UserId;
use mlhub_domain::lists::ListQuery;
use mlhub_domain::problem::Code;
use mlhub_hub::accounts::{
    Cookies, Presented, Recognised, end_other_sessions, end_session, find_sessions, has_ended,
    log_in, log_out, recognise, sessions, sign_up, still_signed_in, tokens,
};
use mlhub_hub::{Actor, Credential, Hub};
use mlhub_testing::TestHub;
use std::collections::HashSet;

async fn signed_up(hub: &TestHub) -> Cookies {
    sign_up(hub, &TestHub::account("ada"), &TestHub::visit()).await.unwrap().cookies
}

async fn come(hub: &Hub, access: Option<&str>, refresh: Option<&str>) -> Recognised {
    recognise(hub, Presented { bearer: None, access, refresh }).await.unwrap()
}

/// Comes with both cookies: the browser as it is.
async fn known(hub: &Hub, cookies: &Cookies) -> Option<Actor> {
    match come(hub, Some(&cookies.access), Some(&cookies.refresh)).await {
        Recognised::Known(actor) => actor.user.is_some().then_some(actor),
        Recognised::Renewed(actor, _) => Some(actor),
        Recognised::Stale => None,
    }
}

/// Comes with the refresh token only: the access token is over.
async fn renewed(hub: &Hub, refresh: &str) -> Option<Cookies> {
    match come(hub, None, Some(refresh)).await {
        Recognised::Renewed(_, cookies) => Some(cookies),
        Recognised::Known(_) | Recognised::Stale => None,
    }
}

async fn generation(hub: &TestHub) -> String {
    hub.database().value("SELECT generation FROM sessions").await.unwrap()
}

#[tokio::test]
async fn the_access_token_is_good_for_five_minutes_and_the_refresh_token_for_the_next() {
    let hub = TestHub::start().await;
    let first = signed_up(&hub).await;
    hub.advance(Duration::seconds(299));
    assert!(matches!(come(&hub, Some(&first.access), None).await, Recognised::Known(_)));
    hub.advance(Duration::seconds(1));
    assert!(matches!(come(&hub, Some(&first.access), None).await, Recognised::Stale));

    let second = renewed(&hub, &first.refresh).await.unwrap();
    assert_ne!((&first.access, &first.refresh), (&second.access, &second.refresh));
    assert_eq!(known(&hub, &second).await.unwrap().user.unwrap().username.as_str(), "ada");
    assert_eq!(generation(&hub).await, "1");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_logs_in_while_the_password_changes_comes_too_late() {
    let hub = TestHub::start().await;
    let account = TestHub::account("ada");
    sign_up(&hub, &account, &TestHub::visit()).await.unwrap();
    let id = hub.database().value("SELECT id FROM users").await.unwrap().parse().unwrap();
    let mut conn = hub.pool().get().await.unwrap();
    let coming = conn.transaction(async |conn| {
        let changed = Some(hub.now());
        mlhub_db::accounts::set_password_hash(conn, UserId(id), "another one", changed).await?;
        let node = hub.hub().clone();
        let coming = tokio::spawn(async move {
            log_in(&node, &account.email, &account.password, &TestHub::visit()).await.map(|_| ())
        });
        let waiting = "SELECT count(*) FROM pg_stat_activity \
                       WHERE datname = current_database() AND wait_event_type = 'Lock'";
        while !coming.is_finished() && hub.database().value(waiting).await.as_deref() != Some("1") {
            tokio::task::yield_now().await;
        }
        Ok::<_, mlhub_db::Error>(coming)
    });
    assert_eq!(code(coming.await.unwrap().await.unwrap()), Code::WrongCredentials);
    let sessions = hub.database().value("SELECT count(*) FROM sessions").await;
    assert_eq!(sessions.as_deref(), Some("1"), "that of the sign-up");
}

#[tokio::test]
async fn fifty_refreshes_at_once_on_two_nodes_are_one_rotation_and_all_succeed() {
    let hub = TestHub::start().await;
    let nodes = [hub.hub().clone(), hub.another_node().await];
    let first = signed_up(&hub).await;
    let tries: Vec<_> = (0..50)
        .map(|n| {
            let (hub, token) = (nodes[n % 2].clone(), first.refresh.clone());
            tokio::spawn(async move { renewed(&hub, &token).await })
        })
        .collect();
    let mut successors = HashSet::new();
    for one in tries {
        successors.insert(one.await.unwrap().expect("every one of them succeeds").refresh);
    }
    assert_eq!(successors.len(), 1);
    assert_eq!(generation(&hub).await, "1");
    assert!(renewed(&hub, successors.iter().next().unwrap()).await.is_some());
}

#[tokio::test]
async fn a_lost_answer_can_be_asked_for_again_on_another_node_for_thirty_seconds() {
    let hub = TestHub::start().await;
    let other = hub.another_node().await;
    let first = signed_up(&hub).await;
    let second = renewed(&hub, &first.refresh).await.unwrap();
    hub.advance(Duration::seconds(30));
    let again = renewed(&other, &first.refresh).await.unwrap();
    assert_eq!(again.refresh, second.refresh);
    assert_eq!(generation(&hub).await, "1");
}

#[tokio::test]
async fn a_server_that_dies_between_the_rotation_and_its_answer_loses_nobodys_session() {
    let hub = TestHub::start().await;
    let first = signed_up(&hub).await;
    let family = first.refresh.split('.').next().unwrap().parse().unwrap();
    let life = (Duration::days(30), Duration::days(90));
    let mut conn = hub.pool().get().await.unwrap();
    let id = stored::find(&mut conn, family).await.unwrap().unwrap().id();
    assert!(stored::rotate(&mut conn, id, 0, hub.now(), life).await.unwrap().is_some());

    let started_again = hub.another_node().await;
    hub.advance(Duration::seconds(30));
    let second = renewed(&started_again, &first.refresh).await.unwrap();
    assert_eq!(generation(&hub).await, "1");
    hub.advance(Duration::minutes(5));
    assert!(renewed(&started_again, &second.refresh).await.is_some());
}

#[tokio::test]
async fn nodes_whose_clocks_differ_know_the_same_people() {
    let hub = TestHub::start().await;
    let first = signed_up(&hub).await;
    let (ahead, behind) = (Duration::seconds(5), Duration::seconds(-5));
    for by in [ahead, behind] {
        let other = hub.another_node_at(hub.now() + by).await;
        let seen = come(&other, Some(&first.access), None).await;
        assert!(
            matches!(&seen, Recognised::Known(actor) if actor.user.is_some()),
            "{by}: {seen:?}"
        );
    }
    let ahead = hub.another_node_at(hub.now() + ahead).await;
    let behind = hub.another_node_at(hub.now() + behind).await;
    let second = renewed(&ahead, &first.refresh).await.unwrap();
    let again = renewed(&behind, &first.refresh).await.unwrap();
    assert_eq!(again.refresh, second.refresh, "ten seconds before it was made");
    // What comes from too far ahead is not believed, but for its refresh token.
    let late = hub.another_node_at(hub.now() - Duration::minutes(1)).await;
    assert!(matches!(come(&late, Some(&second.access), None).await, Recognised::Stale));
    assert!(known(&late, &second).await.is_some());
}

#[tokio::test]
async fn a_refresh_token_used_again_later_ends_the_session_for_both() {
    let hub = TestHub::start().await;
    let first = signed_up(&hub).await;
    let second = renewed(&hub, &first.refresh).await.unwrap();
    assert!(known(&hub, &second).await.is_some());
    hub.advance(Duration::seconds(31));

    assert_eq!(renewed(&hub, &first.refresh).await, None, "the thief, or the one robbed");
    assert_eq!(renewed(&hub, &second.refresh).await, None, "and the other");
    assert_eq!(known(&hub, &second).await, None, "although its access token is not over");
    let audit = hub.audit_lines().await;
    assert_eq!(audit.matches("session.reused").count(), 1, "{audit}");
}

#[tokio::test]
async fn an_older_generation_ends_the_session_even_at_once() {
    let hub = TestHub::start().await;
    let first = signed_up(&hub).await;
    let second = renewed(&hub, &first.refresh).await.unwrap();
    let third = renewed(&hub, &second.refresh).await.unwrap();
    assert_eq!(renewed(&hub, &first.refresh).await, None);
    assert_eq!(renewed(&hub, &third.refresh).await, None);
}

#[tokio::test]
async fn a_session_lives_thirty_days_without_and_ninety_with_visits() {
    let hub = TestHub::start().await;
    let idle = signed_up(&hub).await;
    assert_eq!(idle.keep, Duration::days(30));
    hub.advance(Duration::days(30));
    assert_eq!(renewed(&hub, &idle.refresh).await, None);

    let mut cookies =
        sign_up(&hub, &TestHub::account("bob"), &TestHub::visit()).await.unwrap().cookies;
    for _ in 0..4 {
        hub.advance(Duration::days(20));
        cookies = renewed(&hub, &cookies.refresh).await.unwrap();
    }
    assert_eq!(cookies.keep, Duration::days(10), "80 days are over");
    hub.advance(Duration::days(10));
    assert_eq!(renewed(&hub, &cookies.refresh).await, None);
}

#[tokio::test]
async fn a_refresh_token_that_is_not_quite_ours_is_worth_nothing_and_ends_nothing() {
    let hub = TestHub::start().await;
    let good = signed_up(&hub).await.refresh;
    let parts: Vec<&str> = good.split('.').collect();
    let (family, mac) = (parts[0], parts[2]);
    let flipped = if mac.starts_with('A') { "B" } else { "A" };
    let bad = [
        String::new(),
        ".".into(),
        "..".into(),
        format!("{family}.0"),
        format!("{family}.1.{mac}"),
        format!("{family}.-1.{mac}"),
        format!("{family}.+0.{mac}"),
        format!("{family}.00.{mac}"),
        format!("{family}.2147483648.{mac}"),
        format!("{}.0.{mac}", family.to_uppercase()),
        format!("{{{family}}}.0.{mac}"),
        format!("{}.0.{mac}", "0".repeat(32)),
        format!("{family}.0.{flipped}{}", &mac[1..]),
        format!("{family}.0.{}", &mac[1..]),
        format!("{good}="),
        format!("{good}.x"),
        "x".repeat(65_536),
    ];
    for token in bad {
        let shown = &token[..token.len().min(80)];
        // Upper and lower case are the same to a hexadecimal number, and could be equal.
        if token != good {
            assert_eq!(renewed(&hub, &token).await, None, "{shown}");
        }
    }
    assert!(renewed(&hub, &good).await.is_some(), "none of them ended the session");
}

#[tokio::test]
async fn a_copy_of_the_database_makes_no_refresh_token() {
    let hub = TestHub::start().await;
    let good = signed_up(&hub).await;
    let thief = TestHub::start().await;
    let stranger = mlhub_hub::Hub::new(mlhub_hub::Parts {
        pool: hub.pool().clone(),
        objects: thief.objects().clone(),
        tables: std::sync::Arc::new(mlhub_testing::NoTables),
        secrets: mlhub_hub::Secrets::generate(),
        clock: mlhub_hub::Clock::frozen(hub.now()),
        settings: hub.settings().clone(),
    });
    assert_eq!(renewed(&stranger, &good.refresh).await, None);
    assert_eq!(known(&stranger, &good).await, None);
    assert!(renewed(&hub, &good.refresh).await.is_some());
}

#[tokio::test]
async fn logging_out_ends_the_session_at_once_and_only_once() {
    let hub = TestHub::start().await;
    let other = hub.another_node().await;
    let cookies = signed_up(&hub).await;
    let actor = known(&hub, &cookies).await.unwrap();
    assert!(still_signed_in(&hub, &actor).await.unwrap());
    log_out(&hub, &actor).await.unwrap();
    log_out(&hub, &actor).await.unwrap();

    assert_eq!(known(&hub, &cookies).await, None);
    assert!(!still_signed_in(&other, &actor).await.unwrap());
    // Another node believes the access token until it is over, but for nothing that matters.
    assert!(matches!(come(&other, Some(&cookies.access), None).await, Recognised::Known(_)));
    let query = mlhub_domain::lists::ListQuery::default();
    assert_eq!(code(tokens::list(&other, &actor, &query).await), Code::Unauthenticated);
    assert_eq!(renewed(&other, &cookies.refresh).await, None);
    assert_eq!(hub.audit_lines().await.matches("session.end").count(), 1);
}

#[tokio::test]
async fn a_suspended_account_is_out_within_the_life_of_an_access_token() {
    let hub = TestHub::start().await;
    let cookies = signed_up(&hub).await;
    let actor = known(&hub, &cookies).await.unwrap();
    hub.database().execute("UPDATE users SET suspended_at = now()").await;
    assert_eq!(renewed(&hub, &cookies.refresh).await, None);
    assert!(!still_signed_in(&hub, &actor).await.unwrap());
}

#[tokio::test]
async fn people_see_their_sessions_and_end_them_but_nobody_elses() {
    let hub = TestHub::start().await;
    let (phone, laptop, eve) =
        (hub.user("ada").await, hub.user("ada").await, hub.user("eve").await);
    let listed = sessions(&hub, &laptop).await.unwrap();
    let current: Vec<bool> = listed.iter().map(|session| session.current).collect();
    assert_eq!(current, [true, false]);

    let Credential::Session(phones) = phone.credential else { panic!("a session") };
    assert_eq!(code(end_session(&hub, &eve, phones).await), Code::NotFound);
    end_session(&hub, &laptop, phones).await.unwrap();
    assert!(!still_signed_in(&hub, &phone).await.unwrap());

    let tablet = hub.user("ada").await;
    end_other_sessions(&hub, &laptop).await.unwrap();
    assert!(!still_signed_in(&hub, &tablet).await.unwrap());
    assert!(still_signed_in(&hub, &laptop).await.unwrap());
    assert!(still_signed_in(&hub, &eve).await.unwrap());
}

#[tokio::test]
async fn housekeeping_removes_what_nobody_can_use() {
    let hub = TestHub::start().await;
    signed_up(&hub).await;
    let count = "SELECT count(*) FROM sessions";
    hub.advance(Duration::days(36));
    mlhub_hub::housekeeping::sweep(&hub).await.unwrap();
    assert_eq!(hub.database().value(count).await.unwrap(), "1");
    hub.advance(Duration::days(2));
    mlhub_hub::housekeeping::sweep(&hub).await.unwrap();
    assert_eq!(hub.database().value(count).await.unwrap(), "0");
}

#[tokio::test]
async fn beyond_a_hundred_sessions_a_login_ends_the_one_not_seen_for_longest() {
    let hub = TestHub::start().await;
    let ada = hub.user("ada").await;
    hub.database()
        .execute(
            "INSERT INTO sessions (user_id, family, secret, agent, rotated_at, created_at, seen_at, expires_at) \
             SELECT user_id, gen_random_uuid(), secret, 'old ' || n, rotated_at, created_at, \
                    created_at - interval '1 h' - n * interval '1 min', expires_at \
             FROM sessions, generate_series(1, 99) n",
        )
        .await;
    let all = sessions(&hub, &ada).await.unwrap();
    assert_eq!((all.len(), all[99].agent.as_str()), (100, "old 99"));
    let query = |q: &str| ListQuery { q: Some(q.into()), limit: Some(2), ..ListQuery::default() };
    let found = find_sessions(&hub, &ada, &query("OLD 9")).await.unwrap();
    assert_eq!((found.items.len(), found.next.as_deref(), found.total), (2, Some("2"), 11));
    let oldest = all[99].id;
    let there = Actor { credential: Credential::Session(oldest), ..ada.clone() };
    hub.database()
        .execute(
            "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS \
             $$ BEGIN RAISE EXCEPTION 'not now'; END $$; \
             CREATE CONSTRAINT TRIGGER refuse AFTER INSERT ON sessions \
             DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION refuse()",
        )
        .await;
    let refused = log_in(&hub, "ada@example.org", TestHub::PASSWORD, &TestHub::visit()).await;
    assert_eq!(code(refused), Code::Internal);
    assert!(!has_ended(&hub, &there), "that login was taken back, and what it ended as well");
    hub.database().execute("DROP TRIGGER refuse ON sessions").await;
    log_in(&hub, "ada@example.org", TestHub::PASSWORD, &TestHub::visit()).await.unwrap();
    assert!(has_ended(&hub, &there));
    let all = sessions(&hub, &ada).await.unwrap();
    assert_eq!((all.len(), all[99].agent.as_str()), (100, "old 98"));
    let gone = end_session(&hub, &ada, oldest).await;
    assert_eq!(code(gone), Code::NotFound);
    end_session(&hub, &ada, all[99].id).await.unwrap();
    let others = sessions(&hub, &hub.user("eve").await).await.unwrap();
    let foreign = end_session(&hub, &ada, others[0].id).await;
    assert_eq!(code(foreign), Code::NotFound);
}
