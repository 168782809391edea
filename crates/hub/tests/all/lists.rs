//! Lists: every order holds across all pages, through ties and through what is missing.

use mlhub_domain::access::Visibility;
use mlhub_domain::dashboard::{Explored, Scope, Search, Thing};
use mlhub_domain::datasets::Dataset;
use mlhub_domain::lists::{List, ListQuery, Sorts};
use mlhub_domain::models::{Model, Task};
use mlhub_domain::projects::ProjectPath;
use mlhub_domain::runs::{Run, RunStatus};
use mlhub_hub::dashboard::explore;
use mlhub_hub::{Actor, datasets, models, runs};
use mlhub_testing::TestHub;
use std::collections::BTreeSet;

/// Forty datasets in which nearly every value occurs more than once, and some are missing.
const DATASETS: &str = r#"
    INSERT INTO objects (sha256, size) VALUES (repeat('a', 64), 9) ON CONFLICT DO NOTHING;
    INSERT INTO datasets (project_id, name, visibility, current, last_version, updated_at)
        SELECT p.id, 'd' || lpad((i * 7 % 40)::text, 2, '0'), (ARRAY[NULL, 'unlisted', 'public'])[1 + i % 3],
               CASE WHEN i % 5 > 0 THEN 1 + i % 2 END, 2, now() - (i % 6) * interval '1 minute'
        FROM projects p, generate_series(0, 39) i WHERE p.name = 'titanic';
    INSERT INTO dataset_versions (dataset_id, version, state, original_sha256, original_name,
                                  table_sha256, rows, columns, profile, created_by)
        SELECT d.id, v, 'ready', repeat('a', 64), 'x.csv', repeat('a', 64), (d.id * v) % 4,
               (SELECT coalesce(jsonb_agg(jsonb_build_object('name', 'c' || k, 'type', 'text')), '[]')
                FROM generate_series(1, d.id % 3) k),
               '{}', p.owner_id
        FROM datasets d JOIN projects p ON p.id = d.project_id, generate_series(1, 2) v;
"#;

/// Forty models, a fifth without a version, and forty runs: one that made the version of each of the
/// others, and some that did not come so far. Most saw one of nine versions of the datasets.
const MODELS: &str = r#"
    INSERT INTO objects (sha256, size) VALUES (repeat('a', 64), 9) ON CONFLICT DO NOTHING;
    INSERT INTO experiments (project_id, name) SELECT id, 'all' FROM projects WHERE name = 'titanic';
    INSERT INTO models (project_id, name, visibility, spec, last_version, updated_at)
        SELECT p.id, 'm' || lpad((i * 7 % 40)::text, 2, '0'), (ARRAY[NULL, 'unlisted', 'public'])[1 + i % 3],
               jsonb_build_object('task', (ARRAY['classification', 'regression'])[1 + i % 2],
                                  'target', 't' || i % 3, 'algorithm', '{"kind":"baseline"}'::jsonb),
               1, now() - (i % 6) * interval '1 minute'
        FROM projects p, generate_series(0, 39) i WHERE p.name = 'titanic';
    INSERT INTO runs (project_id, number, uuid, experiment_id, model_id, dataset_version_id, status,
                      spec, metrics, created_by, created_at, started_at, finished_at)
        SELECT m.project_id, i, gen_random_uuid(), e.id, CASE WHEN i % 7 > 0 THEN m.id END,
               CASE WHEN i % 4 > 0 THEN (SELECT id FROM dataset_versions
                                         ORDER BY dataset_id, version OFFSET i % 9 LIMIT 1) END,
               (ARRAY['finished', 'queued', 'failed', 'running', 'cancelled', 'paused'])[1 + i % 6],
               CASE WHEN i % 8 > 0 THEN m.spec END,
               jsonb_build_object(
                   CASE m.spec ->> 'task' WHEN 'regression' THEN 'rmse' ELSE 'accuracy' END,
                   CASE WHEN i % 9 = 0 THEN '"NaN"'::jsonb ELSE to_jsonb(i % 4 / 4.0) END),
               p.owner_id, now() - (i % 5) * interval '1 h', now(),
               CASE WHEN i % 6 > 1 THEN now() + (i % 3) * interval '1 s' END
        FROM (SELECT *, row_number() OVER (ORDER BY id)::int AS i FROM models) m
        JOIN experiments e ON e.project_id = m.project_id JOIN projects p ON p.id = m.project_id;
    INSERT INTO model_versions (model_id, version, run_id, spec, signature, metrics, evaluation, artifact_sha256)
        SELECT m.id, 1 + r.number % 3, r.id, m.spec, '{}', r.metrics,
               jsonb_build_object('baseline', '{"accuracy":0.5,"rmse":0.5}'::jsonb), repeat('a', 64)
        FROM models m JOIN runs r ON r.number = m.id - (SELECT min(id) FROM models) + 1
        WHERE r.number % 5 > 0;
"#;

/// A project of somebody with all of it, and nothing anywhere else.
async fn full() -> (TestHub, Actor, ProjectPath) {
    let hub = TestHub::start().await;
    let at = hub.project("ada/titanic").await;
    hub.database().execute(DATASETS).await;
    hub.database().execute(MODELS).await;
    let ada = hub.user("ada").await;
    (hub, ada, at)
}

/// Each order that `sorts` has, with its key and whether it falls.
fn orders(sorts: Sorts) -> impl Iterator<Item = (String, &'static str, bool)> {
    let both = |key: &'static str| [(key.to_owned(), key, false), (format!("-{key}"), key, true)];
    sorts.0.iter().flat_map(move |key| both(key))
}

/// The whole list in the order `sort`, after making sure that its pages hold the same: nothing
/// twice, nothing left out, and on each the number of all.
async fn whole<T: std::fmt::Debug>(sort: &str, ask: impl AsyncFn(ListQuery) -> List<T>) -> Vec<T> {
    let query =
        |limit, cursor| ListQuery { limit: Some(limit), cursor, q: None, sort: Some(sort.into()) };
    let all = ask(query(200, None)).await;
    let (mut pages, mut next) = (Vec::new(), None);
    loop {
        let page = ask(query(7, next)).await;
        assert_eq!(page.total, all.items.len() as u64, "{sort}");
        pages.extend(page.items);
        next = page.next;
        if next.is_none() {
            break;
        }
    }
    // As texts: a number that is none is not equal to itself.
    let text = |items: &[T]| items.iter().map(|item| format!("{item:?}")).collect::<Vec<_>>();
    assert!(text(&pages) == text(&all.items), "{sort}: the pages differ from the whole");
    all.items
}

/// No key stands on the wrong side of the one before it, and what is missing stands last.
#[track_caller]
fn in_order<K: PartialOrd + std::fmt::Debug>(keys: Vec<Option<K>>, falling: bool, sort: &str) {
    for pair in keys.windows(2) {
        let right = match (&pair[0], &pair[1]) {
            (Some(one), Some(next)) if falling => one >= next,
            (Some(one), Some(next)) => one <= next,
            (one, None) => one.is_some() || pair[1].is_none(),
            (None, Some(_)) => false,
        };
        assert!(right, "{sort}: {pair:?} in {keys:?}");
    }
}

#[tokio::test]
async fn datasets_stand_in_every_order_page_by_page() {
    let (hub, ada, at) = full().await;
    let list = async |query| datasets::list(&hub, &ada, &at, &query).await.unwrap();
    for (sort, key, falling) in orders(Sorts::DATASETS) {
        let all: Vec<Dataset> = whole(&sort, &list).await;
        assert_eq!(all.len(), 40);
        let current = |value: u64, d: &Dataset| d.current.map(|_| value.to_string());
        let said = |d: &Dataset| match key {
            "name" => Some(d.name.to_string()),
            "rows" => current(d.rows, d),
            "columns" => current(d.columns.into(), d),
            "version" => d.current.map(|version| version.to_string()),
            "visibility" => Some(format!("{}", d.visibility as u8)),
            "updated" => Some(d.updated_at.to_rfc3339()),
            "created" => Some(d.created_at.to_rfc3339()),
            other => panic!("{other} has no test"),
        };
        in_order(all.iter().map(said).collect(), falling, &sort);
        if !["name", "created", "updated"].contains(&key) {
            let alike = all.windows(2).filter(|pair| said(&pair[0]) == said(&pair[1]));
            let names: Vec<_> = alike.map(|pair| pair[0].name < pair[1].name).collect();
            assert!(
                names.len() > 20 && names.iter().all(|by_name| *by_name),
                "{sort}: ties by name"
            );
        }
    }
}

#[tokio::test]
async fn models_stand_in_every_order_page_by_page() {
    let (hub, ada, at) = full().await;
    let list = async |query| {
        let listing = models::Listing { task: None, query };
        models::list(&hub, &ada, &at, &listing).await.unwrap()
    };
    for (sort, key, falling) in orders(Sorts::MODELS) {
        let all: Vec<Model> = whole(&sort, &list).await;
        assert_eq!(all.len(), 40);
        let said = |m: &Model| match key {
            "name" => Some(m.name.to_string()),
            "target" => Some(m.spec.target.clone()),
            "version" => m.shown.map(|version| version.to_string()),
            "visibility" => Some(format!("{}", m.visibility as u8)),
            "updated" => Some(m.updated_at.to_rfc3339()),
            "created" => Some(m.created_at.to_rfc3339()),
            // In groups: tested by themselves below.
            "measured" | "against" => None,
            other => panic!("{other} has no test"),
        };
        in_order(all.iter().map(said).collect(), falling, &sort);
    }
}

#[tokio::test]
async fn runs_stand_in_every_order_page_by_page() {
    let (hub, ada, at) = full().await;
    let list = async |query| {
        let listing = runs::Listing { query, ..runs::Listing::default() };
        runs::list(&hub, &ada, &at, &listing).await.unwrap()
    };
    for (sort, key, falling) in orders(Sorts::RUNS) {
        let all: Vec<Run> = whole(&sort, &list).await;
        assert_eq!(all.len(), 40);
        let took = |r: &Run| Some((r.finished_at? - r.started_at?).to_string());
        let place = |r: &Run| RunStatus::ALL.into_iter().position(|status| status == r.status);
        let said = |r: &Run| match key {
            "run" => Some(format!("{:03}", r.run)),
            "status" => place(r).map(|place| place.to_string()),
            "model" => r.trains.as_ref().map(ToString::to_string),
            "took" => took(r),
            "created" => Some(r.created_at.to_rfc3339()),
            "dataset" => r.dataset.as_ref().map(|data| format!("{} v{}", data.name, data.version)),
            "measured" => None,
            other => panic!("{other} has no test"),
        };
        in_order(all.iter().map(said).collect(), falling, &sort);
        let alike = all.windows(2).filter(|pair| {
            said(&pair[0]) == said(&pair[1]) && !["measured", "created"].contains(&key)
        });
        assert!(
            alike.into_iter().all(|pair| pair[0].run > pair[1].run),
            "{sort}: the newest first"
        );
        if key == "dataset" {
            let all: BTreeSet<_> = all.iter().map(said).collect();
            assert_eq!(all.len(), 10, "nine versions of five datasets, and none: {all:?}");
        }
    }
}

#[tokio::test]
async fn a_list_of_a_project_is_searched_for_words_whatever_stands_between_them() {
    let (hub, ada, at) = full().await;
    let [ask, none] =
        ["\t  01 D ", "01 x"].map(|q| ListQuery { q: Some(q.into()), ..ListQuery::default() });
    let datasets =
        async |query: &ListQuery| datasets::list(&hub, &ada, &at, query).await.unwrap().total;
    assert_eq!((datasets(&ask).await, datasets(&none).await), (1, 0), "d01");

    let found = async |q: &str| {
        let query = ListQuery { q: Some(q.into()), ..ListQuery::default() };
        let listing = models::Listing { task: None, query: query.clone() };
        let models = models::list(&hub, &ada, &at, &listing).await.unwrap().total;
        let listing = runs::Listing { query, ..runs::Listing::default() };
        (models, runs::list(&hub, &ada, &at, &listing).await.unwrap().total)
    };
    // All runs are of the experiment “all”.
    assert_eq!(found(" 07  M ").await, (1, 1));
    assert_eq!(found("all\nm07").await, (0, 1));
    assert_eq!(found("m07 x").await, (0, 0));
    assert_eq!(found(" ").await, (40, 40));
    let first = async |q: &str, sort: Option<&str>| {
        let query =
            ListQuery { q: Some(q.into()), sort: sort.map(Into::into), ..ListQuery::default() };
        let listing = runs::Listing { query, ..runs::Listing::default() };
        let runs = runs::list(&hub, &ada, &at, &listing).await.unwrap().items;
        runs.iter().map(|run| run.run).take(3).collect::<Vec<_>>()
    };
    // A run is called by its number, in whatever place the newest first would put it.
    assert_eq!(first("run 3", None).await[0], 3);
    assert_eq!(first("2", None).await[0], 2);
    assert_eq!(first("run  40", None).await, [40]);
    assert_eq!(first("run 3", Some("-run")).await[0], 40, "an order that is asked for holds");
}

/// Models named in the order of what was measured, one for each line of `lines`: name, task, target,
/// metric with its value or nothing, metric of the baseline.
async fn measured(lines: &[(&str, &str, &str, &str, f64)]) -> (TestHub, Actor, ProjectPath) {
    let hub = TestHub::start().await;
    let at = hub.project("ada/titanic").await;
    let mut sql = String::from(
        "INSERT INTO objects (sha256, size) VALUES (repeat('a', 64), 9); \
         INSERT INTO experiments (project_id, name) SELECT id, 'all' FROM projects;",
    );
    for (i, (name, task, target, value, baseline)) in (1..).zip(lines) {
        let key = if *task == "regression" { "rmse" } else { "accuracy" };
        let metrics = if value.is_empty() { String::new() } else { format!(r#""{key}":{value}"#) };
        sql += &format!(
            r#"INSERT INTO models (project_id, name, spec)
                   SELECT id, '{name}', '{{"task":"{task}","target":"{target}","algorithm":{{"kind":"baseline"}}}}' FROM projects;
               INSERT INTO runs (project_id, number, uuid, experiment_id, model_id, spec, metrics, created_by)
                   SELECT m.project_id, {i}, gen_random_uuid(), e.id, m.id, m.spec, '{{{metrics}}}', p.owner_id
                   FROM models m JOIN experiments e ON e.project_id = m.project_id
                   JOIN projects p ON p.id = m.project_id WHERE m.name = '{name}';
               INSERT INTO model_versions (model_id, version, run_id, spec, signature, metrics, evaluation, artifact_sha256)
                   SELECT m.id, 1, r.id, m.spec, '{{}}', r.metrics, '{{"baseline":{{"{key}":{baseline}}}}}', repeat('a', 64)
                   FROM models m JOIN runs r ON r.model_id = m.id WHERE m.name = '{name}';"#
        );
    }
    hub.database().execute(&sql).await;
    let ada = hub.user("ada").await;
    (hub, ada, at)
}

#[tokio::test]
async fn the_best_comes_first_among_what_can_be_compared() {
    const CLASSES: &str = "classification";
    const NUMBER: &str = "regression";
    let (hub, ada, at) = measured(&[
        ("good", CLASSES, "lived", "0.9", 0.85),
        ("fair", CLASSES, "class", "0.8", 0.5),
        ("also-fair", CLASSES, "lived", "0.8", 0.6),
        ("cheap", NUMBER, "price", "500", 900.0),
        ("dear", NUMBER, "price", "700", 2000.0),
        ("petal", NUMBER, "length", "0.3", 0.4),
        ("broken", NUMBER, "length", r#""NaN""#, 0.4),
        ("endless", NUMBER, "price", r#""Infinity""#, 900.0),
        ("none", CLASSES, "lived", "", 0.6),
    ])
    .await;
    let by = async |sort: &str, task| {
        let query = ListQuery { sort: Some(sort.into()), ..ListQuery::default() };
        let models = models::list(&hub, &ada, &at, &models::Listing { task, query }).await.unwrap();
        let names: Vec<String> = models.items.iter().map(|model| model.name.to_string()).collect();
        names.join(" ")
    };
    assert_eq!(
        by("-measured", None).await,
        "good also-fair fair petal cheap dear endless none broken",
        "accuracies, then each target's errors, then what is missing"
    );
    assert_eq!(
        by("measured", None).await,
        "also-fair fair good petal endless dear cheap none broken"
    );
    assert_eq!(
        by("-against", None).await,
        "fair also-fair good petal dear cheap endless none broken"
    );
    let numbers = Some(Task::Regression);
    assert_eq!(by("-measured", numbers).await, "petal cheap dear endless broken");

    let query = ListQuery { sort: Some("-measured".into()), ..ListQuery::default() };
    let listing = runs::Listing { query, ..runs::Listing::default() };
    let runs = runs::list(&hub, &ada, &at, &listing).await.unwrap();
    let trains: Vec<String> =
        runs.items.into_iter().map(|run| run.trains.unwrap().to_string()).collect();
    assert_eq!(trains.join(" "), "good also-fair fair petal cheap dear endless none broken");
}

#[tokio::test]
async fn explore_lists_each_kind_in_every_order_of_the_project() {
    let (hub, ada, _) = full().await;
    for thing in Thing::ALL {
        for (sort, ..) in orders(thing.sorts()) {
            let list = async |query| {
                let search = Search { scope: Scope::Mine, thing: Some(thing), query };
                names(explore(&hub, &ada, &search).await.unwrap(), thing)
            };
            let all = whole(&sort, &list).await;
            assert_eq!(all.len() as u64, many(thing), "{thing:?}");
        }
    }
}

/// How many of a kind explore finds: models only with a version.
const fn many(thing: Thing) -> u64 {
    match thing {
        Thing::Dataset | Thing::Run => 40,
        Thing::Model => 32,
        Thing::Project => 1,
    }
}

/// The addresses of one kind of what was found.
fn names(found: Explored, thing: Thing) -> List<String> {
    let Explored { projects, datasets, models, runs, more: _ } = found;
    match thing {
        Thing::Project => projects.map(|project| project.path().page()),
        Thing::Dataset => datasets.map(|dataset| dataset.at.page()),
        Thing::Model => models.map(|model| model.at.page()),
        Thing::Run => runs.map(|run| run.at.page()),
    }
}

#[tokio::test]
async fn a_search_finds_runs_by_project_number_and_model_for_who_may_see_them() {
    let (hub, ada, _) = full().await;
    let eve = hub.user("eve").await;
    let found = async |actor: &Actor, q: &str| {
        let query = ListQuery { q: Some(q.into()), ..ListQuery::default() };
        let search = Search { query, ..Search::default() };
        let runs = explore(&hub, actor, &search).await.unwrap().runs;
        let numbers: Vec<u32> = runs.items.iter().map(|run| run.at.run).collect();
        (numbers, runs.total)
    };
    let (numbers, total) = found(&ada, "ada/titanic").await;
    assert_eq!((numbers.len(), total), (20, 40), "the newest, and how many there are");
    assert_eq!(found(&ada, "Titanic  run 7").await.0[0], 7, "the one that is named comes first");
    assert_eq!(found(&ada, "titanic run 7").await.1, 8, "in a number or in a model’s name");
    let model = found(&ada, "run m14").await;
    assert_eq!(model, (vec![3], 1));
    assert_eq!(found(&ada, "run 14 nothing").await.1, 0, "every word must be found");
    for nobody in [&eve, &Actor::visitor()] {
        assert_eq!(found(nobody, "titanic").await.1, 0);
    }
    hub.open("ada/titanic", Visibility::Unlisted).await;
    assert_eq!(found(&eve, "titanic").await.1, 0, "unlisted stands in no list");
    hub.open("ada/titanic", Visibility::Public).await;
    for anybody in [&eve, &Actor::visitor()] {
        assert_eq!(found(anybody, "titanic").await.1, 40);
    }
}

#[tokio::test]
async fn a_page_past_the_end_of_explore_knows_how_many_there_are() {
    let (hub, ada, _) = full().await;
    for thing in Thing::ALL {
        let query = ListQuery { cursor: Some("1000".into()), ..ListQuery::default() };
        let search = Search { scope: Scope::Seen, thing: Some(thing), query };
        let found = explore(&hub, &ada, &search).await.unwrap();
        assert_eq!(found.total(thing), many(thing), "{thing:?}");
        assert!(names(found, thing).items.is_empty());
    }
}

/// More of everything than a search looks through, the first made called `first`, the last `last`.
const MANY: &str = r#"
    INSERT INTO objects (sha256, size) VALUES (repeat('a', 64), 9);
    CREATE TEMPORARY TABLE names AS SELECT i, CASE i WHEN 1 THEN 'first' WHEN 10001 THEN 'last'
        ELSE 'n' || i END AS name FROM generate_series(1, 10001) i;
    INSERT INTO projects (owner_id, name, visibility)
        SELECT id, n.name, 'public' FROM owners, names n WHERE owners.name = 'ada' ORDER BY n.i;
    INSERT INTO experiments (project_id, name) SELECT id, 'e-' || name FROM projects;
    INSERT INTO datasets (project_id, name, current)
        SELECT id, 'd-' || name, 1 FROM projects ORDER BY id;
    INSERT INTO models (project_id, name, spec)
        SELECT id, 'm-' || name, '{"task":"regression","target":"t","algorithm":{"kind":"baseline"}}'
        FROM projects ORDER BY id;
    INSERT INTO runs (project_id, number, uuid, experiment_id, model_id, created_by)
        SELECT p.id, 1, gen_random_uuid(), e.id, m.id, p.owner_id FROM projects p
        JOIN experiments e ON e.project_id = p.id JOIN models m ON m.project_id = p.id ORDER BY p.id;
    INSERT INTO model_versions (model_id, version, run_id, spec, signature, metrics, evaluation, artifact_sha256)
        SELECT m.id, 1, r.id, m.spec, '{}', '{}', '{}', repeat('a', 64)
        FROM models m JOIN runs r ON r.model_id = m.id;
"#;

#[tokio::test]
async fn a_search_looks_through_what_was_made_last_and_says_when_that_is_not_all() {
    let hub = TestHub::start().await;
    let ada = hub.user("ada").await;
    hub.database().execute(MANY).await;
    let look = async |who: &Actor, scope, q: &str| {
        let query = ListQuery { q: Some(q.into()), ..ListQuery::default() };
        let found = explore(&hub, who, &Search { scope, thing: None, query }).await.unwrap();
        (Thing::ALL.map(|thing| found.total(thing)), found.more)
    };
    let visitor = Actor::visitor();
    for (who, scope) in [(&visitor, Scope::Seen), (&ada, Scope::Public), (&ada, Scope::Seen)] {
        assert_eq!(look(who, scope, "").await, ([10_000; 4], true));
        assert_eq!(look(who, scope, "last").await, ([1; 4], true));
        assert_eq!(look(who, scope, "first").await, ([0; 4], true));
    }
    let end = ListQuery { cursor: Some("9990".into()), ..ListQuery::default() };
    let search = Search { thing: Some(Thing::Run), query: end, ..Search::default() };
    let page = explore(&hub, &visitor, &search).await.unwrap().runs;
    assert_eq!((page.items.len(), page.next), (10, None));

    hub.database().execute("UPDATE projects SET deleted_at = now() WHERE name = 'n7'").await;
    assert_eq!(look(&visitor, Scope::Seen, "").await, ([10_000; 4], false));
    assert_eq!(look(&visitor, Scope::Seen, "first").await, ([1; 4], false));
}
