//! What pages say of a dataset and a run that somebody stops, of columns that have changed, and
//! where there is nothing to show.

use crate::browser::{Answer, Browser, serve};
use bytes::Bytes;
use futures_util::stream;
use mlhub_domain::access::{Role, Visibility};
use mlhub_hub::datasets;
use mlhub_testing::TestHub;
use serde_json::json;

const PAGE: &str = "/ada/titanic/datasets/passengers";
const WIZARD: &str = "/ada/titanic/train?dataset=passengers";

/// `ada/titanic` with the dataset `passengers`, whose first file waits to be read.
async fn uploaded(hub: &TestHub) -> Browser {
    // Without an administrator all pages lead to set-up.
    hub.admin("root").await;
    let (ada, project) = (hub.user("ada").await, hub.project("ada/titanic").await);
    let at = project.dataset("passengers".parse().unwrap());
    let bytes = stream::iter([Ok(Bytes::from_static(b"age\n22\n"))]);
    datasets::upload_new(hub, &ada, &at, "crew.csv", bytes).await.unwrap();
    Browser::script(&serve(hub, None), hub, &ada, "manage").await
}

async fn page(browser: &mut Browser, path: &str) -> String {
    let Answer { status, text, .. } = browser.get(path).await;
    assert_eq!(status, 200, "{path}: {text}");
    text
}

/// A worker has the job, and somebody asked it to stop.
const ASKED: &str = "UPDATE jobs SET state = 'running', cancel_requested_at = now()";

#[tokio::test(flavor = "multi_thread")]
async fn a_reading_that_was_asked_to_stop_says_so_at_once_and_is_no_failure_afterwards() {
    let hub = TestHub::start().await;
    let mut ada = uploaded(&hub).await;
    let before = page(&mut ada, PAGE).await;
    assert!(before.contains("Cancel the reading") && !before.contains("Cancelling…"), "{before}");
    let wizard = page(&mut ada, WIZARD).await;
    assert!(wizard.contains("Cancel the reading") && !wizard.contains("Cancelling…"), "{wizard}");

    hub.database().execute(ASKED).await;
    let asked = page(&mut ada, PAGE).await;
    assert!(asked.contains("Cancelling…") && !asked.contains("Cancel the reading"), "{asked}");
    let wizard = page(&mut ada, WIZARD).await;
    assert!(wizard.contains("Cancelling…") && !wizard.contains("Cancel the reading"), "{wizard}");

    let ends = r#"UPDATE jobs SET state = 'cancelled', finished_at = now();
        UPDATE dataset_versions SET state = 'failed', error = '{"message":"Reading it was cancelled."}'"#;
    hub.database().execute(ends).await;
    let ended = page(&mut ada, PAGE).await;
    for words in ["Version 1 was not read", "v1 · cancelled", "Reading it was cancelled."] {
        assert!(ended.contains(words), "{words}: {ended}");
    }
    for words in ["could not be read", "Correct the file", "note bad", "v1 · failed"] {
        assert!(!ended.contains(words), "{words}: {ended}");
    }
    let versions = page(&mut ada, &format!("{PAGE}?tab=versions")).await;
    assert!(versions.contains(">cancelled<") && !versions.contains(">failed<"), "{versions}");
    let list = page(&mut ada, "/ada/titanic/datasets").await;
    assert!(list.contains(">cancelled<") && !list.contains(">failed<"), "{list}");
    let board = page(&mut ada, "/dashboard").await;
    assert!(!board.contains("Needs attention"), "{board}");
    let told = ada.get("/api/v1/projects/ada/titanic/datasets/passengers/versions/1").await.json;
    assert_eq!((&told["state"], &told["cancelled"]), (&json!("failed"), &json!(true)));

    // One that failed by itself is still a failure.
    hub.database().execute("UPDATE jobs SET state = 'failed'").await;
    let failed = page(&mut ada, PAGE).await;
    assert!(failed.contains("Version 1 could not be read"), "{failed}");
    assert!(page(&mut ada, "/dashboard").await.contains("Needs attention"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_that_was_asked_to_stop_offers_no_second_button() {
    let hub = TestHub::start().await;
    let mut ada = uploaded(&hub).await;
    let run = "INSERT INTO experiments (project_id, name) SELECT id, 'all' FROM projects;
        INSERT INTO runs (project_id, number, uuid, experiment_id, status, job_id, created_by)
            SELECT p.id, 1, gen_random_uuid(), e.id, 'running', j.id, p.owner_id
            FROM projects p JOIN experiments e ON e.project_id = p.id, jobs j";
    hub.database().execute(run).await;
    let at = "/ada/titanic/runs/1";
    let before = page(&mut ada, at).await;
    assert!(before.contains("Cancel the run") && !before.contains("Cancelling…"), "{before}");
    hub.database().execute(ASKED).await;
    let asked = page(&mut ada, at).await;
    assert!(asked.contains("Cancelling…") && !asked.contains("Cancel the run"), "{asked}");
    let rae = hub.member("rae", "ada/titanic", Role::Read).await;
    let mut reader = Browser::script(&serve(&hub, None), &hub, &rae, "read").await;
    assert!(!page(&mut reader, at).await.contains("Cancel the run"));
}

#[tokio::test(flavor = "multi_thread")]
async fn first_steps_lead_to_where_they_are_taken() {
    let hub = TestHub::start().await;
    hub.admin("root").await;
    let new = Browser::script(&serve(&hub, None), &hub, &hub.user("bob").await, "manage").await;
    let board = page(&mut new.clone(), "/dashboard").await;
    let step = |href: &str, word: &str| format!(r#"<a href="{href}" class="strong">{word}</a>"#);
    assert!(board.contains(&step("/dashboard/new", "Make a project")), "{board}");
    assert!(board.contains("<b>Upload a table</b>"), "there is no project to do it in: {board}");
    hub.project("bob/garden").await;
    let board = page(&mut new.clone(), "/dashboard").await;
    for (href, word) in
        [("/bob/garden/upload", "Upload a table"), ("/bob/garden/train", "Train a model")]
    {
        assert!(board.contains(&step(href, word)), "{word}: {board}");
    }
    assert!(board.contains("<b>Make a project</b>"), "it is done: {board}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_kind_without_public_things_says_so_of_that_kind() {
    let hub = TestHub::start().await;
    hub.admin("root").await;
    hub.open("ada/titanic", Visibility::Public).await;
    let mut stranger = Browser::new(&serve(&hub, None));
    let datasets = page(&mut stranger, "/explore?kind=datasets").await;
    assert!(datasets.contains("No datasets are public yet"), "{datasets}");
    assert!(!datasets.contains("Nothing is public yet"), "there is a project: {datasets}");
}
