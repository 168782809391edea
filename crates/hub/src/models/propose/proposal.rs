//! What is proposed, whichever column is to be predicted.

use super::target::choose;
use mlhub_domain::models::{Feature, Proposal, Task};
use mlhub_domain::num::counted;
use mlhub_domain::profile::{CATEGORIES, ColumnProfile, Profile, WarningKind};
use mlhub_domain::schema::LogicalType;
use std::collections::HashMap;

/// Whole numbers with at most this many distinct values look like classes.
pub(super) const CLASSES: u64 = 20;

/// Rows below which nothing looks like a name.
const NAMES: u64 = 20;

/// Proposes target, task and features for the table that `profile` describes. `target` stands when
/// it is one of the columns. `None` when the table has no column.
pub fn propose(profile: &Profile, target: Option<&str>) -> Option<Proposal> {
    let warned = Warned::of(profile);
    let (column, target_reason) = choose(profile, &warned, target)?;
    let (task, mut task_reason) = task(column);
    if let Some(strays) = warned.of_column(WarningKind::StrayTexts, column) {
        task_reason = format!("{task_reason} {strays}");
    }
    let others = profile.columns.iter().filter(|other| other.name != column.name);
    Some(Proposal {
        target: column.name.clone(),
        target_reason,
        task,
        task_reason,
        features: others.map(|other| feature(other, column, profile.rows, &warned)).collect(),
    })
}

/// The first of the columns that say the same as this one.
pub(super) fn group(column: &ColumnProfile) -> &str {
    column.same_as.as_deref().unwrap_or(&column.name)
}

pub(super) fn task(column: &ColumnProfile) -> (Task, String) {
    let values = counted(column.distinct, "different value", "different values");
    match column.kind {
        LogicalType::Text | LogicalType::Category | LogicalType::Boolean => (
            Task::Classification,
            format!("“{}” has {}.", column.name, counted(column.distinct, "class", "classes")),
        ),
        LogicalType::Integer if column.distinct <= CLASSES => (
            Task::Classification,
            format!("“{}” is a whole number with only {values}.", column.name),
        ),
        LogicalType::Integer | LogicalType::Number | LogicalType::Decimal => {
            (Task::Regression, format!("“{}” is a number with {values}.", column.name))
        }
        LogicalType::Date | LogicalType::Datetime | LogicalType::Time => (
            Task::Classification,
            format!("“{}” is {}, which can only be told apart.", column.name, column.kind),
        ),
    }
}

fn feature(
    column: &ColumnProfile,
    target: &ColumnProfile,
    rows: u64,
    warned: &Warned<'_>,
) -> Feature {
    // Texts that are numbers but for a few words differ as those do: they name no rows.
    let strays = warned.of_column(WarningKind::StrayTexts, column);
    let exclusion = if column.missing == rows {
        "Every value is missing.".into()
    } else if column.distinct <= 1 {
        "One value only: nothing to learn from.".into()
    } else if group(column) == group(target) {
        format!("Says the same as “{}”: it would give the answer away.", target.name)
    } else if strays.is_none() && id_like(column, rows, warned) {
        "A different value in every row looks like a name or a number: a model would learn it by \
         heart."
            .into()
    } else if is_text(column) && column.distinct > CATEGORIES {
        strays.unwrap_or("More than 1000 different texts: too many to be categories.").into()
    } else {
        String::new()
    };
    let share = if rows == 0 { 0.0 } else { column.missing as f64 / rows as f64 };
    let include = exclusion.is_empty();
    let reason = match &column.same_as {
        _ if !include => exclusion,
        _ if share >= 0.4 => format!("{:.0} % of its values are missing.", share * 100.0),
        Some(other) => format!("Says the same as “{other}”."),
        None => strays.unwrap_or_default().into(),
    };
    Feature { name: column.name.clone(), kind: column.kind, include, reason }
}

/// What a profile warns of, by kind and column.
pub(super) struct Warned<'p>(HashMap<(WarningKind, &'p str), &'p str>);

impl<'p> Warned<'p> {
    fn of(profile: &'p Profile) -> Self {
        let of_column = profile.warnings.iter().filter_map(|warning| {
            Some(((warning.kind, warning.column.as_deref()?), warning.message.as_str()))
        });
        Self(of_column.collect())
    }

    fn of_column(&self, kind: WarningKind, column: &ColumnProfile) -> Option<&'p str> {
        self.0.get(&(kind, column.name.as_str())).copied()
    }
}

/// Whether a column names rows: the profile says so, or each of its texts is another one.
pub(super) fn id_like(column: &ColumnProfile, rows: u64, warned: &Warned<'_>) -> bool {
    let all_differ =
        rows >= NAMES && column.distinct == rows - column.missing && column.distinct * 2 > rows;
    warned.of_column(WarningKind::IdLike, column).is_some() || is_text(column) && all_differ
}

pub(super) fn is_text(column: &ColumnProfile) -> bool {
    matches!(column.kind, LogicalType::Text | LogicalType::Category)
}

#[cfg(test)]
mod tests {
    use super::*;
    use mlhub_domain::profile::Warning;
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
            same_as: None,
        }
    }

    fn twin(of: &str, column: ColumnProfile) -> ColumnProfile {
        ColumnProfile { same_as: Some(of.into()), ..column }
    }

    fn target(columns: Vec<ColumnProfile>) -> (String, String) {
        let proposal = propose(&profile(columns), None).unwrap();
        (proposal.target, proposal.target_reason)
    }

    fn warning(kind: WarningKind, column: &str) -> Warning {
        Warning {
            kind, column: Some(column.into()), message: format!("A warning of “{column}”.")
        }
    }

    fn profile(columns: Vec<ColumnProfile>) -> Profile {
        Profile { rows: 100, columns, warnings: Vec::new() }
    }

    #[test]
    fn a_telling_name_is_the_target_and_few_whole_numbers_are_classes() {
        let mut table = profile(vec![
            column("id", LogicalType::Integer, 100, 0),
            column("Survived", LogicalType::Integer, 2, 0),
            column("fare", LogicalType::Number, 90, 50),
            column("port", LogicalType::Text, 1, 0),
        ]);
        table.warnings = vec![warning(WarningKind::IdLike, "id")];
        let proposal = propose(&table, None).unwrap();
        assert_eq!((proposal.target.as_str(), proposal.task), ("Survived", Task::Classification));
        let includes: Vec<_> =
            proposal.features.iter().map(|f| (f.name.as_str(), f.include)).collect();
        assert_eq!(includes, [("id", false), ("fare", true), ("port", false)]);
        assert_eq!(proposal.features[1].reason, "50 % of its values are missing.");
    }

    #[test]
    fn what_the_profile_takes_for_a_name_of_rows_is_left_out() {
        let mut table = profile(vec![
            column("key", LogicalType::Integer, 100, 0),
            column("income", LogicalType::Integer, 100, 0),
            column("nearly a key", LogicalType::Text, 99, 0),
            column("prose", LogicalType::Text, 100, 0),
            column("y", LogicalType::Text, 2, 0),
        ]);
        table.warnings = ["key", "nearly a key"].map(|n| warning(WarningKind::IdLike, n)).into();
        let features = propose(&table, Some("y")).unwrap().features;
        let includes: Vec<_> = features.iter().map(|feature| feature.include).collect();
        assert_eq!(includes, [false, true, false, false]);
    }

    #[test]
    fn numbers_that_a_few_words_make_text_say_so_whether_they_are_used_or_not() {
        let text = LogicalType::Text;
        let mut table = profile(vec![
            column("few", text, 40, 0),
            column("many", text, 1_200, 0),
            column("all", text, 900, 400),
            column("y", text, 2, 0),
        ]);
        table.rows = 1_300;
        let kind = WarningKind::StrayTexts;
        table.warnings = ["few", "many", "all"].map(|name| warning(kind, name)).into();
        let features = propose(&table, Some("y")).unwrap().features;
        let said: Vec<_> = features.iter().map(|f| (f.include, f.reason.as_str())).collect();
        let predicted = propose(&table, Some("few")).unwrap().task_reason;
        assert_eq!(predicted, "“few” has 40 classes. A warning of “few”.");
        let [few, many, all] = ["few", "many", "all"].map(|name| format!("A warning of “{name}”."));
        assert_eq!(said, [(true, &*few), (false, &*many), (true, &*all)]);
    }

    #[test]
    fn a_column_with_one_value_or_none_is_left_out_whatever_its_type() {
        use LogicalType::{
            Boolean, Category, Date, Datetime, Decimal, Integer, Number, Text, Time,
        };
        for kind in [Boolean, Integer, Number, Decimal, Text, Category, Date, Datetime, Time] {
            let table = profile(vec![
                column("lived", Text, 2, 0),
                column("one", kind, 1, 0),
                column("one or none", kind, 1, 60),
                column("none", kind, 0, 100),
                column("two", kind, 2, 0),
            ]);
            let features = propose(&table, Some("lived")).unwrap().features;
            let said: Vec<_> = features.iter().map(|f| (f.include, f.reason.as_str())).collect();
            let one = "One value only: nothing to learn from.";
            let none = "Every value is missing.";
            assert_eq!(said, [(false, one), (false, one), (false, none), (true, "")], "{kind}");
        }
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

    #[test]
    fn a_telling_name_goes_before_one_that_other_columns_have_as_well() {
        let (text, number) = (LogicalType::Text, LogicalType::Number);
        let table = |names: [&str; 4], distinct: u64| {
            names.iter().map(|name| column(name, text, distinct, 0)).collect::<Vec<_>>()
        };
        for (names, found) in [
            (["class", "sex", "Survived", "deck"], "Survived"),
            (["sex", "class", "deck", "survived"], "survived"),
            (["Is Churn", "plan", "class", "status"], "Is Churn"),
            (["plan", "price", "quality", "ChurnLabel"], "ChurnLabel"),
            (["a", "LABEL", "churn_reason", "b"], "LABEL"),
            (["a", "class", "b", "c"], "class"),
            (["classes", "classified", "a", "b"], "b"),
        ] {
            assert_eq!(target(table(names, 3)).0, found, "{names:?}");
        }
        let places = ["x", "y", "z", "price"].map(|name| column(name, number, 90, 0));
        assert_eq!(target(places.to_vec()).0, "price");
        let line = ["y", "x"].map(|name| column(name, number, 90, 0));
        assert_eq!(
            target(line.to_vec()),
            ("y".into(), "Its name is one that targets often have.".into())
        );
        let bank = ["default", "loan", "y"].map(|name| column(name, text, 2, 0));
        assert_eq!(target(bank.to_vec()).0, "y");
        let first = ["class", "a", "b"].map(|name| column(name, text, 2, 0));
        let said = "Columns to predict often have such a name. It has two values.";
        assert_eq!(target(first.to_vec()), ("class".into(), said.into()));
    }

    #[test]
    fn a_column_that_another_one_repeats_is_not_the_target_and_gives_none_away() {
        let (text, integer) = (LogicalType::Text, LogicalType::Integer);
        let mut columns = vec![
            column("survived", integer, 2, 0),
            column("pclass", integer, 3, 0),
            column("sex", text, 2, 0),
            twin("pclass", column("class", text, 3, 0)),
            twin("survived", column("alive", text, 2, 0)),
            column("alone", LogicalType::Boolean, 2, 0),
        ];
        let proposal = propose(&profile(columns.clone()), None).unwrap();
        assert_eq!(proposal.target, "survived");
        assert_eq!(
            proposal.target_reason,
            "Its name is one that targets often have. It has two values."
        );
        let left_out: Vec<_> = proposal.features.iter().filter(|f| !f.include).collect();
        assert_eq!(left_out.len(), 1);
        assert_eq!(left_out[0].name, "alive");
        assert_eq!(
            left_out[0].reason,
            "Says the same as “survived”: it would give the answer away."
        );
        let class = proposal.features.iter().find(|f| f.name == "class").unwrap();
        assert_eq!((class.include, class.reason.as_str()), (true, "Says the same as “pclass”."));
        // It works the other way round as well.
        let alive = propose(&profile(columns.clone()), Some("alive")).unwrap();
        assert!(!alive.features[0].include && alive.features[0].reason.contains("“alive”"));
        columns.retain(|column| !["survived", "alive"].contains(&column.name.as_str()));
        assert_eq!(target(columns).0, "alone");
    }

    #[test]
    fn what_cannot_be_learnt_is_proposed_only_where_there_is_nothing_else() {
        let text = LogicalType::Text;
        let table = vec![
            column("label", text, 1, 0),
            column("outcome", LogicalType::Number, 0, 100),
            column("kind", text, 4, 0),
            column("target", text, 100, 0),
            column("when", LogicalType::Date, 90, 0),
        ];
        assert_eq!(target(table.clone()).0, "kind");
        let (name, reason) = target(table[3..4].to_vec());
        assert!(name == "target" && reason.starts_with("No column has values"), "{reason}");
        let sparse = vec![column("group", text, 2, 0), column("remark", text, 2, 90)];
        assert_eq!(target(sparse).0, "group");
    }
}
