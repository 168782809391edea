//! Unstructured documents: columns of type `jsonb`.

use crate::Error;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

/// The stored `what` as the type that it was written from.
pub(crate) fn read<T: DeserializeOwned>(what: &'static str, value: Value) -> Result<T, Error> {
    serde_json::from_value(value).map_err(Error::corrupt(what))
}

/// The same where nothing may be stored.
pub(crate) fn read_some<T: DeserializeOwned>(
    what: &'static str,
    value: Option<Value>,
) -> Result<Option<T>, Error> {
    value.map(|value| read(what, value)).transpose()
}

/// What to store of `value`. PostgreSQL stores no NUL: in texts, which may stand in somebody's
/// file, U+FFFD takes its place.
pub(crate) fn write<T: Serialize>(what: &'static str, value: &T) -> Result<Value, Error> {
    let mut value = serde_json::to_value(value).map_err(Error::corrupt(what))?;
    without_nul(&mut value);
    Ok(value)
}

fn without_nul(value: &mut Value) {
    match value {
        Value::String(text) if text.contains('\0') => *text = text.replace('\0', "\u{fffd}"),
        Value::Array(values) => values.iter_mut().for_each(without_nul),
        Value::Object(map) => {
            map.values_mut().for_each(without_nul);
            let named: Vec<String> = map.keys().filter(|key| key.contains('\0')).cloned().collect();
            for key in named {
                let inner = map.remove(&key).unwrap_or_default();
                map.insert(key.replace('\0', "\u{fffd}"), inner);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn nul_is_stored_as_a_character_that_postgresql_takes() {
        let given = json!({"a\0": ["x\0y", 1, {"b": "\0"}], "c": "plain"});
        let stored = json!({"a\u{fffd}": ["x\u{fffd}y", 1, {"b": "\u{fffd}"}], "c": "plain"});
        assert_eq!(write("test", &given).unwrap(), stored);
    }
}
