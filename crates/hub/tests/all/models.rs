//! Models: made, trained for the first time, opened.

use crate::{fields, kind};
use mlhub_domain::access::Visibility;
use mlhub_domain::models::{ModelPath, Spec};
use mlhub_domain::problem::Kind;
use mlhub_hub::models::{Change, Training, create, create_and_train, get, update};
use mlhub_testing::TestHub;
use serde_json::json;

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
    let started = create_and_train(&hub, &ada, &at, &definition(), &training).await;
    assert_eq!(kind(started), Kind::NotFound);
    assert_eq!(kind(get(&hub, &ada, &at).await), Kind::NotFound);
}

#[tokio::test]
async fn a_model_is_never_less_open_than_its_project() {
    let hub = TestHub::start().await;
    let (ada, at) = (hub.user("ada").await, survival(&hub).await);
    create(&hub, &ada, &at.project(), &at.name, &definition()).await.unwrap();
    hub.open("ada/titanic", Visibility::Public).await;
    let to = |visibility| Change { visibility: Some(visibility), ..Change::default() };
    let closed = update(&hub, &ada, &at, &to(Visibility::Private)).await;
    assert_eq!(fields(closed), ["visibility"]);
    let model = update(&hub, &ada, &at, &to(Visibility::Public)).await.unwrap();
    assert_eq!(model.visibility, Visibility::Public);
}
