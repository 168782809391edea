//! Rows to predict from, as somebody sends them. They are read one after the other, and only what
//! the model uses is kept: anybody may send them, and a body of `{},` is many rows.

use super::predict::MAX_ROWS;
use crate::Error;
use mlhub_domain::json::{Json, Nested};
use mlhub_domain::models::Signature;
use mlhub_domain::num;
use mlhub_domain::problem::Code;
use mlhub_domain::schema::LogicalType;
use mlhub_domain::text::cut;
use mlhub_predict::cell;
use serde::Deserialize;
use serde::de::{
    DeserializeSeed, Deserializer, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor,
};
use serde_json::{Map, Value};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fmt;

/// The most names of columns that the model does not use in one answer.
const NAMED: usize = 1_000;

/// The most characters of such a name.
const LONGEST: usize = 200;

pub(super) type Row = Map<String, Value>;

/// Rows for one model. As a seed it reads a [`PredictRequest`](mlhub_domain::models::PredictRequest).
pub struct Rows<'m> {
    known: HashMap<&'m str, LogicalType>,
    rows: Vec<Row>,
    ignored: BTreeSet<String>,
    too_many: bool,
}

impl<'m> Rows<'m> {
    pub(super) fn of(signature: &'m Signature) -> Self {
        let known = signature.inputs.iter().map(|input| (input.name.as_str(), input.kind));
        let (rows, ignored) = (Vec::new(), BTreeSet::new());
        Self { known: known.collect(), rows, ignored, too_many: false }
    }

    /// Reads one row: each field as it was typed, empty for missing.
    pub(super) fn read_fields(&mut self, fields: &BTreeMap<String, String>) {
        let value = |(name, kind): (&&str, &LogicalType)| {
            Some(((*name).to_owned(), cell(*kind, fields.get(*name)?)))
        };
        self.rows.push(self.known.iter().filter_map(value).collect());
    }

    /// Reads a CSV file with a header.
    ///
    /// # Errors
    /// `InvalidRows` with the line when it is none.
    pub fn read_csv(&mut self, file: &[u8]) -> Result<(), Error> {
        let bad = |error: csv::Error| Error::new(Code::InvalidRows, unread(&error));
        let mut reader = csv::Reader::from_reader(file);
        // By name: of two columns with one name the last counts, as in JSON.
        let mut used = HashMap::new();
        for (at, name) in reader.headers().map_err(bad)?.iter().enumerate() {
            match self.known(name) {
                Some(known) => _ = used.insert(known, at),
                None => self.ignore(name),
            }
        }
        let mut record = csv::StringRecord::new();
        while reader.read_record(&mut record).map_err(bad)? {
            if self.is_full() {
                self.too_many = true;
                break;
            }
            let value = |(name, at): (&&str, &usize)| {
                Some(((*name).to_owned(), cell(*self.known.get(name)?, record.get(*at)?)))
            };
            self.rows.push(used.iter().filter_map(value).collect());
        }
        Ok(())
    }

    /// What was read, and the names that the model does not use; `read` is how the reading ended.
    pub(super) fn end(self, read: Result<(), Error>) -> Result<(Vec<Row>, Vec<String>), Error> {
        if self.too_many {
            let most = num::count(MAX_ROWS as u64);
            let detail = format!("There are too many rows: send at most {most} at once.");
            return Err(Error::new(Code::TooLarge, detail));
        }
        read.map(|()| (self.rows, self.ignored.into_iter().collect()))
    }

    fn is_full(&self) -> bool {
        self.rows.len() == MAX_ROWS
    }

    fn known(&self, name: &str) -> Option<&'m str> {
        self.known.get_key_value(name).map(|(known, _)| *known)
    }

    fn ignore(&mut self, name: &str) {
        if self.ignored.len() == NAMED || self.ignored.contains(name) {
            return;
        }
        self.ignored.insert(cut(name, LONGEST));
    }
}

/// Why a file is not the CSV of rows, and where.
fn unread(error: &csv::Error) -> String {
    use csv::ErrorKind::{UnequalLengths, Utf8};
    let line = error.position().map_or(1, csv::Position::line);
    match error.kind() {
        UnequalLengths { expected_len, len, .. } => {
            format!("Line {line} has {len} fields, and the header has {expected_len}.")
        }
        Utf8 { .. } => {
            format!("Line {line} is not UTF-8: save the file as UTF-8 and send it again.")
        }
        _ => format!("The CSV cannot be read from line {line} on."),
    }
}

/// The one key of a request.
#[derive(Deserialize)]
#[serde(field_identifier, rename_all = "lowercase")]
enum Key {
    Rows,
}

impl<'de> DeserializeSeed<'de> for &mut Rows<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, json: D) -> Result<(), D::Error> {
        json.deserialize_map(Request(self))
    }
}

struct Request<'r, 'm>(&'r mut Rows<'m>);

impl<'de> Visitor<'de> for Request<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a map")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let mut found = false;
        while let Some(Key::Rows) = map.next_key()? {
            if found {
                return Err(A::Error::duplicate_field("rows"));
            }
            found = true;
            map.next_value_seed(Many(self.0))?;
        }
        if found { Ok(()) } else { Err(A::Error::missing_field("rows")) }
    }
}

struct Many<'r, 'm>(&'r mut Rows<'m>);

impl<'de> DeserializeSeed<'de> for Many<'_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, json: D) -> Result<(), D::Error> {
        json.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for Many<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a sequence")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        while !self.0.is_full() {
            match list.next_element_seed(One(self.0))? {
                Some(row) => self.0.rows.push(row),
                None => return Ok(()),
            }
        }
        self.0.too_many = list.next_element::<IgnoredAny>()?.is_some();
        if self.0.too_many { Err(A::Error::custom("too many rows")) } else { Ok(()) }
    }
}

struct One<'r, 'm>(&'r mut Rows<'m>);

impl<'de> DeserializeSeed<'de> for One<'_, '_> {
    type Value = Row;

    fn deserialize<D: Deserializer<'de>>(self, json: D) -> Result<Row, D::Error> {
        json.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for One<'_, '_> {
    type Value = Row;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a map")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Row, A::Error> {
        let mut row = Row::new();
        while let Some(column) = map.next_key_seed(Column(self.0))? {
            match column {
                Some(name) => {
                    let cell: Json<Cell> = map.next_value()?;
                    row.insert(name.to_owned(), cell.value);
                }
                None => _ = map.next_value::<IgnoredAny>()?,
            }
        }
        Ok(row)
    }
}

/// The name of a column, when the model uses it.
struct Column<'r, 'm>(&'r mut Rows<'m>);

impl<'de, 'm> DeserializeSeed<'de> for Column<'_, 'm> {
    type Value = Option<&'m str>;

    fn deserialize<D: Deserializer<'de>>(self, json: D) -> Result<Self::Value, D::Error> {
        json.deserialize_str(self)
    }
}

impl<'m> Visitor<'_> for Column<'_, 'm> {
    type Value = Option<&'m str>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a string")
    }

    fn visit_str<E>(self, name: &str) -> Result<Self::Value, E> {
        let known = self.0.known(name);
        if known.is_none() {
            self.0.ignore(name);
        }
        Ok(known)
    }
}

/// Lists and objects are no cells: that it was one is all that is kept of them.
struct Cell;

impl Nested for Cell {
    fn list<'de, A: SeqAccess<'de>>(mut list: A) -> Result<Value, A::Error> {
        while list.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Value::Array(Vec::new()))
    }

    fn object<'de, A: MapAccess<'de>>(mut object: A) -> Result<Value, A::Error> {
        while object.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(Value::Object(Map::new()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn signature() -> Signature {
        serde_json::from_value(json!({
            "inputs": [{"name": "age", "type": "integer", "range": null, "levels": null,
                "missing": true, "example": 30}],
            "target": "lived", "target_type": "text", "classes": null,
        }))
        .unwrap()
    }

    /// The rows, and the names that are ignored.
    fn from_json(text: &str) -> Result<(Vec<Row>, Vec<String>), Error> {
        let signature = signature();
        let mut rows = Rows::of(&signature);
        let mut json = serde_json::Deserializer::from_str(text);
        let read = rows.deserialize(&mut json).map_err(Error::internal);
        rows.end(read)
    }

    fn from_csv(text: &str) -> Result<(Vec<Row>, Vec<String>), Error> {
        let signature = signature();
        let mut rows = Rows::of(&signature);
        let read = rows.read_csv(text.as_bytes());
        rows.end(read)
    }

    #[test]
    fn only_what_the_model_uses_is_kept() {
        let text = r#"{"rows": [
            {"age": 5, "note": [[1], {}], "a\u0062": 1}, {"note": "x"}, {"age": [[5]]},
            {"age": {"b": 1}}, {"age": 1.5}, {"age": "x"}, {"age": null}, {"age": -1, "age": true}
        ]}"#;
        let (rows, ignored) = from_json(text).unwrap();
        let kept = json!([{"age": 5}, {}, {"age": []}, {"age": {}}, {"age": 1.5}, {"age": "x"},
            {"age": null}, {"age": true}]);
        assert_eq!((json!(rows), ignored), (kept, vec!["ab".to_owned(), "note".into()]));

        let (rows, ignored) = from_csv("note,age,note\nx,5,y\nx,,y\n").unwrap();
        assert_eq!(json!(rows), json!([{"age": 5}, {"age": null}]));
        assert_eq!(ignored, ["note"]);
    }

    #[test]
    fn the_names_that_are_ignored_have_an_end() {
        let long = "é".repeat(201);
        let (_, ignored) = from_csv(&format!("age,{long}\n1,2\n")).unwrap();
        assert_eq!(ignored, [format!("{}…", "é".repeat(200))]);
        let many: Vec<String> = (0..NAMED + 5).map(|n| format!("\"n{n}\":1")).collect();
        let (_, ignored) = from_json(&format!("{{\"rows\":[{{{}}}]}}", many.join(","))).unwrap();
        assert_eq!(ignored.len(), NAMED);
    }

    #[test]
    fn reading_stops_at_the_first_row_too_many() {
        let rows = |count: usize| vec!["{}"; count].join(",");
        let full = from_json(&format!("{{\"rows\":[{}]}}", rows(MAX_ROWS))).unwrap();
        assert_eq!(full.0.len(), MAX_ROWS);
        // What stands behind it is not looked at: else this were no JSON.
        let more = from_json(&format!("{{\"rows\":[{},!", rows(MAX_ROWS + 1)));
        assert_eq!(more.unwrap_err().problem().code, Code::TooLarge);
        let csv = |count: usize| from_csv(&format!("age\n{}", "1\n".repeat(count)));
        assert_eq!(csv(MAX_ROWS).unwrap().0.len(), MAX_ROWS);
        assert_eq!(csv(MAX_ROWS + 1).unwrap_err().problem().code, Code::TooLarge);
    }
}
