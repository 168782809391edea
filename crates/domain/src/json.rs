//! Values of JSON from anybody: whoever reads them says what becomes of lists and objects, while
//! they are read.

use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::Value;
use std::fmt;
use std::marker::PhantomData;

/// How lists and objects are read.
pub trait Nested {
    /// Reads a list to its end.
    ///
    /// # Errors
    /// What is wrong with it.
    fn list<'de, A: SeqAccess<'de>>(list: A) -> Result<Value, A::Error>;

    /// Reads an object to its end.
    ///
    /// # Errors
    /// What is wrong with it.
    fn object<'de, A: MapAccess<'de>>(object: A) -> Result<Value, A::Error>;
}

/// A value, whose lists and objects `N` reads.
pub struct Json<N> {
    /// What was read.
    pub value: Value,
    reads: PhantomData<N>,
}

impl<'de, N: Nested> Deserialize<'de> for Json<N> {
    fn deserialize<D: Deserializer<'de>>(json: D) -> Result<Self, D::Error> {
        let value = json.deserialize_any(Any::<N>(PhantomData))?;
        Ok(Self { value, reads: PhantomData })
    }
}

struct Any<N>(PhantomData<N>);

impl<'de, N: Nested> Visitor<'de> for Any<N> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<Value, A::Error> {
        N::list(list)
    }

    fn visit_map<A: MapAccess<'de>>(self, object: A) -> Result<Value, A::Error> {
        N::object(object)
    }
}
