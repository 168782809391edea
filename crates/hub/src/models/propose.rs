//! What a wizard proposes for a table.

use mlhub_domain::models::{Feature, Proposal, Task};
use mlhub_domain::num::counted;
use mlhub_domain::profile::{ColumnProfile, Profile};
use mlhub_domain::schema::LogicalType;

/// Names that people give to the column they want to predict, and hardly to any other. Written
/// without what stands between words.
const TELLING: &[&str] = &[
    "target",
    "label",
    "y",
    "outcome",
    "response",
    "groundtruth",
    "dependent",
    "dependentvariable",
    "survived",
    "survival",
    "churn",
    "churned",
    "exited",
    "attrition",
    "default",
    "defaulted",
    "fraud",
    "isfraud",
    "spam",
    "diagnosis",
    "prognosis",
    "readmitted",
    "approved",
    "converted",
    "conversion",
    "purchased",
    "subscribed",
    "cancelled",
    "canceled",
    "sentiment",
    "species",
    "salary",
    "income",
    "saleprice",
    "sellingprice",
    "medianhousevalue",
    "medv",
];

/// Names of such columns that other columns have as well.
const HINTING: &[&str] = &[
    "class", "price", "quality", "rating", "score", "grade", "status", "result", "category",
    "risk", "revenue", "demand", "charges", "cost", "value",
];

/// Whole numbers with at most this many distinct values look like classes.
const CLASSES: u64 = 20;

/// A table in which so much of a column is missing hardly has it for its target.
const MOSTLY: f64 = 0.5;

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
        features: others.map(|other| feature(other, column, profile.rows)).collect(),
    })
}

fn choose<'a>(profile: &'a Profile, target: Option<&str>) -> Option<(&'a ColumnProfile, String)> {
    let columns = &profile.columns;
    if let Some(column) = target.and_then(|name| columns.iter().find(|c| c.name == name)) {
        return Some((column, "You chose it.".into()));
    }
    let learnable: Vec<&ColumnProfile> =
        columns.iter().filter(|column| is_learnable(column, profile.rows)).collect();
    let (Some(first), Some(last)) = (learnable.first(), learnable.last()) else {
        let last = columns.last()?;
        let reason = "No column has values that a model could learn; this is the last one.";
        return Some((last, reason.into()));
    };
    let place = |column: &ColumnProfile| match column.name {
        ref name if *name == last.name => Place::Last,
        ref name if *name == first.name => Place::First,
        _ => Place::Between,
    };
    let clues = learnable.iter().map(|column| (*column, Clues::of(column, profile, place(column))));
    // Of equals the first one.
    let (column, clues) =
        clues.reduce(|best, next| if next.1.sum() > best.1.sum() { next } else { best })?;
    Some((column, clues.reason()))
}

/// Whether there is something to predict: values that differ, and repeat where they are no numbers.
fn is_learnable(column: &ColumnProfile, rows: u64) -> bool {
    let text = matches!(column.kind, LogicalType::Text | LogicalType::Category);
    let classes = !text || column.distinct <= CATEGORIES;
    column.distinct > 1 && classes && !id_like(column, rows)
}

/// Where a column stands among those that can be learnt.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    First,
    Between,
    Last,
}

/// How a name speaks for a target.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Word {
    /// It is such a name.
    Telling,
    /// It has such a word at its beginning or end.
    PartlyTelling,
    /// It is a name that targets often have, or a part of it.
    Hinting,
    PartlyHinting,
    Silent,
}

/// What speaks for a column as the target.
struct Clues {
    word: Word,
    place: Place,
    /// Two values.
    binary: bool,
    /// A few classes.
    classes: bool,
    /// Another column says the same, so predicting it is no task.
    twin: bool,
    /// A moment, or mostly missing: nothing that people usually predict.
    unlikely: bool,
}

impl Clues {
    fn of(column: &ColumnProfile, profile: &Profile, place: Place) -> Self {
        let twin =
            |other: &ColumnProfile| other.name != column.name && group(other) == group(column);
        let temporal =
            matches!(column.kind, LogicalType::Date | LogicalType::Datetime | LogicalType::Time);
        Self {
            word: word(column, profile),
            place,
            binary: column.distinct == 2,
            classes: column.distinct <= CLASSES && task(column).0 == Task::Classification,
            twin: profile.columns.iter().any(twin),
            unlikely: temporal || column.missing as f64 > MOSTLY * profile.rows as f64,
        }
    }

    /// A name outweighs the place, a hint alone does not; of two names the place decides.
    fn sum(&self) -> i32 {
        let word = match self.word {
            Word::Telling => 60,
            Word::PartlyTelling => 40,
            Word::Hinting => 25,
            Word::PartlyHinting => 10,
            Word::Silent => 0,
        };
        let place = match self.place {
            Place::Last => 20,
            Place::First => 10,
            Place::Between => 0,
        };
        let values = if self.binary {
            12
        } else if self.classes {
            5
        } else {
            0
        };
        word + place + values - 20 * i32::from(self.twin) - 40 * i32::from(self.unlikely)
    }

    fn reason(&self) -> String {
        let values = if self.binary { " It has two values." } else { "" };
        let place = match self.place {
            Place::Last => "It is the last column that can be learnt, where tables often keep it.",
            Place::First => "It is the first column, where tables sometimes keep it.",
            Place::Between => "No other column is likelier.",
        };
        match self.word {
            Word::Telling | Word::PartlyTelling => {
                format!("Its name is one that targets often have.{values}")
            }
            Word::Hinting | Word::PartlyHinting => {
                format!("Columns to predict often have such a name.{values}")
            }
            Word::Silent => format!("{place}{values}"),
        }
    }
}

/// What a name says: as a whole, else by its first or last word.
fn word(column: &ColumnProfile, profile: &Profile) -> Word {
    let words = words(&column.name);
    let whole = words.concat();
    let ends = [words.first(), words.last()];
    let has = |known: &[&str]| ends.iter().flatten().any(|word| known.contains(&word.as_str()));
    // Beside x, it is a place.
    let named = |name: &str| profile.columns.iter().any(|c| c.name.eq_ignore_ascii_case(name));
    if whole == "y" && (named("z") || named("x") && profile.columns.len() > 2) {
        Word::Silent
    } else if TELLING.contains(&whole.as_str()) {
        Word::Telling
    } else if HINTING.contains(&whole.as_str()) {
        Word::Hinting
    } else if has(TELLING) {
        Word::PartlyTelling
    } else if has(HINTING) && words.len() > 1 {
        Word::PartlyHinting
    } else {
        Word::Silent
    }
}

/// The words of a name in lower case: `SalePrice`, `sale_price` and `Sale price` have the same.
fn words(name: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut lower = false;
    for letter in name.chars() {
        if !letter.is_alphanumeric() || (lower && letter.is_uppercase()) {
            words.push(String::new());
        }
        if letter.is_alphanumeric() {
            words.last_mut().expect("there is one").extend(letter.to_lowercase());
        }
        lower = letter.is_lowercase();
    }
    words.retain(|word| !word.is_empty());
    words
}

/// The first of the columns that say the same as this one.
fn group(column: &ColumnProfile) -> &str {
    column.same_as.as_deref().unwrap_or(&column.name)
}

fn task(column: &ColumnProfile) -> (Task, String) {
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

fn feature(column: &ColumnProfile, target: &ColumnProfile, rows: u64) -> Feature {
    let text = matches!(column.kind, LogicalType::Text | LogicalType::Category);
    let exclusion = if column.missing == rows {
        "Every value is missing.".into()
    } else if column.distinct <= 1 {
        "One value only: nothing to learn from.".into()
    } else if group(column) == group(target) {
        format!("Says the same as “{}”: it would give the answer away.", target.name)
    } else if id_like(column, rows) {
        "A different value in every row looks like a name or a number: a model would learn it by \
         heart."
            .into()
    } else if text && column.distinct > CATEGORIES {
        "More than 1000 different texts: too many to be categories.".into()
    } else {
        String::new()
    };
    let share = if rows == 0 { 0.0 } else { column.missing as f64 / rows as f64 };
    let include = exclusion.is_empty();
    let reason = match &column.same_as {
        _ if !include => exclusion,
        _ if share >= 0.4 => format!("{:.0} % of its values are missing.", share * 100.0),
        Some(other) => format!("Says the same as “{other}”."),
        None => String::new(),
    };
    Feature { name: column.name.clone(), kind: column.kind, include, reason }
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

    #[test]
    fn names_have_the_same_words_however_they_are_written() {
        for name in ["SalePrice", "sale_price", "Sale price", "SALE PRICE", "sale-price "] {
            assert_eq!(words(name), ["sale", "price"], "{name}");
        }
        assert_eq!(words("late15"), ["late15"]);
        assert!(words("…").is_empty());
    }
}
