//! `/api/openapi.json`: it describes what is served, all of it and nothing else.

use crate::browser::{Browser, serve};
use axum::body::Body;
use axum::http::Method;
use mlhub_domain::algorithms::{CATALOGUE, Param};
use mlhub_domain::problem::Code;
use mlhub_server::policy::TABLE;
use mlhub_server::{api, pages};
use mlhub_testing::TestHub;
use serde_json::{Map, Value, json};
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

#[tokio::test]
async fn what_takes_no_query_refuses_one() {
    let (whole, hub) = (description(), TestHub::start().await);
    let app = serve(&hub, None);
    let mut ada = Browser::signed_up(&app, "ada").await;
    let mut asked = 0;
    for (method, path, operation) in operations(&whole) {
        let parameters = operation["parameters"].as_array().unwrap();
        if parameters.iter().any(|parameter| parameter["in"] == "query") {
            continue;
        }
        let parts = path.split('/').map(|part| if part.starts_with('{') { "1" } else { part });
        let address = format!("{}?page=2", parts.collect::<Vec<_>>().join("/"));
        let method = Method::from_bytes(method.as_bytes()).unwrap();
        let answer = ada.send(method, &address, Body::empty()).await;
        let field = answer.json["fields"][0]["field"].as_str();
        let told = (answer.status.as_u16(), answer.code(), field);
        assert_eq!(told, (422, "unknown-key", Some("page")), "{address}");
        asked += 1;
    }
    assert!(asked > 30, "{asked}");
    assert_eq!(ada.get("/api/v1/me?").await.status, 200);
}

#[test]
fn what_asks_for_the_password_again_says_so() {
    let whole = description();
    let operations = operations(&whole);
    let said = operations.iter().filter(|(_, _, operation)| {
        let forbidden = operation["responses"]["403"]["description"].as_str();
        forbidden.is_some_and(|text| text.contains("confirm-login"))
    });
    let said: BTreeSet<String> = said.map(|(method, path, _)| format!("{method} {path}")).collect();
    let confirms =
        TABLE.iter().filter(|(_, path, action)| path.starts_with("/api/") && action.confirms());
    let confirms: BTreeSet<String> =
        confirms.map(|(method, path, _)| format!("{method} {path}")).collect();
    assert_eq!(said, confirms);
    assert_eq!(said.len(), 4);
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
fn hyperparameters_are_those_of_the_catalogue_and_take_what_the_validation_takes() {
    let whole = description();
    let schemas = &whole["components"]["schemas"];
    let named = |reference: &Value| {
        let reference = reference.as_str().unwrap();
        &schemas[reference.strip_prefix("#/components/schemas/").unwrap()]
    };
    assert_eq!(schemas["Spec"]["properties"]["algorithm"]["$ref"], reference("AlgorithmChoice"));
    let choice = &schemas["AlgorithmChoice"];
    assert_eq!(choice["discriminator"]["propertyName"], "kind");
    let (kinds, choices) =
        (&choice["discriminator"]["mapping"], choice["oneOf"].as_array().unwrap());
    assert_eq!(kinds.as_object().unwrap().len(), CATALOGUE.len());
    assert_eq!(choices.len(), CATALOGUE.len());
    for (algorithm, choice) in CATALOGUE.iter().zip(choices) {
        let kind = algorithm.kind.as_str();
        assert_eq!(choice["$ref"], kinds[kind]);
        let chosen = named(&choice["$ref"]);
        assert_eq!(chosen["properties"]["kind"]["enum"], json!([kind]));
        let params = named(&chosen["properties"]["params"]["$ref"]);
        assert_eq!((&chosen["required"], &params["required"]), (&json!(["kind"]), &Value::Null));
        assert_eq!(params["additionalProperties"], false);
        let properties = params["properties"].as_object().unwrap();
        let described: BTreeSet<&str> = properties.keys().map(String::as_str).collect();
        let known: BTreeSet<&str> = algorithm.params.iter().map(|param| param.name).collect();
        assert_eq!(described, known, "{kind}");
        for param in algorithm.params {
            property(param, &properties[param.name]);
        }
        let defaults =
            properties.iter().map(|(name, said)| (name.clone(), said["default"].clone()));
        let defaults: Map<String, Value> = defaults.collect();
        assert_eq!(algorithm.complete(&Map::new()), Ok(defaults), "{kind}");
    }
}

fn reference(schema: &str) -> String {
    format!("#/components/schemas/{schema}")
}

/// That what is said of a hyperparameter is where its values end.
fn property(param: &Param, said: &Value) {
    assert_eq!(said["title"], param.title);
    assert_eq!(said["description"], param.help);
    assert_eq!(
        (&said["x-unit"], &said["x-essential"]),
        (&json!(param.unit), &json!(param.essential))
    );
    let takes = |value: Value| param.domain.check(&value).is_ok();
    let each: Box<dyn Fn(f64) -> Value> = match said["type"].as_str().unwrap() {
        "integer" => Box::new(|x| json!(x as i64)),
        "number" => Box::new(|x| json!(x)),
        "array" => Box::new(|x| json!([x as i64])),
        "string" => {
            let words = said["enum"].as_array().unwrap();
            assert!(words.iter().all(|word| takes(word.clone())) && !takes("another".into()));
            return;
        }
        other => {
            assert_eq!(other, "boolean");
            assert!(takes(true.into()) && !takes(1.into()));
            return;
        }
    };
    let range = if said["type"] == "array" { &said["items"] } else { said };
    let end = |key: &str| range[key].as_f64().unwrap();
    let (min, max) = (end("minimum"), end("maximum"));
    let ends = [min, max, min - 1.0, max + 1.0].map(|x| takes(each(x)));
    assert_eq!(ends, [true, true, false, false], "{} {said}", param.name);
    if let Some(most) = said["maxItems"].as_u64() {
        let list =
            |entries: u64| takes(json!((0..entries).map(|_| min as i64).collect::<Vec<_>>()));
        assert_eq!([0, 1, most, most + 1].map(list), [false, true, true, false]);
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
