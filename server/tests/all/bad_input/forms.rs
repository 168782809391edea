//! Forms that train what cannot be learnt.

use super::{passengers, rows, word};
use crate::served::Served;
use reqwest::Method;

/// What stands beside the field `name` of a form that came back, up to the end of its line.
#[track_caller]
fn said_at<'a>(page: &'a str, name: &str) -> &'a str {
    let id = format!("id=\"models-train-{name}-error\"").replace(['[', ']'], "-");
    let line = page.split_once(&id).unwrap_or_else(|| panic!("{name} has a line: {page}")).1;
    line.split_once("</p>").unwrap().0
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_tells_all_that_is_wrong_at_once_and_proposes_what_can_be_learnt() {
    let served = Served::start().await;
    let dataset = served.dataset("passengers").await;
    served.upload(&dataset, passengers()).await;
    assert_eq!(served.settled(&dataset, 1).await["state"], "ready");

    let page = "/ada/titanic/train?dataset=passengers&target=lived";
    let text = served.request(Method::GET, page).send().await.unwrap().text().await.unwrap();
    for (column, reason) in [
        ("id", "A different value in every row looks like a name or a number"),
        ("fate", "Says the same as “lived”: it would give the answer away."),
        ("age", ""),
        ("port", "One value only: nothing to learn from."),
    ] {
        let value = format!("name=\"features[]\" value=\"{column}\"");
        let label = text.split("<label").find(|label| label.contains(&value));
        let label = label.unwrap().split_once("</label>").unwrap().0;
        assert_eq!(label.contains(" checked"), column == "age", "{label}");
        assert!(label.contains(reason), "{label}");
    }

    let form = [
        ("_fn", "models/train"),
        ("at[owner]", "ada"),
        ("at[project]", "titanic"),
        ("name", "Not A Name"),
        ("dataset", "passengers"),
        ("version", "1"),
        ("before[dataset]", "passengers"),
        ("before[target]", "port"),
        ("target", "port"),
        ("task", "regression"),
        ("algorithm", "lightgbm"),
        ("params[lightgbm][trees]", "0"),
        ("params[lightgbm][leaves]", "many"),
        ("params[lightgbm][depth]", "65"),
        ("holdout", "60"),
        ("seed", "-1"),
    ];
    let answer = served.request(Method::POST, page).form(&form).send().await.unwrap();
    assert_eq!(answer.status(), 422);
    let text = answer.text().await.unwrap();
    for (field, reason) in [
        ("name", "use 1 to 64 of the characters"),
        ("params[lightgbm][trees]", "use a whole number from 1 to 10 000"),
        ("params[lightgbm][leaves]", "use a whole number from 2 to 4096"),
        ("params[lightgbm][depth]", "use a whole number from -1 to 64"),
        ("holdout", "use a number from 5 to 50"),
        ("seed", "use a whole number from 0"),
        ("target", "“port” is text: regression predicts numbers"),
    ] {
        let said = said_at(&text, field);
        assert!(said.contains(reason), "{field}: {said}");
        // A sentence begins large, but not the name of a column.
        assert_eq!(said.contains("quoted"), field == "target", "{field}: {said}");
    }
    assert!(text.contains("choose at least one column to predict from"));
    // The depth stands among the settings that are folded away.
    let folded = text.split("<details").find(|fold| fold.contains("More settings")).unwrap();
    assert!(folded.split_once('>').unwrap().0.contains(" open"), "{folded}");

    // Without script the settings are still those of what was chosen before.
    let other = form.map(|(name, value)| match name {
        "name" => (name, "sound"),
        "target" => (name, "lived"),
        "holdout" => (name, "20"),
        "seed" => (name, "7"),
        _ => (name, value),
    });
    let answer = served.request(Method::POST, page).form(&other).send().await.unwrap();
    assert_eq!(answer.status(), 422);
    let text = answer.text().await.unwrap();
    let said = said_at(&text, "target");
    assert!(said.contains("is another one now, with the settings proposed for it"), "{said}");
    assert!(!text.contains("choose at least one column") && !text.contains("whole number from 1"));
    assert!(text.contains("name=\"features[]\" value=\"age\""), "{text}");
    assert_eq!(served.count("models").await, 0);
}

/// Sends the form that trains a model of the dataset of its name, to predict `y` from `x`.
async fn train(served: &Served, name: &str, task: &str, algorithm: &str) -> (u16, String) {
    let form = [
        ("_fn", "models/train"),
        ("at[owner]", "ada"),
        ("at[project]", "titanic"),
        ("name", name),
        ("dataset", name),
        ("version", "1"),
        ("target", "y"),
        ("task", task),
        ("algorithm", algorithm),
        ("features[]", "x"),
        ("holdout", "20"),
        ("seed", "42"),
    ];
    let page = format!("/ada/titanic/train?dataset={name}&target=y");
    let answer = served.request(Method::POST, &page).form(&form).send().await.unwrap();
    (answer.status().as_u16(), answer.text().await.unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_refuses_what_is_certain_to_fail_before_there_is_a_model() {
    let served = Served::start().await;
    let number = |n: u32| n.to_string();
    let one = "“y” has the same value in every row";
    let same = "none of these columns differs from row to row";
    for (name, text, task, field, reason) in [
        ("one-class", rows(60, |n| (number(n), "a".into())), "classification", "target", one),
        ("one-number", rows(60, |n| (number(n), "7".into())), "regression", "target", one),
        (
            "no-class",
            rows(60, |n| (number(n), String::new())),
            "classification",
            "target",
            "every value of “y” is missing",
        ),
        (
            "3-rows",
            rows(3, |n| (number(n), word(n))),
            "classification",
            "target",
            "only 3 rows have a value in “y”: at least 10 are needed",
        ),
        (
            "1-row",
            rows(1, |n| (number(n), word(n))),
            "classification",
            "target",
            "only 1 row has a value in “y”",
        ),
        (
            "classes",
            rows(1_200, |n| (number(n), word(n))),
            "classification",
            "target",
            "“y” has 1200 different values, and at most 1000",
        ),
        ("constant", rows(60, |n| ("7".into(), word(n % 2))), "classification", "features", same),
    ] {
        let dataset = served.dataset(name).await;
        served.upload(&dataset, text).await;
        assert_eq!(served.settled(&dataset, 1).await["state"], "ready", "{name}");
        let (status, text) = train(&served, name, task, "lightgbm").await;
        assert_eq!(status, 422, "{name}: {text}");
        let said = if field == "target" { said_at(&text, field) } else { &text };
        assert!(said.contains(reason), "{name}: {said}");
        assert!(!text.contains(" 1 classes") && !text.contains(" 1 different values"), "{name}");
        let made = (served.count("models").await, served.count("runs").await);
        assert_eq!(made, (0, 0), "{name}");
    }
    // The baseline needs no column.
    let (_, text) = train(&served, "constant", "classification", "baseline").await;
    assert_eq!(served.count("runs").await, 1, "{text}");
}
