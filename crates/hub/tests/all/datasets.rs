//! Datasets: made, uploaded to, changed, rolled back, deleted.

use crate::{code, fields, kind};
use bytes::Bytes;
use futures_util::stream;
use mlhub_domain::access::{Role, Visibility};
use mlhub_domain::datasets::{DatasetPath, VersionState};
use mlhub_domain::jobs::JobSpec;
use mlhub_domain::lists::ListQuery;
use mlhub_domain::problem::{Code, Kind};
use mlhub_domain::tables::RowsQuery;
use mlhub_hub::datasets::{
    Change, Content, Download, Incoming, Moment, New, Uploaded, create, delete, download, get,
    list, make_current, moment, profile, rows, update, upload, upload_new, version, versions,
};
use mlhub_hub::idempotency::Key;
use mlhub_hub::{Actor, Error, datasets};
use mlhub_testing::TestHub;
use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, Ordering};

fn new(name: &str) -> New {
    New { name: name.parse().unwrap(), description: "who lived".into(), visibility: None }
}

/// The dataset at `owner/project/name`, made by the project's owner.
pub(crate) async fn dataset(hub: &TestHub, at: &str) -> DatasetPath {
    let (project, name) = at.rsplit_once('/').unwrap();
    let project = hub.project(project).await;
    let owner = hub.user(project.owner.as_str()).await;
    create(hub, &owner, &project, &new(name), None).await.unwrap().path()
}

/// Uploads `text` as `owner` does.
pub(crate) async fn send(hub: &TestHub, at: &DatasetPath, text: &'static str) -> Uploaded {
    let owner = hub.user(at.owner.as_str()).await;
    sent(hub, &owner, at, text, None).await.unwrap()
}

async fn sent(
    hub: &TestHub,
    actor: &Actor,
    at: &DatasetPath,
    text: &'static str,
    key: Option<&str>,
) -> Result<Uploaded, Error> {
    let pieces = text.as_bytes().chunks(3).map(|piece| Ok(Bytes::from_static(piece)));
    let bytes = stream::iter(pieces);
    let key = key.map(|key| Key::new(key, &[])).transpose()?;
    upload(hub, actor, at, Incoming { name: "../data.csv", key, bytes }).await
}

#[tokio::test]
async fn a_new_dataset_has_no_version_and_its_name_is_taken() {
    let hub = TestHub::start().await;
    let (at, ada) = (hub.project("ada/titanic").await, hub.user("ada").await);
    let made = create(&hub, &ada, &at, &new("passengers"), None).await.unwrap();
    assert_eq!((made.versions, made.current, made.latest.clone()), (0, None, None));
    assert_eq!(made.visibility, Visibility::Private);
    assert_eq!(get(&hub, &ada, &made.path()).await.unwrap(), made);
    assert_eq!(
        code(create(&hub, &ada, &at, &new("passengers"), None).await),
        Code::DatasetNameTaken
    );
    let long = New { description: "x".repeat(2_001), ..new("long") };
    assert_eq!(fields(create(&hub, &ada, &at, &long, None).await), ["description"]);
}

#[tokio::test]
async fn a_reader_looks_an_editor_changes_and_a_stranger_sees_not_found() {
    let hub = TestHub::start().await;
    let at = dataset(&hub, "ada/titanic/passengers").await;
    let rae = hub.member("rae", "ada/titanic", Role::Read).await;
    let ed = hub.member("ed", "ada/titanic", Role::Edit).await;
    let eve = hub.user("eve").await;
    let describe = Change { description: Some("all of them".into()), ..Change::default() };
    let open = Change { visibility: Some(Visibility::Public), ..Change::default() };

    assert!(get(&hub, &rae, &at).await.is_ok());
    assert_eq!(kind(update(&hub, &rae, &at, &describe).await), Kind::Forbidden);
    assert_eq!(kind(sent(&hub, &rae, &at, "a\n1\n", None).await), Kind::Forbidden);
    assert_eq!(kind(get(&hub, &eve, &at).await), Kind::NotFound);
    assert_eq!(kind(sent(&hub, &eve, &at, "a\n1\n", None).await), Kind::NotFound);
    assert_eq!(update(&hub, &ed, &at, &describe).await.unwrap().description, "all of them");
    assert_eq!(kind(update(&hub, &ed, &at, &open).await), Kind::Forbidden);
    assert_eq!(kind(delete(&hub, &ed, &at).await), Kind::Forbidden);
    assert!(sent(&hub, &ed, &at, "a\n1\n", None).await.is_ok());
}

#[tokio::test]
async fn a_dataset_opens_further_than_its_project_and_never_less() {
    let hub = TestHub::start().await;
    let at = dataset(&hub, "ada/titanic/passengers").await;
    let ada = hub.user("ada").await;
    let see = |visibility| Change { visibility: Some(visibility), ..Change::default() };
    let open = update(&hub, &ada, &at, &see(Visibility::Public)).await.unwrap();
    assert_eq!(open.visibility, Visibility::Public);
    assert!(get(&hub, &Actor::visitor(), &at).await.is_ok());
    assert_eq!(
        kind(list(&hub, &Actor::visitor(), &at.project(), &ListQuery::default()).await),
        Kind::NotFound
    );

    hub.open("ada/titanic", Visibility::Public).await;
    let refused = update(&hub, &ada, &at, &see(Visibility::Private)).await;
    assert_eq!(fields(refused), ["visibility"]);
    assert_eq!(get(&hub, &ada, &at).await.unwrap().visibility, Visibility::Public);
}

#[tokio::test]
async fn an_upload_is_a_version_in_the_making_with_its_job() {
    let hub = TestHub::start().await;
    let at = dataset(&hub, "ada/titanic/passengers").await;
    let ada = hub.user("ada").await;
    let first = send(&hub, &at, "age\n22\n").await;
    assert_eq!(first.version, 1);
    let seen = version(&hub, &ada, &at, 1).await.unwrap();
    assert_eq!(seen.state, VersionState::Processing);
    assert_eq!((seen.job, seen.original_size), (Some(first.job), 7));
    assert_eq!(seen.original_name, "data.csv");
    assert_eq!(get(&hub, &ada, &at).await.unwrap().latest, Some(seen.clone()));

    let mut conn = hub.pool().get().await.unwrap();
    let (path, job) = mlhub_db::jobs::find(&mut conn, first.job).await.unwrap().unwrap();
    assert_eq!((path, job.state.as_str()), (at.project(), "ready"));
    let spec = hub.database().value("SELECT spec FROM jobs").await.unwrap();
    let JobSpec::Ingest(spec) = serde_json::from_str(&spec).unwrap() else { panic!("{spec}") };
    assert_eq!((spec.original.sha256, spec.original.size), (seen.sha256, 7));

    for not_ready in [
        code(profile(&hub, &ada, &at, 1).await),
        code(rows(&hub, &ada, &at, 1, RowsQuery::default()).await),
        code(make_current(&hub, &ada, &at, 1).await),
    ] {
        assert_eq!(not_ready, Code::VersionNotReady);
    }
    let original = download(&hub, &ada, &at, 1, Content::Original).await.unwrap();
    assert!(matches!(original, Download::Stored { size: 7, ref name, .. } if name == "data.csv"));
    assert_eq!(kind(version(&hub, &ada, &at, 2).await), Kind::NotFound);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_looks_at_a_dataset_while_its_file_is_read_sees_one_moment_of_it() {
    let hub = TestHub::start().await;
    let at = dataset(&hub, "ada/titanic/passengers").await;
    let ada = hub.user("ada").await;
    send(&hub, &at, "age\n22\n").await;
    crate::jobs::ingest(&hub).await;
    let done = AtomicBool::new(false);
    // The end of a reading, and the moment before it, again and again.
    let writing = async {
        for _ in 0..150 {
            for (state, current) in [("processing", "NULL"), ("ready", "1")] {
                let change = format!(
                    "BEGIN; UPDATE dataset_versions SET state = '{state}'; \
                     UPDATE datasets SET current = {current}; COMMIT"
                );
                hub.database().execute(&change).await;
            }
        }
        done.store(true, Ordering::Relaxed);
    };
    let looking = async {
        let mut seen = BTreeSet::new();
        while !done.load(Ordering::Relaxed) {
            let Moment { dataset, version } = moment(&hub, &ada, &at, None).await.unwrap();
            let ready = version.unwrap().state == VersionState::Ready;
            assert_eq!(dataset.current.is_some(), ready, "what is ready is in use: {dataset:?}");
            seen.insert(ready);
        }
        seen
    };
    let ((), seen) = tokio::join!(writing, looking);
    assert_eq!(seen.len(), 2, "it changed while one looked: {seen:?}");
    assert_eq!(kind(moment(&hub, &ada, &at, Some(2)).await), Kind::NotFound);
    assert_eq!(kind(moment(&hub, &hub.user("eve").await, &at, None).await), Kind::NotFound);
}

#[tokio::test]
async fn the_same_file_sent_again_with_its_key_makes_no_second_version() {
    let hub = TestHub::start().await;
    let at = dataset(&hub, "ada/titanic/passengers").await;
    let ada = hub.user("ada").await;
    let first = sent(&hub, &ada, &at, "a\n1\n", Some("k1")).await.unwrap();
    assert_eq!(sent(&hub, &ada, &at, "a\n1\n", Some("k1")).await.unwrap(), first);
    assert_eq!(code(sent(&hub, &ada, &at, "a\n2\n", Some("k1")).await), Code::IdempotencyReuse);
    assert_eq!(sent(&hub, &ada, &at, "a\n1\n", Some("k2")).await.unwrap().version, 2);
    assert_eq!(versions(&hub, &ada, &at, &ListQuery::default()).await.unwrap().total, 2);
}

#[tokio::test]
async fn a_file_that_is_too_large_or_breaks_off_leaves_nothing() {
    let hub = TestHub::start_with(std::sync::Arc::new(mlhub_testing::NoTables), |settings| {
        settings.upload_limit = 10;
    })
    .await;
    let at = dataset(&hub, "ada/titanic/passengers").await;
    let ada = hub.user("ada").await;
    let large = sent(&hub, &ada, &at, "0123456789a", None).await;
    assert_eq!(code(large), Code::TooLarge);
    let broken = Error::new(Code::Malformed, "broke off");
    let bytes = stream::iter([Ok(Bytes::from_static(b"a\n")), Err(broken)]);
    let broken = upload(&hub, &ada, &at, Incoming { name: "x", key: None, bytes }).await;
    assert_eq!(code(broken), Code::Malformed);
    assert!(sent(&hub, &ada, &at, "0123456789", None).await.is_ok());
    assert_eq!(hub.database().value("SELECT count(*) FROM objects").await.as_deref(), Some("1"));
    assert_eq!(hub.database().value("SELECT count(*) FROM jobs").await.as_deref(), Some("1"));
}

#[tokio::test]
async fn a_new_dataset_comes_with_its_first_file_or_not_at_all() {
    let hub = TestHub::start().await;
    let ada = hub.user("ada").await;
    let at = hub.project("ada/titanic").await.dataset("passengers".parse().unwrap());
    let piece = |text: &'static str| Ok(Bytes::from_static(text.as_bytes()));
    let broken = || Err(Error::new(Code::Malformed, "broke off"));
    let failed = upload_new(&hub, &ada, &at, "x.csv", stream::iter([piece("a\n"), broken()])).await;
    assert_eq!(code(failed), Code::Malformed);
    assert_eq!(kind(get(&hub, &ada, &at).await), Kind::NotFound);
    let made = upload_new(&hub, &ada, &at, "x.csv", stream::iter([piece("a\n1\n")])).await.unwrap();
    assert_eq!((made.version, get(&hub, &ada, &at).await.unwrap().versions), (1, 1));
    // Now that there is something, the name is taken: told before the file is read.
    let unread = stream::poll_fn(|_| panic!("read before the name is looked at"));
    assert_eq!(code(upload_new(&hub, &ada, &at, "x.csv", unread).await), Code::DatasetNameTaken);
    let stranger = hub.user("eve").await;
    let unread = stream::poll_fn(|_| panic!("read before access is asked for"));
    let other = at.project().dataset("other".parse().unwrap());
    assert_eq!(kind(upload_new(&hub, &stranger, &other, "x.csv", unread).await), Kind::NotFound);
    let acts =
        "SELECT string_agg(action, ' ' ORDER BY id) FROM audit WHERE action LIKE 'dataset.%'";
    let acts = hub.database().value(acts).await;
    assert_eq!(acts.as_deref(), Some("dataset.create dataset.upload"));
}

#[tokio::test]
async fn who_has_too_many_jobs_must_wait() {
    let hub = TestHub::start_with(std::sync::Arc::new(mlhub_testing::NoTables), |settings| {
        settings.open_jobs = 2;
    })
    .await;
    let at = dataset(&hub, "ada/titanic/passengers").await;
    let ada = hub.user("ada").await;
    for _ in 0..2 {
        send(&hub, &at, "a\n1\n").await;
    }
    assert_eq!(code(sent(&hub, &ada, &at, "a\n1\n", None).await), Code::RateLimited);
    assert_eq!(get(&hub, &ada, &at).await.unwrap().versions, 2);
}

#[tokio::test]
async fn a_renamed_dataset_is_found_under_its_new_name_and_a_deleted_one_nowhere() {
    let hub = TestHub::start().await;
    let at = dataset(&hub, "ada/titanic/passengers").await;
    dataset(&hub, "ada/titanic/crew").await;
    let ada = hub.user("ada").await;
    let call = |name: &str| Change { name: Some(name.parse().unwrap()), ..Change::default() };
    assert_eq!(code(update(&hub, &ada, &at, &call("crew")).await), Code::DatasetNameTaken);
    let renamed = update(&hub, &ada, &at, &call("travellers")).await.unwrap();
    assert_eq!(renamed.name.as_str(), "travellers");
    assert_eq!(kind(get(&hub, &ada, &at).await), Kind::NotFound);

    delete(&hub, &ada, &renamed.path()).await.unwrap();
    assert_eq!(kind(get(&hub, &ada, &renamed.path()).await), Kind::NotFound);
    let left = list(&hub, &ada, &at.project(), &ListQuery::default()).await.unwrap();
    let names: Vec<&str> = left.items.iter().map(|dataset| dataset.name.as_str()).collect();
    assert_eq!((names, left.total), (vec!["crew"], 1));
    assert!(create(&hub, &ada, &at.project(), &new("travellers"), None).await.is_ok());
}

#[tokio::test]
async fn lists_come_in_pages_in_the_order_asked_for() {
    let hub = TestHub::start().await;
    for name in ["b", "a", "c2", "c1"] {
        dataset(&hub, &format!("ada/titanic/{name}")).await;
    }
    let (at, ada) = (hub.project("ada/titanic").await, hub.user("ada").await);
    let names = async |query: ListQuery| {
        let list = datasets::list(&hub, &ada, &at, &query).await.unwrap();
        let names: Vec<String> = list.items.iter().map(|d| d.name.to_string()).collect();
        (names.join(" "), list.next, list.total)
    };
    assert_eq!(names(ListQuery::default()).await, ("a b c1 c2".into(), None, 4));
    let page = ListQuery { limit: Some(3), ..ListQuery::default() };
    assert_eq!(names(page.clone()).await, ("a b c1".into(), Some("3".into()), 4));
    let next = ListQuery { cursor: Some("3".into()), ..page };
    assert_eq!(names(next).await, ("c2".into(), None, 4));
    let sorted =
        ListQuery { sort: Some("-created".into()), q: Some("C".into()), ..ListQuery::default() };
    assert_eq!(names(sorted).await, ("c1 c2".into(), None, 2));
}
