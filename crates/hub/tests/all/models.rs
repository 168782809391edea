//! Models: made, trained for the first time, opened.

use crate::dashboard::TRAINED;
use crate::datasets::{dataset, send};
use crate::jobs::ingest;
use crate::{code, fields, kind};
use mlhub_db::throttles::Bucket;
use mlhub_domain::access::{Role, Visibility};
use mlhub_domain::lists::ListQuery;
use mlhub_domain::models::{ModelPath, Spec, VersionRef};
use mlhub_domain::names::Alias;
use mlhub_domain::problem::{Code, Kind};
use mlhub_hub::accounts::Visit;
use mlhub_hub::models::{
    Asked, Change, Definition, Listing, Training, check_training, create, define_and_train, delete,
    free_name, get, list, remove_alias, set_alias, train, update,
};
use mlhub_hub::{Actor, datasets, models, runs};
use mlhub_testing::TestHub;
use serde_json::json;
use std::sync::Arc;

fn definition() -> Spec {
    let spec = json!({"task": "classification", "target": "y", "algorithm": {"kind": "baseline"}});
    serde_json::from_value(spec).unwrap()
}

async fn survival(hub: &TestHub) -> ModelPath {
    hub.project("ada/titanic").await.model("survival".parse().unwrap())
}

#[tokio::test]
async fn a_first_training_that_cannot_start_leaves_no_model() {
    let hub = TestHub::start().await;
    let (ada, at) = (hub.user("ada").await, survival(&hub).await);
    let training = Training { dataset: "nowhere".parse().unwrap(), version: None };
    let started =
        define_and_train(&hub, &ada, &at, Definition::New(&definition()), &training).await;
    assert_eq!(kind(started), Kind::NotFound);
    assert_eq!(kind(get(&hub, &ada, &at).await), Kind::NotFound);
}

#[tokio::test]
async fn a_version_that_cannot_be_trained_leaves_the_definition_as_it_was() {
    let hub = TestHub::start().await;
    let (ada, at) = (hub.user("ada").await, survival(&hub).await);
    create(&hub, &ada, &at.project(), &at.name, &definition(), None).await.unwrap();
    let other = Spec { seed: 7, ..definition() };
    let nowhere = Training { dataset: "nowhere".parse().unwrap(), version: None };
    let started = define_and_train(&hub, &ada, &at, Definition::Changed(&other), &nowhere).await;
    assert_eq!(kind(started), Kind::NotFound);
    assert_eq!(get(&hub, &ada, &at).await.unwrap().spec, definition());
    let bad = Spec { target: String::new(), ..definition() };
    let started = define_and_train(&hub, &ada, &at, Definition::Changed(&bad), &nowhere).await;
    assert_eq!(fields(started), ["spec.target"]);
}

#[tokio::test]
async fn all_that_is_wrong_with_a_training_is_told_at_once() {
    let hub = TestHub::start().await;
    let (ada, at) = (hub.user("ada").await, survival(&hub).await);
    let table = dataset(&hub, "ada/titanic/passengers").await;
    send(&hub, &table, "x,y\n1,a\n").await;
    ingest(&hub).await;
    create(&hub, &ada, &at.project(), &at.name, &definition(), None).await.unwrap();
    let bad: Spec = serde_json::from_value(json!({
        "task": "regression", "target": "nothing", "features": ["z"], "seed": 1,
        "algorithm": {"kind": "lightgbm", "params": {"trees": 0, "leaves": 1}},
        "validation": {"holdout": 0.9},
    }))
    .unwrap();
    let training = Training { dataset: table.name.clone(), version: None };
    let all = [
        "spec.algorithm.params.trees",
        "spec.algorithm.params.leaves",
        "spec.validation.holdout",
        "spec.target",
        "spec.features",
        "name",
    ];
    let new = define_and_train(&hub, &ada, &at, Definition::New(&bad), &training).await;
    assert_eq!(fields(new), all);
    let again = define_and_train(&hub, &ada, &at, Definition::Changed(&bad), &training).await;
    assert_eq!(fields(again), all[..5]);
    let looked =
        async |name| check_training(&hub, &ada, &at.project(), name, &bad, &training).await;
    assert_eq!(fields(looked(Some(&at.name)).await), all);
    assert_eq!(fields(looked(None).await), all[..5]);
    let good = check_training(&hub, &ada, &at.project(), None, &definition(), &training).await;
    assert!(good.is_ok());
    assert_eq!(
        fields(create(&hub, &ada, &at.project(), &at.name, &bad, None).await),
        [all[0], all[1], all[2], all[5]]
    );
    let taken = define_and_train(&hub, &ada, &at, Definition::New(&definition()), &training).await;
    assert_eq!(code(taken), Code::ModelNameTaken);

    let long = Some("x".repeat(100_001));
    let change =
        Change { spec: Some(bad), description: long.clone(), card: long, ..Change::default() };
    assert_eq!(
        fields(update(&hub, &ada, &at, &change).await),
        [all[0], all[1], all[2], "description", "card"]
    );
    let runs = runs::list(&hub, &ada, &at.project(), &runs::Listing::default()).await.unwrap();
    assert_eq!((runs.total, get(&hub, &ada, &at).await.unwrap().spec), (0, definition()));
}

#[tokio::test]
async fn what_no_database_can_store_is_noted_all_the_same() {
    let hub = TestHub::start().await;
    let (ada, at) = (hub.user("ada").await, survival(&hub).await);
    create(&hub, &ada, &at.project(), &at.name, &definition(), None).await.unwrap();
    let spec = Some(Spec { target: "sur\0vived".into(), ..definition() });
    let change = Change { spec, card: Some("# Who lived".into()), ..Change::default() };
    assert_eq!(update(&hub, &ada, &at, &change).await.unwrap().spec.target, "sur\u{fffd}vived");
    let acts = hub.audit_lines().await;
    let noted = acts.lines().find(|act| act.contains("model.update")).unwrap();
    assert!(noted.contains("sur\u{fffd}vived"), "{noted}");
    assert!(noted.contains("\"card\":true") && noted.contains("\"description\":false"), "{noted}");
}

#[tokio::test]
async fn what_somebody_may_not_do_is_said_whatever_else_is_wrong() {
    let hub = TestHub::start().await;
    let at = survival(&hub).await;
    let rae = hub.member("rae", "ada/titanic", Role::Read).await;
    let bad = Spec { target: String::new(), ..definition() };
    let nowhere = Training { dataset: "nowhere".parse().unwrap(), version: None };
    for definition in [Definition::New(&bad), Definition::Changed(&bad)] {
        let refused = define_and_train(&hub, &rae, &at, definition, &nowhere).await;
        assert_eq!(code(refused), Code::Forbidden);
    }
    for name in [Some(&at.name), None] {
        let refused = check_training(&hub, &rae, &at.project(), name, &bad, &nowhere).await;
        assert_eq!(code(refused), Code::Forbidden);
    }
}

#[tokio::test]
async fn a_database_that_breaks_is_not_hidden_by_a_mistake() {
    let hub = TestHub::start().await;
    let (ada, at) = (hub.user("ada").await, survival(&hub).await);
    let bad = Spec { target: String::new(), ..definition() };
    let training = Training { dataset: "nowhere".parse().unwrap(), version: None };
    let broken = async |table: &str| {
        hub.database().execute(&format!("ALTER TABLE {table} RENAME TO away")).await;
        let told = define_and_train(&hub, &ada, &at, Definition::New(&bad), &training).await;
        hub.database().execute(&format!("ALTER TABLE away RENAME TO {table}")).await;
        kind(told)
    };
    assert_eq!(broken("models").await, Kind::Internal, "the names that are taken");
    assert_eq!(broken("datasets").await, Kind::Internal, "the table to train on");
    let told = define_and_train(&hub, &ada, &at, Definition::New(&bad), &training).await;
    assert_eq!(fields(told), ["spec.target"]);
}

#[tokio::test]
async fn columns_that_nobody_named_are_those_proposed_and_the_log_says_what_is_left_out() {
    let hub = TestHub::start().await;
    let (ada, at) = (hub.user("ada").await, survival(&hub).await);
    let table = dataset(&hub, "ada/titanic/passengers").await;
    send(&hub, &table, "x,y,port,twin\n1,a,S,b\n").await;
    ingest(&hub).await;
    create(&hub, &ada, &at.project(), &at.name, &definition(), None).await.unwrap();
    let training = Training { dataset: table.name.clone(), version: None };
    let started = async || {
        let started = train(&hub, &ada, &at, &training, None).await.unwrap();
        let run = at.project().run(started.run);
        let log = runs::moment(&hub, &ada, &run, 9).await.unwrap().log;
        let features = "SELECT spec -> 'spec' ->> 'features' FROM jobs ORDER BY id DESC LIMIT 1";
        let said: Vec<String> = log.lines.into_iter().map(|line| line.message).collect();
        (hub.database().value(features).await, said)
    };
    // Nothing is known of any column: it is all of them.
    assert_eq!(started().await, (None, Vec::new()));
    let column = |name: &str, distinct: u64, same_as: Option<&str>| {
        json!({
            "name": name, "type": "text", "missing": 0, "distinct": distinct, "min": null,
            "max": null, "mean": null, "sd": null, "quantiles": {}, "top": [], "histogram": null,
            "approximate": [], "same_as": same_as,
        })
    };
    let known = |distinct| {
        let columns = [
            column("x", distinct, None),
            column("y", 2, None),
            column("port", 1, None),
            column("twin", 2, Some("y")),
        ];
        let profile = json!({"rows": 40, "columns": columns, "warnings": []});
        format!("UPDATE dataset_versions SET profile = '{profile}'")
    };
    hub.database().execute(&known(9)).await;
    let said = [
        "“port” is left out. One value only: nothing to learn from.",
        "“twin” is left out. Says the same as “y”: it would give the answer away.",
    ];
    let wanted = (Some("[\"x\"]".to_owned()), said.map(String::from).to_vec());
    assert_eq!(started().await, wanted);
    // Not one of them is proposed: the training says what is wrong with each.
    hub.database().execute(&known(1)).await;
    assert_eq!(started().await, (None, Vec::new()));
}

#[tokio::test]
async fn a_model_is_never_less_open_than_its_project() {
    let hub = TestHub::start().await;
    let (ada, at) = (hub.user("ada").await, survival(&hub).await);
    create(&hub, &ada, &at.project(), &at.name, &definition(), None).await.unwrap();
    hub.open("ada/titanic", Visibility::Public).await;
    let to = |visibility| Change { visibility: Some(visibility), ..Change::default() };
    let closed = update(&hub, &ada, &at, &to(Visibility::Private)).await;
    assert_eq!(fields(closed), ["visibility"]);
    let model = update(&hub, &ada, &at, &to(Visibility::Public)).await.unwrap();
    assert_eq!(model.visibility, Visibility::Public);
}

#[tokio::test]
async fn a_search_takes_every_character_as_it_is() {
    let hub = TestHub::start().await;
    let (ada, at) = (hub.user("ada").await, hub.project("ada/titanic").await);
    for name in ["a_b", "axb", "a.b"] {
        create(&hub, &ada, &at, &name.parse().unwrap(), &definition(), None).await.unwrap();
    }
    for (q, names) in
        [("A_B", vec!["a_b"]), ("%", vec![]), ("_", vec!["a_b"]), ("", vec!["a.b", "a_b", "axb"])]
    {
        let query =
            ListQuery { q: Some(q.into()), sort: Some("name".into()), ..ListQuery::default() };
        let listing = Listing { task: None, query };
        let found = list(&hub, &ada, &at, &listing).await.unwrap().items;
        let found: Vec<_> = found.iter().map(|model| model.name.as_str()).collect();
        assert_eq!(found, names, "{q}");
    }
}

#[tokio::test]
async fn what_is_done_in_a_project_is_noted_with_it() {
    let hub = TestHub::start().await;
    let ada = hub.user("ada").await;
    let table = dataset(&hub, "ada/titanic/passengers").await;
    send(&hub, &table, "x,y\n1,a\n").await;
    ingest(&hub).await;
    let at = survival(&hub).await;
    create(&hub, &ada, &at.project(), &at.name, &definition(), None).await.unwrap();
    let described = || Some(String::from("who lived"));
    let change = Change { description: described(), ..Change::default() };
    update(&hub, &ada, &at, &change).await.unwrap();
    let change = datasets::Change { description: described(), ..datasets::Change::default() };
    datasets::update(&hub, &ada, &table, &change).await.unwrap();
    datasets::make_current(&hub, &ada, &table, 1).await.unwrap();
    let training = Training { dataset: table.name.clone(), version: None };
    let other = Spec { seed: 7, ..definition() };
    let started =
        define_and_train(&hub, &ada, &at, Definition::Changed(&other), &training).await.unwrap();
    runs::cancel(&hub, &ada, &at.project().run(started.run), None).await.unwrap();
    let again = runs::cancel(&hub, &ada, &at.project().run(started.run), None).await;
    assert_eq!(code(again), Code::RunEnded);
    let moment = runs::moment(&hub, &ada, &at.project().run(started.run), 10).await.unwrap();
    let log: Vec<&str> = moment.log.lines.iter().map(|line| line.message.as_str()).collect();
    assert_eq!(log, ["Cancelled by ada."]);
    delete(&hub, &ada, &at).await.unwrap();
    datasets::delete(&hub, &ada, &table).await.unwrap();

    let lines = hub.audit_lines().await;
    let cancelled: Vec<&str> = lines.lines().filter(|line| line.contains("cancel")).collect();
    let line = format!("ada run.cancel /ada/titanic/runs/1 {{\"job\":{}}}", started.job);
    assert_eq!(cancelled, [line]);
    let homeless = "SELECT string_agg(action, ' ') FROM audit WHERE project_id IS NULL";
    assert_eq!(hub.database().value(homeless).await, None, "{lines}");
}

#[tokio::test]
async fn a_run_is_not_taken_for_one_of_a_later_model_with_the_same_name() {
    let hub = TestHub::start().await;
    let (ada, at) = (hub.user("ada").await, survival(&hub).await);
    hub.database().execute(TRAINED).await;
    let run = at.project().run(1);
    let trains = async || runs::get(&hub, &ada, &run).await.unwrap().trains;
    let listed = async || {
        let model = Some(at.name.to_string());
        let listing = runs::Listing { model, ..runs::Listing::default() };
        runs::list(&hub, &ada, &at.project(), &listing).await.unwrap().total
    };
    assert_eq!((trains().await, listed().await), (Some(at.name.clone()), 1));
    delete(&hub, &ada, &at).await.unwrap();
    create(&hub, &ada, &at.project(), &at.name, &definition(), None).await.unwrap();
    assert_eq!((trains().await, listed().await), (None, 0));
    let all = runs::list(&hub, &ada, &at.project(), &runs::Listing::default()).await.unwrap();
    assert_eq!(all.total, 1, "the run itself stays");
}

#[tokio::test]
async fn a_visitor_predicts_so_often_and_a_member_as_often_as_they_like() {
    let hub = TestHub::start_with(Arc::new(mlhub_testing::NoTables), |settings| {
        settings.predictions_per_address = Bucket { burst: 2.0, per_second: 0.1 };
    })
    .await;
    let (ada, at) = (hub.user("ada").await, survival(&hub).await);
    let (version, near) = (VersionRef::Number(1), TestHub::visit());
    let far = Visit { address: [198, 51, 100, 1].into(), agent: String::new() };
    let ask = async |actor: &Actor, visit: &Visit| {
        let asked = Asked { at: &at, version: &version, visit };
        models::ask(&hub, actor, asked).await.err().unwrap()
    };
    let nobody = Actor::visitor();
    for _ in 0..2 {
        assert_eq!(ask(&nobody, &near).await.kind(), Kind::NotFound);
    }
    let refused = ask(&nobody, &near).await;
    let problem = refused.problem();
    assert_eq!((problem.code, problem.wait), (Code::RateLimited, Some(10)));
    assert_eq!(ask(&nobody, &far).await.kind(), Kind::NotFound);
    assert_eq!(ask(&ada, &near).await.kind(), Kind::NotFound);
    hub.advance(chrono::Duration::seconds(10));
    assert_eq!(ask(&nobody, &near).await.kind(), Kind::NotFound);
}

#[tokio::test]
async fn a_model_too_large_for_the_server_is_not_loaded() {
    let hub = TestHub::start_with(Arc::new(mlhub_testing::NoTables), |settings| {
        settings.model_limit = 8;
    })
    .await;
    let (ada, at) = (hub.user("ada").await, survival(&hub).await);
    send(&hub, &dataset(&hub, "ada/titanic/passengers").await, "x,y\n1,a\n").await;
    let on = r#"UPDATE runs SET dataset_version_id = (SELECT id FROM dataset_versions);
        UPDATE model_versions SET
            signature = '{"inputs":[],"target":"lived","target_type":"text","classes":null}'"#;
    hub.database().execute(&format!("{TRAINED} {on}")).await;
    let asked = Asked { at: &at, version: &VersionRef::Number(1), visit: &TestHub::visit() };
    let refused = models::ask(&hub, &ada, asked).await.err().unwrap();
    assert_eq!(refused.problem().code, Code::TooLarge);
    assert!(refused.problem().detail.contains("9 bytes"), "{refused}");
}

/// A second version of `survival`, made by run 2; both were trained on the only dataset.
const AGAIN: &str = r#"
    INSERT INTO runs (project_id, number, uuid, experiment_id, model_id, status, spec, metrics, created_by)
        SELECT project_id, 2, gen_random_uuid(), experiment_id, model_id, status, spec, metrics, created_by
        FROM runs;
    INSERT INTO model_versions (model_id, version, run_id, spec, signature, metrics, evaluation, artifact_sha256)
        SELECT v.model_id, 2, r.id, v.spec, v.signature, v.metrics, v.evaluation, v.artifact_sha256
        FROM model_versions v JOIN runs r ON r.number = 2;
    UPDATE runs SET dataset_version_id = (SELECT id FROM dataset_versions);
    UPDATE model_versions SET
        signature = '{"inputs":[],"target":"lived","target_type":"text","classes":null}';
"#;

#[tokio::test]
async fn an_alias_goes_for_whoever_may_set_it_and_the_newest_is_shown_instead() {
    let hub = TestHub::start().await;
    let (ada, at) = (hub.user("ada").await, survival(&hub).await);
    send(&hub, &dataset(&hub, "ada/titanic/passengers").await, "x,y\n1,a\n").await;
    hub.database().execute(&format!("{TRAINED} {AGAIN}")).await;
    let (edits, reads) = (
        hub.member("bob", "ada/titanic", Role::Edit).await,
        hub.member("rae", "ada/titanic", Role::Read).await,
    );
    let [champion, next]: [Alias; 2] = ["champion", "next"].map(|name| name.parse().unwrap());
    for alias in [&champion, &next] {
        set_alias(&hub, &ada, &at, alias, 1).await.unwrap();
    }
    let shown = async || get(&hub, &ada, &at).await.unwrap().shown;
    assert_eq!(shown().await, Some(1));

    for (who, refused) in [
        (&reads, Kind::Forbidden),
        (&hub.user("eve").await, Kind::NotFound),
        (&Actor::visitor(), Kind::NotFound),
    ] {
        assert_eq!(kind(remove_alias(&hub, who, &at, &champion).await), refused);
    }
    assert_eq!(shown().await, Some(1));
    let changed = "SELECT updated_at::text FROM models";
    let before = hub.database().value(changed).await;
    remove_alias(&hub, &edits, &at, &champion).await.unwrap();
    assert_ne!(hub.database().value(changed).await, before);
    assert_eq!(shown().await, Some(2));
    let named = VersionRef::Alias(champion.clone());
    assert_eq!(kind(models::version(&hub, &ada, &at, &named).await), Kind::NotFound);
    let version = models::version(&hub, &ada, &at, &VersionRef::Number(1)).await.unwrap();
    assert_eq!(version.aliases, [next], "the other name stays, and so does the version");
    assert_eq!(kind(remove_alias(&hub, &edits, &at, &champion).await), Kind::NotFound);

    let lines = hub.audit_lines().await;
    let line =
        r#"bob model.alias /ada/titanic/models/survival {"alias":"champion","version":null}"#;
    let removals = lines.lines().filter(|line| line.starts_with("bob ")).collect::<Vec<_>>();
    assert_eq!(removals, [line], "{lines}");
}

#[tokio::test]
async fn a_new_model_is_proposed_a_name_that_no_other_has() {
    let hub = TestHub::start().await;
    let (ada, at) = (hub.user("ada").await, survival(&hub).await.project());
    for name in ["iris_mlp", "iris_mlp-2", "irisxmlp"] {
        create(&hub, &ada, &at, &name.parse().unwrap(), &definition(), None).await.unwrap();
    }
    let proposed = free_name(&hub, &ada, &at, "iris_mlp").await.unwrap();
    assert_eq!(proposed.as_str(), "iris_mlp-3");
    assert_eq!(kind(free_name(&hub, &Actor::visitor(), &at, "iris").await), Kind::NotFound);
}
