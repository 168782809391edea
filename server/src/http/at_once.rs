//! A body of which everything that is wrong is told at once.

use super::words;
use mlhub_domain::json::{Json, Nested};
use mlhub_domain::problem::{FieldError, Problem};
use serde::de::{Deserialize, DeserializeOwned, Deserializer, Error, MapAccess, SeqAccess};
use serde_json::{Map, Value};
use serde_path_to_error::{Path, Segment};

/// The most mistakes of one body that are told.
const MOST: usize = 50;

/// A body; or what is wrong with it, and as much of it as could be read all the same. A parser ends
/// at the first value that does not fit: here that is left out, and the rest read again.
pub struct AtOnce<T>(Result<T, Box<(Option<T>, Problem)>>);

impl<'de, T: DeserializeOwned> Deserialize<'de> for AtOnce<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let Json { value, .. } = Json::<Once>::deserialize(deserializer)?;
        Ok(Self(read(value).map_err(Box::new)))
    }
}

/// No object has a key twice: of two values one would be lost silently.
struct Once;

impl Nested for Once {
    fn list<'de, A: SeqAccess<'de>>(mut list: A) -> Result<Value, A::Error> {
        let mut values = Vec::new();
        while let Some(Json { value, .. }) = list.next_element::<Json<Self>>()? {
            values.push(value);
        }
        Ok(values.into())
    }

    fn object<'de, A: MapAccess<'de>>(mut object: A) -> Result<Value, A::Error> {
        let mut values = Map::new();
        while let Some(key) = object.next_key::<String>()? {
            if values.contains_key(&key) {
                return Err(A::Error::custom(format_args!("duplicate field `{key}`")));
            }
            values.insert(key, object.next_value::<Json<Self>>()?.value);
        }
        Ok(values.into())
    }
}

impl<T> AtOnce<T> {
    /// The body. When something in it does not fit, it is told together with what is `wrong` in
    /// what could be read.
    ///
    /// # Errors
    /// `UnknownKey` or `InvalidValue` with an entry for each field that is wrong.
    pub fn read(self, wrong: impl FnOnce(&T) -> Vec<FieldError>) -> Result<T, Problem> {
        self.0.map_err(|unfit| {
            let (part, mut problem) = *unfit;
            problem.fields.extend(part.as_ref().map(wrong).unwrap_or_default());
            problem
        })
    }
}

fn read<T: DeserializeOwned>(mut json: Value) -> Result<T, (Option<T>, Problem)> {
    let mut wrong: Option<Problem> = None;
    let mut left_out = Vec::new();
    loop {
        let error = match serde_path_to_error::deserialize::<_, T>(&json) {
            Ok(body) => {
                return match wrong {
                    None => Ok(body),
                    Some(problem) => Err((Some(body), problem)),
                };
            }
            Err(error) => error,
        };
        let found = words::unfit(&error.path().to_string(), &error.inner().to_string(), "");
        // What was left out is missing now: that is no news.
        let news = found.fields.iter().filter(|field| !left_out.contains(&field.field));
        let news: Vec<FieldError> = news.cloned().collect();
        let mut all = wrong.take().unwrap_or(Problem { fields: Vec::new(), ..found });
        all.fields.extend(news);
        match take_out(&mut json, error.path()) {
            Some(field) if all.fields.len() < MOST => left_out.push(field),
            Some(_) | None => return Err((None, all)),
        }
        wrong = Some(all);
    }
}

/// Takes the field that `path` leads to out of `json`, or the list around it; what it is called.
fn take_out(json: &mut Value, path: &Path) -> Option<String> {
    let keys: Vec<&str> = path.iter().map_while(key).collect();
    let (last, above) = keys.split_last()?;
    let parent = above.iter().try_fold(json, |value, key| value.get_mut(*key))?;
    parent.as_object_mut()?.remove(*last)?;
    Some(keys.join("."))
}

fn key(segment: &Segment) -> Option<&str> {
    match segment {
        Segment::Map { key } => Some(key),
        Segment::Seq { .. } | Segment::Enum { .. } | Segment::Unknown => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use mlhub_domain::problem::Code;
    use serde_json::json;

    #[derive(serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Outer {
        name: String,
        #[expect(dead_code, reason = "it is read")]
        inner: Inner,
        #[serde(default)]
        #[expect(dead_code, reason = "it is read")]
        last: u32,
    }

    #[derive(serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Inner {
        #[expect(dead_code, reason = "it is read")]
        count: u64,
        #[serde(default)]
        #[expect(dead_code, reason = "it is read")]
        words: Vec<String>,
    }

    fn told(body: Value) -> Vec<String> {
        let read = serde_json::from_value::<AtOnce<Outer>>(body).unwrap();
        let long = |outer: &Outer| {
            let message = format!("{} is no name", outer.name);
            vec![FieldError { field: "name".into(), message, given: None }]
        };
        let problem = read.read(long).err().unwrap();
        let mut fields: Vec<_> = problem.fields.into_iter().map(|field| field.field).collect();
        fields.sort();
        fields
    }

    #[test]
    fn every_value_that_does_not_fit_is_told_and_the_rest_is_looked_at() {
        let good = json!({"name": "a", "inner": {"count": 1}});
        assert!(serde_json::from_value::<AtOnce<Outer>>(good).unwrap().read(|_| vec![]).is_ok());
        let last = json!({"name": "a", "inner": {"count": 1, "words": ["b", 5, 6]}, "last": -1});
        assert_eq!(told(last), ["inner.words[1]", "last", "name"]);
        let all = json!({"name": 5, "inner": {"count": -1, "cuont": 1}, "last": "x", "lsat": 1});
        assert_eq!(told(all), ["inner.count", "inner.cuont", "last", "lsat", "name"]);
        assert_eq!(told(json!({"name": "a", "inner": {}, "last": -1})), ["inner.count", "last"]);
        assert_eq!(told(json!({"inner": 5})), ["inner", "name"]);
        assert_eq!(told(json!(5)), [""; 0]);
    }

    #[test]
    fn what_is_no_json_and_a_key_that_is_there_twice_are_told_with_their_place_however_deep() {
        for (body, code, detail) in [
            (
                r#"{"name": "a", "name": "b", "inner": {"count": 1}}"#,
                Code::InvalidValue,
                "“name” is there twice: leave one (line 1, column 20).",
            ),
            (
                "{\"name\": 5, \"inner\": {\"words\": [{\"w\": 1,\n\"w\": 2}]}}",
                Code::InvalidValue,
                "“w” is there twice: leave one (line 2, column 3).",
            ),
            (
                "{\"name\": 5,\n\"inner\": {\"count\": }}",
                Code::Malformed,
                "The body is not JSON: a value is missing, or is not written as JSON has it (line 2, \
                 column 20).",
            ),
        ] {
            let headers = axum::http::HeaderMap::new();
            let read = crate::http::Json::<AtOnce<Outer>>::read(&headers, body.as_bytes());
            let problem = read.err().unwrap().0;
            assert_eq!((problem.code, problem.detail.as_str()), (code, detail));
        }
    }
}
