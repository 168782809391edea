//! The first administrator.

use crate::{code, fields};
use mlhub_domain::accounts::SetUpLink;
use mlhub_domain::problem::Code;
use mlhub_hub::accounts::{
    NewAccount, create_user, log_in, look_at_link, set_up, set_up_link, set_up_needed,
};
use mlhub_testing::TestHub;

#[tokio::test]
async fn the_link_makes_one_administrator_and_is_used_up() {
    let hub = TestHub::start().await;
    hub.user("bob").await;
    assert!(set_up_needed(&hub).await.unwrap(), "a user is no administrator");
    let link = set_up_link(&hub).await.unwrap().unwrap();
    assert_eq!(set_up_link(&hub).await.unwrap().unwrap(), link, "the same after a restart");

    let visit = TestHub::visit();
    let wrong = format!("{}0", &link[..link.len() - 1]);
    for bad in ["", &wrong, &link[1..]] {
        if bad != link {
            let tried = set_up(&hub, bad, &TestHub::account("ada"), &visit).await;
            assert_eq!(code(tried), Code::NotFound);
            assert_eq!(look_at_link(&hub, bad).await.unwrap(), SetUpLink::Wrong);
        }
    }
    assert_eq!(look_at_link(&hub, &link).await.unwrap(), SetUpLink::Good);
    let weak = NewAccount { password: "short".into(), ..TestHub::account("ada") };
    assert_eq!(fields(set_up(&hub, &link, &weak, &visit).await), ["password"]);
    let worse = NewAccount { username: Some("Bad name".into()), ..weak };
    assert_eq!(fields(set_up(&hub, &link, &worse, &visit).await), ["username", "password"]);

    let ada = set_up(&hub, &link, &TestHub::account("ada"), &visit).await.unwrap();
    assert!(ada.user.admin);
    assert!(!set_up_needed(&hub).await.unwrap());
    assert_eq!(set_up_link(&hub).await.unwrap(), None);
    let again = set_up(&hub, &link, &TestHub::account("eve"), &visit).await;
    assert_eq!(code(again), Code::SetupDone);
    for any in [&link, &wrong] {
        assert_eq!(look_at_link(&hub, any).await.unwrap(), SetUpLink::Used);
    }
    assert!(log_in(&hub, "ada@example.org", TestHub::PASSWORD, &visit).await.unwrap().user.admin);
}

#[tokio::test]
async fn of_many_who_use_the_link_at_once_one_becomes_administrator() {
    let hub = TestHub::start().await;
    let link = set_up_link(&hub).await.unwrap().unwrap();
    let tries: Vec<_> = (0..6)
        .map(|n| {
            let (hub, link) = (hub.hub().clone(), link.clone());
            let account = TestHub::account(&format!("ada{n}"));
            tokio::spawn(async move { set_up(&hub, &link, &account, &TestHub::visit()).await })
        })
        .collect();
    let mut made = 0;
    for one in tries {
        match one.await.unwrap() {
            Ok(_) => made += 1,
            Err(error) => assert_eq!(error.problem().code, Code::SetupDone),
        }
    }
    assert_eq!(made, 1);
    let count = hub.database().value("SELECT count(*) FROM users").await;
    assert_eq!(count.as_deref(), Some("1"));
}

#[tokio::test]
async fn an_administrator_from_the_console_uses_up_the_link() {
    let hub = TestHub::start().await;
    let link = set_up_link(&hub).await.unwrap().unwrap();
    create_user(&hub, &TestHub::account("bob"), false).await.unwrap();
    assert!(set_up_needed(&hub).await.unwrap());
    create_user(&hub, &TestHub::account("root"), true).await.unwrap();
    let tried = set_up(&hub, &link, &TestHub::account("eve"), &TestHub::visit()).await;
    assert_eq!(code(tried), Code::SetupDone);
}
