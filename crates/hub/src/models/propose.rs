//! What a wizard proposes for a table.

use mlhub_domain::models::{Feature, Proposal, Task};
use mlhub_domain::profile::{ColumnProfile, Profile};
use mlhub_domain::schema::LogicalType;

/// Names that people give to the column they want to predict.
const TARGETS: [&str; 12] = [
    "target",
    "label",
    "class",
    "y",
    "outcome",
    "response",
    "survived",
    "price",
    "sale_price",
    "salary",
    "churn",
    "species",
];

/// Whole numbers with at most this many distinct values look like classes.
const CLASSES: u64 = 20;

/// Texts with more distinct values than this are not used as categories.
const CATEGORIES: u64 = 1_000;

/// Proposes target, task and features for the table that `profile` describes. `target` stands when
/// it is one of the columns. `None` when the table has no column.
pub fn propose(profile: &Profile, target: Option<&str>) -> Option<Proposal> {
    let (column, target_reason) = choose(profile, target)?;
    let (task, task_reason) = task(column);
    let others = profile.columns.iter().filter(|other| other.name != column.name);
    Some(Proposal {
        target: column.name.clone(),
        target_reason,
        task,
        task_reason,
        features: others.map(|other| feature(other, profile.rows)).collect(),
    })
}

fn choose<'a>(profile: &'a Profile, target: Option<&str>) -> Option<(&'a ColumnProfile, String)> {
    let find = |test: &dyn Fn(&str) -> bool| profile.columns.iter().find(|c| test(&c.name));
    if let Some(column) = target.and_then(|wanted| find(&|name| name == wanted)) {
        return Some((column, "You chose it.".into()));
    }
    for word in TARGETS {
        if let Some(column) = find(&|name| name.to_lowercase() == word) {
            return Some((column, "Its name says so.".into()));
        }
    }
    let learnable = |c: &&ColumnProfile| c.distinct > 1 && !id_like(c, profile.rows);
    let last = profile.columns.iter().rev().find(learnable).or(profile.columns.last())?;
    Some((last, "It is the last column that can be learnt, where tables often keep it.".into()))
}

fn task(column: &ColumnProfile) -> (Task, String) {
    let distinct = column.distinct;
    match column.kind {
        LogicalType::Text | LogicalType::Category | LogicalType::Boolean => {
            (Task::Classification, format!("“{}” has {distinct} classes.", column.name))
        }
        LogicalType::Integer if distinct <= CLASSES => (
            Task::Classification,
            format!("“{}” is a whole number with only {distinct} different values.", column.name),
        ),
        LogicalType::Integer | LogicalType::Number | LogicalType::Decimal => (
            Task::Regression,
            format!("“{}” is a number with {distinct} different values.", column.name),
        ),
        LogicalType::Date | LogicalType::Datetime | LogicalType::Time => (
            Task::Classification,
            format!("“{}” is {}, which can only be told apart.", column.name, column.kind),
        ),
    }
}

fn feature(column: &ColumnProfile, rows: u64) -> Feature {
    let text = matches!(column.kind, LogicalType::Text | LogicalType::Category);
    let exclusion = if column.missing == rows {
        "Every value is missing."
    } else if column.distinct <= 1 {
        "Every value is the same: nothing to learn from."
    } else if id_like(column, rows) {
        "A different value in every row looks like a name or a number: a model would learn it by heart."
    } else if text && column.distinct > CATEGORIES {
        "More than 1 000 different texts: too many to be categories."
    } else {
        ""
    };
    let share = if rows == 0 { 0.0 } else { column.missing as f64 / rows as f64 };
    let reason = match exclusion {
        "" if share >= 0.4 => format!("{:.0} % of its values are missing.", share * 100.0),
        other => other.into(),
    };
    Feature { name: column.name.clone(), kind: column.kind, include: exclusion.is_empty(), reason }
}

fn id_like(column: &ColumnProfile, rows: u64) -> bool {
    let discrete =
        matches!(column.kind, LogicalType::Text | LogicalType::Integer | LogicalType::Category);
    discrete && rows >= 20 && column.distinct == rows - column.missing && column.distinct * 2 > rows
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    fn column(name: &str, kind: LogicalType, distinct: u64, missing: u64) -> ColumnProfile {
        ColumnProfile {
            name: name.into(),
            kind,
            missing,
            distinct,
            min: None,
            max: None,
            mean: None,
            sd: None,
            quantiles: BTreeMap::new(),
            top: Vec::new(),
            histogram: None,
            approximate: Vec::new(),
        }
    }

    fn profile(columns: Vec<ColumnProfile>) -> Profile {
        Profile { rows: 100, columns, warnings: Vec::new() }
    }

    #[test]
    fn a_telling_name_is_the_target_and_few_whole_numbers_are_classes() {
        let table = profile(vec![
            column("id", LogicalType::Integer, 100, 0),
            column("Survived", LogicalType::Integer, 2, 0),
            column("fare", LogicalType::Number, 90, 50),
            column("port", LogicalType::Text, 1, 0),
        ]);
        let proposal = propose(&table, None).unwrap();
        assert_eq!((proposal.target.as_str(), proposal.task), ("Survived", Task::Classification));
        let includes: Vec<_> =
            proposal.features.iter().map(|f| (f.name.as_str(), f.include)).collect();
        assert_eq!(includes, [("id", false), ("fare", true), ("port", false)]);
        assert_eq!(proposal.features[1].reason, "50 % of its values are missing.");
    }

    #[test]
    fn without_a_telling_name_the_last_learnable_column_is_proposed() {
        let table = profile(vec![
            column("a", LogicalType::Number, 50, 0),
            column("b", LogicalType::Number, 80, 0),
            column("key", LogicalType::Text, 100, 0),
        ]);
        let proposal = propose(&table, None).unwrap();
        assert_eq!((proposal.target.as_str(), proposal.task), ("b", Task::Regression));
        assert_eq!(propose(&table, Some("a")).unwrap().target, "a");
        assert!(propose(&profile(Vec::new()), None).is_none());
    }
}
