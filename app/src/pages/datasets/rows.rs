//! The tab “Data”: rows of a version.

use super::ask::{Ask, Part};
use super::columns::{cell, head};
use super::fetch::{COLUMNS, Looked, ROWS};
use super::filters;
use crate::components::{EmptyState, Note, Pager, Scroll};
use crate::format;
use leptos::prelude::*;
use mlhub_domain::tables::Rows;

/// The rows that are asked for, or why they cannot be had.
pub(super) fn part(looked: &Looked, rows: Result<Rows, String>) -> AnyView {
    let bar = filters::bar(looked);
    let body = match rows {
        Ok(rows) if rows.rows.is_empty() => nothing(looked, rows.total),
        Ok(rows) => table(looked, rows),
        Err(why) => refused(looked, why),
    };
    view! {
        {bar}
        {body}
    }
    .into_any()
}

fn table(looked: &Looked, rows: Rows) -> AnyView {
    let ask = &looked.ask;
    let address = ask.address(&looked.at());
    let (before, total) = (ask.before(), rows.total);
    // In the table's own order the place of a row is its number.
    let own = ask.sort.is_empty() && !ask.narrows();
    let (place, means) = match own {
        true => ("Row", "The row's number in the table"),
        false => ("Place", "The row's place in this order, among the rows that fit"),
    };
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
    let body = rows
        .rows
        .iter()
        .zip(before + 1..)
        .map(|(row, number)| {
            let cells = row.iter().zip(&columns).map(|(value, column)| cell(value, column.kind));
            view! {
                <tr>
                    <td class="num muted">{format::count(number)}</td>
                    {cells.collect_view()}
                </tr>
            }
            .into_any()
        })
        .collect_view();
    view! {
        {wide(looked)}
        <Scroll label="Rows" class="tall">
            <table>
                <thead>
                    <tr>
                        <th class="num muted" title=means>
                            {place}
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

/// Says so when there are more columns than are shown.
fn wide(looked: &Looked) -> Option<AnyView> {
    let columns = looked.ready()?.columns.len();
    (columns > COLUMNS).then(|| {
        let text = format!(
            "The first {COLUMNS} of {} columns are shown. All of them are in the profile and in \
             the downloads, and all can be filtered by.",
            format::count(columns as u64)
        );
        view! { <Note kind="plain">{text}</Note> }.into_any()
    })
}

/// No rows: because there are none, none fit, or the page lies beyond the last one.
fn nothing(looked: &Looked, total: u64) -> AnyView {
    let start = Ask { offset: String::new(), ..looked.ask.clone() };
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
    let href = href.address(&looked.at());
    view! {
        <EmptyState icon="table" title=title text=text>
            <a class="btn" href=href>
                {label}
            </a>
        </EmptyState>
    }
    .into_any()
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
