//! The files of a run.

use crate::kind;
use crate::live::{report, running};
use futures_util::TryStreamExt as _;
use mlhub_domain::problem::Kind;
use mlhub_domain::runs::{Artifact, ArtifactKind};
use mlhub_hub::runs;
use mlhub_testing::TestHub;

#[tokio::test]
async fn the_log_is_a_file_of_all_its_lines_for_whoever_may_see_the_run() {
    let hub = TestHub::start().await;
    let (_, claim) = running(&hub).await;
    let (ada, eve) = (hub.user("ada").await, hub.user("eve").await);
    let at = hub.project("ada/titanic").await.run(1);
    let read = async || {
        let pieces = runs::log(&hub, &ada, &at).await.unwrap();
        pieces.try_fold(String::new(), async |text, piece| Ok(text + &piece)).await.unwrap()
    };
    assert_eq!(read().await, "");
    // More than are read at once, and exactly as many.
    for (first, last) in [(1, 1_000), (1_001, 1_500), (1_501, 2_300)] {
        report(&hub, claim, first, last).await;
        let text = read().await;
        let said = text.lines().map(|line| line.rsplit_once(' ').unwrap().1.parse().unwrap());
        assert_eq!(said.collect::<Vec<u64>>(), (1..=last).collect::<Vec<u64>>());
    }
    assert!(read().await.lines().all(|line| line.contains("Z info     ")));
    assert_eq!(kind(runs::log(&hub, &eve, &at).await.map(drop)), Kind::NotFound);
}

#[tokio::test]
async fn a_run_without_a_model_has_its_log_alone() {
    let hub = TestHub::start().await;
    running(&hub).await;
    let (ada, eve) = (hub.user("ada").await, hub.user("eve").await);
    let at = hub.project("ada/titanic").await.run(1);
    let log = Artifact {
        kind: ArtifactKind::Log,
        name: "titanic-run-1.log".into(),
        href: "/api/v1/projects/ada/titanic/runs/1/log".into(),
        size: None,
        sha256: None,
    };
    assert_eq!(runs::artifacts(&hub, &ada, &at).await.unwrap(), [log]);
    assert_eq!(kind(runs::artifacts(&hub, &eve, &at).await), Kind::NotFound);
}
