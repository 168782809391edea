//! Which page of a list a request asks for.

use mlhub_domain::lists::{ListQuery, MAX_LIMIT, Sorts};
use mlhub_domain::problem::{Code, Problem};
use serde::Deserialize;

/// What every list takes.
#[derive(Deserialize, Default, utoipa::IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Page {
    /// Items on the page.
    #[param(minimum = 1, maximum = 200, default = 50)]
    pub limit: Option<u32>,
    /// Where to go on: `next` of the page before.
    pub cursor: Option<String>,
    /// Only what this text is found in, without regard to case.
    pub q: Option<String>,
    /// What to sort by, with `-` before it for descending.
    pub sort: Option<String>,
}

impl Page {
    /// The same, checked; `sorts` is what the list can be sorted by.
    ///
    /// # Errors
    /// `InvalidValue` naming `limit`, `cursor` or `sort`.
    pub fn checked(self, sorts: Sorts) -> Result<ListQuery, Problem> {
        let Self { limit, cursor, q, sort } = self;
        let refused = |field: &str, message: String, given: &str| {
            Err(Problem::field(Code::InvalidValue, field, message, Some(given)))
        };
        if let Some(limit) = limit.filter(|limit| !(1..=MAX_LIMIT).contains(limit)) {
            return refused("limit", format!("use 1 to {MAX_LIMIT} items"), &limit.to_string());
        }
        if let Some(cursor) = cursor.as_deref().filter(|cursor| cursor.parse::<u32>().is_err()) {
            let message = format!("“{cursor}” is no cursor: use “next” of the page before");
            return refused("cursor", message, cursor);
        }
        if let Some(sort) = sort.as_deref().filter(|sort| !sorts.knows(sort)) {
            let message = match sorts.0 {
                [] => "this list has one order: leave “sort” out".into(),
                [only] => format!("sort by {only} or -{only}"),
                keys => format!("sort by one of {}, with - before it backwards", keys.join(", ")),
            };
            return refused("sort", message, sort);
        }
        Ok(ListQuery { limit, cursor, q: q.filter(|text| !text.is_empty()), sort })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_asked_for_exactly_or_not_at_all() {
        let text = |text: &str| Some(text.to_owned());
        let good = Page { limit: Some(200), cursor: text("50"), q: text(""), sort: text("-name") };
        let query = good.checked(Sorts::PROJECTS).unwrap();
        assert_eq!((query.limit(), query.offset(), query.q), (200, 50, None));
        let by = |sort: &str| Page { sort: text(sort), ..Page::default() };
        let cursor = "“-1” is no cursor: use “next” of the page before";
        let many = "sort by one of name, updated, with - before it backwards";
        for (page, sorts, field, message) in [
            (
                Page { limit: Some(0), ..Page::default() },
                Sorts::NONE,
                "limit",
                "use 1 to 200 items",
            ),
            (
                Page { limit: Some(201), ..Page::default() },
                Sorts::NONE,
                "limit",
                "use 1 to 200 items",
            ),
            (Page { cursor: text("-1"), ..Page::default() }, Sorts::NONE, "cursor", cursor),
            (by("size"), Sorts::PROJECTS, "sort", many),
            (by("--name"), Sorts::PROJECTS, "sort", many),
            (by("name"), Sorts::VERSIONS, "sort", "sort by version or -version"),
            (by("name"), Sorts::NONE, "sort", "this list has one order: leave “sort” out"),
        ] {
            let problem = page.checked(sorts).unwrap_err();
            assert_eq!((problem.code, problem.detail.as_str()), (Code::InvalidValue, message));
            assert_eq!(problem.fields[0].field, field);
        }
    }
}
