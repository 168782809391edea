//! What needs a password that was given lately, and how it is given again.

use crate::datasets::dataset;
use crate::{code, fields};
use chrono::Duration;
use mlhub_domain::access::Role;
use mlhub_domain::models::ModelPath;
use mlhub_domain::problem::Code;
use mlhub_domain::projects::ProjectPath;
use mlhub_hub::accounts::tokens::{self, NewToken};
use mlhub_hub::accounts::{
    Cookies, Presented, Recognised, TokenSecret, change_password, confirm, log_in, make_token,
    must_confirm, recognise, sign_up,
};
use mlhub_hub::idempotency::Key;
use mlhub_hub::{Actor, Error, datasets, models, projects};
use mlhub_testing::TestHub;

const ADA: &str = "ada@example.org";

async fn who(hub: &TestHub, presented: Presented<'_>) -> (Actor, Option<Cookies>) {
    match recognise(hub, presented).await.unwrap() {
        Recognised::Known(actor) => (actor, None),
        Recognised::Renewed(actor, cookies) => (actor, Some(cookies)),
        Recognised::Stale => panic!("the session has ended"),
    }
}

async fn comes(hub: &TestHub, cookies: &Cookies) -> (Actor, Option<Cookies>) {
    let (access, refresh) = (Some(cookies.access.as_str()), Some(cookies.refresh.as_str()));
    who(hub, Presented { access, refresh, bearer: None }).await
}

/// Ada, who has just made her account.
async fn ada(hub: &TestHub) -> (Actor, Cookies) {
    let signed = sign_up(hub, &TestHub::account("ada"), &TestHub::visit()).await.unwrap();
    (comes(hub, &signed.cookies).await.0, signed.cookies)
}

async fn make(hub: &TestHub, actor: &Actor, key: Option<&Key>) -> Result<TokenSecret, Error> {
    let new = NewToken { name: "ci".into(), scopes: vec![Role::Manage], expires_at: None };
    let secret = tokens::secret_for(hub, actor, key);
    tokens::create(hub, actor, &new, &secret, key).await?;
    Ok(secret)
}

/// Whether ada is asked for her password; a token of hers is made if she is not.
async fn asked(hub: &TestHub, actor: &Actor) -> bool {
    let asked = must_confirm(hub, actor).await.unwrap();
    let made = make(hub, actor, None).await;
    assert_eq!(made.is_err(), asked, "{made:?}");
    if let Err(error) = made {
        assert_eq!(error.problem().code, Code::ConfirmLogin);
    }
    asked
}

#[tokio::test]
async fn a_password_counts_for_a_quarter_of_an_hour() {
    let hub = TestHub::start().await;
    let (ada, _) = ada(&hub).await;
    hub.advance(Duration::seconds(14 * 60 + 59));
    assert!(!asked(&hub, &ada).await);
    hub.advance(Duration::seconds(2));
    assert!(asked(&hub, &ada).await);
    assert_eq!(hub.database().value("SELECT count(*) FROM tokens").await.unwrap(), "1");
}

#[tokio::test]
async fn a_refresh_does_not_count_nor_does_what_is_given_in_another_session() {
    let hub = TestHub::start().await;
    let (_, cookies) = ada(&hub).await;
    hub.advance(Duration::minutes(10));
    let (here, renewed) = comes(&hub, &cookies).await;
    hub.advance(Duration::minutes(6));
    let there = log_in(&hub, ADA, TestHub::PASSWORD, &TestHub::visit()).await.unwrap();
    let (there, _) = comes(&hub, &there.cookies).await;
    assert!(!asked(&hub, &there).await);
    assert!(asked(&hub, &here).await);
    confirm(&hub, &there, TestHub::PASSWORD).await.unwrap();
    assert!(asked(&hub, &here).await);
    let (here, _) = comes(&hub, &renewed.unwrap()).await;
    assert!(asked(&hub, &here).await, "and refreshed once more");
}

#[tokio::test]
async fn the_password_given_again_counts_for_another_quarter_on_every_node() {
    let hub = TestHub::start().await;
    let (ada, _) = ada(&hub).await;
    hub.advance(Duration::minutes(15));
    assert!(asked(&hub, &ada).await);
    for wrong in ["not it", "", &"x".repeat(300)] {
        assert_eq!(fields(confirm(&hub, &ada, wrong).await), ["password"]);
    }
    assert!(asked(&hub, &ada).await);
    let other = hub.another_node().await;
    confirm(&other, &ada, TestHub::PASSWORD).await.unwrap();
    hub.advance(Duration::seconds(14 * 60 + 59));
    assert!(!asked(&hub, &ada).await);
    hub.advance(Duration::seconds(1));
    assert!(asked(&hub, &ada).await);
    assert_eq!(hub.audit_lines().await.matches("ada session.confirm").count(), 1);

    change_password(&hub, &ada, TestHub::PASSWORD, "marble oxygen tuesday").await.unwrap();
    assert!(!asked(&hub, &ada).await, "a new password was given with the old one");
}

#[tokio::test]
async fn trying_the_password_again_counts_as_trying_to_log_in() {
    let hub = TestHub::start().await;
    let (ada, _) = ada(&hub).await;
    let log_in = async || log_in(&hub, ADA, "wrong", &TestHub::visit()).await;
    for _ in 0..5 {
        assert_eq!(code(log_in().await), Code::WrongCredentials);
        assert_eq!(code(confirm(&hub, &ada, "wrong").await), Code::InvalidValue);
    }
    let right = confirm(&hub, &ada, TestHub::PASSWORD).await;
    assert_eq!(code(right), Code::RateLimited);
    assert_eq!(code(log_in().await), Code::RateLimited);
    hub.advance(Duration::seconds(30));
    confirm(&hub, &ada, TestHub::PASSWORD).await.unwrap();
    for _ in 0..10 {
        assert_eq!(code(confirm(&hub, &ada, "wrong").await), Code::InvalidValue, "forgiven");
    }
}

#[tokio::test]
async fn what_is_deleted_asks_for_it_and_stays_until_then() {
    let hub = TestHub::start().await;
    let (ada, _) = ada(&hub).await;
    let table = dataset(&hub, "ada/titanic/passengers").await;
    let project = table.project();
    let model = model(&hub, &ada, &project).await;
    let rae = hub.member("rae", "ada/titanic", Role::Read).await;
    hub.advance(Duration::minutes(15));

    let refused = [
        code(projects::delete(&hub, &ada, &project).await),
        code(datasets::delete(&hub, &ada, &table).await),
        code(models::delete(&hub, &ada, &model).await),
    ];
    assert_eq!(refused, [Code::ConfirmLogin; 3]);
    let forbidden = projects::delete(&hub, &rae, &project).await;
    assert_eq!(code(forbidden), Code::Forbidden, "who may not is not asked");
    confirm(&hub, &ada, TestHub::PASSWORD).await.unwrap();
    models::delete(&hub, &ada, &model).await.unwrap();
    datasets::delete(&hub, &ada, &table).await.unwrap();
    projects::delete(&hub, &ada, &project).await.unwrap();
}

async fn model(hub: &TestHub, ada: &Actor, project: &ProjectPath) -> ModelPath {
    let name = "survival".parse().unwrap();
    let spec = serde_json::json!({
        "task": "regression", "target": "age", "algorithm": {"kind": "ridge"},
    });
    let spec = serde_json::from_value(spec).unwrap();
    models::create(hub, ada, project, &name, &spec, None).await.unwrap();
    project.model(name)
}

#[tokio::test]
async fn whoever_comes_with_a_token_or_from_the_console_is_not_asked() {
    let hub = TestHub::start().await;
    let (ada, _) = ada(&hub).await;
    let at = hub.project("ada/titanic").await;
    let secret = make(&hub, &ada, None).await.unwrap();
    hub.advance(Duration::days(1));
    let bearer = Presented { bearer: Some(secret.reveal()), ..Presented::default() };
    let (script, _) = who(&hub, bearer).await;
    projects::delete(&hub, &script, &at).await.unwrap();
    assert_eq!(code(confirm(&hub, &script, TestHub::PASSWORD).await), Code::Forbidden);
    make_token(&hub, ADA).await.unwrap();
    assert_eq!(code(must_confirm(&hub, &Actor::visitor()).await), Code::Unauthenticated);
}

#[tokio::test]
async fn a_session_that_has_ended_confirms_nothing_and_a_repetition_shows_no_secret() {
    let hub = TestHub::start().await;
    let (ada, _) = ada(&hub).await;
    let key = Key::new("k", &[]).unwrap();
    let first = make(&hub, &ada, Some(&key)).await.unwrap();
    hub.advance(Duration::minutes(15));
    assert_eq!(code(make(&hub, &ada, Some(&key)).await), Code::ConfirmLogin);
    confirm(&hub, &ada, TestHub::PASSWORD).await.unwrap();
    assert_eq!(make(&hub, &ada, Some(&key)).await.unwrap(), first);

    let at = hub.project("ada/titanic").await;
    hub.database().execute("UPDATE sessions SET revoked_at = now()").await;
    assert_eq!(code(projects::delete(&hub, &ada, &at).await), Code::Unauthenticated);
    assert_eq!(code(confirm(&hub, &ada, TestHub::PASSWORD).await), Code::Unauthenticated);
    assert_eq!(code(make(&hub, &ada, Some(&key)).await), Code::Unauthenticated);
}
