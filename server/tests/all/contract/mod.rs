//! The contract that scripts rely on, answer by answer: keys, types of values, statuses. A change
//! that one of these tests does not bear needs a new version of the API.

mod addresses;
mod codes;
mod datasets;
mod description;
mod errors;
mod lists;
mod models;

use serde_json::Value;

/// That `value` is an object with exactly these keys.
#[track_caller]
fn keys(value: &Value, expected: &str) {
    let object = value.as_object().unwrap_or_else(|| panic!("no object: {value}"));
    let mut expected: Vec<&str> = expected.split_whitespace().collect();
    let mut seen: Vec<&str> = object.keys().map(String::as_str).collect();
    expected.sort_unstable();
    seen.sort_unstable();
    assert_eq!(seen, expected);
}

/// That `value` is an RFC 3339 time in UTC.
#[track_caller]
fn moment(value: &Value) {
    let text = value.as_str().unwrap_or_else(|| panic!("no time: {value}"));
    let (date, time) = text.split_once('T').unwrap_or_else(|| panic!("no time: {text}"));
    assert!(date.len() == 10 && time.ends_with('Z'), "{text}");
}

/// That `value` is a number, or the word for one that JSON lacks.
#[track_caller]
fn number(value: &Value) {
    let word = value.as_str().is_some_and(|word| ["NaN", "Infinity", "-Infinity"].contains(&word));
    assert!(value.is_number() || word, "no number: {value}");
}

/// What a parser or a library says for itself, which people must not have to read.
#[track_caller]
fn plain(detail: &str) {
    for raw in ["expected ", "invalid type", "at line", "eserialize", "struct ", "u32", "`"] {
        assert!(!detail.contains(raw), "not for people: {detail}");
    }
    assert!(detail.ends_with('.'), "no sentence: {detail}");
}
