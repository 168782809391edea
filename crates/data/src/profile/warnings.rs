//! What is worth a look before training.

use super::{Found, Seen};
use mlhub_domain::num::count;
use mlhub_domain::profile::{CATEGORIES, ColumnProfile, Warning, WarningKind};
use mlhub_domain::schema::LogicalType;
use std::collections::HashMap;

/// Share of one value from which a column is nearly constant.
const NEARLY_CONSTANT: f64 = 0.995;
/// Share of missing cells from which there is a warning.
const MANY_MISSING: f64 = 0.05;
/// Share of distinct values from which a column names its rows.
const ID_SHARE: f64 = 0.99;
/// Rows below which nothing looks like an id.
const ID_ROWS: u64 = 20;
/// Longer texts are prose, not names.
const NAME_BYTES: usize = 64;
/// Columns named in one sentence.
const NAMED: usize = 20;

/// The warnings about a table of `rows` rows, the most serious first.
pub(crate) fn of(
    rows: u64,
    columns: &[Seen],
    duplicates: Option<u64>,
    found: Found,
) -> Vec<Warning> {
    let mut warnings = Vec::new();
    warnings.extend(rejected(&found));
    if rows > 0 {
        let first = |index: usize| found.first_texts.get(index).copied().flatten();
        let strays = columns.iter().enumerate();
        warnings.extend(strays.filter_map(|(index, seen)| stray(seen, first(index))));
        warnings.extend(columns.iter().filter_map(|seen| of_column(rows, seen)));
        warnings.extend(columns.iter().filter_map(|seen| missing(rows, &seen.profile)));
        warnings.extend(duplicate_columns(columns));
        warnings.extend(duplicate_rows(rows, duplicates));
    }
    let guess = |(column, message)| Warning { kind: WarningKind::Guessed, column, message };
    warnings.extend(found.guessed.into_iter().map(guess));
    // Stable: within a kind the order of the columns stays.
    warnings.sort_by_key(|warning| warning.kind);
    warnings
}

/// A share, which is only said to be all when it is.
pub(super) fn percent(share: f64) -> String {
    let percent = share * 100.0;
    if percent > 99.0 && percent < 100.0 {
        format!("{:.2} %", (percent * 100.0).floor() / 100.0)
    } else if percent < 1.0 {
        format!("{percent:.2} %")
    } else {
        format!("{percent:.0} %")
    }
}

fn rejected(found: &Found) -> Option<Warning> {
    let part = |n: u64, one: &str| match n {
        0 => None,
        1 => Some(format!("1 {one}")),
        n => Some(format!("{} {one}s", count(n))),
    };
    let parts: Vec<String> = [part(found.rejected_rows, "row"), part(found.rejected_cells, "cell")]
        .into_iter()
        .flatten()
        .collect();
    (!parts.is_empty()).then(|| Warning {
        kind: WarningKind::Rejected,
        column: None,
        message: format!(
            "{} of the file could not be read: see what was rejected, then correct the file and \
             upload it again, or go on without.",
            parts.join(" and ")
        ),
    })
}

fn stray(Seen { profile, strays, .. }: &Seen, first: Option<(u64, u64)>) -> Option<Warning> {
    let message = strays.as_ref()?.message(&profile.name, first);
    Some(Warning { kind: WarningKind::StrayTexts, column: Some(profile.name.clone()), message })
}

fn of_column(rows: u64, seen: &Seen) -> Option<Warning> {
    let column = &seen.profile;
    let ColumnProfile { name, distinct, .. } = column;
    let values = rows.saturating_sub(column.missing);
    let most = column.top.first().map_or(0, |top| top.count);
    let warn = |kind, message| Some(Warning { kind, column: Some(name.clone()), message });
    let text = matches!(column.kind, LogicalType::Text | LogicalType::Category);
    if values == 0 {
        return warn(WarningKind::Constant, format!("“{name}” has no values: leave it out."));
    }
    if *distinct == 1 && rows > 1 {
        return warn(
            WarningKind::Constant,
            format!("“{name}” has the same value in every row: leave it out."),
        );
    }
    let share = most as f64 / values as f64;
    if share >= NEARLY_CONSTANT && *distinct > 1 {
        return warn(
            WarningKind::NearlyConstant,
            format!("{} of “{name}” is the same value: it can hardly help.", percent(share)),
        );
    }
    if seen.strays.is_some() {
        // Its texts are numbers or the like, which differ as they do.
        return None;
    }
    let unique = *distinct as f64 / values as f64;
    let names_rows = if text {
        column.top.iter().all(|top| top.value.as_str().is_some_and(|text| text.len() <= NAME_BYTES))
    } else {
        column.kind == LogicalType::Integer && steps_by_one(column)
    };
    if rows >= ID_ROWS && unique >= ID_SHARE && names_rows {
        return warn(
            WarningKind::IdLike,
            format!(
                "“{name}” is different in {} of its rows, like a number or a name that identifies \
                 them: leave it out, or a model learns rows by heart.",
                if *distinct == values { "all".into() } else { percent(unique) }
            ),
        );
    }
    if text && *distinct > CATEGORIES {
        return warn(
            WarningKind::HighCardinality,
            format!("“{name}” has {} distinct texts, too many to be categories.", count(*distinct)),
        );
    }
    None
}

/// Whether unique integers are dense enough to be a running number, or long enough to be a key.
fn steps_by_one(column: &ColumnProfile) -> bool {
    let edge = |value: &Option<serde_json::Value>| match value {
        Some(serde_json::Value::String(_)) => None,
        Some(value) => value.as_i64(),
        None => None,
    };
    match (edge(&column.min), edge(&column.max)) {
        (Some(min), Some(max)) => max.abs_diff(min) < column.distinct.saturating_mul(10),
        // Beyond 2^53 nobody counts: such a number is a key.
        _ => true,
    }
}

fn missing(rows: u64, column: &ColumnProfile) -> Option<Warning> {
    let share = column.missing as f64 / rows as f64;
    (share >= MANY_MISSING && column.missing < rows).then(|| Warning {
        kind: WarningKind::ManyMissing,
        column: Some(column.name.clone()),
        message: format!("{} of “{}” is missing.", percent(share), column.name),
    })
}

fn duplicate_columns(columns: &[Seen]) -> Vec<Warning> {
    let mut first: HashMap<(u64, LogicalType), &str> = HashMap::new();
    let mut warnings = Vec::new();
    for Seen { profile, hashed, .. } in columns.iter().filter(|seen| seen.profile.distinct > 1) {
        let name = profile.name.as_str();
        let equal = *first.entry((hashed.fingerprint, profile.kind)).or_insert(name);
        let message = if equal != name {
            format!("“{name}” has the same values as “{equal}”: one is enough.")
        } else if let Some(other) = &profile.same_as {
            format!(
                "“{name}” says the same as “{other}” in other words, row by row: to learn from, \
                 one is enough, and neither may be predicted from the other."
            )
        } else {
            continue;
        };
        if warnings.len() < NAMED {
            let (kind, column) = (WarningKind::DuplicateColumn, Some(name.into()));
            warnings.push(Warning { kind, column, message });
        }
    }
    warnings
}

fn duplicate_rows(rows: u64, duplicates: Option<u64>) -> Option<Warning> {
    let n = duplicates.filter(|&n| n > 0)?;
    let what = if n == 1 { "1 row is".into() } else { format!("{} rows are", count(n)) };
    Some(Warning {
        kind: WarningKind::DuplicateRows,
        column: None,
        message: format!(
            "{what} the same as an earlier one ({}): if they are copies, a model is measured on \
             rows that it has seen.",
            percent(n as f64 / rows as f64)
        ),
    })
}
