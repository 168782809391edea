//! The order of a list, as SQL. What is missing stands last whichever way one sorts, and no tie is
//! left open, so that the pages of a list neither repeat nor skip a row.

use mlhub_domain::access::Visibility;
use mlhub_domain::dashboard::MOST_SEARCHED;
use mlhub_domain::evaluation::{headline, lower_is_better};
use mlhub_domain::lists::ListQuery;
use mlhub_domain::models::Task;
use mlhub_domain::runs::RunStatus;

/// What a list is sorted by.
pub(crate) struct Order {
    groups: Vec<String>,
    by: Vec<String>,
}

impl Order {
    /// By these expressions, the first one first.
    pub(crate) fn by<const N: usize>(by: [&str; N]) -> Self {
        Self { groups: Vec::new(), by: by.map(String::from).into() }
    }

    /// By `good`, which is how good something is that was made as `spec` says, among what can be
    /// compared: an accuracy is a share whatever is predicted, an error has the unit of its target.
    /// These groups stay where they are whichever way one sorts.
    pub(crate) fn measured(spec: &str, good: String) -> Self {
        let regression = Task::Regression.as_str();
        let groups = vec![
            format!("{good} IS NULL"),
            format!("{spec} ->> 'task'"),
            format!("CASE {spec} ->> 'task' WHEN '{regression}' THEN {spec} ->> 'target' END"),
        ];
        Self { groups, by: vec![good] }
    }

    /// What stands behind `ORDER BY`; `tie` decides where all else is equal.
    pub(crate) fn sql(self, falling: bool, tie: &str) -> String {
        let direction = if falling { "DESC" } else { "ASC" };
        let by = self.by.into_iter().map(|by| format!("{by} {direction} NULLS LAST"));
        let all: Vec<String> = self.groups.into_iter().chain(by).chain([tie.into()]).collect();
        all.join(", ")
    }
}

/// How good `metrics` are for what `spec` says, as a number that rises: the headline of its task,
/// turned round where less is better. NULL where it was not measured, or is no number.
pub(crate) fn goodness(spec: &str, metrics: &str) -> String {
    let cases = Task::ALL.map(|task| {
        let key = headline(task);
        let sign = if lower_is_better(key) { "-" } else { "" };
        let value = format!("nullif({metrics} ->> '{key}', 'NaN')::float8");
        format!("WHEN '{}' THEN {sign}{value}", task.as_str())
    });
    format!("(CASE {spec} ->> 'task' {} END)", cases.join(" "))
}

/// How open a thing `t` of the project `p` is: the more see it, the higher.
pub(crate) fn openness(t: &str) -> String {
    let rank = |visibility: String| place(&Visibility::ALL.map(Visibility::as_str), &visibility);
    format!("greatest({}, {})", rank("p.visibility".into()), rank(format!("{t}.visibility")))
}

/// How far the run `r` is.
pub(crate) fn progress() -> String {
    place(&RunStatus::ALL.map(RunStatus::as_str), "r.status")
}

/// The place of the word `of` among `words`.
fn place(words: &[&str], of: &str) -> String {
    format!("array_position(ARRAY['{}'], {of})", words.join("', '"))
}

/// The condition that each word of the parameter `q` is found in `text`, which has no capitals.
/// Without words everything is.
pub(crate) fn found(text: &str, q: &str) -> String {
    format!(
        "NOT EXISTS (SELECT FROM unnest(regexp_split_to_array(lower({q}), '\\s+')) AS word \
         WHERE strpos({text}, word) = 0)"
    )
}

/// Offset and limit of the page that `query` asks for.
pub fn range(query: &ListQuery) -> (i64, i64) {
    (i64::try_from(query.offset()).unwrap_or(i64::MAX), query.limit().into())
}

/// How many rows there are on all pages, as far as the first of these tells.
pub(crate) fn total<R>(rows: &[R], told: impl Fn(&R) -> i64) -> u64 {
    rows.first().map_or(0, |row| told(row).unsigned_abs())
}

/// The condition that `id` is one of the first [`MOST_SEARCHED`] of `ids`, a statement that selects
/// those made last first. They are an array, so that these rows are looked up and no others read:
/// where they are a table, all rows may be joined before most are dropped.
pub(crate) fn made_last(id: &str, ids: &str) -> String {
    format!("{id} = ANY (ARRAY({ids} LIMIT {MOST_SEARCHED}))")
}
