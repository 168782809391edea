//! The tab “Profile”: what is worth a look first, then each column.

use super::columns::{histogram, reads, said, share};
use super::fetch::Looked;
use crate::charts::{Bar, HBars, HistogramChart, svg::Bins};
use crate::components::{Card, EmptyState, Note, Pager, Tag};
use crate::format;
use leptos::prelude::*;
use mlhub_domain::profile::{ColumnProfile, Mark, Warning, WarningKind};
use mlhub_domain::text::cut;
use serde_json::Value;

/// Columns on a page.
const COLUMNS: u64 = 40;

/// With more warnings of one kind than this they are folded.
const ALIKE: usize = 4;

/// Characters of a column's name that stand at an axis.
const AXIS: usize = 48;

/// The statistics of the version that is looked at.
pub(super) fn part(looked: &Looked) -> AnyView {
    let Some(profile) = looked.profile.as_ref() else {
        return ().into_any();
    };
    if profile.columns.is_empty() {
        return view! {
            <EmptyState icon="columns" title="No columns" text="The table of this version is empty."/>
        }
        .into_any();
    }
    let (before, total) = (looked.ask.before(), profile.columns.len() as u64);
    let start = usize::try_from(before).unwrap_or(usize::MAX);
    let many = usize::try_from(COLUMNS).unwrap_or(usize::MAX);
    let rows = profile.rows;
    let shown = profile.columns.iter().skip(start).take(many);
    let cards = shown.map(|column| card(column, rows)).collect_view();
    let warnings = (before == 0).then(|| warnings(&profile.warnings));
    let pager = (total > COLUMNS).then(|| {
        let address = looked.ask.address(&looked.at());
        view! { <Pager address=address offset=before limit=COLUMNS total noun="columns"/> }
    });
    view! {
        {warnings}
        <div class="grid">{cards}</div>
        {pager}
    }
    .into_any()
}

/// What is worth a look before training, in the order that the profile has it.
fn warnings(warnings: &[Warning]) -> AnyView {
    if warnings.is_empty() {
        return view! { <Note kind="ok">"Nothing in this table looks suspicious."</Note> }
            .into_any();
    }
    let notes = warnings.chunk_by(|a, b| a.kind == b.kind).map(|alike| {
        if alike.len() > ALIKE {
            folded(alike)
        } else {
            alike.iter().map(note).collect_view().into_any()
        }
    });
    view! { <section class="stack tight" aria-label="Warnings">{notes.collect_view()}</section> }
        .into_any()
}

fn note(warning: &Warning) -> AnyView {
    let message = warning.message.clone();
    match warning.column.clone() {
        Some(column) => view! { <Note title=column>{message}</Note> }.into_any(),
        None => view! { <Note>{message}</Note> }.into_any(),
    }
}

/// Many warnings of one kind, counted in one line, each below it.
fn folded(alike: &[Warning]) -> AnyView {
    let kind = alike.first().map(|warning| warning.kind);
    let many = format::count(alike.len() as u64);
    let title = kind.map_or_else(String::new, |kind| format!("{many} {}", about_many(kind)));
    let each = alike.iter().map(|warning| view! { <li>{warning.message.clone()}</li> });
    let each = each.collect_view();
    view! {
        <Note>
            <details>
                <summary>{title}</summary>
                <ul class="small">{each}</ul>
            </details>
        </Note>
    }
    .into_any()
}

/// What warnings of a kind say, after their number.
fn about_many(kind: WarningKind) -> &'static str {
    match kind {
        WarningKind::Rejected => "parts of the file could not be read",
        WarningKind::ColumnsChanged => "changes of the columns",
        WarningKind::StrayTexts => "columns are text for the sake of a few words",
        WarningKind::Constant => "columns have one value, or none: leave them out",
        WarningKind::NearlyConstant => "columns have nearly always the same value",
        WarningKind::IdLike => "columns differ in nearly every row: they name the rows",
        WarningKind::ManyMissing => "columns have many missing values",
        WarningKind::DuplicateRows => "notes on rows that occur more than once",
        WarningKind::DuplicateColumn => "columns say the same as another one",
        WarningKind::HighCardinality => "columns are text with very many values",
        WarningKind::Guessed => "notes on how the file was read",
    }
}

/// One column: its distribution, and its numbers.
fn card(column: &ColumnProfile, rows: u64) -> AnyView {
    let kind = column.kind.as_str();
    let distribution = distribution(column, rows);
    let facts = facts(column, rows)
        .into_iter()
        .map(|(term, value)| {
            view! {
                <dt>{term}</dt>
                <dd>{value}</dd>
            }
            .into_any()
        })
        .collect_view();
    let guessed = (!column.approximate.is_empty()).then(|| {
        let text = format!("Estimated: {}.", column.approximate.join(", "));
        view! { <p class="help">{text}</p> }
    });
    let aside = move || view! { <Tag>{kind}</Tag> };
    view! {
        <Card title=column.name.clone() class="c6" aside>
            <div class="stack">
                {distribution}
                <dl class="pairs">{facts}</dl>
                {guessed}
            </div>
        </Card>
    }
    .into_any()
}

/// A histogram of numbers and moments, else the most frequent values.
fn distribution(column: &ColumnProfile, rows: u64) -> AnyView {
    if let Some(histogram) = histogram(column) {
        let bins = Bins::of(histogram, &cut(&column.name, AXIS));
        return view! { <HistogramChart bins height=180.0/> }.into_any();
    }
    if column.top.is_empty() {
        return view! { <p class="muted">"Every value is missing."</p> }.into_any();
    }
    let bar = |top: &mlhub_domain::profile::Top| {
        let share = share(top.count, rows);
        Bar {
            name: said(&top.value),
            value: share,
            said: format!("{} · {}", format::count(top.count), format::percent(share)),
            faint: false,
        }
    };
    let bars: Vec<Bar> = column.top.iter().map(bar).collect();
    view! { <HBars bars/> }.into_any()
}

/// The smallest or the largest value; whole numbers with gaps between thousands.
fn end(value: &Value) -> String {
    value.as_i64().map_or_else(|| said(value), format::whole)
}

/// The numbers of a column that its type has.
fn facts(column: &ColumnProfile, rows: u64) -> Vec<(String, String)> {
    let counted = |n: u64| format!("{} · {}", format::count(n), format::percent(share(n, rows)));
    let mut facts = vec![
        ("missing".to_string(), counted(column.missing)),
        ("distinct".to_string(), format::count(column.distinct)),
    ];
    let numbers = [("mean", column.mean), ("standard deviation", column.sd)];
    let ends = [("smallest", &column.min), ("largest", &column.max)];
    let ends = ends.into_iter().filter_map(|(term, value)| Some((term, end(value.as_ref()?))));
    facts.extend(ends.map(|(term, value)| (term.to_string(), value)));
    let numbers = numbers.into_iter().filter_map(|(term, value)| Some((term, value?)));
    facts.extend(numbers.map(|(term, value)| (term.to_string(), format::number(value.0))));
    let quantiles = column.quantiles.iter().filter(|(_, value)| reads(value, column.kind));
    let quantiles = quantiles.map(|(at, value)| {
        let share = at.parse::<f64>().map_or_else(|_| at.clone(), format::percent);
        let term = if at == "0.5" { "median".to_string() } else { format!("{share} are at most") };
        let value = match value {
            Mark::Number(number) => format::number(number.0),
            Mark::Moment(moment) => moment.clone(),
        };
        (term, value)
    });
    facts.extend(quantiles);
    facts
}

#[cfg(test)]
mod tests {
    use super::*;
    use mlhub_domain::num::Num;
    use mlhub_domain::schema::LogicalType;
    use serde_json::json;
    use std::collections::BTreeMap;

    #[test]
    fn a_column_tells_only_what_its_type_has() {
        let column = ColumnProfile {
            name: "age".into(),
            kind: LogicalType::Integer,
            missing: 1,
            distinct: 3,
            min: Some(json!(1)),
            max: Some(json!(9)),
            mean: Some(Num(4.5)),
            sd: None,
            quantiles: BTreeMap::from([
                ("0.25".into(), Mark::Number(Num(2.0))),
                ("0.5".into(), Mark::Number(Num(4.0))),
            ]),
            top: Vec::new(),
            histogram: None,
            approximate: Vec::new(),
            same_as: None,
        };
        let lines: Vec<String> =
            facts(&column, 4).into_iter().map(|(term, value)| format!("{term}: {value}")).collect();
        let gap = format::GAP;
        assert_eq!(
            lines,
            [
                format!("missing: 1 · 25{gap}%"),
                "distinct: 3".into(),
                "smallest: 1".into(),
                "largest: 9".into(),
                "mean: 4.5".into(),
                format!("25{gap}% are at most: 2"),
                "median: 4".into(),
            ]
        );
    }
}
