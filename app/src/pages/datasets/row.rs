//! A row by itself: all its values below each other, beside the rows that it stands among.

use super::fetch::Looked;
use crate::components::{Icon, Note, step};
use crate::format;
use leptos::prelude::*;
use mlhub_domain::schema::Column;
use mlhub_domain::tables::{Rows, RowsQuery};
use mlhub_domain::text::cut;
use serde_json::Value;

/// Texts of more characters than this fold.
const LONG: usize = 200;
/// Texts of more lines than this fold.
const LINES: usize = 5;
/// Characters that are seen of a folded text.
const SEEN: usize = 80;

/// A row with all its columns.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct OneRow {
    place: u64,
    columns: Vec<Column>,
    values: Vec<Value>,
}

impl OneRow {
    /// The one at `place` among the rows that `query` was answered with; the first of all has the
    /// place 1.
    pub(super) fn among(rows: &Rows, query: &RowsQuery, place: u64) -> Option<Self> {
        let index = place.checked_sub(1)?.checked_sub(query.offset)?;
        let values = rows.rows.get(usize::try_from(index).ok()?)?.clone();
        Some(Self { place, columns: rows.columns.clone(), values })
    }

    /// Where it stands.
    pub(super) fn place(&self) -> u64 {
        self.place
    }
}

/// The link to the row at `place`, from among the rows.
pub(super) fn address(looked: &Looked, place: u64) -> String {
    format!("{}#row", looked.ask.of_row(place).address(&looked.at()))
}

/// The row, with the ways to the rows beside it and back. `word` is what a place is called, `total`
/// how many there are.
pub(super) fn panel(looked: &Looked, row: OneRow, word: &str, total: u64) -> AnyView {
    let place = row.place;
    let to = |place: u64| address(looked, place);
    let before = (place > 1).then(|| to(place - 1));
    let after = (place < total).then(|| to(place + 1));
    // Back to where it stands among the others, for eyes and keys.
    let close = format!("{}#row-{place}", looked.ask.of_rows().address(&looked.at()));
    let title = format!("{word} {}", format::count(place));
    let of = format!("of {}", format::count(total));
    let values = row.columns.iter().zip(&row.values).map(|(column, value)| entry(column, value));
    view! {
        <section class="card one-row" id="row" tabindex="-1" aria-labelledby="row-title">
            <div class="hd">
                <h2 id="row-title">{title}</h2>
                <span class="muted small grow">{of}</span>
                {step(before, "chevron-left", "Previous row")}
                {step(after, "chevron-right", "Next row")}
                <a class="btn icon" href=close aria-label="Close the row">
                    <Icon name="x"/>
                </a>
            </div>
            <div class="bd">
                <dl class="values">{values.collect_view()}</dl>
            </div>
        </section>
    }
    .into_any()
}

/// Instead of the row, when the place that the address asks for has none.
pub(super) fn nowhere(looked: &Looked, total: u64) -> AnyView {
    let all = looked.ask.of_rows().address(&looked.at());
    let asked = &looked.ask.row;
    let said = format!(
        "Nothing stands at the place “{asked}”: the rows have the places 1 to {}. ",
        format::count(total)
    );
    view! {
        <Note kind="bad" title="No such row">
            {said}
            <a href=all>"Show the rows"</a>
        </Note>
    }
    .into_any()
}

fn entry(column: &Column, value: &Value) -> AnyView {
    view! {
        <dt>
            {column.name.clone()}
            <span class="type">{column.kind.to_string()}</span>
        </dt>
        {shown(value)}
    }
    .into_any()
}

/// A value: what is missing looks different from an empty text, and a long text folds.
fn shown(value: &Value) -> AnyView {
    let text = match value {
        Value::Null => return view! { <dd class="null">"missing"</dd> }.into_any(),
        Value::String(text) if text.is_empty() => {
            return view! { <dd><span class="muted">"“” an empty text"</span></dd> }.into_any();
        }
        other => exact(other),
    };
    let length = text.chars().count();
    if length <= LONG && text.lines().count() <= LINES {
        return view! { <dd>{text}</dd> }.into_any();
    }
    let begins = cut(&text, SEEN);
    let length = format::counted(length as u64, "character", "characters");
    view! {
        <dd>
            <details class="fold">
                <summary>
                    <span class="begins">{begins}</span>
                    " "
                    <span class="muted">{length}</span>
                </summary>
                <div>{text}</div>
            </details>
        </dd>
    }
    .into_any()
}

/// A value with all its digits.
fn exact(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => {
            let text = other.to_string();
            text.strip_suffix(".0").map_or_else(|| text.clone(), String::from)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_row_is_found_among_those_of_its_page() {
        let rows = Rows {
            columns: Vec::new(),
            rows: vec![vec![json!("a")], vec![json!("b")]],
            total: 102,
        };
        let query = RowsQuery { offset: 100, ..RowsQuery::default() };
        let found = |place| OneRow::among(&rows, &query, place).map(|row| row.values);
        assert_eq!(found(101), Some(vec![json!("a")]));
        assert_eq!(found(102), Some(vec![json!("b")]));
        assert_eq!(
            [found(0), found(1), found(100), found(103), found(u64::MAX)],
            [const { None }; 5]
        );
    }

    #[test]
    fn a_value_by_itself_has_all_its_digits() {
        for (value, text) in [
            (json!(0.123_456_789_012_345_68), "0.12345678901234568"),
            (json!(2.0), "2"),
            (json!(-3), "-3"),
            (json!(true), "true"),
            (json!("2.0"), "2.0"),
        ] {
            assert_eq!(exact(&value), text);
        }
    }
}
