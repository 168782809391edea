//! The form that trains: what it begins with, and what it says of that.

use crate::served::Served;
use reqwest::Method;
use serde_json::json;

/// The boxes of the page that are ticked, by column.
fn ticked(page: &str) -> Vec<&str> {
    let boxes = page.split("name=\"features[]\" value=\"").skip(1);
    let boxes = boxes.filter_map(|rest| {
        let (column, rest) = rest.split_once('"')?;
        rest.split_once('>')?.0.contains(" checked").then_some(column)
    });
    boxes.collect()
}

/// What one can choose in the list called `name`: value, words, whether it is chosen.
fn options<'a>(page: &'a str, name: &str) -> Vec<(&'a str, String, bool)> {
    let list = page.split(&format!("name=\"{name}\"")).nth(1).unwrap();
    let list = list.split("</select>").next().unwrap();
    let options = list.split("<option value=\"").skip(1).map(|option| {
        let (value, rest) = option.split_once('"').unwrap();
        let (chosen, words) = rest.split_once('>').unwrap();
        let words = words.split("</option>").next().unwrap();
        (value, words.to_owned(), chosen.contains("selected"))
    });
    options.collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_training_cannot_go_on_with_is_said_in_words() {
    let served = Served::start().await;
    let project = "/api/v1/projects/ada/titanic";
    let tables: [(&str, &[&str]); 2] =
        [("ports", &["y,a,b\n", "label,a,z\n"]), ("ships", &["target,a,w\n"])];
    for (name, versions) in tables {
        let dataset = served.dataset(name).await;
        for (n, head) in versions.iter().enumerate() {
            let row = |n: u32| format!("word{},{},{}\n", n % 2, n * 7 % 11, n * 5 % 13);
            let table = head.to_string() + &(0..60).map(row).collect::<String>();
            served.upload(&dataset, table).await;
            assert_eq!(served.settled(&dataset, n as u64 + 1).await["state"], "ready", "{name}");
        }
    }
    let ports = format!("{project}/datasets/ports");
    served.upload(&ports, "y,a,b\n").await;
    assert_eq!(served.settled(&ports, 3).await["state"], "failed");
    let spec = json!({
        "task": "classification", "target": "y", "features": ["a", "b"],
        "algorithm": {"kind": "baseline"},
    });
    served.post(&format!("{project}/models"), json!({"name": "who", "spec": spec})).await;
    let train = json!({"dataset": "ports", "version": 1});
    let run = served.post(&format!("{project}/models/who/train"), train).await["run"].as_u64();
    assert_eq!(served.ended(run.unwrap()).await["status"], "finished");
    let page = async |address: &str| {
        let answer = served.request(Method::GET, address).send().await.unwrap();
        let status = answer.status().as_u16();
        (status, answer.text().await.unwrap())
    };

    // The version that is looked at is the one that is learnt from.
    let (_, old) = page("/ada/titanic/datasets/ports?version=1").await;
    assert!(old.contains("/ada/titanic/train?dataset=ports&amp;version=1\""), "{old}");
    let (_, new) = page("/ada/titanic/datasets/ports").await;
    assert!(new.contains("/ada/titanic/train?dataset=ports\""), "{new}");
    let (_, form) = page("/ada/titanic/train?dataset=ports&version=1&model=who").await;
    let today = served.get(&format!("{ports}/versions/1")).await;
    let today = today["created_at"].as_str().unwrap().parse().unwrap();
    let of = format!("60 rows × 3 columns · {}", mlhub_app::format::date(today));
    assert_eq!(
        options(&form, "version"),
        [("2", format!("v2, current · {of}"), false), ("1", format!("v1 · {of}"), true)]
    );
    assert!(!form.contains("Not as before"), "{form}");
    assert_eq!(ticked(&form), ["a", "b"]);
    let (status, form) = page("/ada/titanic/train?dataset=ports&version=3").await;
    assert_eq!(status, 200, "{form}");
    let words = "ports has no version 3 to learn from. This would train on ports v2.";
    assert!(form.contains(words) && !form.contains("Not as before"), "{form}");
    assert!(options(&form, "version")[0].2, "{form}");

    // A run goes on from the version that it was trained on, wherever that stands.
    let (_, form) = page("/ada/titanic/train?run=1").await;
    assert!(options(&form, "version")[1].2 && !form.contains("Not as before"), "{form}");
    assert_eq!(ticked(&form), ["a", "b"]);

    // The current version has no such column.
    for asked in ["run=1&version=2", "dataset=ports&model=who"] {
        let (_, form) = page(&format!("/ada/titanic/train?{asked}")).await;
        for words in [
            "ports v2 has no column “y”. This would predict “label”: choose another below.",
            "ports v2 lacks 1 column that it learnt from: “b”.",
        ] {
            assert!(form.contains(words), "{asked}, {words}: {form}");
        }
        assert_eq!(ticked(&form), ["a", "z"], "{asked}");
    }

    // Nor is the dataset there any more.
    let (_, run) = page("/ada/titanic/runs/1").await;
    assert!(run.contains("/ada/titanic/datasets/ports?version=1"), "{run}");
    let gone = served.request(Method::DELETE, &ports);
    assert_eq!(gone.send().await.unwrap().status(), 204);
    let (_, run) = page("/ada/titanic/runs/1").await;
    assert!(run.contains("ports v1") && !run.contains("/datasets/ports"), "{run}");
    for asked in ["run=1", "dataset=ports&model=who", "dataset=ports&version=1&run=1"] {
        let (status, form) = page(&format!("/ada/titanic/train?{asked}")).await;
        assert_eq!(status, 200, "{asked}: {form}");
        for words in [
            "Dataset “ports” is not there any more. This would train on ships v1.",
            "ships v1 has no column “y”. This would predict “target”",
            "as the next version of who",
        ] {
            assert!(form.contains(words), "{asked}, {words}: {form}");
        }
        assert_eq!(ticked(&form), ["a", "w"], "{asked}");
    }
    assert_eq!(page("/ada/titanic/train?dataset=ports").await.0, 404, "nothing goes on from it");

    // Nor any other.
    let ships = served.request(Method::DELETE, &format!("{project}/datasets/ships"));
    assert_eq!(ships.send().await.unwrap().status(), 204);
    let (_, form) = page("/ada/titanic/train?run=1").await;
    let words = "Dataset “ports” is not there any more, and there is no other.";
    assert!(form.contains(words), "{form}");
}
