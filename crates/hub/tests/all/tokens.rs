//! Personal access tokens.

use crate::datasets::{dataset, send};
use crate::{code, fields, kind};
use chrono::Duration;
use mlhub_domain::access::{Role, Visibility};
use mlhub_domain::accounts::Token;
use mlhub_domain::dashboard::{Scope, Search, Thing};
use mlhub_domain::lists::ListQuery;
use mlhub_domain::problem::{Code, Kind};
use mlhub_hub::accounts::tokens::{self, NewToken};
use mlhub_hub::accounts::{Presented, Recognised, TokenSecret, make_token, recognise};
use mlhub_hub::dashboard::{explore, mine};
use mlhub_hub::idempotency::Key;
use mlhub_hub::projects::{self, NewProject, Which};
use mlhub_hub::{Actor, Error, datasets};
use mlhub_testing::TestHub;

fn new(scopes: &[Role]) -> NewToken {
    NewToken { name: "ci".into(), scopes: scopes.into(), expires_at: None }
}

async fn make(hub: &TestHub, actor: &Actor, new: &NewToken) -> (Token, String) {
    let secret = TokenSecret::random();
    let token = tokens::create(hub, actor, new, &secret, None).await.unwrap();
    (token, secret.reveal().to_owned())
}

async fn come(hub: &TestHub, token: &str) -> Result<Actor, Error> {
    let presented = Presented { bearer: Some(token), ..Presented::default() };
    match recognise(hub, presented).await? {
        Recognised::Known(actor) => Ok(actor),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_token_stands_for_its_user_as_far_as_its_scopes_reach() {
    let hub = TestHub::start().await;
    let ada = hub.user("ada").await;
    hub.project("ada/titanic").await;
    let (_, reads) = make(&hub, &ada, &new(&[Role::Read])).await;
    let (_, edits) = make(&hub, &ada, &new(&[Role::Edit, Role::Read])).await;
    let (reads, edits) = (come(&hub, &reads).await.unwrap(), come(&hub, &edits).await.unwrap());
    assert_eq!(edits.id(), ada.id());

    let at = hub.project("ada/titanic").await;
    let describe =
        projects::Change { description: Some("who sank".into()), ..projects::Change::default() };
    assert_eq!(projects::get(&hub, &reads, &at).await.unwrap().role, Some(Role::Read));
    assert_eq!(kind(projects::change(&hub, &reads, &at, &describe).await), Kind::Forbidden);
    assert!(projects::change(&hub, &edits, &at, &describe).await.is_ok());
    assert_eq!(kind(projects::delete(&hub, &edits, &at).await), Kind::Forbidden);

    let project = NewProject {
        name: "iris".parse().unwrap(),
        visibility: Visibility::Private,
        description: String::new(),
    };
    assert_eq!(code(projects::create(&hub, &reads, &project, None).await), Code::TokenScope);
    assert!(projects::create(&hub, &edits, &project, None).await.is_ok());
}

#[tokio::test]
async fn a_token_that_only_reads_lists_and_counts_nothing_that_was_never_ready() {
    let hub = TestHub::start().await;
    let (ada, draft) = (hub.user("ada").await, dataset(&hub, "ada/titanic/passengers").await);
    let (_, reads) = make(&hub, &ada, &new(&[Role::Read])).await;
    let (_, edits) = make(&hub, &ada, &new(&[Role::Edit])).await;
    let (reads, edits) = (come(&hub, &reads).await.unwrap(), come(&hub, &edits).await.unwrap());
    let (at, all) = (draft.project(), ListQuery::default());
    send(&hub, &draft, "a\n1\n").await;
    let fail =
        "UPDATE dataset_versions SET state = 'failed', error = '{\"message\":\"It is empty.\"}'";
    hub.database().execute(fail).await;
    for (who, seen) in [(&ada, 1), (&edits, 1), (&reads, 0)] {
        let listed = datasets::list(&hub, who, &at, &all).await.unwrap();
        assert_eq!((listed.items.len(), listed.total), (seen, seen as u64), "{who:?}");
        let counted = projects::get(&hub, who, &at).await.unwrap().datasets;
        let projects = projects::list(&hub, who, &Which::Mine, &all).await.unwrap();
        assert_eq!((counted, projects.items[0].datasets), (seen as u64, seen as u64), "{who:?}");
        for scope in [Scope::Seen, Scope::Mine] {
            let search = Search { scope, ..Search::default() };
            let found = explore(&hub, who, &search).await.unwrap();
            assert_eq!(found.total(Thing::Dataset), seen as u64, "{scope:?} {who:?}");
        }
        let board = mine(&hub, who).await.unwrap();
        assert_eq!((board.datasets.len(), board.attention.len()), (seen, seen), "{who:?}");
        assert_eq!(board.projects[0].datasets, seen as u64, "{who:?}");
    }
}

#[tokio::test]
async fn a_token_is_stored_as_its_hash_and_listed_without_its_secret() {
    let hub = TestHub::start().await;
    let ada = hub.user("ada").await;
    let (token, secret) = make(&hub, &ada, &new(&[Role::Manage])).await;
    let dump = "SELECT string_agg(t::text, '') || (SELECT string_agg(a::text, '') FROM audit a) FROM tokens t";
    let stored = hub.database().value(dump).await.unwrap();
    assert!(!stored.contains(&secret[4..]), "{stored}");
    let known = format!("SELECT count(*) FROM tokens WHERE hash = sha256('{secret}')");
    assert_eq!(hub.database().value(&known).await.as_deref(), Some("1"));

    let listed = tokens::list(&hub, &ada, &ListQuery::default()).await.unwrap();
    assert_eq!(listed.items, [token]);
    assert_eq!(listed.total, 1);
}

#[tokio::test]
async fn a_token_stops_when_it_expires_is_revoked_or_its_user_is_suspended() {
    let hub = TestHub::start().await;
    let ada = hub.user("ada").await;
    let until = NewToken { expires_at: Some(hub.now() + Duration::hours(1)), ..new(&[Role::Read]) };
    let (_, brief) = make(&hub, &ada, &until).await;
    let (long, lasting) = make(&hub, &ada, &new(&[Role::Read])).await;
    hub.advance(Duration::minutes(59));
    assert!(come(&hub, &brief).await.is_ok());
    hub.advance(Duration::minutes(1));
    assert_eq!(code(come(&hub, &brief).await), Code::BadToken);

    let eve = hub.user("eve").await;
    assert_eq!(code(tokens::revoke(&hub, &eve, long.id).await), Code::NotFound);
    assert!(come(&hub, &lasting).await.is_ok());
    tokens::revoke(&hub, &ada, long.id).await.unwrap();
    assert_eq!(code(come(&hub, &lasting).await), Code::BadToken);
    assert_eq!(code(tokens::revoke(&hub, &ada, long.id).await), Code::NotFound);

    let ada = hub.user("ada").await;
    let (_, third) = make(&hub, &ada, &new(&[Role::Read])).await;
    hub.database().execute("UPDATE users SET suspended_at = now()").await;
    assert_eq!(code(come(&hub, &third).await), Code::BadToken);
}

#[tokio::test]
async fn what_is_no_token_is_refused_and_does_not_become_a_visitor() {
    let hub = TestHub::start().await;
    let unknown = TokenSecret::random();
    for bad in ["", "mlh_", "mlhj_x", unknown.reveal(), "e30.e30.", &"x".repeat(65_536)] {
        assert_eq!(code(come(&hub, bad).await), Code::BadToken, "{}", &bad[..bad.len().min(60)]);
    }
}

#[tokio::test]
async fn a_token_makes_lists_and_revokes_no_tokens() {
    let hub = TestHub::start().await;
    let ada = hub.user("ada").await;
    let (token, secret) = make(&hub, &ada, &new(&[Role::Manage])).await;
    let bearer = come(&hub, &secret).await.unwrap();
    let made =
        tokens::create(&hub, &bearer, &new(&[Role::Read]), &TokenSecret::random(), None).await;
    assert_eq!(kind(made), Kind::Forbidden);
    let listed = tokens::list(&hub, &bearer, &ListQuery::default()).await;
    assert_eq!(kind(listed), Kind::Forbidden);
    assert_eq!(kind(tokens::revoke(&hub, &bearer, token.id).await), Kind::Forbidden);
    let visitor = Actor::visitor();
    let made =
        tokens::create(&hub, &visitor, &new(&[Role::Read]), &TokenSecret::random(), None).await;
    assert_eq!(kind(made), Kind::Unauthenticated);
}

#[tokio::test]
async fn what_is_wrong_with_a_new_token_is_said_by_field() {
    let hub = TestHub::start().await;
    let ada = hub.user("ada").await;
    let now = hub.now();
    let long = "x".repeat(81);
    for (name, scopes, expires_at, field) in [
        ("", vec![Role::Read], None, "name"),
        (long.as_str(), vec![Role::Read], None, "name"),
        ("ci", vec![], None, "scopes"),
        ("ci", vec![Role::Owner], None, "scopes"),
        ("ci", vec![Role::Read], Some(now), "expires_at"),
    ] {
        let new = NewToken { name: name.into(), scopes, expires_at };
        let made = tokens::create(&hub, &ada, &new, &TokenSecret::random(), None).await;
        assert_eq!(fields(made), [field]);
    }
}

#[tokio::test]
async fn the_last_use_is_kept_to_the_minute() {
    let hub = TestHub::start().await;
    let ada = hub.user("ada").await;
    let (_, secret) = make(&hub, &ada, &new(&[Role::Read])).await;
    let used = async || {
        let list = tokens::list(&hub, &ada, &ListQuery::default()).await.unwrap();
        list.items[0].last_used_at
    };
    assert_eq!(used().await, None);
    let first = hub.now();
    come(&hub, &secret).await.unwrap();
    hub.advance(Duration::seconds(59));
    come(&hub, &secret).await.unwrap();
    assert_eq!(used().await, Some(first));
    hub.advance(Duration::seconds(2));
    come(&hub, &secret).await.unwrap();
    assert_eq!(used().await, Some(first + Duration::seconds(61)));
}

#[tokio::test]
async fn the_console_makes_a_token_for_whoever_has_the_address() {
    let hub = TestHub::start().await;
    let ada = hub.user("ada").await;
    let secret = make_token(&hub, "Ada@example.org").await.unwrap();
    let actor = come(&hub, secret.reveal()).await.unwrap();
    assert_eq!(actor.id(), ada.id());
    assert_eq!(fields(make_token(&hub, "nobody@example.org").await), ["email"]);
}

#[tokio::test]
async fn the_secret_for_an_idempotency_key_is_the_same_again_and_only_for_its_user() {
    let hub = TestHub::start().await;
    let (ada, bob) = (hub.user("ada").await, hub.user("bob").await);
    let secret = |actor, key| tokens::secret_for(&hub, actor, key);
    let [k, l] = ["k", "l"].map(|key| Key::new(key, &[]).unwrap());
    assert_eq!(secret(&ada, Some(&k)), secret(&ada, Some(&k)));
    assert_ne!(secret(&ada, Some(&k)), secret(&ada, Some(&l)));
    assert_ne!(secret(&ada, Some(&k)), secret(&bob, Some(&k)));
    assert_ne!(secret(&ada, None), secret(&ada, None));
}
