//! `/api/openapi.json`: it describes what is served, all of it and nothing else.

use mlhub_domain::problem::Code;
use mlhub_server::{api, pages};
use serde_json::Value;
use std::collections::BTreeSet;

fn description() -> Value {
    serde_json::from_str(&api::openapi_json()).unwrap()
}

/// `(METHOD, path, operation)` of everything described.
fn operations(whole: &Value) -> Vec<(String, &str, &Value)> {
    let paths = whole["paths"].as_object().unwrap();
    let of = |(path, item)| {
        let methods: &serde_json::Map<String, Value> = Value::as_object(item).unwrap();
        let path: &String = path;
        methods.iter().map(move |(method, what)| (method.to_uppercase(), path.as_str(), what))
    };
    paths.iter().flat_map(of).collect()
}

#[test]
fn what_is_described_is_what_is_served() {
    let whole = description();
    let described: BTreeSet<String> =
        operations(&whole).iter().map(|(method, path, _)| format!("{method} {path}")).collect();
    let routes = pages::routes(api::routes());
    let rest = routes.served().iter().filter(|(_, path)| path.starts_with("/api/"));
    let served: BTreeSet<String> = rest.map(|(method, path)| format!("{method} {path}")).collect();
    assert_eq!(described, served);
}

#[test]
fn every_address_is_described_to_its_last_part() {
    let whole = description();
    let mut ids = BTreeSet::new();
    for (method, path, operation) in operations(&whole) {
        let line = format!("{method} {path}");
        let id = operation["operationId"].as_str().unwrap();
        assert!(ids.insert(id), "{line}: {id} is another one's");
        let summary = operation["summary"].as_str().unwrap_or_default();
        assert!(summary.ends_with('.') && summary.len() < 120, "{line}: {summary}");
        assert!(operation["security"].is_array(), "{line}");
        let mut parts = BTreeSet::new();
        for parameter in operation["parameters"].as_array().into_iter().flatten() {
            let name = parameter["name"].as_str().unwrap();
            assert!(parameter["description"].is_string(), "{line}: what is {name}?");
            assert!(parameter["schema"].is_object(), "{line}: what does {name} take?");
            let optional = parameter["in"] != "path";
            assert_ne!(parameter["required"] == true, optional, "{line}: {name}");
            if !optional {
                parts.insert(format!("{{{name}}}"));
            }
        }
        let named: BTreeSet<String> =
            path.split('/').filter(|part| part.starts_with('{')).map(String::from).collect();
        assert_eq!(parts, named, "{line}");
        let answers = operation["responses"].as_object().unwrap();
        assert!(answers.keys().any(|status| status.as_str() < "300"), "{line} never succeeds");
        for (status, answer) in answers {
            let content = &answer["content"];
            assert!(answer["description"].is_string(), "{line}: what does {status} mean?");
            let empty = ["101", "204", "304", "416"].contains(&status.as_str());
            assert_eq!(content.is_null(), empty, "{line} {status}");
            if status.as_str() >= "400" && !empty {
                let problem = &content["application/problem+json"]["schema"]["$ref"];
                assert_eq!(problem, "#/components/schemas/Problem", "{line} {status}");
            }
        }
        let reads = ["POST", "PUT", "PATCH"].contains(&method.as_str());
        let alone = ["/logout", "/cancel"].iter().any(|end| path.ends_with(end));
        assert_eq!(operation["requestBody"].is_object(), reads && !alone, "{line}");
    }
}

#[test]
fn every_reference_leads_somewhere() {
    let whole = description();
    let mut used = BTreeSet::new();
    references(&whole, &mut used);
    for reference in &used {
        let pointer = reference.strip_prefix('#').unwrap();
        assert!(whole.pointer(pointer).is_some(), "{reference} leads nowhere");
    }
}

#[test]
fn codes_are_as_scripts_see_them_and_nothing_is_left_open() {
    let whole = description();
    let codes = whole["components"]["schemas"]["Code"]["enum"].as_array().unwrap();
    let all: Vec<&str> = Code::ALL.iter().map(|code| code.as_str()).collect();
    assert_eq!(codes, &all);
    assert_eq!(open(&whole, ""), Vec::<String>::new());
}

/// Where `null` stands for what should be said.
fn open(value: &Value, at: &str) -> Vec<String> {
    match value {
        Value::Null => vec![at.into()],
        Value::Object(object) => {
            object.iter().flat_map(|(key, value)| open(value, &format!("{at}/{key}"))).collect()
        }
        Value::Array(list) => list.iter().flat_map(|value| open(value, at)).collect(),
        Value::Bool(_) | Value::Number(_) | Value::String(_) => Vec::new(),
    }
}

fn references(value: &Value, found: &mut BTreeSet<String>) {
    match value {
        Value::Object(object) => {
            if let Some(Value::String(reference)) = object.get("$ref") {
                found.insert(reference.clone());
            }
            object.values().for_each(|value| references(value, found));
        }
        Value::Array(list) => list.iter().for_each(|value| references(value, found)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}
