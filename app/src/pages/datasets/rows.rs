//! The tab “Data”: rows of a version.

use super::ask::Part;
use super::columns::{cell, head};
use super::fetch::{COLUMNS, Looked, ROWS, Table};
use super::row::OneRow;
use super::{filters, row};
use crate::components::{EmptyState, Note, Pager, Scroll};
use crate::format;
use leptos::prelude::*;
use mlhub_domain::tables::Rows;
use serde_json::Value;

/// The rows that are asked for, or why they cannot be had.
pub(super) fn part(looked: &Looked, table: Result<Table, String>) -> AnyView {
    let bar = filters::bar(looked);
    let body = match table {
        Ok(table) => beside(looked, table),
        Err(why) => refused(looked, why),
    };
    view! {
        {bar}
        {body}
    }
    .into_any()
}

/// The table, and beside it the row that is looked at by itself.
fn beside(looked: &Looked, shown: Table) -> AnyView {
    let Table { rows, row: one } = shown;
    let (word, means) = places(looked);
    let (total, empty) = (rows.total, rows.rows.is_empty());
    let table = if empty {
        nothing(looked, total)
    } else {
        table(looked, rows, (word, means), one.as_ref().map(OneRow::place))
    };
    match one {
        Some(one) => {
            let panel = row::panel(looked, one, word, total);
            view! {
                <div class="with-row">
                    <div class="stack">{table}</div>
                    {panel}
                </div>
            }
            .into_any()
        }
        None if empty || looked.ask.row.is_empty() => table,
        None => view! {
            {row::nowhere(looked, total)}
            {table}
        }
        .into_any(),
    }
}

/// What the place of a row is called, and what that means: in the table's own order it is the row's
/// number.
fn places(looked: &Looked) -> (&'static str, &'static str) {
    if looked.ask.sort.is_empty() && !looked.ask.narrows() {
        ("Row", "The row's number in the table")
    } else {
        ("Place", "The row's place in this order, among the rows that fit")
    }
}

fn table(
    looked: &Looked,
    rows: Rows,
    (word, means): (&'static str, &'static str),
    picked: Option<u64>,
) -> AnyView {
    let ask = &looked.ask;
    let address = ask.of_rows().address(&looked.at());
    let (before, total) = (ask.before(), rows.total);
    let all = looked.ready().map_or(0, |version| version.rows);
    let columns = rows.columns;
    let profiles = looked.profile.as_ref().map(|p| p.columns.as_slice()).unwrap_or_default();
    let heads = columns
        .iter()
        .map(|column| {
            let profile = profiles.iter().find(|profile| profile.name == column.name);
            head(column, profile, all, (address.as_str(), ask.sort.as_str()))
        })
        .collect_view();
    let line = |(values, place): (&Vec<Value>, u64)| {
        let cells = values.iter().zip(&columns).map(|(value, column)| cell(value, column.kind));
        let current = (picked == Some(place)).then_some("true");
        view! {
            <tr aria-current=current>
                {place_cell(looked, place, word)}
                {cells.collect_view()}
            </tr>
        }
        .into_any()
    };
    let body = rows.rows.iter().zip(before + 1..).map(line).collect_view();
    view! {
        {wide(looked)}
        <Scroll label="Rows" class="tall">
            <table>
                <thead>
                    <tr>
                        <th class="num muted" title=means>
                            {word}
                        </th>
                        {heads}
                    </tr>
                </thead>
                <tbody>{body}</tbody>
            </table>
        </Scroll>
        <Pager address=address offset=before limit=u64::from(ROWS) total noun="rows"/>
    }
    .into_any()
}

/// The place of a row, which leads to the row by itself.
fn place_cell(looked: &Looked, place: u64, word: &str) -> AnyView {
    let number = format::count(place);
    let label = format!("{word} {number}");
    view! {
        <td class="num place">
            <a id=format!("row-{place}") href=row::address(looked, place) aria-label=label>
                {number}
            </a>
        </td>
    }
    .into_any()
}

/// Says so when there are more columns than are shown.
fn wide(looked: &Looked) -> Option<AnyView> {
    let columns = looked.ready()?.columns.len();
    (columns > COLUMNS).then(|| {
        let text = format!(
            "The first {COLUMNS} of {} columns are shown. All of them are in each row by itself, in \
             the profile and in the downloads, and all can be filtered by.",
            format::count(columns as u64)
        );
        view! { <Note kind="plain">{text}</Note> }.into_any()
    })
}

/// No rows: because there are none, none fit, or the page lies beyond the last one.
fn nothing(looked: &Looked, total: u64) -> AnyView {
    let start = looked.ask.at_start();
    let (title, text, href, label) = if total > 0 {
        let text = format!("It has {}.", format::counted(total, "row", "rows"));
        ("Beyond the last row", text, start, "To the first row")
    } else if looked.ask.narrows() {
        let text = "Take a filter away, or look for another text.".to_string();
        ("No rows fit", text, looked.ask.widened(), "Show all rows")
    } else {
        let text = "The file has a header and nothing below it. Upload a fuller one.".to_string();
        let versions = looked.ask.of_part(Part::Versions);
        ("No rows in this version", text, versions, "To the versions")
    };
    let way = (href.address(&looked.at()), label);
    view! { <EmptyState icon="table" title=title text=text way=way/> }.into_any()
}

/// The address asks for what the table does not have: which part of it, and a way out.
fn refused(looked: &Looked, why: String) -> AnyView {
    let plain = looked.ask.of_part(Part::Data).address(&looked.at());
    view! {
        <Note kind="bad" title="These rows cannot be shown">
            {why}
            " "
            <a href=plain>"Show all rows"</a>
        </Note>
    }
    .into_any()
}
