//! Heads and cells of a table of data.

use crate::charts::MiniHistogram;
use crate::components::SortLink;
use crate::format;
use leptos::prelude::*;
use mlhub_domain::profile::{ColumnProfile, Histogram, Mark, Top};
use mlhub_domain::schema::{Column, LogicalType};
use serde_json::Value;

/// Texts longer than this are cut; the whole stands in the title.
const LONG: usize = 42;

/// The head of a column: its name that sorts, its type, what is missing, and its values at a
/// glance.
pub(super) fn head(
    column: &Column,
    profile: Option<&ColumnProfile>,
    rows: u64,
    (address, sort): (&str, &str),
) -> AnyView {
    let name = column.name.clone();
    let order = match sort.strip_prefix('-') {
        Some(falling) if falling == name => Some("descending"),
        None if sort == name => Some("ascending"),
        Some(_) | None => None,
    };
    // A minus in front is the order backwards: such a name cannot be told from it.
    let word = if name.starts_with('-') {
        view! { <span>{name.clone()}</span> }.into_any()
    } else {
        view! { <SortLink address=address sort=sort key=name.clone() label=name.clone()/> }
            .into_any()
    };
    let missing = profile.map_or_else(String::new, |p| {
        format!(" · {} missing", format::percent(share(p.missing, rows)))
    });
    let glance = profile.map(|profile| glance(profile, rows));
    view! {
        <th class=column.kind.is_numeric().then_some("num") aria-sort=order>
            {word}
            <span class="type">{format!("{}{missing}", column.kind)}</span>
            {glance}
        </th>
    }
    .into_any()
}

/// The values of a column at a glance: a small histogram, a span of time, or the top three.
fn glance(profile: &ColumnProfile, rows: u64) -> AnyView {
    let span = match (&profile.min, &profile.max) {
        (Some(min), Some(max)) if is_temporal(profile.kind) => {
            let span = format!("{} – {}", said(min), said(max));
            Some(view! { <span class="type">{span}</span> }.into_any())
        }
        _ => None,
    };
    if let Some(histogram) = histogram(profile).cloned() {
        return view! {
            {span}
            <MiniHistogram histogram column=profile.name.clone()/>
        }
        .into_any();
    }
    let meter = |top: &Top| {
        let share = share(top.count, rows);
        view! {
            <span class="meter" style=format!("--w:{:.1}%", share * 100.0)>
                <span>{said(&top.value)}</span>
                <span>{format::percent(share)}</span>
            </span>
        }
        .into_any()
    };
    view! {
        <span class="top3">{profile.top.iter().take(3).map(meter).collect_view()}</span>
    }
    .into_any()
}

/// A cell. What is missing looks different from an empty text.
pub(super) fn cell(value: &Value, kind: LogicalType) -> AnyView {
    if value.is_null() {
        let class = if kind.is_numeric() { "null num" } else { "null" };
        return view! { <td class=class>"missing"</td> }.into_any();
    }
    let text = said(value);
    if text.chars().count() > LONG {
        return view! {
            <td>
                <span class="long" title=text.clone()>
                    {text.clone()}
                </span>
            </td>
        }
        .into_any();
    }
    view! { <td class=kind.is_numeric().then_some("num")>{text}</td> }.into_any()
}

/// A value as people read it: whole numbers as they are, others with the digits that matter.
pub(super) fn said(value: &Value) -> String {
    match value {
        Value::Null => "missing".into(),
        Value::String(text) if text.is_empty() => "“”".into(),
        Value::String(text) => text.clone(),
        Value::Number(number) => match number.as_f64() {
            Some(x) if number.is_f64() => format::significant(x, 8),
            _ => number.to_string(),
        },
        Value::Bool(_) | Value::Array(_) | Value::Object(_) => value.to_string(),
    }
}

/// A part of the rows; of none it is none.
pub(super) fn share(part: u64, rows: u64) -> f64 {
    if rows == 0 { 0.0 } else { part as f64 / rows as f64 }
}

/// The histogram of a column, where its places are written as the values are. Profiles of before
/// have moments in seconds: nobody would know them again.
pub(super) fn histogram(profile: &ColumnProfile) -> Option<&Histogram> {
    profile.histogram.as_ref().filter(|all| all.edges.iter().all(|at| reads(at, profile.kind)))
}

/// Whether a place among the values of a column of this type is written as they are.
pub(super) const fn reads(at: &Mark, kind: LogicalType) -> bool {
    matches!(at, Mark::Moment(_)) || !is_temporal(kind)
}

/// Whether values are moments, which a histogram does not name.
const fn is_temporal(kind: LogicalType) -> bool {
    matches!(kind, LogicalType::Date | LogicalType::Datetime | LogicalType::Time)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_value_reads_as_it_stands_in_the_table() {
        for (value, text) in [
            (json!(null), "missing"),
            (json!(""), "“”"),
            (json!(2829), "2829"),
            (json!(-3), "-3"),
            (json!(0.1), "0.1"),
            (json!(true), "true"),
            (json!("2026-11-23"), "2026-11-23"),
        ] {
            assert_eq!(said(&value), text);
        }
    }

    #[test]
    fn moments_that_were_kept_in_seconds_are_not_drawn() {
        let column = |kind: &str, edges: Value| -> ColumnProfile {
            let histogram = json!({"edges": edges, "counts": [3]});
            let column = json!({
                "name": "day", "type": kind, "missing": 0, "distinct": 2, "min": null, "max": null,
                "mean": null, "sd": null, "quantiles": {}, "top": [], "histogram": histogram,
                "approximate": [],
            });
            serde_json::from_value(column).unwrap()
        };
        assert!(histogram(&column("date", json!([1.7e9, 1.8e9]))).is_none());
        assert!(histogram(&column("date", json!(["2026-01-01", "2026-01-02"]))).is_some());
        assert!(histogram(&column("number", json!([1.7e9, 1.8e9]))).is_some());
    }

    #[test]
    fn no_rows_have_no_shares() {
        assert!(share(0, 0).abs() < f64::EPSILON);
        assert!((share(1, 4) - 0.25).abs() < f64::EPSILON);
    }
}
