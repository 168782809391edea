//! `…/versions/{version}/rows` and `/rejected`

use super::versions::VersionPath;
use crate::http::{Caller, Json, Path, Query, Rejection, State};
use axum::extract::{RawQuery, State as Extract};
use mlhub_domain::problem::{Code, Problem};
use mlhub_domain::tables::{Filter, MAX_ROWS, RejectedPage, Rows, RowsQuery, Sort};
use mlhub_hub::datasets;
use serde::Deserialize;

/// Rows when nobody says how many.
const LIMIT: u32 = 50;
/// The most conditions.
const FILTERS: usize = 50;

/// What [`read`] reads, for the description.
#[derive(utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "`where` repeats, which only `read` understands")]
pub(crate) struct RowsParams {
    /// Rows to skip, of those that fit.
    #[param(default = 0)]
    offset: Option<u64>,
    /// Rows wanted.
    #[param(minimum = 1, maximum = 1000, default = 50)]
    limit: Option<u32>,
    /// Only these columns, in this order: `a,b`; a comma in a name is `\,`.
    columns: Option<String>,
    /// Conditions that must all hold: `column:op:value`, as often as needed; a colon in a name is
    /// `\:`. The operators: `eq ne lt le gt ge in contains starts null notnull`.
    #[param(rename = "where", style = Form, explode)]
    conditions: Option<Vec<String>>,
    /// Only rows with this text in one of their text columns.
    q: Option<String>,
    /// The order: `-age,name`. The file's own order breaks ties.
    sort: Option<String>,
}

/// Rows of a version.
#[utoipa::path(get,
    path = "/api/v1/projects/{owner}/{project}/datasets/{name}/versions/{version}/rows",
    tag = "versions", params(RowsParams), responses((status = 200, body = Rows)))]
pub(crate) async fn rows(
    Extract(state): Extract<State>,
    Caller(actor): Caller,
    Path(at): Path<VersionPath>,
    RawQuery(query): RawQuery,
) -> Result<Json<Rows>, Rejection> {
    let query = read(query.as_deref().unwrap_or_default())?;
    let (at, version) = at.split();
    Ok(Json(datasets::rows(&state.hub, &actor, &at, version, query).await?))
}

/// A page of rejected cells.
#[derive(Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct RejectedQuery {
    /// Entries to skip.
    #[serde(default)]
    #[param(default = 0)]
    offset: u64,
    /// Entries wanted.
    #[param(minimum = 1, maximum = 1000, default = 50)]
    limit: Option<u32>,
}

/// The cells and rows of the file that are not in the table, and why.
#[utoipa::path(get,
    path = "/api/v1/projects/{owner}/{project}/datasets/{name}/versions/{version}/rejected",
    tag = "versions", params(RejectedQuery), responses((status = 200, body = RejectedPage)))]
pub(crate) async fn rejected(
    Extract(state): Extract<State>,
    Caller(actor): Caller,
    Path(at): Path<VersionPath>,
    Query(query): Query<RejectedQuery>,
) -> Result<Json<RejectedPage>, Rejection> {
    let (at, version) = at.split();
    let page = (query.offset, within(query.limit.unwrap_or(LIMIT))?);
    Ok(Json(datasets::rejected(&state.hub, &actor, &at, version, page).await?))
}

/// Reads the query string of a look at rows.
///
/// # Errors
/// Names the part that cannot be read.
pub fn read(query: &str) -> Result<RowsQuery, Problem> {
    let mut rows = RowsQuery { limit: LIMIT, ..RowsQuery::default() };
    for (key, value) in form_urlencoded::parse(query.as_bytes()) {
        match &*key {
            "offset" => rows.offset = number(&key, &value)?,
            "limit" => rows.limit = number(&key, &value)?,
            "columns" => rows.columns.extend(split(&value)),
            "sort" => rows.sort.extend(split(&value).iter().map(|key| Sort::from(key.as_str()))),
            "q" => rows.search = Some(value.into_owned()).filter(|text| !text.is_empty()),
            "where" => rows.filters.push(filter(&value)?),
            _ => {
                let message = format!(
                    "“{key}” is not known here: use offset, limit, columns, where, q, sort"
                );
                return Err(Problem::field(Code::UnknownKey, &key, message, None));
            }
        }
    }
    within(rows.limit)?;
    if rows.filters.len() > FILTERS {
        let message = format!("use at most {FILTERS} conditions");
        return Err(Problem::field(Code::InvalidFilter, "where", message, None));
    }
    Ok(rows)
}

fn within(limit: u32) -> Result<u32, Problem> {
    if (1..=MAX_ROWS).contains(&limit) {
        return Ok(limit);
    }
    let message = format!("use 1 to {MAX_ROWS} rows");
    Err(Problem::field(Code::InvalidValue, "limit", message, Some(&limit.to_string())))
}

fn number<T: std::str::FromStr>(key: &str, value: &str) -> Result<T, Problem> {
    value.parse().map_err(|_| {
        Problem::field(Code::InvalidValue, key, "use a whole number, 0 or more", Some(value))
    })
}

fn filter(text: &str) -> Result<Filter, Problem> {
    text.parse().map_err(|error: mlhub_domain::tables::BadFilter| {
        Problem::field(Code::InvalidFilter, "where", error.to_string(), Some(text))
    })
}

/// Splits at commas; `\,` is a comma in a name.
fn split(list: &str) -> Vec<String> {
    let mut parts = vec![String::new()];
    let mut chars = list.chars();
    while let Some(c) = chars.next() {
        match c {
            ',' => parts.push(String::new()),
            '\\' if chars.as_str().starts_with(',') => {
                chars.next();
                parts.last_mut().expect("there is always one").push(',');
            }
            c => parts.last_mut().expect("there is always one").push(c),
        }
    }
    parts.retain(|part| !part.is_empty());
    parts
}

#[cfg(test)]
mod tests {
    use super::*;
    use mlhub_domain::tables::Op;

    #[test]
    fn a_query_string_says_which_rows_and_in_which_order() {
        let query = read("offset=10&limit=5&columns=age,a%5C%2Cb&where=age:ge:30&where=x%5C:y:null&q=dr&sort=-age,name").unwrap();
        assert_eq!((query.offset, query.limit), (10, 5));
        assert_eq!(query.columns, ["age", "a,b"]);
        assert_eq!(query.filters.len(), 2);
        assert_eq!((query.filters[1].column.as_str(), query.filters[1].op), ("x:y", Op::Null));
        assert_eq!(query.search.as_deref(), Some("dr"));
        assert_eq!(query.sort, [Sort::from("-age"), Sort::from("name")]);
        assert_eq!(read("").unwrap().limit, LIMIT);
    }

    #[test]
    fn what_cannot_be_read_is_named() {
        for (query, code, field) in [
            ("limit=0", Code::InvalidValue, "limit"),
            ("limit=1001", Code::InvalidValue, "limit"),
            ("offset=-1", Code::InvalidValue, "offset"),
            ("where=age", Code::InvalidFilter, "where"),
            ("where=age:over:3", Code::InvalidFilter, "where"),
            ("page=3", Code::UnknownKey, "page"),
        ] {
            let problem = read(query).unwrap_err();
            assert_eq!((problem.code, problem.fields[0].field.as_str()), (code, field), "{query}");
        }
    }
}
