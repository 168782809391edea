//! The page of a model: what it says before the first version, where it leads, how it answers.

use crate::browser::{Answer, Browser, serve};
use crate::served::Served;
use mlhub_domain::access::{Role, Visibility};
use mlhub_testing::TestHub;
use reqwest::Method;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::fmt::Write as _;

const P: &str = "/api/v1/projects/ada/titanic";
const PAGE: &str = "/ada/titanic/models/survival";

/// `ada/titanic` with the model `survival`, which has no version.
async fn untrained(hub: &TestHub) -> Browser {
    // Without an administrator all pages lead to set-up.
    hub.admin("root").await;
    let app = serve(hub, None);
    hub.project("ada/titanic").await;
    let mut ada = Browser::script(&app, hub, &hub.user("ada").await, "manage").await;
    let algorithm = json!({"kind": "baseline"});
    let spec = json!({"task": "classification", "target": "lived", "algorithm": algorithm});
    let made = ada.post(&format!("{P}/models"), json!({"name": "survival", "spec": spec})).await;
    assert_eq!(made.status, 201, "{made:?}");
    ada
}

async fn page(browser: &mut Browser) -> String {
    let Answer { status, text, .. } = browser.get(PAGE).await;
    assert_eq!(status, 200, "{text}");
    text
}

/// A run of the model, as it stands in the database.
const RUN: &str = "
    INSERT INTO experiments (project_id, name) SELECT id, 'survival' FROM projects;
    INSERT INTO runs (project_id, number, uuid, experiment_id, model_id, spec, created_by)
        SELECT m.project_id, 1, gen_random_uuid(), e.id, m.id, m.spec, p.owner_id
        FROM models m JOIN experiments e ON e.project_id = m.project_id
        JOIN projects p ON p.id = m.project_id;
";

#[tokio::test(flavor = "multi_thread")]
async fn a_model_without_a_version_says_how_its_training_went() {
    let hub = TestHub::start().await;
    let mut ada = untrained(&hub).await;
    let rae = hub.member("rae", "ada/titanic", Role::Read).await;
    let mut reader = Browser::script(&serve(&hub, None), &hub, &rae, "read").await;
    let never = page(&mut ada).await;
    assert!(never.contains("Not trained yet") && never.contains("Train it"), "{never}");

    hub.database().execute(RUN).await;
    let error = r#"{"message": "only 5 rows have a value", "hint": "Upload more rows."}"#;
    for (change, says) in [
        ("status = 'queued'", ["In training", "queued", "Run 1 makes the first version"]),
        ("status = 'running'", ["In training", "running", "Watch run 1"]),
        (
            &format!("status = 'failed', error = '{error}'"),
            ["The training failed", "Only 5 rows have a value. Upload more rows.", "See run 1"],
        ),
        (
            "status = 'cancelled', error = NULL",
            ["The training was cancelled", "before there was a model to keep", "See run 1"],
        ),
    ] {
        hub.database().execute(&format!("UPDATE runs SET {change}")).await;
        let (edits, reads) = (page(&mut ada).await, page(&mut reader).await);
        for page in [&edits, &reads] {
            for words in says {
                assert!(page.contains(words), "{change}, {words}: {page}");
            }
            assert!(page.contains(r#"href="/ada/titanic/runs/1""#), "{change}: {page}");
            assert!(!page.contains("Not trained yet"), "{change}: {page}");
        }
        let ended = says[2] == "See run 1";
        let change_it = r#"href="/ada/titanic/train?run=1""#;
        assert_eq!(edits.contains(change_it), ended, "{change}: {edits}");
        assert_eq!(edits.contains("Change and train again"), ended, "{change}: {edits}");
        assert!(!reads.contains("Change and train again"), "{change}: {reads}");
    }

    ada.patch(&format!("{P}/models/survival"), json!({"visibility": "public"})).await;
    let public = page(&mut Browser::new(&serve(&hub, None))).await;
    assert!(public.contains("Not trained yet"), "{public}");
    assert!(!public.contains("/ada/titanic/runs"), "what a visitor may not see: {public}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_card_is_laid_out_and_does_no_harm() {
    let hub = TestHub::start().await;
    let mut ada = untrained(&hub).await;
    let card = "# Who lived\n\n- **age** decides\n\n| a |\n| - |\n| 1 |\n\n\
                [more](https://example.org) [bad](javascript:alert(1)) \
                <script>alert(1)</script><img src=x onerror=alert(1)>";
    ada.patch(&format!("{P}/models/survival"), json!({"card": card})).await;
    let page = page(&mut ada).await;
    let at = page.find(r#"<div class="prose">"#).unwrap();
    let prose = &page[at..at + page[at..].find("</section>").unwrap()];
    for looks in [
        "<h3>Who lived</h3>",
        "<li><strong>age</strong> decides</li>",
        "<td>1</td>",
        r#"<a href="https://example.org" rel="nofollow ugc noopener">more</a>"#,
        "&lt;script&gt;alert(1)&lt;/script&gt;",
    ] {
        assert!(prose.contains(looks), "{looks}: {prose}");
    }
    for harm in ["<script", "<img", "javascript:"] {
        assert!(!prose.contains(harm), "{harm}: {prose}");
    }
    assert!(page.contains("Markdown works"), "the form says so: {page}");
}

/// The places of this server that a page leads to.
fn links(page: &str) -> BTreeSet<String> {
    let hrefs = page.split("<a ").skip(1).filter_map(|tag| {
        let tag = tag.split_once('>')?.0;
        tag.split_once("href=\"")?.1.split_once('"').map(|(href, _)| href.replace("&amp;", "&"))
    });
    hrefs.filter(|href| href.starts_with('/')).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_shows_nothing_has_no_page_to_be_led_to() {
    let hub = TestHub::start().await;
    let mut ada = untrained(&hub).await;
    hub.open("ada/titanic", Visibility::Unlisted).await;
    let mut nobody = Browser::new(&serve(&hub, None));
    let (seen, own) = (links(&page(&mut nobody).await), links(&page(&mut ada).await));
    assert!(seen.contains("/ada/titanic") && !seen.contains("/ada"), "{seen:?}");
    assert_eq!(nobody.get("/ada").await.status, 404);
    assert!(own.contains("/ada"), "{own:?}");
    hub.open("ada/titanic", Visibility::Public).await;
    assert!(links(&page(&mut nobody).await).contains("/ada"));
}

/// Passengers of whom age and port decide who lived.
fn passengers() -> String {
    let mut text = String::from("lived,age,port\n");
    for n in 0..300_u32 {
        let (age, port) = (n * 37 % 80, ["S", "C", "Q"][n as usize % 3]);
        writeln!(text, "{},{age},{port}", if (age < 40) ^ (n % 11 == 0) { "yes" } else { "no" })
            .unwrap();
    }
    text
}

/// A server with the public model `survival`, trained on the private `passengers`.
async fn trained() -> Served {
    let served = Served::start().await;
    let dataset = served.dataset("passengers").await;
    served.upload(&dataset, passengers()).await;
    served.settled(&dataset, 1).await;
    let spec = json!({
        "task": "classification", "target": "lived", "features": ["age", "port"],
        "algorithm": {"kind": "logistic"},
    });
    served.post(&format!("{P}/models"), json!({"name": "survival", "spec": spec})).await;
    let train = json!({"dataset": "passengers"});
    let started = served.post(&format!("{P}/models/survival/train"), train).await;
    let run = served.ended(started["run"].as_u64().unwrap()).await;
    assert_eq!(run["status"], "finished", "{run}");
    open(&served, &format!("{P}/models/survival")).await;
    served
}

async fn open(served: &Served, what: &str) {
    let request = served.request(Method::PATCH, what);
    let answer = request.json(&json!({"visibility": "public"})).send().await.unwrap();
    assert_eq!(answer.status(), 200);
}

/// What a visitor sees of the model, having gone everywhere it leads to.
async fn visited(served: &Served) -> (String, BTreeSet<String>) {
    let page = served.visit(PAGE).await.text().await.unwrap();
    let links = links(&page);
    for link in &links {
        assert_eq!(served.visit(link).await.status(), 200, "{link}");
    }
    (page, links)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_visitor_of_a_public_model_is_led_to_what_they_may_see() {
    let served = trained().await;
    let (page, links) = visited(&served).await;
    let ours: Vec<_> = links.iter().filter(|link| link.starts_with("/ada")).collect();
    assert_eq!(ours, ["/ada", "/ada/titanic/models/survival?version=1"]);
    for words in ["ada", "titanic", "passengers v1", "run 1"] {
        assert!(page.contains(words), "{words}: {page}");
    }

    open(&served, &format!("{P}/datasets/passengers")).await;
    let (_, links) = visited(&served).await;
    let ours: Vec<_> = links.iter().filter(|link| link.starts_with("/ada")).collect();
    let data = "/ada/titanic/datasets/passengers?version=1";
    assert_eq!(ours, ["/ada", data, "/ada/titanic/models/survival?version=1"]);

    open(&served, P).await;
    let (_, links) = visited(&served).await;
    for link in ["/ada", "/ada/titanic", "/ada/titanic/models", "/ada/titanic/runs/1", data] {
        assert!(links.contains(link), "{link}: {links:?}");
    }
    let gone = served.request(Method::DELETE, &format!("{P}/datasets/passengers"));
    assert_eq!(gone.send().await.unwrap().status(), 204);
    let (page, links) = visited(&served).await;
    assert!(page.contains("passengers v1") && !links.contains(data), "{links:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_shows_a_model_of_a_private_project_has_a_page_with_it() {
    let served = trained().await;
    let shown = async || {
        let page = served.visit("/ada").await.text().await.unwrap();
        assert!(!page.contains("No projects yet"), "{page}");
        let links = links(&page).into_iter().filter(|link| link.starts_with("/ada/"));
        links.collect::<Vec<_>>()
    };
    assert_eq!(shown().await, [PAGE]);
    open(&served, &format!("{P}/datasets/passengers")).await;
    assert_eq!(shown().await, ["/ada/titanic/datasets/passengers", PAGE]);
    for (what, still) in [("models/survival", 200), ("datasets/passengers", 404)] {
        let close = served.request(Method::PATCH, &format!("{P}/{what}"));
        let close = close.json(&json!({"visibility": "unlisted"})).send().await.unwrap();
        assert_eq!(close.status(), 200);
        assert_eq!(served.visit("/ada").await.status(), still, "{what}");
    }
    assert_eq!(served.visit(PAGE).await.status(), 200, "whoever has its address sees it");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_name_of_a_version_is_removed_by_its_form() {
    let served = trained().await;
    for alias in ["champion", "next"] {
        let set = served.request(Method::PUT, &format!("{P}/models/survival/aliases/{alias}"));
        let set = set.json(&json!({"version": 1})).send().await.unwrap();
        assert_eq!(set.status(), 200);
    }
    let own = async || {
        let page = served.request(Method::GET, PAGE).send().await.unwrap();
        page.text().await.unwrap()
    };
    let before = own().await;
    for words in [
        "Where no version is named, the champion is shown: v1.",
        "Remove champion…",
        "Remove next…",
        "ask for “champion” find nothing from then on (404). v1 stays.",
    ] {
        assert!(before.contains(words), "{words}: {before}");
    }
    let seen = served.visit(PAGE).await.text().await.unwrap();
    assert!(seen.contains("the champion is shown") && !seen.contains("Remove champion"), "{seen}");

    let form = [
        ("_fn", "models/remove-alias"),
        ("_key", "champion"),
        ("at[owner]", "ada"),
        ("at[project]", "titanic"),
        ("at[name]", "survival"),
        ("alias", "champion"),
    ];
    let sent = served.request(Method::POST, PAGE).form(&form).send().await.unwrap();
    assert_eq!(sent.status(), 200);
    let after = own().await;
    assert!(after.contains("No version is the champion: where none is named"), "{after}");
    assert!(after.contains("Remove next…") && !after.contains("Remove champion…"), "{after}");
    let named = served.request(Method::GET, &format!("{P}/models/survival/versions/champion"));
    assert_eq!(named.send().await.unwrap().status(), 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_columns_the_form_shows_those_that_say_most() {
    let served = Served::start().await;
    let dataset = served.dataset("wide").await;
    let names: Vec<String> = (0..30).map(|n| format!("c{n}")).collect();
    let mut text = format!("y,{}\n", names.join(","));
    for row in 0..200_u32 {
        let cell = |column: u32| (row * (7 + 2 * column) % 97).to_string();
        let cells: Vec<String> = (0..30).map(cell).collect();
        writeln!(text, "{},{}", cells[29], cells.join(",")).unwrap();
    }
    served.upload(&dataset, text).await;
    assert_eq!(served.settled(&dataset, 1).await["state"], "ready");
    let spec = json!({
        "task": "regression", "target": "y", "features": names, "algorithm": {"kind": "ridge"},
    });
    served.post(&format!("{P}/models"), json!({"name": "survival", "spec": spec})).await;
    let train = json!({"dataset": "wide"});
    let started = served.post(&format!("{P}/models/survival/train"), train).await;
    let run = served.ended(started["run"].as_u64().unwrap()).await;
    assert_eq!(run["status"], "finished", "{run}");

    let page = served.request(Method::GET, PAGE).send().await.unwrap().text().await.unwrap();
    let (shown, folded) = form_of(&page);
    assert!(shown.contains("name=\"values[29]\""), "the column that says all: {shown}");
    assert_eq!(shown.matches("name=\"values[").count(), 12, "{shown}");
    assert_eq!(folded.matches("name=\"values[").count(), 18, "{folded}");
    assert!(folded.contains("18 more columns") && !opened(folded), "{folded}");

    let wrong = (0..30).find(|n| folded.contains(&format!("name=\"values[{n}]\""))).unwrap();
    let value = |n: u32| if n == wrong { "many".into() } else { n.to_string() };
    let values = (0..30).map(|n| (format!("values[{n}]"), value(n)));
    let form = [
        ("_fn", "models/predict"),
        ("_key", ""),
        ("at[owner]", "ada"),
        ("at[project]", "titanic"),
        ("at[name]", "survival"),
        ("version", "1"),
    ];
    let form = form.map(|(name, value)| (name.to_owned(), value.to_owned()));
    let form: Vec<_> = form.into_iter().chain(values).collect();
    let answer = served.request(Method::POST, PAGE).form(&form).send().await.unwrap();
    let page = answer.text().await.unwrap();
    let (_, folded) = form_of(&page);
    assert!(opened(folded) && folded.contains("aria-invalid=\"true\""), "{folded}");
}

/// The fields of the form to try a model that one sees, and those that are folded away.
fn form_of(page: &str) -> (&str, &str) {
    let form = page.split_once("id=\"try\"").unwrap().1.split_once("</form>").unwrap().0;
    form.split_once("<details").unwrap()
}

fn opened(fold: &str) -> bool {
    fold.split_once('>').unwrap().0.contains(" open")
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_says_what_no_training_row_had() {
    let served = trained().await;
    let asked = |age: &str, port: &str| {
        let fields = [
            ("at[owner]", "ada"),
            ("at[project]", "titanic"),
            ("at[name]", "survival"),
            ("version", "1"),
            ("values[0]", age),
            ("values[1]", port),
        ];
        fields.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec()
    };
    let old = "“age” 400 is outside 0 – 79, the range of the training rows.";
    let far = "“Atlantis” was not among the 3 values of “port” in the training rows: treated as \
               missing.";
    let none = "“age” left empty: treated as missing, though every training row has a value.";
    for (age, port, notes) in
        [("30", "S", vec![]), ("400", "Atlantis", vec![old, far]), ("", "C", vec![none])]
    {
        let fields = asked(age, port);
        let request = served.request(Method::POST, "/fn/models/predict").form(&fields);
        let answer: Value = request.send().await.unwrap().json().await.unwrap();
        assert_eq!(answer["notes"], json!(notes), "{answer}");
        assert!(["yes", "no"].contains(&answer["said"].as_str().unwrap()), "{answer}");

        let form = [("_fn".into(), "models/predict".into()), ("_key".into(), String::new())];
        let form: Vec<(String, String)> = form.into_iter().chain(fields).collect();
        let request = served.request(Method::POST, PAGE).form(&form);
        let page = request.send().await.unwrap().text().await.unwrap();
        let answer = page.split_once(r#"<div class="answer">"#).unwrap().1;
        let answer = answer.split_once("</section>").unwrap().0;
        for note in [old, far, none] {
            assert_eq!(answer.contains(note), notes.contains(&note), "{note}: {answer}");
        }
    }
    let rest = json!({"rows": [{"age": 400, "port": "Atlantis"}]});
    let answer = served.post(&format!("{P}/models/survival/versions/1/predict"), rest).await;
    let keys: Vec<_> = answer.as_object().unwrap().keys().collect();
    assert_eq!(keys, ["ignored", "predictions"], "scripts are answered as before");
}

#[tokio::test(flavor = "multi_thread")]
async fn every_value_that_cannot_be_read_says_so_at_its_field() {
    let served = Served::start().await;
    let dataset = served.dataset("fares").await;
    let mut table = String::from("age,fare,paid\n");
    for n in 0..80 {
        writeln!(table, "{},{},{}", n * 37 % 50, n * 11 % 70, n * 7 % 30).unwrap();
    }
    served.upload(&dataset, table).await;
    served.settled(&dataset, 1).await;
    let spec = json!({
        "task": "regression", "target": "paid", "features": ["age", "fare"],
        "algorithm": {"kind": "ridge"},
    });
    served.post(&format!("{P}/models"), json!({"name": "numbers", "spec": spec})).await;
    let train = json!({"dataset": "fares"});
    let started = served.post(&format!("{P}/models/numbers/train"), train).await;
    let run = served.ended(started["run"].as_u64().unwrap()).await;
    assert_eq!(run["status"], "finished", "{run}");

    let form = [
        ("_fn", "models/predict"),
        ("_key", ""),
        ("at[owner]", "ada"),
        ("at[project]", "titanic"),
        ("at[name]", "numbers"),
        ("version", "1"),
        ("values[0]", "old"),
        ("values[1]", "cheap"),
    ];
    let page = "/ada/titanic/models/numbers?version=1";
    let answer = served.request(Method::POST, page).form(&form).send().await.unwrap();
    assert_eq!(answer.status(), 422);
    let text = answer.text().await.unwrap();
    for (at, typed) in ["old", "cheap"].into_iter().enumerate() {
        let id = format!("id=\"models-predict-values-{at}--error\"");
        let line = text.split_once(&id).unwrap_or_else(|| panic!("{id}: {text}")).1;
        let line = line.split_once("</p>").unwrap().0;
        assert!(line.contains("expected a whole number") && line.contains(typed), "{line}");
    }
}
