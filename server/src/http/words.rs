//! What the parsers of JSON and of query strings say, in words for people: which field, what it
//! takes, what stands there instead.

use mlhub_domain::num::count;
use mlhub_domain::problem::{Code, Problem};
use mlhub_domain::text::cut;

/// The most characters of what was sent that a message repeats.
const REPEATED: usize = 80;

const MOMENT: &str = "a date and time such as 2026-01-31T12:00:00Z";

/// A value that does not fit: `path` leads to it, and `said` is what the parser says of it.
/// `place` is where in the body it stands; empty when that says nothing.
pub(super) fn unfit(path: &str, said: &str, place: &str) -> Problem {
    let parent = if path == "." { "" } else { path };
    let (code, field, message) = if let Some(rest) = said.strip_prefix("unknown field `") {
        let (key, known) = rest.split_once("`, ").unwrap_or((rest, ""));
        let message = match known {
            "there are no fields" => format!("“{}” is not known here: leave it out", short(key)),
            known => format!("“{}” is not known here: use {}", short(key), listed(known)),
        };
        (Code::UnknownKey, parent.to_owned(), message)
    } else if let Some(key) = quoted(said, "missing field `") {
        let field = if parent.is_empty() { key.into() } else { format!("{parent}.{key}") };
        (Code::InvalidValue, field, format!("“{key}” is missing: add it"))
    } else if let Some(key) = quoted(said, "duplicate field `") {
        (Code::InvalidValue, key.into(), format!("“{key}” is there twice: leave one"))
    } else {
        (Code::InvalidValue, parent.to_owned(), value(said))
    };
    if field.is_empty() {
        return Problem::new(code, format!("The body: {message}{place}."));
    }
    let subject =
        if message.starts_with('“') { "" } else { &format!("“{}”: ", short(&field)) };
    let detail = format!("{subject}{message}{place}.");
    Problem { detail, ..Problem::field(code, &field, message, None) }
}

/// What stands between the backticks.
fn quoted<'a>(said: &'a str, before: &str) -> Option<&'a str> {
    said.strip_prefix(before)?.split('`').next()
}

/// The words between backticks, as a list: `a, b or c`.
fn listed(said: &str) -> String {
    let words: Vec<&str> = said.split('`').skip(1).step_by(2).collect();
    match words.split_last() {
        Some((last, [])) => (*last).into(),
        Some((last, others)) => format!("{} or {last}", others.join(", ")),
        None => said.into(),
    }
}

fn value(said: &str) -> String {
    if let Some(rest) = said.strip_prefix("unknown variant `") {
        let (word, known) = rest.split_once("`, ").unwrap_or((rest, ""));
        return format!("“{}” is not known here: use {}", short(word), listed(known));
    }
    if let Some((_, takes)) = said.strip_prefix("invalid length ").and_then(expecting) {
        return format!("use {}, not a list of another length", taken(takes));
    }
    for before in ["invalid type: ", "invalid value: "] {
        if let Some((given, takes)) = said.strip_prefix(before).and_then(expecting) {
            return format!("use {}, not {}", taken(takes), stated(given));
        }
    }
    match said {
        "invalid digit found in string" | "cannot parse integer from empty string" => {
            "use a whole number, 0 or more".into()
        }
        "number too large to fit in target type" => "use a smaller number".into(),
        "provided string was not `true` or `false`" => "use true or false".into(),
        "input contains invalid characters"
        | "input is not enough for unique date and time"
        | "input is out of range"
        | "no possible date and time matching input"
        | "premature end of input"
        | "trailing input" => format!("use {MOMENT}"),
        other if for_people(other) => other.into(),
        _ => "this value does not fit here: see /docs for what does".into(),
    }
}

/// Whether our own types say it: they speak to people. Parsers speak of types of Rust.
fn for_people(said: &str) -> bool {
    const RUST: [&str; 6] = ["`", "variant", "struct", "tuple", "deserializ", "::"];
    !RUST.iter().any(|word| said.contains(word))
}

/// What stands there, and what the field takes.
fn expecting(said: &str) -> Option<(&str, &str)> {
    said.rsplit_once(", expected ")
}

/// What a field takes.
fn taken(said: &str) -> String {
    match said {
        "u8" => up_to(u8::MAX.into()),
        "u16" => up_to(u16::MAX.into()),
        "u32" => up_to(u32::MAX.into()),
        "u64" | "usize" => "a whole number, 0 or more".into(),
        "i8" | "i16" | "i32" | "i64" | "isize" => "a whole number".into(),
        "f32" | "f64" => "a number".into(),
        "a string" | "a borrowed string" | "string" | "str" | "string or map"
        | "variant identifier" => "a text".into(),
        "a boolean" => "true or false".into(),
        "a sequence" => "a list".into(),
        "a map" => "an object".into(),
        "unit" => "null".into(),
        "an RFC 3339 formatted date and time string" => MOMENT.into(),
        said if said.starts_with("struct ") => "an object".into(),
        said if said.starts_with("enum ") => "a text".into(),
        other if for_people(other) => other.into(),
        _ => "another value".into(),
    }
}

/// A whole number that may be `most`, and no more.
fn up_to(most: u64) -> String {
    format!("a whole number from 0 to {}", count(most))
}

/// What stands in its place.
fn stated(said: &str) -> String {
    let literal = ["integer `", "floating point `", "boolean `", "character `"];
    if let Some(text) = said.strip_prefix("string \"").and_then(|rest| rest.strip_suffix('"')) {
        return format!("the text “{}”", short(text));
    }
    if let Some(text) = literal.iter().find_map(|before| quoted(said, before)) {
        return short(text);
    }
    match said {
        "map" => "an object".into(),
        "sequence" => "a list".into(),
        "unit value" => "null".into(),
        other => short(other),
    }
}

/// As much of `text` as a message repeats.
fn short(text: &str) -> String {
    cut(text, REPEATED)
}

/// Why a text is not JSON; `said` is what the parser says of it.
pub(super) fn not_json(said: &str) -> &str {
    match said {
        said if said.starts_with("EOF while parsing") => "it ends too early",
        said if said.starts_with("control character") => {
            "a text has a line break or another control character in it"
        }
        "expected value" => "a value is missing, or is not written as JSON has it",
        "expected ident" => "a word is neither true nor false nor null",
        "expected `:`" => "“:” is missing",
        "expected `,` or `]`" => "“,” or “]” is missing",
        "expected `,` or `}`" => "“,” or “}” is missing",
        "key must be a string" => "a key does not stand in double quotes",
        "trailing comma" => "a comma has nothing behind it",
        "trailing characters" => "something stands behind its end",
        "invalid number" => "a number is not written as JSON has it",
        "number out of range" => "a number is too large",
        "invalid escape" | "unexpected end of hex escape" => "“\\” has nothing known behind it",
        "invalid unicode code point" => "a text is not UTF-8",
        "recursion limit exceeded" => "it is nested too deeply",
        _ => "something in it is not written as JSON has it",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use mlhub_domain::access::Role;
    use serde::Deserialize;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    #[expect(dead_code, reason = "only read")]
    struct Body {
        name: String,
        version: Option<u32>,
        role: Option<Role>,
        parts: Option<Vec<f64>>,
        at: Option<chrono::DateTime<chrono::Utc>>,
        more: Option<Box<Body>>,
    }

    /// What a body that does not fit is answered with.
    fn refused(json: &str) -> Problem {
        let read = crate::http::Json::<Body>::read(&axum::http::HeaderMap::new(), json.as_bytes());
        read.unwrap_err().0
    }

    #[test]
    fn what_a_parser_says_becomes_what_to_do() {
        for (json, code, field, detail) in [
            ("{}", Code::InvalidValue, "name", "“name” is missing: add it (line 1, column 2)."),
            (
                r#"{"name": 5}"#,
                Code::InvalidValue,
                "name",
                "“name”: use a text, not 5 (line 1, column 10).",
            ),
            (
                r#"{"name": "a", "version": "x"}"#,
                Code::InvalidValue,
                "version",
                "“version”: use a whole number from 0 to 4 294 967 295, not the text “x” (line 1, \
                 column 28).",
            ),
            (
                r#"{"name": "a", "version": -1}"#,
                Code::InvalidValue,
                "version",
                "“version”: use a whole number from 0 to 4 294 967 295, not -1 (line 1, column 27).",
            ),
            (
                r#"{"name": "a", "role": "king"}"#,
                Code::InvalidValue,
                "role",
                "“king” is not known here: use read, edit, manage or owner (line 1, column 28).",
            ),
            (
                r#"{"name": "a", "parts": [1, []]}"#,
                Code::InvalidValue,
                "parts[1]",
                "“parts[1]”: use a number, not a list (line 1, column 27).",
            ),
            (
                r#"{"name": "a", "at": "today"}"#,
                Code::InvalidValue,
                "at",
                "“at”: use a date and time such as 2026-01-31T12:00:00Z (line 1, column 27).",
            ),
            (
                r#"{"name": "a", "more": {"nmae": "b"}}"#,
                Code::UnknownKey,
                "more.nmae",
                "“nmae” is not known here: use name, version, role, parts, at or more (line 1, \
                 column 29).",
            ),
            (
                r#"{"name": "a", "name": "b"}"#,
                Code::InvalidValue,
                "name",
                "“name” is there twice: leave one (line 1, column 20).",
            ),
            (
                r#"{"name": "a", "more": ["b"]}"#,
                Code::InvalidValue,
                "more",
                "“more”: use an object, not a list of another length (line 1, column 27).",
            ),
            ("[1]", Code::InvalidValue, "", "The body is a list: send an object."),
            ("5", Code::InvalidValue, "", "The body: use an object, not 5 (line 1, column 1)."),
        ] {
            let problem = refused(json);
            assert_eq!((problem.code, problem.detail.as_str()), (code, detail), "{json}");
            let named = problem.fields.first().map_or("", |named| &named.field);
            assert_eq!(named, field, "{json}");
        }
    }

    #[test]
    fn what_a_parser_says_of_types_of_rust_is_said_to_nobody() {
        for said in [
            "data did not match any variant of untagged enum Which",
            "invalid type: map, expected tuple struct Pair",
            "missing content of `Pair`",
        ] {
            let problem = unfit("parts[1]", said, " (line 1, column 27)");
            let detail = problem.detail;
            assert!(
                detail.starts_with("“parts[1]”: ") && detail.ends_with(" (line 1, column 27).")
            );
            assert!(
                ["`", "enum", "struct", "tuple"].iter().all(|w| !detail.contains(w)),
                "{detail}"
            );
        }
        assert_eq!(not_json("something new"), "something in it is not written as JSON has it");
        let own = unfit("name", "use letters, digits and dashes", "");
        assert_eq!(own.detail, "“name”: use letters, digits and dashes.");
    }

    #[test]
    fn what_is_no_json_says_why_and_where() {
        for (json, detail) in [
            ("", "The body is empty: send JSON."),
            (r#"{"name":"#, "The body is not JSON: it ends too early (line 1, column 8)."),
            (
                r#"{name: 1}"#,
                "The body is not JSON: a key does not stand in double quotes (line 1, column 2).",
            ),
            (
                r#"{"name": "a"} x"#,
                "The body is not JSON: something stands behind its end (line 1, column 15).",
            ),
        ] {
            let problem = refused(json);
            assert_eq!(
                (problem.code, problem.detail.as_str()),
                (Code::Malformed, detail),
                "{json}"
            );
        }
    }
}
