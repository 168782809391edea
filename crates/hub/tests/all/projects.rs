//! Projects: made, seen, listed, changed, deleted.

use crate::{code, fields, kind};
use chrono::Duration;
use mlhub_domain::access::{Role, Visibility};
use mlhub_domain::lists::ListQuery;
use mlhub_domain::names::ProjectName;
use mlhub_domain::problem::{Code, Kind};
use mlhub_domain::projects::ProjectPath;
use mlhub_hub::projects::{Change, NewProject, Which, change, create, delete, get, list};
use mlhub_hub::{Actor, projects};
use mlhub_testing::TestHub;

fn new(name: &str) -> NewProject {
    NewProject {
        name: name.parse().unwrap(),
        visibility: Visibility::Private,
        description: "who sank, who swam".into(),
    }
}

fn name(text: &str) -> Change {
    Change { name: Some(text.parse::<ProjectName>().unwrap()), ..Change::default() }
}

fn visibility(visibility: Visibility) -> Change {
    Change { visibility: Some(visibility), ..Change::default() }
}

fn describe(text: &str) -> Change {
    Change { description: Some(text.into()), ..Change::default() }
}

async fn names(hub: &TestHub, actor: &Actor, which: &Which, query: ListQuery) -> Vec<String> {
    let list = list(hub, actor, which, &query).await.unwrap();
    list.items.iter().map(|project| project.path().to_string()).collect()
}

#[tokio::test]
async fn a_new_project_belongs_to_who_made_it_and_is_audited() {
    let hub = TestHub::start().await;
    let ada = hub.user("ada").await;
    let project = create(&hub, &ada, &new("titanic"), None).await.unwrap();
    assert_eq!(project.path().to_string(), "ada/titanic");
    assert_eq!(project.role, Some(Role::Owner));
    assert_eq!((project.datasets, project.models, project.runs), (0, 0, 0));
    assert_eq!((project.created_at, project.updated_at), (hub.now(), hub.now()));
    assert_eq!(get(&hub, &ada, &project.path()).await.unwrap(), project);
    let audit = hub.audit_lines().await;
    assert_eq!(audit, "ada project.create ada/titanic {\"visibility\":\"private\"}\n");

    assert_eq!(code(create(&hub, &ada, &new("titanic"), None).await), Code::ProjectNameTaken);
    assert_eq!(hub.audit_lines().await, audit, "what was refused was not done");
    let bob = hub.user("bob").await;
    assert!(create(&hub, &bob, &new("titanic"), None).await.is_ok(), "names are one's own");
    let visitor = create(&hub, &Actor::visitor(), &new("x"), None).await;
    assert_eq!(kind(visitor), Kind::Unauthenticated);
    let long = NewProject { description: "x".repeat(2_001), ..new("long") };
    assert_eq!(fields(create(&hub, &ada, &long, None).await), ["description"]);
}

#[tokio::test]
async fn a_stranger_sees_of_a_private_project_what_they_see_of_none() {
    let hub = TestHub::start().await;
    let private = hub.project("ada/titanic").await;
    let eve = hub.user("eve").await;
    let none = ProjectPath { project: "nothing".parse().unwrap(), ..private.clone() };
    for actor in [&eve, &Actor::visitor()] {
        let hidden = get(&hub, actor, &private).await.unwrap_err().into_problem();
        let absent = get(&hub, actor, &none).await.unwrap_err().into_problem();
        assert_eq!(hidden.code, Code::NotFound);
        assert_eq!(hidden.detail.replace("titanic", "nothing"), absent.detail);
        assert_eq!(kind(change(&hub, actor, &private, &name("x")).await), Kind::NotFound);
        assert_eq!(kind(delete(&hub, actor, &private).await), Kind::NotFound);
    }
}

#[tokio::test]
async fn everybody_sees_an_open_project_and_nobody_else_changes_it() {
    let hub = TestHub::start().await;
    let eve = hub.user("eve").await;
    for open in [Visibility::Unlisted, Visibility::Public] {
        let at = hub.open("ada/titanic", open).await;
        for (actor, refused) in
            [(&eve, Kind::Forbidden), (&Actor::visitor(), Kind::Unauthenticated)]
        {
            let seen = get(&hub, actor, &at).await.unwrap();
            assert_eq!((seen.visibility, seen.role), (open, None));
            assert_eq!(kind(change(&hub, actor, &at, &describe("x")).await), refused);
            assert_eq!(kind(delete(&hub, actor, &at).await), refused);
        }
    }
}

#[tokio::test]
async fn each_role_changes_what_it_may() {
    let hub = TestHub::start().await;
    let at = hub.project("ada/titanic").await;
    let reads = hub.member("rae", "ada/titanic", Role::Read).await;
    let edits = hub.member("bob", "ada/titanic", Role::Edit).await;
    let manages = hub.member("meg", "ada/titanic", Role::Manage).await;

    assert_eq!(get(&hub, &reads, &at).await.unwrap().role, Some(Role::Read));
    assert_eq!(kind(change(&hub, &reads, &at, &describe("mine")).await), Kind::Forbidden);
    hub.advance(Duration::minutes(10));
    let described = change(&hub, &edits, &at, &describe("theirs")).await.unwrap();
    assert_eq!((described.description.as_str(), described.updated_at), ("theirs", hub.now()));
    let both = Change { description: Some("x".into()), ..name("iris") };
    assert_eq!(kind(change(&hub, &edits, &at, &both).await), Kind::Forbidden);
    assert_eq!(get(&hub, &edits, &at).await.unwrap().description, "theirs", "all or nothing");
    let public = visibility(Visibility::Public);
    assert_eq!(kind(change(&hub, &edits, &at, &public).await), Kind::Forbidden);
    assert_eq!(kind(delete(&hub, &edits, &at).await), Kind::Forbidden);

    let opened = change(&hub, &manages, &at, &public).await.unwrap();
    assert_eq!(opened.visibility, Visibility::Public);
    delete(&hub, &manages, &at).await.unwrap();
}

#[tokio::test]
async fn a_renamed_project_is_at_its_new_address_with_its_members() {
    let hub = TestHub::start().await;
    let (old, taken) = (hub.project("ada/titanic").await, hub.project("ada/iris").await);
    let bob = hub.member("bob", "ada/titanic", Role::Read).await;
    let ada = hub.user("ada").await;
    let problem = change(&hub, &ada, &old, &name("iris")).await.unwrap_err().into_problem();
    assert_eq!(problem.code, Code::ProjectNameTaken);
    assert_eq!(problem.fields[0].given.as_deref(), Some("iris"));

    let moved = change(&hub, &ada, &old, &name("lusitania")).await.unwrap().path();
    assert!(get(&hub, &bob, &moved).await.is_ok());
    assert_eq!(kind(get(&hub, &ada, &old).await), Kind::NotFound);
    assert!(get(&hub, &ada, &taken).await.is_ok());
}

#[tokio::test]
async fn a_deleted_project_is_gone_for_everybody_and_its_name_is_free() {
    let hub = TestHub::start().await;
    let at = hub.project("ada/titanic").await;
    let bob = hub.member("bob", "ada/titanic", Role::Manage).await;
    let ada = hub.user("ada").await;
    delete(&hub, &ada, &at).await.unwrap();
    assert_eq!(kind(delete(&hub, &ada, &at).await), Kind::NotFound);
    assert_eq!(kind(get(&hub, &bob, &at).await), Kind::NotFound);
    assert!(names(&hub, &bob, &Which::Mine, ListQuery::default()).await.is_empty());
    let rows = "SELECT count(*) FROM projects";
    assert_eq!(hub.database().value(rows).await.as_deref(), Some("1"), "softly");

    create(&hub, &ada, &new("titanic"), None).await.unwrap();
    assert_eq!(
        kind(get(&hub, &bob, &at).await),
        Kind::NotFound,
        "the members went with the old one"
    );
}

#[tokio::test]
async fn lists_hold_what_one_may_see_and_nothing_unlisted_of_others() {
    let hub = TestHub::start().await;
    hub.project("ada/private").await;
    hub.open("ada/unlisted", Visibility::Unlisted).await;
    hub.open("ada/public", Visibility::Public).await;
    hub.project("bob/own").await;
    let bob = hub.member("bob", "ada/unlisted", Role::Read).await;
    let (ada, eve) = (hub.user("ada").await, hub.user("eve").await);
    let sorted = || ListQuery { sort: Some("name".into()), ..ListQuery::default() };
    let of_ada = Which::OwnedBy("ada".parse().unwrap());

    assert_eq!(names(&hub, &bob, &Which::Mine, sorted()).await, ["ada/unlisted", "bob/own"]);
    assert!(names(&hub, &eve, &Which::Mine, sorted()).await.is_empty());
    assert_eq!(
        names(&hub, &ada, &of_ada, sorted()).await,
        ["ada/private", "ada/public", "ada/unlisted"]
    );
    assert_eq!(names(&hub, &bob, &of_ada, sorted()).await, ["ada/public", "ada/unlisted"]);
    for anybody in [&eve, &Actor::visitor()] {
        assert_eq!(names(&hub, anybody, &of_ada, sorted()).await, ["ada/public"]);
        assert_eq!(names(&hub, anybody, &Which::Public, sorted()).await, ["ada/public"]);
        let total = list(&hub, anybody, &of_ada, &sorted()).await.unwrap().total;
        assert_eq!(total, 1, "nor in the count");
    }
    let visitor = list(&hub, &Actor::visitor(), &Which::Mine, &sorted()).await;
    assert_eq!(kind(visitor), Kind::Unauthenticated);
}

#[tokio::test]
async fn a_list_is_searched_sorted_and_paged() {
    let hub = TestHub::start().await;
    for name in ["ada/b1", "ada/a", "ada/b2"] {
        hub.project(name).await;
        hub.advance(Duration::seconds(1));
    }
    let ada = hub.user("ada").await;
    let by = async |sort: &str| {
        let query = ListQuery { sort: Some(sort.into()), ..ListQuery::default() };
        names(&hub, &ada, &Which::Mine, query).await
    };
    assert_eq!(by("name").await, ["ada/a", "ada/b1", "ada/b2"]);
    assert_eq!(by("-name").await, ["ada/b2", "ada/b1", "ada/a"]);
    assert_eq!(by("updated").await, ["ada/b1", "ada/a", "ada/b2"]);
    let newest = names(&hub, &ada, &Which::Mine, ListQuery::default()).await;
    assert_eq!(newest, ["ada/b2", "ada/a", "ada/b1"]);
    let wrong = ListQuery { sort: Some("size".into()), ..ListQuery::default() };
    assert_eq!(fields(list(&hub, &ada, &Which::Mine, &wrong).await), ["sort"]);

    let q = |text: &str| ListQuery { q: Some(text.into()), ..ListQuery::default() };
    assert_eq!(names(&hub, &ada, &Which::Mine, q("A/B")).await, ["ada/b2", "ada/b1"]);
    assert!(names(&hub, &ada, &Which::Mine, q("%")).await.is_empty(), "a sign like any other");

    let mut query = ListQuery { limit: Some(2), sort: Some("name".into()), ..ListQuery::default() };
    let first = list(&hub, &ada, &Which::Mine, &query).await.unwrap();
    assert_eq!((first.items.len(), first.total, first.next.is_some()), (2, 3, true));
    query.cursor = first.next;
    let second = list(&hub, &ada, &Which::Mine, &query).await.unwrap();
    assert_eq!((second.items.len(), second.total, second.next), (1, 3, None));
}

#[tokio::test]
async fn who_is_about_to_act_is_refused_before_they_begin() {
    let hub = TestHub::start().await;
    let at = hub.project("ada/titanic").await;
    let reader = hub.member("rae", "ada/titanic", Role::Read).await;
    let editor = hub.member("eda", "ada/titanic", Role::Edit).await;
    assert_eq!(kind(projects::get_to_edit(&hub, &reader, &at).await), Kind::Forbidden);
    assert_eq!(projects::get_to_edit(&hub, &editor, &at).await.unwrap().role, Some(Role::Edit));
    assert_eq!(kind(projects::get_to_manage(&hub, &editor, &at).await), Kind::Forbidden);
    let stranger = hub.user("eve").await;
    assert_eq!(kind(projects::get_to_manage(&hub, &stranger, &at).await), Kind::NotFound);
}
