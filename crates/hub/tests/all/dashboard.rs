//! What concerns one person, what everybody sees, and the sample to begin with.

use crate::datasets::{dataset, send};
use crate::jobs::ingest;
use crate::{code, kind};
use mlhub_domain::access::{Role, Visibility};
use mlhub_domain::dashboard::{Scope, Search, Steps, Thing};
use mlhub_domain::datasets::{DatasetPath, VersionState};
use mlhub_domain::lists::ListQuery;
use mlhub_domain::names::OwnerName;
use mlhub_domain::problem::{Code, Kind};
use mlhub_domain::runs::RunStatus;
use mlhub_hub::dashboard::{explore, mine, newest};
use mlhub_hub::projects::Which;
use mlhub_hub::{Actor, datasets, projects};
use mlhub_testing::TestHub;

/// A model `survival` of the only project, with one version made by run 1.
pub(crate) const TRAINED: &str = r#"
    INSERT INTO objects (sha256, size) VALUES (repeat('a', 64), 9);
    INSERT INTO models (project_id, name, spec, last_version)
        SELECT id, 'survival', '{"task":"classification","target":"lived","algorithm":{"kind":"lightgbm"}}', 1 FROM projects;
    INSERT INTO experiments (project_id, name) SELECT id, 'survival' FROM projects;
    INSERT INTO runs (project_id, number, uuid, experiment_id, model_id, status, spec, metrics, created_by, started_at, finished_at)
        SELECT m.project_id, 1, gen_random_uuid(), e.id, m.id, 'finished', m.spec, '{"accuracy":0.8}', p.owner_id, now(), now() + interval '90 s'
        FROM models m JOIN experiments e ON e.project_id = m.project_id JOIN projects p ON p.id = m.project_id;
    INSERT INTO model_versions (model_id, version, run_id, spec, signature, metrics, evaluation, artifact_sha256)
        SELECT m.id, 1, r.id, m.spec, '{}', r.metrics, '{"baseline":{"accuracy":0.6}}', repeat('a', 64)
        FROM models m JOIN runs r ON r.model_id = m.id;
"#;

#[tokio::test]
async fn a_newcomer_has_everything_before_them_and_a_visitor_no_dashboard() {
    let hub = TestHub::start().await;
    let ada = hub.user("ada").await;
    let board = mine(&hub, &ada).await.unwrap();
    assert_eq!(board.steps, Steps::default());
    assert!(!board.steps.done());
    assert!(board.projects.is_empty() && board.runs.is_empty() && board.attention.is_empty());
    assert_eq!(kind(mine(&hub, &Actor::visitor()).await), Kind::Unauthenticated);
}

#[tokio::test]
async fn the_sample_is_a_private_project_with_a_dataset_on_its_way() {
    let hub = TestHub::start().await;
    let ada = hub.user("ada").await;
    let at = projects::sample(&hub, &ada).await.unwrap();
    assert_eq!(at.page(), "/ada/flowers/datasets/iris");
    let again = projects::sample(&hub, &ada).await.unwrap();
    assert_eq!(again.page(), "/ada/flowers-2/datasets/iris");

    let board = mine(&hub, &ada).await.unwrap();
    let running: Vec<&str> = board.running.iter().map(|running| running.title.as_str()).collect();
    assert_eq!(running, ["iris · v1", "iris · v1"]);
    assert_eq!(board.datasets[0].state, Some(VersionState::Processing));
    assert_eq!((board.datasets[0].current, board.datasets[0].rows), (None, 0));
    assert!(board.projects.iter().all(|project| project.visibility == Visibility::Private));
    assert!(board.steps.project && !board.steps.dataset);
    let visitor = projects::sample(&hub, &Actor::visitor()).await;
    assert_eq!(kind(visitor), Kind::Unauthenticated);
}

#[tokio::test]
async fn a_sample_that_cannot_be_read_now_leaves_nothing_behind() {
    let busy = |settings: &mut mlhub_hub::Settings| settings.open_jobs = 1;
    let hub = TestHub::start_with(std::sync::Arc::new(mlhub_testing::NoTables), busy).await;
    let ada = hub.user("ada").await;
    projects::sample(&hub, &ada).await.unwrap();
    assert_eq!(code(projects::sample(&hub, &ada).await), Code::RateLimited);
    let board = mine(&hub, &ada).await.unwrap();
    assert_eq!((board.projects.len(), board.datasets.len()), (1, 1));
}

#[tokio::test]
async fn a_model_is_on_the_dashboard_of_members_and_in_explore_once_it_is_public() {
    let hub = TestHub::start().await;
    hub.project("ada/titanic").await;
    hub.database().execute(TRAINED).await;
    let rae = hub.member("rae", "ada/titanic", Role::Read).await;
    let eve = hub.user("eve").await;

    let board = mine(&hub, &rae).await.unwrap();
    let model = &board.models[0];
    assert_eq!(
        (model.at.page().as_str(), model.version),
        ("/ada/titanic/models/survival", Some(1))
    );
    let headline = model.headline.as_ref().unwrap();
    assert_eq!((headline.metric.as_str(), headline.value.0), ("accuracy", 0.8));
    assert_eq!(headline.baseline.unwrap().0, 0.6);
    let run = &board.runs[0];
    assert_eq!((run.at.page().as_str(), run.status), ("/ada/titanic/runs/1", RunStatus::Finished));
    assert_eq!(run.took.unwrap().0, 90.0);
    assert!(board.steps.model && !board.steps.shared);
    assert!(mine(&hub, &eve).await.unwrap().models.is_empty());

    let nobody = Actor::visitor();
    assert!(explore(&hub, &nobody, &search("")).await.unwrap().models.items.is_empty());
    hub.open("ada/titanic", Visibility::Unlisted).await;
    let unlisted = explore(&hub, &nobody, &search("")).await.unwrap();
    assert!(unlisted.models.items.is_empty(), "unlisted stands in no list");
    hub.open("ada/titanic", Visibility::Public).await;
    assert_eq!(newest(&hub, 1).await.unwrap().0.len(), 1);
    let found = explore(&hub, &nobody, &search("SURV")).await.unwrap();
    assert_eq!((found.models.total, found.projects.total), (1, 0));
    let found = explore(&hub, &nobody, &search("titanic")).await.unwrap();
    assert_eq!((found.models.total, found.projects.total), (1, 1));
    assert!(mine(&hub, &rae).await.unwrap().steps.shared);
}

#[tokio::test]
async fn explore_shows_everybody_what_they_may_see_searched_or_not() {
    let hub = TestHub::start().await;
    let at = dataset(&hub, "ada/titanic/passengers").await;
    send(&hub, &at, "a\n1\n").await;
    crate::jobs::ingest(&hub).await;
    hub.database().execute(TRAINED).await;
    let rae = hub.member("rae", "ada/titanic", Role::Read).await;
    let eve = hub.user("eve").await;
    let of = async |actor: &Actor, scope: Scope, q: &str| {
        let found = explore(&hub, actor, &Search { scope, ..search(q) }).await.unwrap();
        let things = [Thing::Project, Thing::Dataset, Thing::Model, Thing::Run];
        things.map(|thing| found.total(thing))
    };
    let visitor = Actor::visitor();
    for q in ["titanic", " Titanic  ADA ", ""] {
        assert_eq!(of(&rae, Scope::Seen, q).await, [1; 4], "{q}");
        assert_eq!(of(&rae, Scope::Mine, q).await, [1; 4], "{q}");
        assert_eq!(of(&rae, Scope::Public, q).await, [0; 4], "{q}");
        for nobody in [&eve, &visitor] {
            for scope in Scope::ALL {
                assert_eq!(of(nobody, scope, q).await, [0; 4], "{q}");
            }
        }
    }
    assert_eq!(of(&rae, Scope::Seen, "titanic nothing").await, [0; 4], "every word must be found");
    hub.open("ada/titanic", Visibility::Public).await;
    for who in [&rae, &eve, &visitor] {
        assert_eq!(of(who, Scope::Seen, "").await, [1; 4]);
        assert_eq!(of(who, Scope::Public, "titanic").await, [1; 4]);
    }
    assert_eq!(of(&eve, Scope::Mine, "").await, [0; 4]);
}

#[tokio::test]
async fn everybody_is_shown_the_version_that_is_ready_and_no_upload_that_failed() {
    let hub = TestHub::start().await;
    let at = dataset(&hub, "ada/titanic/passengers").await;
    hub.open("ada/titanic", Visibility::Public).await;
    let fail = "UPDATE dataset_versions SET state = 'failed', error = '{\"message\":\"It is empty.\"}' \
                WHERE state = 'processing'";
    send(&hub, &at, "a\n1\n").await;
    hub.database().execute(&format!("{fail}; UPDATE jobs SET state = 'cancelled'")).await;
    assert!(newest(&hub, 6).await.unwrap().1.is_empty());
    send(&hub, &at, "a\n2\n").await;
    assert!(newest(&hub, 6).await.unwrap().1.is_empty(), "on its way");
    crate::jobs::ingest(&hub).await;
    send(&hub, &at, "a\n3\n").await;
    hub.database().execute(fail).await;
    let shown = newest(&hub, 6).await.unwrap().1;
    let facts: Vec<_> = shown.iter().map(|card| (card.current, card.state, card.rows)).collect();
    assert_eq!(facts, [(Some(2), Some(VersionState::Ready), 40)]);
    let ada = hub.user("ada").await;
    let own = mine(&hub, &ada).await.unwrap().datasets;
    assert_eq!(own[0].state, Some(VersionState::Failed), "who works on it sees that it failed");
}

/// A search for `words` among everything.
fn search(words: &str) -> Search {
    let query = ListQuery { q: Some(words.into()), ..ListQuery::default() };
    Search { query, ..Search::default() }
}

/// A project of ada's that everybody sees, with the dataset `crew`, and `passengers`, whose only
/// upload failed.
async fn half_uploaded(hub: &TestHub) -> DatasetPath {
    let crew = dataset(hub, "ada/titanic/crew").await;
    send(hub, &crew, "a\n1\n").await;
    crate::jobs::ingest(hub).await;
    let at = dataset(hub, "ada/titanic/passengers").await;
    send(hub, &at, "a\n1\n").await;
    let fail = r#"UPDATE dataset_versions SET state = 'failed', error = '{"message":"It is empty."}'
                  WHERE state = 'processing'"#;
    hub.database().execute(fail).await;
    hub.open("ada/titanic", Visibility::Public).await;
    at
}

#[tokio::test]
async fn what_was_never_ready_is_listed_and_counted_for_who_can_upload_it_again_only() {
    let hub = TestHub::start().await;
    let at = half_uploaded(&hub).await;
    let project = at.project();
    let all = ListQuery::default();
    let named = ListQuery { q: Some("passengers".into()), ..ListQuery::default() };
    let ada = hub.user("ada").await;
    let ed = hub.member("ed", "ada/titanic", Role::Edit).await;
    let rae = hub.member("rae", "ada/titanic", Role::Read).await;
    let eve = hub.user("eve").await;
    for (who, seen) in [(ada, 2), (ed, 2), (rae, 1), (eve, 1), (Actor::visitor(), 1)] {
        let list = datasets::list(&hub, &who, &project, &all).await.unwrap();
        assert_eq!((list.items.len(), list.total), (seen, seen as u64), "{who:?}");
        let found = datasets::list(&hub, &who, &project, &named).await.unwrap();
        assert_eq!(found.total, seen as u64 - 1, "{who:?}");
        let counted = projects::get(&hub, &who, &project).await.unwrap().datasets;
        assert_eq!(counted, seen as u64, "{who:?}");
        let owner = Which::OwnedBy("ada".parse().unwrap());
        let listed = projects::list(&hub, &who, &owner, &all).await.unwrap();
        assert_eq!(listed.items[0].datasets, seen as u64, "{who:?}");
        let explored = explore(&hub, &who, &search("titanic")).await.unwrap().datasets;
        assert_eq!((explored.items.len(), explored.total), (seen, seen as u64), "{who:?}");
        assert!(datasets::get(&hub, &who, &at).await.is_ok(), "its address is as open as before");
    }
    assert_eq!(newest(&hub, 6).await.unwrap().1.len(), 1);
}

#[tokio::test]
async fn an_upload_that_failed_is_on_the_dashboard_of_who_may_mend_it() {
    let hub = TestHub::start().await;
    let at = half_uploaded(&hub).await;
    let ed = hub.member("ed", "ada/titanic", Role::Edit).await;
    let rae = hub.member("rae", "ada/titanic", Role::Read).await;
    let names = async |who: &Actor| {
        let shown = mine(&hub, who).await.unwrap().datasets;
        let names: Vec<String> = shown.iter().map(|card| card.at.name.to_string()).collect();
        names.join(" ")
    };
    assert_eq!(names(&ed).await, "passengers crew");
    assert_eq!(names(&rae).await, "crew");
    let found = explore(&hub, &ed, &search("passengers")).await.unwrap().datasets.items;
    let facts: Vec<_> = found.iter().map(|card| (card.state, card.current)).collect();
    assert_eq!(facts, [(Some(VersionState::Failed), None)], "its state is told");

    // Whoever uploaded it and only reads now can do nothing about it.
    hub.database().execute("UPDATE dataset_versions SET created_by = (SELECT id FROM owners WHERE name = 'rae') WHERE state = 'failed'").await;
    assert!(mine(&hub, &rae).await.unwrap().attention.is_empty());
    hub.database().execute("UPDATE members SET role = 'edit'").await;
    assert_eq!(mine(&hub, &rae).await.unwrap().attention[0].page, at.page());
}

#[tokio::test]
async fn a_failure_asks_for_attention_until_something_newer_stands_in_its_place() {
    let hub = TestHub::start().await;
    let at = dataset(&hub, "ada/titanic/passengers").await;
    let ada = hub.user("ada").await;
    send(&hub, &at, "a\n1\n").await;
    let fail =
        r#"UPDATE dataset_versions SET state = 'failed', error = '{"message":"It is empty."}'"#;
    hub.database().execute(fail).await;
    let board = mine(&hub, &ada).await.unwrap();
    let told = &board.attention[0];
    assert_eq!((told.what.as_str(), told.why.as_str()), ("passengers v1", "It is empty."));
    assert_eq!(told.page, "/ada/titanic/datasets/passengers");
    let rae = hub.member("rae", "ada/titanic", Role::Edit).await;
    assert!(mine(&hub, &rae).await.unwrap().attention.is_empty(), "it was not hers");
    assert!(!board.datasets[0].cancelled);
    hub.database().execute("UPDATE jobs SET state = 'cancelled'").await;
    let board = mine(&hub, &ada).await.unwrap();
    assert!(board.attention.is_empty() && board.datasets[0].cancelled, "it was wished so");
    hub.database().execute("UPDATE jobs SET state = 'failed'").await;
    assert_eq!(mine(&hub, &ada).await.unwrap().attention.len(), 1);

    send(&hub, &at, "a\n2\n").await;
    assert!(mine(&hub, &ada).await.unwrap().attention.is_empty());
}

#[tokio::test]
async fn an_owner_is_seen_by_whom_they_show_something() {
    let hub = TestHub::start().await;
    hub.project("ada/titanic").await;
    let (ada, eve) = (hub.user("ada").await, hub.user("eve").await);
    let (name, all) = ("ada".parse().unwrap(), ListQuery::default());
    let owner = async |actor: &Actor| projects::owner(&hub, actor, &name, &all).await;

    assert_eq!(owner(&ada).await.unwrap().projects.total, 1);
    assert_eq!(kind(owner(&eve).await), Kind::NotFound);
    assert_eq!(kind(owner(&Actor::visitor()).await), Kind::NotFound);
    hub.open("ada/titanic", Visibility::Public).await;
    let seen = owner(&Actor::visitor()).await.unwrap();
    assert_eq!((seen.owner.name.as_str(), seen.projects.total), ("ada", 1));
    let nobody = "nobody".parse().unwrap();
    assert_eq!(kind(projects::owner(&hub, &ada, &nobody, &all).await), Kind::NotFound);
}

#[tokio::test]
async fn an_owner_shows_what_is_more_open_than_its_project_and_no_more() {
    let hub = TestHub::start().await;
    let at = hub.project("ada/titanic").await;
    hub.database().execute(TRAINED).await;
    let table = dataset(&hub, "ada/titanic/passengers").await;
    send(&hub, &table, "x,y\n1,a\n").await;
    let (rae, eve) = (hub.member("rae", "ada/titanic", Role::Read).await, hub.user("eve").await);
    let (ada, visitor) = (hub.user("ada").await, Actor::visitor());
    let name: OwnerName = "ada".parse().unwrap();
    // Projects, models and datasets that the page shows; nothing where there is none.
    let counts = async |actor: &Actor, q: Option<&str>| {
        let query = ListQuery { q: q.map(String::from), ..ListQuery::default() };
        let found = projects::owner(&hub, actor, &name, &query).await;
        let known = projects::shows(&hub, actor, &name).await.unwrap();
        assert_eq!(known, found.is_ok(), "the way to the page and the page agree");
        let found = found.inspect_err(|error| assert_eq!(error.kind(), Kind::NotFound)).ok()?;
        let things: Vec<String> = found.models.items.iter().map(|model| model.at.page()).collect();
        assert!(things.iter().all(|page| page == "/ada/titanic/models/survival"), "{things:?}");
        Some((found.projects.total, found.models.total, found.datasets.total))
    };
    let set = async |change: &str| hub.database().execute(&format!("UPDATE {change}")).await;

    assert_eq!(counts(&ada, None).await, Some((1, 1, 1)), "hers is being read");
    assert_eq!(counts(&rae, None).await, Some((1, 1, 0)));
    for closed in ["private", "unlisted"] {
        set(&format!("models SET visibility = '{closed}'")).await;
        for stranger in [&eve, &visitor] {
            assert_eq!(counts(stranger, None).await, None, "{closed}");
        }
    }
    set("models SET visibility = 'public'").await;
    for stranger in [&eve, &visitor] {
        assert_eq!(counts(stranger, None).await, Some((0, 1, 0)));
        assert_eq!(counts(stranger, Some("surv")).await, Some((0, 1, 0)));
        assert_eq!(counts(stranger, Some("nothing")).await, Some((0, 0, 0)), "they stay known");
    }
    set("datasets SET visibility = 'public'").await;
    assert_eq!(counts(&eve, None).await, Some((0, 1, 0)), "no version of it is ready");
    ingest(&hub).await;
    assert_eq!(counts(&eve, None).await, Some((0, 1, 1)));
    set("models SET deleted_at = now()").await;
    assert_eq!(counts(&eve, None).await, Some((0, 0, 1)));
    set("datasets SET visibility = NULL").await;
    assert_eq!(counts(&visitor, None).await, None);
    set("datasets SET visibility = 'public'").await;
    projects::delete(&hub, &ada, &at).await.unwrap();
    assert_eq!((counts(&eve, None).await, counts(&ada, None).await), (None, Some((0, 0, 0))));
}

#[tokio::test]
async fn the_way_to_a_page_leads_over_what_its_pages_show() {
    let hub = TestHub::start().await;
    let at = hub.project("ada/titanic").await;
    let (ada, eve) = (hub.user("ada").await, hub.user("eve").await);
    let rae = hub.member("rae", "ada/titanic", Role::Read).await;
    let visitor = Actor::visitor();
    let name: OwnerName = "ada".parse().unwrap();
    let way = async |who: &Actor| {
        let owner = projects::shows(&hub, who, &name).await.unwrap();
        let all = ListQuery::default();
        assert_eq!(projects::owner(&hub, who, &name, &all).await.is_ok(), owner, "{who:?}");
        let project = projects::is_open(&hub, who, &at).await.unwrap();
        assert_eq!(projects::get(&hub, who, &at).await.is_ok(), project, "{who:?}");
        (owner, project)
    };
    for (visibility, stranger) in [
        (Visibility::Private, (false, false)),
        (Visibility::Unlisted, (false, true)),
        (Visibility::Public, (true, true)),
    ] {
        hub.open("ada/titanic", visibility).await;
        for member in [&ada, &rae] {
            assert_eq!(way(member).await, (true, true), "{visibility:?}");
        }
        for nobody in [&eve, &visitor] {
            assert_eq!(way(nobody).await, stranger, "{visibility:?}");
        }
    }
    projects::delete(&hub, &ada, &at).await.unwrap();
    assert_eq!(way(&rae).await, (false, false));
    assert_eq!(way(&ada).await, (true, false), "one’s own page is always there");
}

#[tokio::test]
async fn of_the_datasets_that_are_named_those_are_seen_that_one_may_see() {
    let hub = TestHub::start().await;
    let at = hub.project("ada/titanic").await;
    for name in ["shut", "open", "gone", "other"] {
        dataset(&hub, &format!("ada/titanic/{name}")).await;
    }
    let open = "UPDATE datasets SET visibility = 'public' WHERE name IN ('open', 'gone', 'other'); \
                UPDATE datasets SET deleted_at = now() WHERE name = 'gone'";
    hub.database().execute(open).await;
    let names = ["shut", "open", "gone", "never"].map(|name| name.parse().unwrap()).into();
    let seen = async |who: &Actor| {
        let seen = datasets::seen(&hub, who, &at, &names).await.unwrap();
        seen.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ")
    };
    assert_eq!(seen(&hub.user("ada").await).await, "open shut");
    assert_eq!(seen(&Actor::visitor()).await, "open");
    assert_eq!(seen(&hub.user("eve").await).await, "open");
}
