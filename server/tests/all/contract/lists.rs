//! Lists: their shape, their pages, and that what they do not know is refused.

use super::keys;
use crate::browser::{Browser, serve};
use mlhub_testing::TestHub;
use serde_json::{Value, json};

#[tokio::test]
async fn every_list_comes_in_pages_and_refuses_what_it_does_not_know() {
    let hub = TestHub::start().await;
    let app = serve(&hub, None);
    let mut ada = Browser::signed_up(&app, "ada").await;
    let at = "/api/v1/projects/ada/titanic";
    for name in ["bob", "cleo", "dora"] {
        Browser::signed_up(&app, name).await;
    }
    for name in ["titanic", "iris", "wine"] {
        assert_eq!(ada.post("/api/v1/projects", json!({"name": name})).await.status, 201);
        let token = json!({"name": name, "scopes": ["read"]});
        assert_eq!(ada.post("/api/v1/tokens", token).await.status, 201);
        let dataset = json!({"name": name});
        assert_eq!(ada.post(&format!("{at}/datasets"), dataset).await.status, 201);
        let algorithm = json!({"kind": "baseline"});
        let spec = json!({"task": "classification", "target": "y", "algorithm": algorithm});
        let model = json!({"name": name, "spec": spec});
        assert_eq!(ada.post(&format!("{at}/models"), model).await.status, 201);
    }
    for user in ["bob", "cleo"] {
        let member = json!({"user": user, "role": "read"});
        assert_eq!(ada.post(&format!("{at}/members"), member).await.status, 201);
    }
    for (list, total) in [
        ("/api/v1/projects".to_owned(), 3),
        ("/api/v1/projects?owner=ada".to_owned(), 3),
        ("/api/v1/tokens".to_owned(), 3),
        ("/api/v1/sessions".to_owned(), 1),
        (format!("{at}/members"), 3),
        (format!("{at}/datasets"), 3),
        (format!("{at}/datasets/titanic/versions"), 0),
        (format!("{at}/models"), 3),
        (format!("{at}/models/titanic/versions"), 0),
        (format!("{at}/runs"), 0),
    ] {
        pages(&mut ada, &list, total).await;
        strict(&mut ada, &list).await;
    }
    for query in ["visibility=private", "owner=ada&visibility=public", "owner=Not+a+name"] {
        let answer = ada.get(&format!("/api/v1/projects?{query}")).await;
        assert_eq!(answer.status, 422, "{query}");
    }
    for (list, sorted) in [
        ("/api/v1/projects?sort=-name".to_owned(), ["wine", "titanic", "iris"]),
        (format!("{at}/datasets?sort=name"), ["iris", "titanic", "wine"]),
        (format!("{at}/datasets?sort=-created"), ["wine", "iris", "titanic"]),
        (format!("{at}/models?sort=created"), ["titanic", "iris", "wine"]),
        (format!("{at}/models?sort=-name"), ["wine", "titanic", "iris"]),
    ] {
        let names = ada.get(&list).await.json["items"].clone();
        let names: Vec<_> = names.as_array().unwrap().iter().map(|i| i["name"].clone()).collect();
        assert_eq!(names, sorted, "{list}");
    }
    orders(&mut ada).await;
    for list in
        ["/api/v1/projects", "/api/v1/tokens", &format!("{at}/models"), &format!("{at}/datasets")]
    {
        let found = ada.get(&format!("{list}?q=IR")).await.json;
        assert_eq!(
            (&found["total"], &found["items"][0]["name"]),
            (&json!(1), &json!("iris")),
            "{list}"
        );
        let wild = ada.get(&format!("{list}?q=%25")).await.json;
        assert_eq!(wild["total"], 0, "{list}: a percent sign is itself");
    }
}

/// Every list that is described to come in pages takes the orders that stand there, and no other.
async fn orders(ada: &mut Browser) {
    let whole: Value = serde_json::from_str(&mlhub_server::api::openapi_json()).unwrap();
    let mut lists = Vec::new();
    for (path, item) in whole["paths"].as_object().unwrap() {
        let parameters = item["get"]["parameters"].as_array().into_iter().flatten();
        let named = |name: &str| parameters.clone().find(|parameter| parameter["name"] == name);
        if named("cursor").is_none() {
            continue;
        }
        let said = named("sort").map_or(&Value::Null, |sort| &sort["schema"]["enum"]);
        let said: Vec<&str> =
            said.as_array().into_iter().flatten().map(|sort| sort.as_str().unwrap()).collect();
        let list = path.replace("{owner}", "ada").replace("{project}", "titanic");
        let list = list.replace("{name}", "titanic");
        for sort in &said {
            assert_eq!(ada.get(&format!("{list}?sort={sort}")).await.status, 200, "{list} {sort}");
            let other = ada.get(&format!("{list}?sort=--{sort}")).await;
            assert_eq!(other.status, 422, "{list} --{sort}");
        }
        // What is refused names all that would not be.
        let refused = ada.get(&format!("{list}?sort=nonsense")).await;
        let keys: Vec<&str> = said.iter().filter(|sort| !sort.starts_with('-')).copied().collect();
        let message = match keys.as_slice() {
            [] => "this list has one order: leave “sort” out".into(),
            [only] => format!("sort by {only} or -{only}"),
            keys => format!("sort by one of {}, with - before it backwards", keys.join(", ")),
        };
        assert_eq!(refused.json["fields"][0]["message"], message, "{list}");
        lists.push(path.rsplit('/').next().unwrap().to_owned());
    }
    lists.sort();
    let all = "datasets members models projects runs sessions tokens versions versions";
    assert_eq!(lists.join(" "), all);
}

/// Through all pages of one item, and past the end.
async fn pages(ada: &mut Browser, list: &str, total: u64) {
    let and = if list.contains('?') { '&' } else { '?' };
    let whole = ada.get(list).await;
    assert_eq!(whole.status, 200, "{list}: {whole:?}");
    keys(&whole.json, "items next total");
    assert_eq!(
        (&whole.json["next"], &whole.json["total"]),
        (&json!(null), &json!(total)),
        "{list}"
    );
    let (mut seen, mut next) = (Vec::new(), String::new());
    loop {
        let page = ada.get(&format!("{list}{and}limit=1{next}")).await.json;
        assert_eq!(page["total"], total, "{list}");
        seen.extend(page["items"].as_array().unwrap().clone());
        match page["next"].as_str() {
            Some(cursor) => next = format!("&cursor={cursor}"),
            None => break,
        }
    }
    assert_eq!(whole.json["items"], json!(seen), "{list}");
    let past = ada.get(&format!("{list}{and}cursor=1000&limit=200")).await.json;
    assert_eq!(past, json!({"items": [], "next": null, "total": total}), "{list}");
}

async fn strict(ada: &mut Browser, list: &str) {
    let and = if list.contains('?') { '&' } else { '?' };
    for (query, code, field) in [
        ("limit=0", "invalid-value", "limit"),
        ("limit=201", "invalid-value", "limit"),
        ("limit=many", "invalid-value", "limit"),
        ("limit=-1", "invalid-value", "limit"),
        ("limit=1&limit=2", "invalid-value", "limit"),
        ("cursor=zzz", "invalid-value", "cursor"),
        ("sort=nonsense", "invalid-value", "sort"),
        ("page=2", "unknown-key", "page"),
    ] {
        let answer = ada.get(&format!("{list}{and}{query}")).await;
        assert_eq!((answer.status.as_u16(), answer.code()), (422, code), "{list} {query}");
        assert_eq!(answer.json["fields"][0]["field"], field, "{list} {query}");
        super::plain(answer.json["detail"].as_str().unwrap());
    }
}
