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

/// What to store of `value`.
pub(crate) fn write<T: Serialize>(what: &'static str, value: &T) -> Result<Value, Error> {
    serde_json::to_value(value).map_err(Error::corrupt(what))
}
