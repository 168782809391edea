//! Which column is likely the one to predict.

use super::names::{Word, word};
use super::proposal::{CLASSES, Warned, group, id_like, is_text, task};
use mlhub_domain::models::Task;
use mlhub_domain::profile::{CATEGORIES, ColumnProfile, Profile};
use mlhub_domain::schema::LogicalType;

/// A table in which so much of a column is missing hardly has it for its target.
const MOSTLY: f64 = 0.5;

/// The column to predict, and why: `target` stands when it is one of the columns.
pub(super) fn choose<'a>(
    profile: &'a Profile,
    warned: &Warned<'_>,
    target: Option<&str>,
) -> Option<(&'a ColumnProfile, String)> {
    let columns = &profile.columns;
    if let Some(column) = target.and_then(|name| columns.iter().find(|c| c.name == name)) {
        return Some((column, "You chose it.".into()));
    }
    let learnable: Vec<&ColumnProfile> =
        columns.iter().filter(|column| is_learnable(column, profile.rows, warned)).collect();
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
fn is_learnable(column: &ColumnProfile, rows: u64, warned: &Warned<'_>) -> bool {
    let classes = !is_text(column) || column.distinct <= CATEGORIES;
    column.distinct > 1 && classes && !id_like(column, rows, warned)
}

/// Where a column stands among those that can be learnt.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    First,
    Between,
    Last,
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
