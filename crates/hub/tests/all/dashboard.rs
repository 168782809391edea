//! What concerns one person, what everybody sees, and the sample to begin with.

use crate::datasets::{dataset, send};
use crate::kind;
use mlhub_domain::access::{Role, Visibility};
use mlhub_domain::dashboard::Steps;
use mlhub_domain::datasets::VersionState;
use mlhub_domain::lists::ListQuery;
use mlhub_domain::problem::Kind;
use mlhub_domain::runs::RunStatus;
use mlhub_hub::dashboard::{explore, mine, newest};
use mlhub_hub::{Actor, projects};
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
    assert!(explore(&hub, &nobody, "").await.unwrap().models.is_empty());
    hub.open("ada/titanic", Visibility::Unlisted).await;
    let unlisted = explore(&hub, &nobody, "").await.unwrap();
    assert!(unlisted.models.is_empty(), "unlisted stands in no list");
    hub.open("ada/titanic", Visibility::Public).await;
    assert_eq!(newest(&hub, 1).await.unwrap().models.len(), 1);
    let found = explore(&hub, &nobody, "SURV").await.unwrap();
    assert_eq!((found.models.len(), found.projects.len()), (1, 0));
    let found = explore(&hub, &nobody, "titanic").await.unwrap();
    assert_eq!((found.models.len(), found.projects.len()), (1, 1));
    assert!(mine(&hub, &rae).await.unwrap().steps.shared);
}

#[tokio::test]
async fn who_searches_also_finds_what_they_work_on() {
    let hub = TestHub::start().await;
    let at = dataset(&hub, "ada/titanic/passengers").await;
    send(&hub, &at, "a\n1\n").await;
    crate::jobs::ingest(&hub).await;
    hub.database().execute(TRAINED).await;
    let rae = hub.member("rae", "ada/titanic", Role::Read).await;
    let eve = hub.user("eve").await;
    let found = async |actor: &Actor, q: &str| {
        let found = explore(&hub, actor, q).await.unwrap();
        (found.projects.len(), found.datasets.len(), found.models.len())
    };
    assert_eq!(found(&rae, "titanic").await, (1, 1, 1));
    assert_eq!(found(&eve, "titanic").await, (0, 0, 0));
    assert_eq!(found(&Actor::visitor(), "titanic").await, (0, 0, 0));
    assert_eq!(found(&rae, "nothing like it").await, (0, 0, 0));
    assert_eq!(found(&rae, " ").await, (0, 0, 0), "without a search it is what everybody sees");
    hub.open("ada/titanic", Visibility::Public).await;
    assert_eq!(found(&rae, "titanic").await, (1, 1, 1));
    assert_eq!(found(&eve, "titanic").await, (1, 1, 1));
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
    assert!(newest(&hub, 6).await.unwrap().datasets.is_empty());
    send(&hub, &at, "a\n2\n").await;
    assert!(newest(&hub, 6).await.unwrap().datasets.is_empty(), "on its way");
    crate::jobs::ingest(&hub).await;
    send(&hub, &at, "a\n3\n").await;
    hub.database().execute(fail).await;
    let shown = newest(&hub, 6).await.unwrap().datasets;
    let facts: Vec<_> = shown.iter().map(|card| (card.current, card.state, card.rows)).collect();
    assert_eq!(facts, [(Some(2), Some(VersionState::Ready), 40)]);
    let ada = hub.user("ada").await;
    let own = mine(&hub, &ada).await.unwrap().datasets;
    assert_eq!(own[0].state, Some(VersionState::Failed), "who works on it sees that it failed");
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

    assert_eq!(owner(&ada).await.unwrap().1.total, 1);
    assert_eq!(kind(owner(&eve).await), Kind::NotFound);
    assert_eq!(kind(owner(&Actor::visitor()).await), Kind::NotFound);
    hub.open("ada/titanic", Visibility::Public).await;
    let (seen, projects) = owner(&Actor::visitor()).await.unwrap();
    assert_eq!((seen.name.as_str(), projects.total), ("ada", 1));
    let nobody = "nobody".parse().unwrap();
    assert_eq!(kind(projects::owner(&hub, &ada, &nobody, &all).await), Kind::NotFound);
}
