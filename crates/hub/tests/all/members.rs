//! Members of a project.

use crate::datasets::{dataset, send};
use crate::{code, fields, kind};
use mlhub_domain::access::{Role, Visibility};
use mlhub_domain::lists::ListQuery;
use mlhub_domain::names::OwnerName;
use mlhub_domain::problem::{Code, Kind};
use mlhub_domain::projects::ProjectPath;
use mlhub_hub::Actor;
use mlhub_hub::jobs::open;
use mlhub_hub::projects::get;
use mlhub_hub::projects::members::{add, list, remove, set_role};
use mlhub_testing::TestHub;

fn user(name: &str) -> OwnerName {
    name.parse().unwrap()
}

async fn shown(hub: &TestHub, actor: &Actor, at: &ProjectPath) -> Vec<String> {
    let list = list(hub, actor, at, &ListQuery::default()).await.unwrap();
    list.items.iter().map(|member| format!("{} {}", member.user, member.role)).collect()
}

#[tokio::test]
async fn a_manager_adds_changes_and_removes_members() {
    let hub = TestHub::start().await;
    let at = hub.project("ada/titanic").await;
    let meg = hub.member("meg", "ada/titanic", Role::Manage).await;
    let bob = hub.user("bob").await;
    assert_eq!(kind(get(&hub, &bob, &at).await), Kind::NotFound);

    let member = add(&hub, &meg, &at, &user("bob"), Role::Read, None).await.unwrap();
    assert_eq!((member.role, member.since), (Role::Read, hub.now()));
    assert_eq!(get(&hub, &bob, &at).await.unwrap().role, Some(Role::Read));
    assert_eq!(
        code(add(&hub, &meg, &at, &user("bob"), Role::Edit, None).await),
        Code::MemberExists
    );
    set_role(&hub, &meg, &at, &user("bob"), Role::Edit).await.unwrap();
    assert_eq!(shown(&hub, &bob, &at).await, ["ada owner", "bob edit", "meg manage"]);

    remove(&hub, &meg, &at, &user("bob")).await.unwrap();
    assert_eq!(kind(get(&hub, &bob, &at).await), Kind::NotFound);
    assert_eq!(code(remove(&hub, &meg, &at, &user("bob")).await), Code::NotFound);
    assert_eq!(code(set_role(&hub, &meg, &at, &user("bob"), Role::Read).await), Code::NotFound);
    let audit = hub.audit_lines().await;
    let acts: Vec<&str> = audit.lines().filter(|l| l.starts_with("meg")).collect();
    assert_eq!(
        acts,
        [
            r#"meg member.add ada/titanic {"role":"read","user":"bob"}"#,
            r#"meg member.change ada/titanic {"role":"edit","user":"bob"}"#,
            r#"meg member.remove ada/titanic {"user":"bob"}"#,
        ]
    );
}

#[tokio::test]
async fn who_does_not_manage_changes_no_members_but_may_leave() {
    let hub = TestHub::start().await;
    let at = hub.project("ada/titanic").await;
    hub.user("eve").await;
    for role in [Role::Read, Role::Edit] {
        let bob = hub.member("bob", "ada/titanic", role).await;
        assert_eq!(
            kind(add(&hub, &bob, &at, &user("eve"), Role::Read, None).await),
            Kind::Forbidden
        );
        let raised = set_role(&hub, &bob, &at, &user("bob"), Role::Manage).await;
        assert_eq!(kind(raised), Kind::Forbidden);
        assert_eq!(kind(remove(&hub, &bob, &at, &user("ada")).await), Kind::Forbidden);
        remove(&hub, &bob, &at, &user("bob")).await.unwrap();
        assert_eq!(kind(get(&hub, &bob, &at).await), Kind::NotFound);
    }
    let meg = hub.member("meg", "ada/titanic", Role::Manage).await;
    remove(&hub, &meg, &at, &user("meg")).await.unwrap();
}

#[tokio::test]
async fn the_owner_stays_the_owner_and_is_the_only_one() {
    let hub = TestHub::start().await;
    let at = hub.project("ada/titanic").await;
    let (ada, meg) = (hub.user("ada").await, hub.member("meg", "ada/titanic", Role::Manage).await);
    for who in [&ada, &meg] {
        assert_eq!(
            code(add(&hub, who, &at, &user("ada"), Role::Read, None).await),
            Code::OwnerStays
        );
        assert_eq!(
            code(set_role(&hub, who, &at, &user("ada"), Role::Read).await),
            Code::OwnerStays
        );
        assert_eq!(code(remove(&hub, who, &at, &user("ada")).await), Code::OwnerStays);
    }
    let crowned = set_role(&hub, &ada, &at, &user("meg"), Role::Owner).await;
    assert_eq!(fields(crowned), ["role"]);
    assert_eq!(fields(add(&hub, &ada, &at, &user("nobody"), Role::Read, None).await), ["user"]);
}

#[tokio::test]
async fn members_see_each_other_and_visitors_of_an_open_project_do_not() {
    let hub = TestHub::start().await;
    let at = hub.open("ada/titanic", Visibility::Public).await;
    let rae = hub.member("rae", "ada/titanic", Role::Read).await;
    let eve = hub.user("eve").await;
    assert_eq!(shown(&hub, &rae, &at).await, ["ada owner", "rae read"]);
    let query = ListQuery::default();
    assert_eq!(kind(list(&hub, &eve, &at, &query).await), Kind::Forbidden);
    assert_eq!(kind(list(&hub, &Actor::visitor(), &at, &query).await), Kind::Unauthenticated);
    let hidden = hub.project("ada/iris").await;
    assert_eq!(kind(list(&hub, &eve, &hidden, &query).await), Kind::NotFound);
    assert_eq!(kind(remove(&hub, &eve, &hidden, &user("eve")).await), Kind::NotFound);
}

#[tokio::test]
async fn of_two_who_add_the_same_member_at_once_one_does() {
    let hub = TestHub::start().await;
    let at = hub.project("ada/titanic").await;
    let ada = hub.user("ada").await;
    hub.user("bob").await;
    let bob = user("bob");
    let (one, two) = tokio::join!(
        add(&hub, &ada, &at, &bob, Role::Read, None),
        add(&hub, &ada, &at, &bob, Role::Edit, None)
    );
    let done = [one.is_ok(), two.is_ok()];
    assert_eq!(done.iter().filter(|done| **done).count(), 1, "{done:?}");
}

#[tokio::test]
async fn a_project_has_as_many_members_as_one_page_of_a_list_shows() {
    let hub = TestHub::start().await;
    let at = hub.project("ada/titanic").await;
    let (ada, _) = (hub.user("ada").await, hub.user("bob").await);
    hub.database()
        .execute(
            "INSERT INTO owners (name) SELECT 'u' || n FROM generate_series(1, 199) n; \
             INSERT INTO users (id, email, display_name, password_hash) \
                 SELECT id, name || '@x.org', name, '' FROM owners WHERE name ~ '^u[0-9]'; \
             INSERT INTO members (project_id, user_id, role) \
                 SELECT p.id, o.id, 'read' FROM projects p, owners o WHERE o.name ~ '^u[0-9]'",
        )
        .await;
    let all = ListQuery { limit: Some(200), ..ListQuery::default() };
    assert_eq!(list(&hub, &ada, &at, &all).await.unwrap().items.len(), 200);
    assert_eq!(fields(add(&hub, &ada, &at, &user("bob"), Role::Read, None).await), ["user"]);
    remove(&hub, &ada, &at, &user("u7")).await.unwrap();
    add(&hub, &ada, &at, &user("bob"), Role::Read, None).await.unwrap();
}

#[tokio::test]
async fn who_is_no_member_any_more_is_not_told_of_the_jobs_they_started() {
    let hub = TestHub::start().await;
    let at = dataset(&hub, "ada/titanic/passengers").await;
    let bob = hub.member("bob", "ada/titanic", Role::Edit).await;
    send(&hub, &at, "a\n1\n").await;
    let his = "UPDATE jobs SET user_id = (SELECT id FROM owners WHERE name = 'bob')";
    hub.database().execute(his).await;
    let told = async || open(&hub, &bob).await.unwrap().len();
    assert_eq!(told().await, 1);
    remove(&hub, &hub.user("ada").await, &at.project(), &user("bob")).await.unwrap();
    assert_eq!(told().await, 0);
    hub.open("ada/titanic", Visibility::Unlisted).await;
    assert_eq!(told().await, 1, "he may see it again");
}
