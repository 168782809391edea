//! `algorithms`: what can be trained, with every hyperparameter.

use crate::http::Json;
use mlhub_domain::algorithms::{Algorithm, CATALOGUE, Param, ParamDomain};
use mlhub_domain::lists::List;
use serde_json::{Map, Value, json};

/// The algorithms and their hyperparameters: name, kind, range, scale, default, unit, help.
#[utoipa::path(get, path = "/api/v1/algorithms", tag = "algorithms",
    responses((status = 200, body = List<Algorithm>)))]
pub(crate) async fn list() -> Json<List<&'static Algorithm>> {
    let items: Vec<_> = CATALOGUE.iter().collect();
    let total = items.len() as u64;
    Json(List { items, next: None, total })
}

/// What the description of REST says of `AlgorithmChoice`: for each kind its own hyperparameters.
/// Like everything about them it follows from the catalogue; no derive knows that.
pub(super) fn schemas() -> Map<String, Value> {
    let mut all = Map::new();
    let (mut choices, mut mapping) = (Vec::new(), Map::new());
    for algorithm in CATALOGUE {
        let kind = algorithm.kind.as_str();
        let (choice, params) =
            (format!("{}Choice", titled(kind)), format!("{}Params", titled(kind)));
        let reference = |name: &str| format!("#/components/schemas/{name}");
        choices.push(json!({"$ref": reference(&choice)}));
        mapping.insert(kind.into(), reference(&choice).into());
        all.insert(choice, chosen(algorithm, &reference(&params)));
        all.insert(params, hyperparameters(algorithm));
    }
    let choice = json!({
        "description": "An algorithm with its hyperparameters.",
        "oneOf": choices,
        "discriminator": {"propertyName": "kind", "mapping": mapping},
    });
    all.insert("AlgorithmChoice".into(), choice);
    all
}

/// A word with a capital: `mlp` is Mlp, as the other schemas are called.
fn titled(word: &str) -> String {
    let (first, rest) = word.split_at(1);
    first.to_uppercase() + rest
}

fn chosen(algorithm: &Algorithm, params: &str) -> Value {
    json!({
        "type": "object",
        "title": algorithm.title,
        "description": algorithm.choose,
        "properties": {
            "kind": {"type": "string", "enum": [algorithm.kind]},
            "params": {"$ref": params},
        },
        "required": ["kind"],
        "additionalProperties": false,
    })
}

fn hyperparameters(algorithm: &Algorithm) -> Value {
    let properties: Map<String, Value> =
        algorithm.params.iter().map(|param| (param.name.into(), property(param))).collect();
    json!({
        "type": "object",
        "description": "Hyperparameters that differ from the defaults.",
        "properties": properties,
        "additionalProperties": false,
    })
}

fn property(param: &Param) -> Value {
    let mut property = match param.domain {
        ParamDomain::Integer { min, max, scale, .. } => json!({
            "type": "integer", "minimum": min, "maximum": max, "x-scale": scale,
        }),
        ParamDomain::Number { min, max, scale, .. } => json!({
            "type": "number", "minimum": min, "maximum": max, "x-scale": scale,
        }),
        ParamDomain::Choice { options, .. } => json!({"type": "string", "enum": options}),
        ParamDomain::Flag { .. } => json!({"type": "boolean"}),
        ParamDomain::Integers { min, max, most, .. } => json!({
            "type": "array", "minItems": 1, "maxItems": most,
            "items": {"type": "integer", "minimum": min, "maximum": max},
        }),
    };
    property["title"] = param.title.into();
    property["description"] = param.help.into();
    property["default"] = param.domain.default();
    property["x-unit"] = param.unit.into();
    property["x-essential"] = param.essential.into();
    property
}
